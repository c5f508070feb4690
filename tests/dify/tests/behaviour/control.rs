//! The control handle.

use serde_json::{Value, json};
use stand_in_dify::{AppKind, Field};

use crate::client::{ask, json, start};

#[tokio::test]
async fn every_request_is_seen_as_it_was_sent() {
    let stand_in = start();
    let control = stand_in.control();
    ask(
        &stand_in,
        AppKind::Workflow,
        "POST",
        "/workflows%2Frun?user=a&user=b",
        r#"{"user":"x"}"#,
    )
    .await;
    let seen = control.requests();
    let [request] = seen.as_slice() else {
        panic!("{seen:?}")
    };
    assert_eq!(
        (request.method.as_str(), request.path.as_str()),
        ("POST", "/v1/workflows%2Frun")
    );
    assert_eq!(request.query, "user=a&user=b");
    assert_eq!(request.headers["authorization"], "Bearer app-workflow");
    assert_eq!(request.body.as_deref(), Some(&br#"{"user":"x"}"#[..]));
    assert_eq!(request.body_length, 12);
    assert_eq!(
        request.body_sha256,
        "8f9dc78505aac67dc451c61ec85188d7c981575254f0f689879493bcb909500b"
    );
    control.forget_requests();
    assert!(control.requests().is_empty());
}

#[tokio::test]
async fn a_revoked_key_and_a_disabled_api_are_refused_at_once() {
    let stand_in = start();
    let control = stand_in.control();
    let status = async || ask(&stand_in, AppKind::Chat, "GET", "/info", "").await.0;
    assert_eq!(status().await, 200);
    control.set_key_revoked(AppKind::Chat, true);
    assert_eq!(status().await, 401);
    control.set_key_revoked(AppKind::Chat, false);
    control.set_api_enabled(AppKind::Chat, false);
    assert_eq!(status().await, 403);
    control.set_api_enabled(AppKind::Chat, true);
    assert_eq!(status().await, 200);
}

#[tokio::test]
async fn another_form_is_listed_and_enforced() {
    let stand_in = start();
    let groups = Field::paragraph("__oidc_groups").max_length(3).required();
    stand_in.control().set_form(
        AppKind::Workflow,
        vec![groups, Field::select("color", &["red"])],
    );
    let parameters = json(&stand_in, AppKind::Workflow, "GET", "/parameters", "").await;
    let listed = parameters["user_input_form"].as_array().unwrap();
    assert_eq!(
        listed[0],
        json!({ "paragraph": {
            "label": "__oidc_groups", "variable": "__oidc_groups", "type": "paragraph", "required": true,
            "max_length": 3, "options": [],
        } })
    );
    let cases = [
        (r#"{}"#, "__oidc_groups is required in input form"),
        (
            r#"{"__oidc_groups":"abcd"}"#,
            "__oidc_groups in input form must be less than 3 characters",
        ),
        (
            r#"{"__oidc_groups":[]}"#,
            "(type 'paragraph') __oidc_groups in input form must be a string",
        ),
    ];
    for (inputs, message) in cases {
        let body = format!(r#"{{"inputs":{inputs},"user":"alice"}}"#);
        let (_, _, answer) = ask(
            &stand_in,
            AppKind::Workflow,
            "POST",
            "/workflows/run",
            &body,
        )
        .await;
        let answer: Value = serde_json::from_str(&answer).unwrap();
        assert_eq!(
            answer,
            json!({ "code": "invalid_param", "message": message, "status": 400 })
        );
    }
}

//! Claims as `inputs.__oidc_*`, in the form that the app declares.

use gateway_tests::Stage;
use harness::Algorithm;
use serde_json::{Value, json};
use stand_in_dify::{AppKind, Fault, Field};

use crate::things::Things;

/// What a client sends, among it what only the gateway may.
fn sent() -> Value {
    json!({"inputs": {"q": "x", "__oidc_email": "boss@example.com", "__oidc_other": 1}})
}

#[tokio::test(flavor = "multi_thread")]
async fn claims_become_what_the_app_declares() {
    let stage = Stage::of(AppKind::Workflow).await;
    let text = |name: &str| Field::text(&format!("__oidc_{name}"));
    let number = || Field::number("__oidc_level");
    let select = || Field::select("__oidc_tier", &["gold", "silver"]);
    // Form, claims, the setting `input_claims`, the inputs beside `q`.
    let cases: Vec<(Vec<Field>, Value, &str, Value)> = vec![
        (
            vec![text("email")],
            json!({"email": "a@b.example"}),
            "",
            json!({"__oidc_email": "a@b.example"}),
        ),
        (vec![text("email")], json!({}), "", json!({})),
        (vec![text("email")], json!({"email": null}), "", json!({})),
        (
            vec![text("level")],
            json!({"level": 7}),
            "",
            json!({"__oidc_level": "7"}),
        ),
        (
            vec![text("on")],
            json!({"on": true}),
            "",
            json!({"__oidc_on": "true"}),
        ),
        (
            vec![text("groups")],
            json!({"groups": ["a", "b"]}),
            "",
            json!({"__oidc_groups": r#"["a","b"]"#}),
        ),
        (
            vec![Field::paragraph("__oidc_address")],
            json!({"address": {"locality": "Bern"}}),
            "",
            json!({"__oidc_address": r#"{"locality":"Bern"}"#}),
        ),
        (
            vec![number()],
            json!({"level": 1.5}),
            "",
            json!({"__oidc_level": 1.5}),
        ),
        (
            vec![number()],
            json!({"level": "42"}),
            "",
            json!({"__oidc_level": 42}),
        ),
        (vec![number()], json!({"level": "high"}), "", json!({})),
        (vec![number()], json!({"level": [1]}), "", json!({})),
        (
            vec![select()],
            json!({"tier": "gold"}),
            "",
            json!({"__oidc_tier": "gold"}),
        ),
        (vec![select()], json!({"tier": "lead"}), "", json!({})),
        (
            vec![text("email").max_length(3)],
            json!({"email": "äöü"}),
            "",
            json!({"__oidc_email": "äöü"}),
        ),
        (
            vec![text("email").max_length(3)],
            json!({"email": "a@b.example"}),
            "",
            json!({}),
        ),
        (
            vec![Field::file("__oidc_picture")],
            json!({"picture": "https://x.example/p"}),
            "",
            json!({}),
        ),
        (
            vec![text("email")],
            json!({"groups": ["a"], "level": 1}),
            "",
            json!({}),
        ),
        (
            vec![text("realm_access_roles")],
            json!({"realm_access": {"roles": ["r"]}}),
            "",
            json!({"__oidc_realm_access_roles": r#"["r"]"#}),
        ),
        (
            vec![text("https___x_example_team")],
            json!({"https://x.example/team": "t"}),
            "",
            json!({"__oidc_https___x_example_team": "t"}),
        ),
        (
            vec![text("mail"), text("email")],
            json!({"email": "a@b.example"}),
            "mail=email",
            json!({"__oidc_mail": "a@b.example"}),
        ),
        (
            vec![text("email")],
            json!({"email": "a@b.example"}),
            "none",
            json!({}),
        ),
    ];
    for (number, (mut form, claims, input_claims, mut expected)) in cases.into_iter().enumerate() {
        form.push(Field::text("q"));
        let case = format!("{form:?} {claims} {input_claims}");
        stage.control().set_form(AppKind::Workflow, form);
        set(&stage, input_claims, number);
        let answer = stage
            .post(&token(&stage, &claims), "/workflows/run", &sent())
            .await;
        assert_eq!(answer.status.as_u16(), 200, "{case}: {}", answer.text());
        expected["q"] = json!("x");
        assert_eq!(inputs(&stage), expected, "{case}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_without_a_fitting_claim_is_told_which_one_the_app_requires() {
    let stage = Stage::of(AppKind::Workflow).await;
    let text = || Field::text("__oidc_email").max_length(5).required();
    let long = "the claim has 11 characters, the input takes at most 5";
    let cases = [
        (text(), json!({}), "", "email", "the token does not have it"),
        (text(), json!({"email": "a@b.example"}), "", "email", long),
        (
            text(),
            json!({"email": "a@b.c"}),
            "other",
            "email",
            "the setting `input_claims` does not name a claim for it",
        ),
        (
            Field::number("__oidc_level").required(),
            json!({"level": {}}),
            "",
            "level",
            "the claim is an object, the input takes a number",
        ),
        (
            Field::select("__oidc_tier", &["gold"]).required(),
            json!({"tier": "lead"}),
            "",
            "tier",
            "the claim is not one of the input's options",
        ),
    ];
    for (number, (field, claims, input_claims, name, why)) in cases.into_iter().enumerate() {
        stage.control().set_form(AppKind::Workflow, vec![field]);
        set(&stage, input_claims, number);
        let answer = stage
            .post(&token(&stage, &claims), "/workflows/run", &sent())
            .await;
        let message = format!(
            "The app requires the input `__oidc_{name}`, which only a claim of the token can fill: {why}. Change the \
             claim at the identity provider, or the input in Dify."
        );
        assert_eq!(
            answer.refusal(),
            (403, "claim_does_not_fit".to_owned(), message),
            "{claims}"
        );
    }
    assert!(stage.seen().is_empty(), "Dify was asked to run");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_four_operations_with_inputs_get_them_and_the_app_is_asked_for_its_form_once() {
    let stage = Stage::of(AppKind::Workflow).await;
    let token = token(&stage, &json!({"email": "a@b.example"}));
    let rows = [
        (AppKind::Chatflow, "/chat-messages"),
        (AppKind::Completion, "/completion-messages"),
        (AppKind::Workflow, "/workflows/run"),
        (AppKind::Workflow, "/workflows/<workflow_id>/run"),
    ];
    for (app, target) in rows {
        stage.set_settings(&json!({"app_key": app.key()}));
        let target = Things::of(&stage, app, "alice").fill(target).await;
        for body in [
            json!({"query": "hi"}),
            json!({"query": "hi", "inputs": null}),
            json!({"query": "hi", "inputs": {}}),
        ] {
            stage.seen();
            let answer = stage.post(&token, &target, &body).await;
            assert_eq!(
                answer.status.as_u16(),
                200,
                "{target} {body}: {}",
                answer.text()
            );
            assert_eq!(
                inputs(&stage),
                json!({"__oidc_email": "a@b.example"}),
                "{target} {body}"
            );
        }
    }
    let conversation = Things::of(&stage, AppKind::Chatflow, "alice")
        .fill("/conversations/<conversation_id>/name")
        .await;
    stage.set_settings(&json!({"app_key": AppKind::Chatflow.key()}));
    stage.seen();
    let mut body = sent();
    body["name"] = json!("x");
    stage.post(&token, &conversation, &body).await;
    assert_eq!(
        inputs(&stage),
        json!({"q": "x"}),
        "an operation without inputs gets no claims, and passes none on"
    );

    stage.control().forget_requests();
    for _ in 0..3 {
        stage
            .post(&token, "/chat-messages", &json!({"query": "hi"}))
            .await;
    }
    let requests = stage.control().requests();
    let asked = requests
        .iter()
        .filter(|request| request.path == "/v1/parameters")
        .count();
    assert_eq!(
        (requests.len(), asked),
        (3, 0),
        "the form is known for a minute"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_form_is_unknown_strings_and_numbers_go_as_they_are() {
    let stage = Stage::of(AppKind::Workflow).await;
    let fault = Fault::Answer {
        status: 500,
        headers: Vec::new(),
        body: Vec::new(),
    };
    stage.control().set_fault("/parameters", fault);
    let claims = json!({"email": "a@b.example", "level": 3, "groups": ["a"], "on": true, "iat": null, "exp": 4_000_000_000_u32});
    let answer = stage
        .post(&token(&stage, &claims), "/workflows/run", &sent())
        .await;
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.text());
    let expected = json!({
        "q": "x", "__oidc_iss": stage.issuer().issuer(), "__oidc_aud": "dify-web", "__oidc_sub": "alice",
        "__oidc_exp": 4_000_000_000_u32, "__oidc_email": "a@b.example", "__oidc_level": 3,
    });
    assert_eq!(inputs(&stage), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_left_out_is_logged_without_its_value() {
    let stage = Stage::of(AppKind::Workflow).await;
    stage.control().set_form(
        AppKind::Workflow,
        vec![Field::text("__oidc_email").max_length(5)],
    );
    let answer = stage
        .post(
            &token(&stage, &json!({"email": "secret@b.example"})),
            "/workflows/run",
            &sent(),
        )
        .await;
    let line = stage.logged("input_left_out").await;
    let lines = stage.stack.daemon.log_lines();
    assert_eq!(line["request_id"], answer.request_id());
    assert_eq!(
        line["detail"],
        "`__oidc_email`: the claim has 16 characters, the input takes at most 5"
    );
    assert!(
        lines.iter().all(|line| !line.text.contains("secret@")),
        "{lines:?}"
    );
}

/// Settings that no case before has had, so that the app is asked for its form again.
fn set(stage: &Stage, input_claims: &str, case: usize) {
    stage
        .set_settings(&json!({"input_claims": input_claims, "clock_skew": (case + 1).to_string()}));
}

/// A token of Alice's with these claims besides; null removes one.
fn token(stage: &Stage, claims: &Value) -> String {
    let mut all = stage.issuer().claims("alice");
    let members = all.as_object_mut().unwrap();
    members.extend(claims.as_object().unwrap().clone());
    members.retain(|name, value| name != "iat" || !value.is_null());
    stage.issuer().token(Algorithm::Es256, &all)
}

/// `inputs` of the only request that Dify has seen.
fn inputs(stage: &Stage) -> Value {
    let seen = stage.seen();
    let [request] = seen.as_slice() else {
        panic!("{seen:?}")
    };
    let body: Value = serde_json::from_slice(request.body.as_deref().unwrap()).unwrap();
    body["inputs"].clone()
}

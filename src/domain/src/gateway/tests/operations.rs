use http::Method;
use serde_json::{Value, json};

use super::{Fixture, Relay, answered, headers, refused, relayed, sent, sent_text};
use crate::operation::{BodyKind, Class, OPERATIONS, Operation, Responder, UserPlace};

const ID: &str = "1e43fa4c-9b1a-430a-b494-ac22222409ae";

fn values(operation: &Operation) -> std::collections::BTreeMap<String, String> {
    let names = operation
        .path
        .split('/')
        .filter_map(|segment| segment.strip_prefix('<')?.strip_suffix('>'));
    let value = |name: &str| match name {
        "action" => "enable",
        _ => ID,
    };
    names
        .map(|name| (name.to_owned(), value(name).to_owned()))
        .collect()
}

/// What the person with `claims` gets from `operation`, having written `user=mallory` everywhere.
fn ask(fixture: &Fixture, operation: &Operation, claims: &Value) -> super::Outcome {
    let mut request = fixture.request(operation.method.clone(), &fixture.token(claims));
    request.query = "user=mallory&user=mallory2&us%65r=mallory3&limit=2".to_owned();
    request.path_values = values(operation);
    if operation.body == BodyKind::Multipart {
        request.headers.insert(
            "content-type",
            "application/x-www-form-urlencoded".parse().unwrap(),
        );
    }
    fixture.handle(operation.handler, &request, body_for(operation))
}

/// A body with `user=mallory`, as `operation` takes it.
const fn body_for(operation: &Operation) -> &'static str {
    match operation.body {
        BodyKind::Json => {
            r#"{"user":"mallory","us\u0065r":"mallory2","inputs":{"a":1},"query":"q"}"#
        }
        BodyKind::Multipart => "user=mallory&user=mallory2&a=b",
        BodyKind::Nothing => "",
    }
}

/// A relay to which Dify has begun to answer, so that the user's next request need not wait.
fn begun(fixture: &Fixture, outcome: super::Outcome) -> Relay {
    let mut relay = relayed(outcome);
    let head = crate::relay::ResponseHead {
        status: http::StatusCode::OK,
        headers: http::HeaderMap::new(),
    };
    fixture
        .gateway
        .judge_response_head(&mut relay.context, Ok(head));
    relay
}

#[test]
fn what_dify_takes_for_the_user_is_the_caller_in_every_operation() {
    let fixture = Fixture::new(&json!({}));
    let relaying = OPERATIONS.iter().filter(|operation| {
        operation.responder == Responder::Dify
            && !matches!(operation.class, Class::Admin | Class::Owner)
    });
    for operation in relaying {
        let relay = begun(&fixture, ask(&fixture, operation, &json!({})));
        let query = relay.request.url.query().unwrap_or_default();
        let name = operation.handler;
        assert_eq!(
            query.matches("user=alice").count(),
            usize::from(operation.user == UserPlace::Query),
            "{name}: {query}"
        );
        assert!(!query.contains("mallory"), "{name}: {query}");
        let body = sent_text(&relay, body_for(operation));
        assert!(!body.contains("mallory"), "{name}: {body}");
        match operation.user {
            UserPlace::Json => {
                assert_eq!(sent(&relay, body_for(operation))["user"], "alice", "{name}")
            }
            UserPlace::Form => {
                assert_eq!(body.matches("user=alice").count(), 1, "{name}: {body}")
            }
            UserPlace::Query | UserPlace::Nowhere => {
                assert!(!body.contains("alice"), "{name}: {body}")
            }
        }
    }
}

#[test]
fn no_operation_but_the_public_ones_answers_without_the_user_claim() {
    let fixture = Fixture::new(&json!({"mcp": "on", "public_url": "https://dify.example/e/x"}));
    for operation in OPERATIONS
        .iter()
        .filter(|operation| !matches!(operation.class, Class::Public | Class::SignIn))
    {
        let outcome = ask(&fixture, operation, &json!({"sub": null}));
        assert_eq!(
            refused(outcome),
            (403, "user_claim_missing".to_owned()),
            "{}",
            operation.handler
        );
    }
    assert_eq!(fixture.environment.urls(), Vec::<String>::new());
}

#[test]
fn app_wide_operations_are_for_those_who_meet_admin_claims() {
    let nobody = Fixture::new(&json!({}));
    let some = Fixture::new(&json!({"admin_claims": "groups=ops"}));
    for operation in OPERATIONS
        .iter()
        .filter(|operation| operation.class == Class::Admin)
    {
        let name = operation.handler;
        let required = (403, "admin_required".to_owned());
        assert_eq!(
            refused(ask(&nobody, operation, &json!({"groups": ["ops"]}))),
            required,
            "{name}"
        );
        assert_eq!(
            refused(ask(&some, operation, &json!({"groups": ["staff"]}))),
            required,
            "{name}"
        );
        relayed(ask(&some, operation, &json!({"groups": ["ops"]})));
    }
}

#[test]
fn the_app_key_goes_to_dify_and_the_token_does_not() {
    let fixture = Fixture::new(&json!({}));
    for operation in OPERATIONS
        .iter()
        .filter(|operation| operation.class == Class::User)
        .filter(|operation| operation.responder == Responder::Dify)
    {
        let relay = begun(&fixture, ask(&fixture, operation, &json!({})));
        let authorization = relay.request.headers.get("authorization").unwrap();
        assert_eq!(authorization, &format!("Bearer {}", super::APP_KEY));
        assert!(authorization.is_sensitive());
        let context = serde_json::to_string(&relay.context).unwrap();
        assert!(
            !context.contains(super::APP_KEY) && !context.contains("alice"),
            "{context}"
        );
    }
}

#[test]
fn paths_without_an_operation_are_answered_as_dify_would_but_in_json() {
    let fixture = Fixture::new(&json!({"allowed_origins": "https://app.example"}));
    let cases = [
        (Method::GET, "/nowhere", 404, None),
        (Method::GET, "/chat-messages/../info", 404, None),
        (Method::GET, "/chat-messages", 405, Some("OPTIONS, POST")),
        (Method::DELETE, "/info", 405, Some("GET, HEAD, OPTIONS")),
        (Method::OPTIONS, "/info", 204, Some("GET, HEAD, OPTIONS")),
        (Method::OPTIONS, "/nowhere", 404, None),
    ];
    for (method, path, status, allow) in cases {
        let mut request = fixture.request(method.clone(), "none");
        path.clone_into(&mut request.path);
        let response = answered(fixture.handle("fallback", &request, ""));
        let found = response
            .headers
            .get("allow")
            .map(|allow| allow.to_str().unwrap());
        assert_eq!(
            (response.status.as_u16(), found),
            (status, allow),
            "{method} {path}"
        );
        assert_eq!(response.headers.get("x-request-id").unwrap(), "r1");
        assert_eq!(response.headers.get("vary").unwrap(), "Origin");
    }
}

#[test]
fn a_page_can_read_what_is_wrong_with_the_settings_if_they_name_its_origin() {
    let page = "https://app.example";
    let cases = [
        (
            json!({"app_key": null, "allowed_origins": page}),
            Some(page),
        ),
        (json!({"issuer": 5, "allowed_origins": "*"}), Some("*")),
        (
            json!({"app_key": null, "allowed_origins": "https://other.example"}),
            None,
        ),
        (
            json!({"app_key": null, "allowed_origins": format!("{page} nonsense")}),
            None,
        ),
        (json!({"app_key": null, "allowed_origins": [page]}), None),
        (json!({"app_key": null}), None),
    ];
    for (changes, allowed) in cases {
        let fixture = Fixture::new(&changes);
        let ask = |handler: &str, method: Method, path: &str| {
            let mut request = fixture.request(method, "none");
            path.clone_into(&mut request.path);
            request.headers.extend(headers(&[
                ("origin", page),
                ("access-control-request-method", "GET"),
            ]));
            let response = answered(fixture.handle(handler, &request, ""));
            let header = |name: &str| {
                let value = response.headers.get(name)?;
                Some(value.to_str().unwrap().to_owned())
            };
            let methods = header("access-control-allow-methods");
            (
                response.status.as_u16(),
                header("access-control-allow-origin"),
                methods,
            )
        };
        let allowed = allowed.map(str::to_owned);
        let methods = allowed.is_some().then(|| "GET, HEAD, OPTIONS".to_owned());
        for (handler, method, path, expected) in [
            (
                "get_info",
                Method::GET,
                "/info",
                (503, allowed.clone(), None),
            ),
            (
                "fallback",
                Method::GET,
                "/nowhere",
                (503, allowed.clone(), None),
            ),
            (
                "get_health",
                Method::GET,
                "/health",
                (503, allowed.clone(), None),
            ),
            (
                "fallback",
                Method::OPTIONS,
                "/nowhere",
                (404, allowed.clone(), None),
            ),
            (
                "fallback",
                Method::OPTIONS,
                "/info",
                (204, allowed.clone(), methods),
            ),
        ] {
            assert_eq!(
                ask(handler, method.clone(), path),
                expected,
                "{changes} {method} {path}"
            );
        }
    }
}

#[test]
fn a_page_can_read_of_a_fault_what_it_needs_to_report_it() {
    let page = "https://app.example";
    for (changes, origin, allowed) in [
        (json!({"allowed_origins": page}), page, Some(page)),
        (
            json!({"allowed_origins": page}),
            "https://other.example",
            None,
        ),
        (
            json!({"allowed_origins": page, "app_key": null}),
            page,
            Some(page),
        ),
    ] {
        let fixture = Fixture::new(&changes);
        let mut request = fixture.request(Method::GET, "none");
        request.headers.extend(headers(&[("origin", origin)]));
        let response = fixture.gateway.call_failed("get_info", &request);
        let header = |name: &str| {
            response
                .headers
                .get(name)
                .map(|value| value.to_str().unwrap())
        };
        assert_eq!(header("access-control-allow-origin"), allowed, "{changes}");
        assert_eq!(header("x-request-id"), Some("r1"));
        let body: Value = serde_json::from_slice(&response.body).unwrap();
        let message = "The gateway could not handle this request because of a fault of its own. Try again. If it happens \
                       again, give the request id to the administrator of this endpoint: the plugin's log tells more.";
        let expected = json!({"code": "internal_error", "message": message, "status": 500, "request_id": "r1"});
        assert_eq!((response.status.as_u16(), body), (500, expected));
        let line = fixture.last_line();
        let found = (&line["operation"], &line["code"], &line["status"]);
        assert_eq!(
            found,
            (&json!("get_info"), &json!("internal_error"), &json!(500))
        );
    }
}

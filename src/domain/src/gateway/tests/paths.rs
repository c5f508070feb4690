//! The spellings of a path: `/v1` before it, a slash after it.

use http::Method;
use serde_json::json;

use super::{Fixture, Outcome, answered};
use crate::operation::{BodyKind, Class, OPERATIONS, Operation};
use crate::request::Request;

const ID: &str = "1e43fa4c-9b1a-430a-b494-ac22222409ae";
const RUN: &str =
    "https://dify.example/v1/workflows/run/1e43fa4c-9b1a-430a-b494-ac22222409ae?limit=2";

/// The path with values in the place of its variables.
fn filled(operation: &Operation) -> String {
    let segment = |segment: &str| match segment {
        "<action>" => "enable".to_owned(),
        variable if variable.starts_with('<') => ID.to_owned(),
        other => other.to_owned(),
    };
    let segments: Vec<_> = operation.path.split('/').map(segment).collect();
    segments.join("/")
}

/// An endpoint whose Dify and provider know nothing, and that has all kinds of rules.
fn fixture() -> Fixture {
    let fixture = Fixture::new(&json!({"admin_claims": "groups=ops", "allowed_origins": "*"}));
    let run = json!({"inputs": json!({"sys.user_id": "alice"}).to_string()}).to_string();
    let head = [("content-type", "application/json")];
    for url in [RUN, "https://dify.example/v1/info"] {
        let response = crate::environment::fake::respond(http::StatusCode::OK, &head, run.clone());
        fixture.environment.answer(url, response);
    }
    fixture
}

/// What the gateway makes of a request: the response, or what Dify is asked.
fn shown(fixture: &Fixture, handler: &str, request: &Request) -> String {
    let body = r#"{"user":"mallory","inputs":{},"query":"q"}"#;
    match fixture.handle(handler, request, body) {
        Outcome::Response(response) => {
            let body = String::from_utf8(response.body).unwrap();
            format!("{} {:?} {body}", response.status, response.headers)
        }
        Outcome::File(file) => panic!("answered with {}", file.file),
        Outcome::Translation(translation) => {
            format!("{:?} {:?}", translation.request, translation.context)
        }
        Outcome::Relay(relay) => format!("{:?} {:?}", relay.request, relay.context),
    }
}

#[test]
fn every_operation_is_the_same_with_v1_before_its_path_and_a_slash_after_it() {
    let operations = OPERATIONS.iter().filter(|row| row.class != Class::SignIn);
    for operation in operations {
        let path = filled(operation);
        let methods = match operation.method {
            Method::GET => vec![Method::GET, Method::HEAD],
            _ => vec![operation.method.clone()],
        };
        for method in methods {
            for authorization in [None, Some("user"), Some("admin")] {
                let fixture = fixture();
                let mut request = declared(&fixture, operation, &method, authorization);
                let expected = shown(&fixture, operation.handler, &request);
                for spelling in [
                    format!("/v1{path}"),
                    format!("{path}/"),
                    format!("/v1{path}/"),
                ] {
                    // A new gateway each, so that nothing is counted or remembered from the request before.
                    let mut other = self::fixture();
                    other.key = fixture.key.clone();
                    other.settings = fixture.settings.clone();
                    spelling.clone_into(&mut request.path);
                    request.path_values.clear();
                    let found = shown(&other, "fallback", &request);
                    assert_eq!(found, expected, "{method} {spelling} {authorization:?}");
                }
            }
        }
    }
}

/// The request as the SDK gives it to the operation's own handler.
fn declared(
    fixture: &Fixture,
    operation: &Operation,
    method: &Method,
    authorization: Option<&str>,
) -> Request {
    let claims = match authorization {
        Some("admin") => json!({"groups": ["ops"]}),
        _ => json!({}),
    };
    let mut request = fixture.request(method.clone(), &fixture.token(&claims));
    if authorization.is_none() {
        request.headers.remove("authorization");
    }
    if operation.body == BodyKind::Multipart {
        let form = "application/x-www-form-urlencoded".parse().unwrap();
        request.headers.insert("content-type", form);
    }
    request.path = filled(operation);
    request.query = "user=mallory&limit=2".to_owned();
    let segments = operation.path.split('/').zip(request.path.split('/'));
    request.path_values = segments
        .filter_map(|(name, value)| {
            let name = name.strip_prefix('<')?.strip_suffix('>')?;
            Some((name.to_owned(), value.to_owned()))
        })
        .collect();
    request
}

#[test]
fn what_is_not_an_operation_is_not_one_with_v1_either() {
    let rows = [
        (Method::GET, "/v1/v1/info", 404),
        (Method::GET, "/v1//info", 404),
        (Method::GET, "/v1/../info", 404),
        (Method::GET, "/v2/info", 404),
        (Method::GET, "/info//", 404),
        (Method::GET, "/v1/conversations/./name", 404),
        (Method::GET, "/v1/chat-messages", 405),
        (Method::POST, "/v1/info", 405),
        (Method::OPTIONS, "/v1/info", 204),
        (Method::OPTIONS, "/info/", 204),
        (Method::OPTIONS, "/v1/v1/info", 404),
    ];
    let fixture = fixture();
    for (method, path, status) in rows {
        let mut request = fixture.request(method.clone(), "");
        path.clone_into(&mut request.path);
        let found = answered(fixture.handle("fallback", &request, ""));
        assert_eq!(found.status, status, "{method} {path}");
    }
}

#[test]
fn the_variables_of_a_path_with_v1_are_judged_as_those_of_a_declared_one() {
    let fixture = fixture();
    let mut request = fixture.request(Method::GET, &fixture.token(&json!({})));
    "/v1/workflows/run/draft".clone_into(&mut request.path);
    let response = answered(fixture.handle("fallback", &request, ""));
    let body: serde_json::Value = serde_json::from_slice(&response.body).unwrap();
    assert_eq!(
        body["message"],
        "The `workflow_run_id` of the path is not a UUID such as `1e43fa4c-9b1a-430a-b494-ac22222409ae`."
    );
    assert_eq!(fixture.last_line()["operation"], "get_workflow_run");
}

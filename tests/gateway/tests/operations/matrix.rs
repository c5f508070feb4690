//! Every operation × the right user, another one, one whose token names nobody, `user` sent in every place, and an
//! admin: what they get, and who Dify takes them for.

use gateway_domain::operation::{Class, OPERATIONS, Operation, Responder, UserPlace};
use gateway_tests::{Form, Stage, WholeResponse};
use harness::Algorithm;
use http::Method;
use reqwest::RequestBuilder;
use serde_json::json;
use stand_in_dify::{AppKind, SeenRequest};

use crate::rows::{Body, ROWS, Row};
use crate::seen;
use crate::things::Things;

/// Who asks for a thing of Alice's.
struct Caller {
    /// The name of the row.
    label: &'static str,
    /// The token's `sub`, if it has one.
    name: Option<&'static str>,
    is_admin: bool,
    /// Whom the client writes into `user`, wherever one can stand.
    smuggles: Option<&'static str>,
    /// What this caller gets.
    expected: fn(&Row) -> &'static str,
}

const CALLERS: [Caller; 5] = [
    Caller {
        label: "the right user",
        name: Some("alice"),
        is_admin: false,
        smuggles: None,
        expected: |row| row.owner,
    },
    Caller {
        label: "the right user, who writes another one",
        name: Some("alice"),
        is_admin: false,
        smuggles: Some("mallory"),
        expected: |row| row.owner,
    },
    Caller {
        label: "another user, who writes the right one",
        name: Some("bob"),
        is_admin: false,
        smuggles: Some("alice"),
        expected: |row| row.other,
    },
    Caller {
        label: "nobody, who writes the right one",
        name: None,
        is_admin: true,
        smuggles: Some("alice"),
        expected: |row| {
            let operation = Operation::of_handler(row.handler).unwrap();
            match (operation.class, operation.responder) {
                // An MCP server that is off is not there for anybody, before any token is read.
                (Class::Public | Class::SignIn, _) | (_, Responder::Mcp) => row.other,
                _ => "403 user_claim_missing",
            }
        },
    },
    Caller {
        label: "an admin",
        name: Some("dave"),
        is_admin: true,
        smuggles: Some("alice"),
        expected: |row| row.admin,
    },
];

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_is_done_as_the_tokens_user_and_nobody_else() {
    let stage = Stage::of(AppKind::Chatflow).await;
    let handlers: Vec<_> = OPERATIONS
        .iter()
        .map(|operation| operation.handler)
        .collect();
    let rows: Vec<_> = ROWS.iter().map(|row| row.handler).collect();
    assert_eq!(rows, handlers, "a row for every operation");

    for (operation, row) in OPERATIONS.iter().zip(ROWS) {
        assert_eq!(shape(row.target), shape(operation.path), "{}", row.handler);
        stage.set_settings(&json!({
            "app_key": row.app.key(), "admin_claims": "role=admin", "input_claims": "none",
            "public_url": "https://dify.example/e/abcdefghijklmnop",
        }));
        for caller in &CALLERS {
            check(&stage, operation, row, caller).await;
        }
        if operation.method == Method::GET {
            check_head(&stage, operation, row).await;
        }
    }
}

async fn check(stage: &Stage, operation: &Operation, row: &Row, caller: &Caller) {
    let case = format!("{}, {}", row.handler, caller.label);
    let mut things = Things::of(stage, row.app, "alice");
    let target = things.fill(row.target).await;
    let request = request(stage, operation.method.clone(), &target, caller);
    let request = with_body(request, row.body, caller.smuggles, &mut things).await;
    stage.control().forget_requests();

    let answer = WholeResponse::of(request).await;
    assert_eq!(outcome(&answer), (caller.expected)(row), "{case}");

    let seen = stage.control().requests();
    if !reaches_dify(operation, caller) {
        let of_gateway = if operation.responder == Responder::Health {
            "/v1/info"
        } else {
            ""
        };
        let is_own = |seen: &SeenRequest| seen.path == of_gateway && seen.query.is_empty();
        assert!(seen.iter().all(is_own), "{case}: {seen:?}");
        return;
    }
    let [seen] = seen.as_slice() else {
        panic!("{case}: {seen:?}");
    };
    let path = target.split('?').next().unwrap();
    assert_eq!(
        (seen.method.as_str(), seen.path.as_str()),
        (operation.method.as_str(), format!("/v1{path}").as_str()),
        "{case}"
    );
    let keys: Vec<_> = seen.headers.get_all("authorization").iter().collect();
    assert_eq!(keys, [&format!("Bearer {}", row.app.key())], "{case}");
    assert!(!seen::holds_a_jwt(seen), "{case}: {seen:?}");
    assert_eq!(seen::users(seen), users(operation, caller), "{case}");
    let smuggled = caller.smuggles.unwrap_or("mallory");
    assert!(!seen::text(seen).contains(smuggled), "{case}: {seen:?}");
}

/// HEAD is judged as GET is, and has no body.
async fn check_head(stage: &Stage, operation: &Operation, row: &Row) {
    for caller in CALLERS.iter().filter(|caller| caller.name.is_some()) {
        let target = Things::of(stage, row.app, "alice").fill(row.target).await;
        let answer = WholeResponse::of(request(stage, Method::HEAD, &target, caller)).await;
        let expected = (caller.expected)(row).split(' ').next().unwrap();
        let case = format!("HEAD for {}, {}", operation.handler, caller.label);
        assert_eq!(
            (answer.status.as_str(), answer.body.as_slice()),
            (expected, &b""[..]),
            "{case}"
        );
    }
}

fn request(stage: &Stage, method: Method, target: &str, caller: &Caller) -> RequestBuilder {
    let issuer = stage.issuer();
    let mut claims = issuer.claims(caller.name.unwrap_or_default());
    if caller.name.is_none() {
        claims.as_object_mut().unwrap().remove("sub");
    }
    if caller.is_admin {
        claims["role"] = json!("admin");
    }
    let mut target = target.to_owned();
    if let Some(name) = caller.smuggles {
        target.push(if target.contains('?') { '&' } else { '?' });
        target.push_str(&format!("user={name}&user={name}&us%65r={name}&user="));
    }
    stage
        .request(method, &target)
        .bearer_auth(issuer.token(Algorithm::Es256, &claims))
}

async fn with_body(
    request: RequestBuilder,
    body: Body,
    smuggled: Option<&str>,
    things: &mut Things<'_>,
) -> RequestBuilder {
    match (body, smuggled) {
        (Body::None, None) => request,
        (Body::None, Some(name)) => request.json(&json!({"user": name})),
        (Body::Json(members), smuggled) => {
            let members = things.fill(members).await;
            let before = smuggled.map(|name| format!(r#""user":"{name}","us\u0065r":"{name}""#));
            let after = smuggled.map(|name| format!(r#""user":["{name}"]"#));
            let members: Vec<String> = [before, Some(members), after]
                .into_iter()
                .flatten()
                .collect();
            let members: Vec<&str> = members
                .iter()
                .map(String::as_str)
                .filter(|text| !text.is_empty())
                .collect();
            let text = format!("{{{}}}", members.join(","));
            request
                .header("content-type", "application/json")
                .body(text)
        }
        (Body::File(name, media_type), smuggled) => {
            let user = |form: Form| match smuggled {
                Some(name) => form.field("user", name),
                None => form,
            };
            let form = user(Form::default()).file("file", name, media_type, b"bytes of a file");
            user(form).send_in(request)
        }
    }
}

/// The status with the error's code, or with the media type.
fn outcome(answer: &WholeResponse) -> String {
    let media_type = answer.header("content-type").split(';').next().unwrap();
    let code = if answer.status.is_success() {
        media_type.to_owned()
    } else {
        answer.json()["code"].as_str().unwrap().to_owned()
    };
    format!("{} {code}", answer.status.as_str())
}

fn reaches_dify(operation: &Operation, caller: &Caller) -> bool {
    let may = caller.is_admin || operation.class != Class::Admin;
    operation.responder == Responder::Dify && caller.name.is_some() && may
}

/// Where Dify reads `user`, exactly once.
fn users(operation: &Operation, caller: &Caller) -> Vec<String> {
    let name = caller.name.unwrap();
    match operation.user {
        UserPlace::Form => vec![format!("form {name}")],
        UserPlace::Json => vec![format!("json {name}")],
        UserPlace::Nowhere => Vec::new(),
        UserPlace::Query => vec![format!("query {name}")],
    }
}

/// The path without the names of its variables.
fn shape(path: &str) -> Vec<&str> {
    let segments = path.split('?').next().unwrap().split('/');
    segments
        .map(|segment| match segment {
            "enable" | "main.js" => "<>",
            variable if variable.starts_with('<') => "<>",
            literal => literal,
        })
        .collect()
}

//! With which credentials an operation is called.

use serde_json::{Map, Value, json};

use crate::operation::{Class, Operation, Responder};
use crate::response::X_GATEWAY_PAGE;

/// Alternatives, each with the schemes that it needs together.
pub(super) type Requirements = Vec<Value>;

const BEARER: &str = "accessToken";
const APP_KEY: &str = "appKey";
const METRICS_TOKEN: &str = "metricsToken";
const SESSION: &str = "session";
const PAGE_TOKEN: &str = "pageToken";

/// What an operation needs that has a caller.
pub(super) fn of_callers(has_sign_in: bool) -> Requirements {
    let mut requirements = vec![json!({BEARER: []})];
    if has_sign_in {
        requirements.push(of_the_page());
    }
    requirements
}

/// What an operation needs instead of that.
pub(super) fn of_operation(operation: &Operation) -> Option<Requirements> {
    match (operation.class, operation.responder) {
        (_, Responder::Health) => Some(vec![json!({}), json!({APP_KEY: []})]),
        (_, Responder::Metrics) => Some(vec![json!({METRICS_TOKEN: []}), json!({APP_KEY: []})]),
        (_, Responder::Session | Responder::Refresh | Responder::Logout) => {
            Some(vec![of_the_page()])
        }
        (_, Responder::LogoutForm) => Some(vec![json!({SESSION: []})]),
        (Class::Public | Class::SignIn, _) => Some(Vec::new()),
        _ => None,
    }
}

fn of_the_page() -> Value {
    json!({SESSION: [], PAGE_TOKEN: []})
}

/// Every scheme that is used.
pub(super) fn schemes(has_sign_in: bool) -> Map<String, Value> {
    let mut schemes = Map::new();
    let mut add = |name: &str, scheme| schemes.insert(name.to_owned(), scheme);
    add(
        BEARER,
        json!({"type": "http", "scheme": "bearer", "bearerFormat": "JWT",
            "description": "The access token that the identity provider has issued for this endpoint."}),
    );
    add(
        APP_KEY,
        json!({"type": "http", "scheme": "bearer", "description": "The app key, which only the administrator has."}),
    );
    add(
        METRICS_TOKEN,
        json!({"type": "http", "scheme": "bearer",
            "description": "The metrics token, which `/health` shows to the holder of the app key."}),
    );
    if has_sign_in {
        add(
            SESSION,
            json!({"type": "apiKey", "in": "cookie", "name": "session",
                "description": "The session's cookie, which the browser sends. Its name depends on the endpoint."}),
        );
        add(
            PAGE_TOKEN,
            json!({"type": "apiKey", "in": "header", "name": X_GATEWAY_PAGE.as_str(),
                "description": "What the document at `/` has in its `<meta name=\"gateway-page\">`."}),
        );
    }
    schemes
}

//! What Dify would take for `user` in a request that it has seen.

use serde_json::Value;
use stand_in_dify::SeenRequest;
use url::form_urlencoded;

/// Every `user` with its place, such as `query alice`.
pub fn users(request: &SeenRequest) -> Vec<String> {
    let mut users = in_pairs("query", &request.query);
    let content_type = request.headers.get("content-type");
    let content_type = content_type.map(|value| value.to_str().unwrap());
    match content_type.map(|text| text.split_once("boundary=").unwrap_or((text, ""))) {
        Some(("application/json", _)) => users.extend(in_json(&body(request))),
        Some(("application/x-www-form-urlencoded", _)) => {
            users.extend(in_pairs("form", &body(request)))
        }
        Some((_, boundary)) if !boundary.is_empty() => {
            users.extend(in_form(&body(request), boundary.trim_matches('"')));
        }
        _ => {}
    }
    users
}

/// Whether the client's token has come along, whatever it is called.
pub fn holds_a_jwt(request: &SeenRequest) -> bool {
    // Base64url of `{"`, with which every JWT begins.
    let is_in = |text: &str| text.contains("eyJ");
    let mut values = request.headers.values();
    is_in(&text(request)) || values.any(|value| is_in(&String::from_utf8_lossy(value.as_bytes())))
}

/// Query and body, where a name may have been smuggled to.
pub fn text(request: &SeenRequest) -> String {
    format!("{}\n{}", request.query, body(request))
}

fn body(request: &SeenRequest) -> String {
    let bytes = request.body.as_deref().expect("a body of at most 64 KiB");
    String::from_utf8_lossy(bytes).into_owned()
}

fn in_pairs(place: &str, pairs: &str) -> Vec<String> {
    let pairs = form_urlencoded::parse(pairs.as_bytes()).filter(|(name, _)| name == "user");
    pairs.map(|(_, value)| format!("{place} {value}")).collect()
}

/// As often as the name occurs in the text, because a parser shows only one of several.
fn in_json(body: &str) -> Vec<String> {
    let members: Value = serde_json::from_str(body).unwrap();
    let user = members["user"].as_str().unwrap_or("not a string");
    let times = body.matches("\"user\":").count();
    vec![format!("json {user}"); times]
}

fn in_form(body: &str, boundary: &str) -> Vec<String> {
    let delimiter = format!("--{boundary}");
    let parts = body
        .split(&delimiter)
        .filter_map(|part| part.split_once("\r\n\r\n"));
    let users = parts.filter(|(head, _)| head.to_lowercase().contains("user"));
    users
        .map(|(_, value)| format!("form {}", value.trim_end()))
        .collect()
}

//! A message of an MCP client, and the arguments of a call in it.

use gateway_domain::mcp::{self, App, Message, Tools};
use http::HeaderMap;

/// Whatever the arguments are, what they become is JSON that names no person.
pub(crate) fn check(input: &[u8]) {
    let Ok(Message::Request(request)) = mcp::read(input) else {
        return;
    };
    let _ = mcp::judge(&HeaderMap::new(), &request);
    let app = app();
    let Some(arguments) = request
        .params
        .get("arguments")
        .and_then(|value| value.as_object())
    else {
        return;
    };
    let _ = mcp::run_id(arguments);
    if let Ok(question) = mcp::question(&app, arguments) {
        let body: serde_json::Value = serde_json::from_slice(&question.body).expect("JSON");
        assert!(body.get("user").is_none());
        let inputs = body["inputs"].as_object().expect("inputs are an object");
        assert!(inputs.keys().all(|name| !name.starts_with("__oidc_")));
    }
    let _ = request
        .params
        .get("name")
        .and_then(|name| Tools::named(&app, name.as_str()?));
}

fn app() -> App {
    let info = br#"{"name":"App","mode":"advanced-chat"}"#;
    let parameters = br#"{"user_input_form":[
        {"text-input":{"variable":"q","max_length":8}},
        {"select":{"variable":"color","options":["red","blue"]}},
        {"number":{"variable":"n"}},
        {"checkbox":{"variable":"b"}},
        {"json_object":{"variable":"o"}},
        {"text-input":{"variable":"__oidc_email"}},
        {"file-list":{"variable":"f","allowed_file_upload_methods":["remote_url"],"allowed_file_types":["image"],"max_length":2}}
    ]}"#;
    App::read(info, parameters).expect("an app")
}

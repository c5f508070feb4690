use serde_json::{Value, json};

use super::super::{Era, Server, Tools, discovered};
use super::{app, input};

fn named(name: &str, mode: &str) -> String {
    let app = app(name, mode, &json!({"user_input_form": []}));
    let list = Tools::list(&app, None, Era::Legacy);
    assert_eq!(
        list["tools"][0]["title"],
        name.chars().take(120).collect::<String>().trim()
    );
    list["tools"][0]["name"].as_str().unwrap().to_owned()
}

#[test]
fn the_tools_name_is_made_of_the_apps_in_characters_that_every_model_takes() {
    let long = "Long name ".repeat(20);
    let rows = [
        ("Travel Policy", "chat", "travel_policy"),
        ("客服助手 / Ünï 1!", "chat", "n_1"),
        ("客服助手", "advanced-chat", "chat"),
        ("客服 2", "chat", "chat_2"),
        ("客服 2", "workflow", "run_2"),
        ("!!!", "completion", "run"),
        ("get result", "workflow", "run_get_result"),
        (&long, "chat", "long_name_long_name_long_name_long_name"),
    ];
    for (name, mode, expected) in rows {
        let found = named(name, mode);
        assert_eq!(found, expected, "{name}");
        let is_allowed =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        assert!((1..=40).contains(&found.len()) && found.bytes().all(is_allowed));
    }
}

fn properties(mode: &str, parameters: &Value) -> Value {
    let app = app("App", mode, parameters);
    Tools::list(&app, None, Era::Legacy)["tools"][0]["inputSchema"].clone()
}

#[test]
fn every_kind_of_input_has_its_schema_and_what_nobody_is_asked_for_has_none() {
    let urls = json!({"allowed_file_upload_methods": ["local_file", "remote_url"], "allowed_file_types": ["image", "document"], "max_length": 3});
    let parameters = json!({
        "user_input_form": [
            input("text-input", "name", &json!({"required": true, "max_length": 48, "default": "Ann", "hint": "Who?"})),
            input("paragraph", "text", &json!({"max_length": 0, "label": "Text"})),
            input("select", "color", &json!({"options": ["red", "blue"], "default": "red"})),
            input("number", "count", &json!({"default": "five"})),
            input("checkbox", "urgent", &json!({})),
            input("json_object", "data", &json!({"json_schema": "{\"type\":\"object\",\"properties\":{\"a\":{}}}"})),
            input("file", "scan", &urls),
            input("file-list", "scans", &urls),
            input("file", "upload", &json!({"allowed_file_upload_methods": ["local_file"]})),
            input("text-input", "__oidc_email", &json!({"required": true})),
            input("text-input", "secret", &json!({"hide": true})),
            input("external_data_tool", "tool", &json!({})),
            input("text-input", "query", &json!({})),
            input("text-input", "conversation_id", &json!({})),
            input("text-input", "input_files", &json!({})),
            input("text-input", "files", &json!({})),
            input("json_object", "referring", &json!({"json_schema": {"type": "object", "properties": {"a": {"$ref": "#/$defs/a"}}, "$defs": {"a": {}}}})),
            input("json_object", "dated", &json!({"json_schema": {"$schema": "http://json-schema.org/draft-07/schema#", "type": "object", "required": ["a"]}})),
            input("hologram", "new_kind", &json!({})),
        ],
        "file_upload": {"image": {"enabled": true, "number_limits": 2, "transfer_methods": ["remote_url"]}},
    });
    let schema = properties("chat", &parameters);
    assert_eq!(schema["required"], json!(["query", "name"]));
    assert_eq!(schema["additionalProperties"], false);
    let uri = json!({"type": "string", "format": "uri"});
    assert_eq!(
        schema["properties"],
        json!({
            "query": {"type": "string", "minLength": 1, "description": "The question or message for the app."},
            "conversation_id": {"type": "string", "format": "uuid", "description": "The conversation_id of an earlier result, to continue that conversation. Leave it out to begin a new one."},
            "name": {"type": "string", "minLength": 1, "maxLength": 48, "title": "name", "default": "Ann", "description": "Who?"},
            "text": {"type": "string", "title": "Text"},
            "color": {"type": "string", "enum": ["red", "blue"], "title": "color", "default": "red"},
            "count": {"type": "number", "title": "count"},
            "urgent": {"type": "boolean", "title": "urgent"},
            "data": {"type": "object", "properties": {"a": {}}, "title": "data"},
            "scan": {"type": "string", "format": "uri", "title": "scan"},
            "scans": {"type": "array", "items": uri, "maxItems": 3, "title": "scans"},
            "input_query": {"type": "string", "title": "query"},
            "input_conversation_id": {"type": "string", "title": "conversation_id"},
            "files": {"type": "array", "items": uri, "maxItems": 2, "description": "Addresses of files for the app to read."},
            "input_files": {"type": "string", "title": "input_files"},
            "input_input_files": {"type": "string", "title": "files"},
            "referring": {"type": "object", "title": "referring"},
            "dated": {"type": "object", "required": ["a"], "title": "dated"},
            "new_kind": {"title": "new_kind"},
        })
    );
}

#[test]
fn files_of_a_question_are_offered_where_the_app_takes_addresses() {
    let graph = |methods: &Value| json!({"file_upload": {"enabled": true, "number_limits": 3, "allowed_file_types": ["image"], "allowed_file_upload_methods": methods}});
    let image = json!({"file_upload": {"image": {"enabled": true, "number_limits": 2, "transfer_methods": ["remote_url"]}}});
    let rows = [
        ("advanced-chat", graph(&json!(["remote_url"])), Some(3)),
        ("advanced-chat", graph(&json!(["local_file"])), None),
        ("chat", image.clone(), Some(2)),
        ("completion", image, Some(2)),
        ("workflow", graph(&json!(["remote_url"])), None),
        ("chat", json!({}), None),
    ];
    for (mode, parameters, most) in rows {
        let files = properties(mode, &parameters)["properties"]["files"]["maxItems"].as_u64();
        assert_eq!(files, most, "{mode} {parameters}");
    }
}

#[test]
fn an_app_that_needs_an_uploaded_file_is_no_tool_and_the_instructions_say_why() {
    let upload = json!({"required": true, "allowed_file_upload_methods": ["local_file"]});
    let app = app(
        "App",
        "workflow",
        &json!({"user_input_form": [input("file", "scan", &upload)]}),
    );
    assert_eq!(Tools::list(&app, None, Era::Legacy), json!({"tools": []}));
    assert_eq!(Tools::named(&app, "app"), None);
    assert_eq!(
        discovered(Server { app: Some(&app) })["instructions"],
        "The app needs the file `scan`, which people can only upload, and a tool can only give the address of a file. An \
         administrator of the app can allow files by URL there."
    );
}

#[test]
fn a_workflow_has_a_second_tool_for_late_results_and_others_have_not() {
    for (mode, count) in [
        ("chat", 1),
        ("agent-chat", 1),
        ("agent", 1),
        ("completion", 1),
        ("advanced-chat", 2),
        ("workflow", 2),
    ] {
        let app = app("App", mode, &json!({}));
        let list = Tools::list(&app, Some("For us."), Era::Modern);
        assert_eq!(list["tools"].as_array().unwrap().len(), count, "{mode}");
        assert_eq!(list["tools"][0]["description"], "For us.");
        assert_eq!(
            (&list["resultType"], &list["ttlMs"], &list["cacheScope"]),
            (&json!("complete"), &json!(60000), &json!("private"))
        );
        assert_eq!(
            Tools::named(&app, "get_result").is_some(),
            count == 2,
            "{mode}"
        );
    }
}

use serde_json::{Value, json};

use super::super::{question, run_id};
use super::{RUN, app, input};

fn parameters() -> Value {
    let urls = json!({"allowed_file_upload_methods": ["remote_url"], "allowed_file_types": ["image", "document", "custom"], "max_length": 2});
    json!({
        "user_input_form": [
            input("text-input", "name", &json!({"required": true, "max_length": 4})),
            input("select", "color", &json!({"options": ["red", "blue"]})),
            input("number", "count", &json!({})),
            input("checkbox", "urgent", &json!({})),
            input("json_object", "data", &json!({})),
            input("file-list", "scans", &urls),
            input("text-input", "query", &json!({})),
        ],
        "file_upload": {"enabled": true, "number_limits": 1, "allowed_file_types": ["image"], "allowed_file_upload_methods": ["remote_url"]},
    })
}

fn asked(mode: &str, arguments: &Value) -> Result<Value, String> {
    let app = app("App", mode, &parameters());
    question(&app, arguments.as_object().unwrap())
        .map(|question| serde_json::from_slice(&question.body).unwrap())
}

#[test]
fn good_arguments_become_the_request_that_dify_takes() {
    let arguments = json!({
        "query": "hi", "conversation_id": RUN, "name": "Änne", "color": "red", "count": 1.5, "urgent": null, "data": {"a": 1},
        "scans": ["https://x.example/a.PNG?sig=1", "http://x.example/b.pdf"], "input_query": "q",
        "files": ["https://x.example/c"],
    });
    let file =
        |kind: &str, url: &str| json!({"type": kind, "transfer_method": "remote_url", "url": url});
    assert_eq!(
        asked("advanced-chat", &arguments).unwrap(),
        json!({
            "query": "hi", "conversation_id": RUN, "response_mode": "streaming",
            "inputs": {
                "name": "Änne", "color": "red", "count": 1.5, "data": {"a": 1}, "query": "q",
                "scans": [file("image", "https://x.example/a.PNG?sig=1"), file("document", "http://x.example/b.pdf")],
            },
            "files": [file("image", "https://x.example/c")],
        })
    );
    assert_eq!(
        asked("workflow", &json!({"name": "Ann", "query": "q"})).unwrap(),
        json!({"inputs": {"name": "Ann", "query": "q"}, "response_mode": "streaming"})
    );
}

#[test]
fn all_mistakes_are_told_at_once_and_nobody_is_asked() {
    let arguments = json!({
        "query": "", "conversation_id": "x", "name": "Annie", "color": "green", "count": "5", "urgent": "yes", "data": [],
        "scans": ["file:///etc/passwd", "data:text/plain,x"], "files": ["/relative"], "user": "mallory", "__oidc_email": "m@x.example",
    });
    assert_eq!(
        asked("advanced-chat", &arguments).unwrap_err(),
        "The arguments are wrong, and the app was not asked: `__oidc_email` is not an argument of this tool; `user` is not an \
         argument of this tool; `query` must not be empty; `conversation_id` must be the conversation_id of an earlier result, a \
         UUID; `files` must be an address that begins with `https://` or `http://`: a file is fetched from there; `name` has 5 \
         characters, and may have at most 4; `color` must be one of: red, blue; `count` must be a number; `urgent` must be true \
         or false; `data` must be an object; `scans` must be an address that begins with `https://` or `http://`: a file is \
         fetched from there."
    );
    let files = vec!["https://x.example/"; 3];
    let too_many = json!({"name": "Ann", "query": "q", "scans": files});
    for (arguments, rest) in [
        (json!({"query": "q"}), "`name` is missing."),
        (too_many, "`scans` may have at most 2 files."),
    ] {
        let mistake = asked("workflow", &arguments).unwrap_err();
        assert!(mistake.ends_with(rest), "{mistake}");
    }
}

#[test]
fn mistakes_beyond_twenty_are_counted() {
    let arguments: Value = (0..100)
        .map(|number| (format!("a{number}"), json!(1)))
        .collect();
    let mistake = asked("workflow", &arguments).unwrap_err();
    assert!(mistake.ends_with("; and 81 more."), "{mistake}");
}

#[test]
fn a_run_is_named_by_its_uuid() {
    let id = |value: Value| run_id(json!({"workflow_run_id": value}).as_object().unwrap());
    assert_eq!(id(json!(RUN.to_uppercase())), Ok(RUN.to_owned()));
    for bad in [json!("x"), json!(5), json!("../form"), Value::Null] {
        assert!(id(bad.clone()).is_err(), "{bad}");
    }
}

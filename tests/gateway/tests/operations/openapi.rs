//! `GET /openapi.json`: a document that validators take, that says of Dify what a real one has answered, and from which a
//! client is generated that works.

use std::fs;
use std::path::Path;

use gateway_tests::{Stage, WholeResponse};
use http::Method;
use serde_json::{Value, json};
use stand_in_dify::AppKind;
use tempfile::TempDir;
use tokio::process::Command;

use crate::clients;

const CHAT: &str = "|user=alice|email=|level=|inq=x";

/// The operations of which the recordings have a good answer with a body, and how many parts each at least.
const RECORDED: [(&str, u64); 23] = [
    ("get_annotation_reply_status", 1),
    ("get_annotations", 1),
    ("get_app_feedbacks", 1),
    ("get_conversation_variables", 1),
    ("get_conversations", 5),
    ("get_end_user", 1),
    ("get_human_input_form", 1),
    ("get_info", 5),
    ("get_messages", 3),
    ("get_meta", 1),
    ("get_parameters", 5),
    ("get_site", 1),
    ("get_workflow_events", 10),
    ("get_workflow_run", 5),
    ("get_workflows_logs", 5),
    ("post_annotation", 1),
    ("post_chat_messages", 100),
    ("post_conversation_name", 1),
    ("post_files_upload", 10),
    ("post_message_feedbacks", 1),
    ("post_workflow_run", 1),
    ("post_workflows_run", 100),
    ("put_conversation_variable", 1),
];

async fn fetched(stage: &Stage) -> WholeResponse {
    WholeResponse::of(
        stage
            .request(Method::GET, "/openapi.json")
            .header("origin", "https://app.example"),
    )
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_document_holds_against_the_specification_a_real_dify_and_a_generated_client() {
    let stage = Stage::of(AppKind::Chatflow).await;
    stage.set_settings(&json!({"allowed_origins": "https://app.example"}));
    let response = fetched(&stage).await;
    assert_eq!(response.status, 200);
    for (name, expected) in [
        ("content-type", "application/json"),
        ("cache-control", "public, max-age=300"),
        ("access-control-allow-origin", "https://app.example"),
    ] {
        assert_eq!(response.header(name), expected, "{name}");
    }
    assert!(stage.seen().is_empty(), "Dify was asked");

    let directory = tempfile::tempdir().unwrap();
    let document = directory.path().join("openapi.json");
    fs::write(&document, response.text()).unwrap();
    assert_recordings_fit(&stage, &document).await;
    assert_eq!(generated_client(&stage, &document).await, as_alice());
    stage.assert_unharmed();
}

async fn assert_recordings_fit(stage: &Stage, document: &Path) {
    let root = harness::workspace::root();
    let mut command = Command::new(harness::workspace::python().unwrap());
    command
        .arg(clients::directory("pypi").join("openapi_document.py"))
        .arg(document)
        .arg(root.join("tests/dify/fixtures/dify-1.16-recorded.jsonl"));
    let fitting = clients::printed(stage, command).await;
    for (operation, least) in RECORDED {
        let count = fitting[operation].as_u64().unwrap_or_default();
        assert!(count >= least, "{operation}: {fitting}");
    }
}

/// What the generated client got; `user` is nowhere in it.
async fn generated_client(stage: &Stage, document: &Path) -> Value {
    // Below the build directory, because the compiler follows the directory's symbolic links.
    let output = TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let mut command = Command::new("node");
    command
        .arg(clients::directory("openapi").join("check.mjs"))
        .env("DOCUMENT", document)
        .env("OUTPUT", output.path());
    clients::printed(stage, command).await
}

fn as_alice() -> Value {
    json!({
        "whoami": "alice",
        "mode": "advanced-chat",
        "parameters": ["q", "__oidc_email", "__oidc_level"],
        "blocking": format!("q=hi{CHAT}"),
        "streaming": format!("q=again{CHAT}"),
        "conversations": ["hi"],
        "messages": ["again", "hi"],
        "renamed": "My chat",
        "feedback": "success",
        "uploaded": "note.txt",
        "deleted": 204,
        "refused": "not_found",
    })
}

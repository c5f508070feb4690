//! Dify's own clients, pointed at the gateway with a token instead of the app's key.

use std::path::PathBuf;

use gateway_tests::Stage;
use serde_json::{Value, json};
use stand_in_dify::AppKind;
use tokio::process::Command;

use crate::seen;

const CHAT: &str = "|user=alice|email=|level=|inq=x";
const COMPLETION: &str = "q= user=alice email=";

#[tokio::test(flavor = "multi_thread")]
async fn the_client_from_npm_does_all_it_offers_as_the_tokens_user() {
    let stage = Stage::of(AppKind::Chatflow).await;
    let mut chat = chatted();
    chat["deleted"] = json!(204);
    chat["left"] = json!(0);
    let outputs = json!({"q": "x", "email": null, "level": null, "user_id": "alice"});
    let cases = [
        (AppKind::Chatflow, "chat", chat),
        (
            AppKind::Completion,
            "completion",
            json!({"blocking": COMPLETION, "streaming": COMPLETION}),
        ),
        (
            AppKind::Workflow,
            "workflow",
            json!({"blocking": outputs, "streaming": outputs}),
        ),
    ];
    for (app, kind, expected) in cases {
        let script = ("node".into(), directory("npm").join("round-trip.mjs"));
        assert_eq!(
            round_trip(&stage, app, script, kind).await,
            expected,
            "{kind}"
        );
        check_users(&stage, kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_client_from_pypi_does_all_it_offers_as_the_tokens_user() {
    let stage = Stage::of(AppKind::Chatflow).await;
    let cases = [
        (AppKind::Chatflow, "chat", chatted()),
        (
            AppKind::Completion,
            "completion",
            json!({"blocking": COMPLETION, "streaming": COMPLETION}),
        ),
    ];
    for (app, kind, expected) in cases {
        let script = (
            harness::workspace::python().unwrap(),
            directory("pypi").join("round_trip.py"),
        );
        assert_eq!(
            round_trip(&stage, app, script, kind).await,
            expected,
            "{kind}"
        );
        check_users(&stage, kind);
    }
}

/// What both clients get of a chat.
fn chatted() -> Value {
    json!({
        "parameters": ["q", "__oidc_email", "__oidc_level"],
        "blocking": format!("q=hi{CHAT}"),
        "streaming": format!("q=again{CHAT}"),
        "conversations": ["hi"],
        "messages": ["again", "hi"],
        "renamed": "My chat",
        "feedback": "success",
        "uploaded": ["note.txt", 5, "text/plain"],
    })
}

/// What the client's script printed.
async fn round_trip(
    stage: &Stage,
    app: AppKind,
    (program, script): (PathBuf, PathBuf),
    kind: &str,
) -> Value {
    stage.set_settings(&json!({"app_key": app.key()}));
    stage.control().forget_requests();
    let mut command = Command::new(program);
    command.arg(script).arg(kind);
    printed(stage, command).await
}

/// The JSON that a program prints which calls the gateway as Alice.
pub async fn printed(stage: &Stage, mut command: Command) -> Value {
    command
        .env("GATEWAY_URL", stage.stack.url())
        .env("TOKEN", stage.token("alice"))
        .env("NO_PROXY", "127.0.0.1")
        .kill_on_drop(true);
    let output = command.output().await.unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Dify has seen no other `user` than Alice, although the scripts never name her.
fn check_users(stage: &Stage, kind: &str) {
    let requests = stage.control().requests();
    let users: Vec<String> = requests.iter().flat_map(seen::users).collect();
    assert!(
        !users.is_empty() && users.iter().all(|user| user.ends_with(" alice")),
        "{kind}: {users:?}"
    );
    assert!(
        requests
            .iter()
            .all(|request| !seen::text(request).contains("mallory")),
        "{kind}: {requests:?}"
    );
}

/// The directory of a client.
pub fn directory(client: &str) -> PathBuf {
    harness::workspace::root()
        .join("tests/clients")
        .join(client)
}

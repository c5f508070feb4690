//! The official clients of the protocol, in the versions that people have.

use std::path::PathBuf;
use std::time::Duration;

use gateway_tests::Stage;
use serde_json::{Value, json};
use stand_in_dify::AppKind;
use tokio::process::Command;

use crate::client::stage_of;

#[tokio::test(flavor = "multi_thread")]
async fn the_official_clients_list_the_tools_and_call_the_app_as_the_person() {
    let stage = stage_of(AppKind::Workflow, &json!({})).await;
    let clients = harness::workspace::root().join("tests/clients");
    let script = || clients.join("mcp/call.mjs").display().to_string();
    let python = harness::workspace::python().unwrap();
    let python_script = clients.join("pypi/mcp_call.py").display().to_string();
    let rows: [(PathBuf, Vec<String>, &str); 4] = [
        ("node".into(), vec![script(), "sdk".to_owned()], "legacy"),
        ("node".into(), vec![script(), "client".to_owned()], "legacy"),
        (
            "node".into(),
            vec![script(), "client-auto".to_owned()],
            "modern",
        ),
        (python, vec![python_script], "modern"),
    ];
    for (count, (program, arguments, era)) in (1..).zip(rows) {
        let shown = format!("{} {arguments:?}", program.display());
        let found = run(&stage, program, arguments, r#"{"q":"x"}"#).await;
        assert_eq!(
            found["tools"],
            json!(["oidc_workflow", "get_result"]),
            "{shown}"
        );
        assert_eq!(found["isError"], false, "{shown}: {found}");
        let outputs = &found["structuredContent"]["outputs"];
        assert_eq!(
            (&outputs["q"], &outputs["user_id"]),
            (&json!("x"), &json!("alice")),
            "{shown}"
        );
        assert!(has_called(&stage, count, era).await, "{shown}");
    }
}

/// What the client's script printed, which calls the tool as Alice.
async fn run(stage: &Stage, program: PathBuf, arguments: Vec<String>, call: &str) -> Value {
    let mut command = Command::new(program);
    command
        .args(arguments)
        .arg("oidc_workflow")
        .arg(call)
        .env("NO_PROXY", "127.0.0.1")
        .kill_on_drop(true);
    command
        .env("GATEWAY_URL", stage.stack.url())
        .env("TOKEN", stage.token("alice"));
    let output = command.output().await.unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{errors}"))
}

/// Whether `count` calls are in the log, the last of this era. The host gathers lines for a moment.
async fn has_called(stage: &Stage, count: usize, era: &str) -> bool {
    for _ in 0..100 {
        let lines = stage.stack.daemon.log_lines().into_iter();
        let calls: Vec<_> = lines
            .filter(|line| line.text.contains("tools/call"))
            .collect();
        if let Some(last) = calls.last().filter(|_| calls.len() == count) {
            return last.text.contains(&format!("\"era\":\"{era}\""));
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    false
}

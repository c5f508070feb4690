//! The demo, run as a newcomer runs it, but without a terminal.
#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper that fails has failed its test"
)]
#![cfg(unix)]

use std::io::{BufRead, BufReader, Read};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use harness::browser::{Kind, Load, Page};
use harness::web_client::{WEB_CLIENT, WEB_SECRET};
use harness::{Browser, HOOK_ID, IdentityProvider};
use http::Method;
use tokio::runtime::Runtime;
use url::Url;
use xtask::workspace::Workspace;

/// Whatever happens, the demo does not outlive its test.
struct Demo(Child);

impl Demo {
    fn start(arguments: &[&str]) -> (Self, BufReader<ChildStdout>) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        command.arg("demo").args(arguments);
        command.current_dir(Workspace::this().root());
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        (Self(child), output)
    }

    fn signal(&self, name: &str) {
        Command::new("kill")
            .args([name, &self.0.id().to_string()])
            .status()
            .unwrap();
    }

    fn ended_within(&mut self, limit: Duration) -> Option<ExitStatus> {
        let start = Instant::now();
        loop {
            let status = self.0.try_wait().unwrap();
            if status.is_some() || start.elapsed() >= limit {
                return status;
            }
            thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        if self.ended_within(Duration::ZERO).is_some() {
            return;
        }
        self.signal("-TERM");
        if self.ended_within(Duration::from_secs(10)).is_none() {
            self.0.kill().unwrap();
        }
    }
}

#[test]
fn the_demos_curl_lines_answer_and_stream_and_ctrl_c_stops_everything() {
    let (mut demo, mut output) = Demo::start(&[]);
    let guide = guide(&mut output);
    let exports = lines_with(&guide, "export ").join("; ");
    let lines = lines_with(&guide, "curl ");
    let [blocking, streaming, whoami, health] = lines.as_slice() else {
        let status = demo.ended_within(Duration::from_secs(1));
        panic!("expected four curl lines in:\n{guide}\nthe demo has ended: {status:?}");
    };
    assert!(lines.iter().all(|line| line.len() < 200), "{lines:?}");
    let run = |line| run(&format!("{exports}; {line}"));

    let answer = run(blocking).concat();
    assert!(answer.contains("q=Hello|user=alice"), "{answer}");
    let pieces = run(streaming);
    assert!(
        pieces.concat().contains("message_end"),
        "{}",
        pieces.concat()
    );
    assert!(pieces.len() > 1, "the stream came in one piece");
    let person = run(whoami).concat();
    assert!(person.contains(r#""user":"alice""#), "{person}");
    let report = run(health).concat();
    assert!(report.contains(r#""limits""#), "{report}");
    assert_another_origin_may_call(&guide);
    assert_the_inspector_lists_and_calls(&exports, &lines_with(&guide, "npx "));

    let page = guide
        .lines()
        .find_map(|line| line.strip_prefix("The chat page:"))
        .unwrap();
    sign_in(page.trim());
    for app in [
        "chat",
        "agent_chat",
        "hitl_chatflow",
        "completion",
        "workflow",
    ] {
        let page = guide
            .lines()
            .find_map(|line| line.trim().strip_prefix(&format!("{app}: ")))
            .unwrap_or_else(|| panic!("no page of {app} in:\n{guide}"));
        sign_in(page);
    }

    let ports: Vec<_> = guide
        .split("http://")
        .skip(1)
        .filter_map(authority)
        .collect();
    assert!(
        ports.iter().all(|port| TcpStream::connect(port).is_ok()),
        "{ports:?}"
    );
    demo.signal("-INT");
    let status = demo.ended_within(Duration::from_secs(20));
    assert!(status.is_some_and(|status| status.success()), "{status:?}");
    assert!(
        ports.iter().all(|port| TcpStream::connect(port).is_err()),
        "{ports:?}"
    );
}

/// The same with a provider that is not the demo's: its client is registered first, as the guide of a provider says.
#[test]
fn with_a_provider_of_ones_own_people_sign_in_to_its_client_and_chat() {
    let runtime = Runtime::new().unwrap();
    let provider = runtime.block_on(IdentityProvider::start()).unwrap();
    let port = free_port();
    let address = format!("http://localhost:{port}/e/{HOOK_ID}");
    runtime.block_on(provider.register_page(&address)).unwrap();
    let (mut demo, mut output) = Demo::start(&[
        "--issuer",
        provider.issuer(),
        "--client-id",
        WEB_CLIENT,
        "--client-secret",
        WEB_SECRET,
        "--port",
        &port,
    ]);
    let guide = guide(&mut output);
    for line in [
        format!("The chat page: {address}/"),
        format!("  redirect URI: {address}/auth/callback"),
        format!("  redirect URI after a sign-out: {address}/auth/logged-out"),
    ] {
        assert!(guide.lines().any(|printed| printed == line), "{guide}");
    }
    assert!(!guide.contains(WEB_SECRET), "{guide}");

    let (browser, page) = sign_in(&format!("{address}/"));
    let url = Url::parse(&format!("{address}/chat-messages")).unwrap();
    let body = r#"{"query":"Hello","inputs":{},"response_mode":"blocking"}"#;
    let chat = Load::get(Kind::Fetch, url, Some(page.url()))
        .sending(Method::POST, "application/json", body)
        .with("x-gateway-page", &page.shown.meta("gateway-page").unwrap());
    let answer = runtime.block_on(browser.load(chat)).unwrap();
    assert!(
        answer.text().contains("q=Hello|user=alice"),
        "{}",
        answer.text()
    );
    demo.signal("-INT");
    let status = demo.ended_within(Duration::from_secs(20));
    assert!(status.is_some_and(|status| status.success()), "{status:?}");
}

/// The demo binds it a moment later.
fn free_port() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port().to_string()
}

/// Everything that is printed until all is up.
fn guide(output: &mut BufReader<ChildStdout>) -> String {
    let mut guide = String::new();
    for line in output.lines() {
        guide.push_str(&format!("{}\n", line.unwrap()));
        if guide.ends_with("Ctrl-C stops it.\n") {
            break;
        }
    }
    guide
}

fn lines_with<'a>(guide: &'a str, start: &str) -> Vec<&'a str> {
    let lines = guide.lines();
    lines.filter(|line| line.starts_with(start)).collect()
}

/// The official MCP client does what its lines say. npx finds the program where it is installed for the tests.
fn assert_the_inspector_lists_and_calls(exports: &str, lines: &[&str]) {
    let programs = harness::workspace::mcp_programs().unwrap();
    let answers = ["\"oidc_chatflow\"", "q=Hello|user=alice"];
    assert_eq!(lines.len(), answers.len(), "{lines:?}");
    for (line, expected) in lines.iter().zip(answers) {
        let mut shell = Command::new("sh");
        shell
            .args(["-c", &format!("{exports}; {line}")])
            .current_dir(&programs)
            .env("npm_config_offline", "true");
        let output = shell.output().unwrap();
        let shown = [output.stdout, output.stderr]
            .map(|text| String::from_utf8_lossy(&text).into_owned())
            .concat();
        assert!(output.status.success(), "{line}\n{shown}");
        assert!(shown.contains(expected), "{line}\n{shown}");
    }
}

/// The page on another origin is there, and the endpoint lets it send what it sends.
fn assert_another_origin_may_call(guide: &str) {
    let line = guide.lines().find(|line| line.contains("another origin"));
    let origin = line
        .and_then(|line| line.rsplit_once(": "))
        .map(|(_, url)| url.trim_end_matches('/'))
        .unwrap();
    let page = run(&format!("curl {origin}/")).concat();
    let url = page
        .split('"')
        .find(|part| part.ends_with("/chat-messages"));
    let url = url.unwrap_or_else(|| panic!("no address in:\n{page}"));
    let preflight = run(&format!(
        "curl --include --request OPTIONS {url} -H 'Origin: {origin}' \
         -H 'Access-Control-Request-Method: POST' -H 'Access-Control-Request-Headers: authorization,content-type'"
    ))
    .concat();
    let allowed = format!("access-control-allow-origin: {origin}");
    assert!(preflight.to_lowercase().contains(&allowed), "{preflight}");
}

/// Nobody waits for a build to learn of a mistake in the arguments.
#[test]
fn what_cannot_work_is_said_before_anything_is_built() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().port().to_string();
    let rows: [(&[&str], &str); 6] = [
        (&["--port", &taken], "give another one with --port"),
        (&["--app", "chess"], "possible values: agent_chat"),
        (
            &["--dify-api-url", "http://127.0.0.1:9/v1"],
            "needs the key of an app: set DIFY_APP_KEY or give --app-key",
        ),
        (
            &[
                "--dify-api-url",
                "http://127.0.0.1:9/v1",
                "--app-key",
                "app-secret",
            ],
            "is not a Dify that this machine reaches",
        ),
        (
            &["--issuer", "not-a-url", "--client-id", "a"],
            "--issuer not-a-url is not an identity provider that this machine reaches",
        ),
        (
            &["--issuer", "http://127.0.0.1:9", "--client-id", "a"],
            "--issuer http://127.0.0.1:9 is not an identity provider that this machine reaches",
        ),
    ];
    for (arguments, expected) in rows {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        command
            .arg("demo")
            .args(arguments)
            .env_remove("DIFY_APP_KEY");
        let output = command.output().unwrap();
        let shown = String::from_utf8_lossy(&output.stdout);
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success(), "{arguments:?}");
        assert!(error.contains(expected), "{arguments:?}: {error}");
        assert!(!error.contains("app-secret"), "{error}");
        assert!(!shown.contains("[2/"), "{arguments:?}: {shown}");
    }
}

#[test]
fn the_demo_offers_every_app_of_the_stand_in() {
    let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(["demo", "--help"])
        .output()
        .unwrap();
    let help = String::from_utf8_lossy(&output.stdout);
    assert!(help.contains("Usage: cargo xtask demo [OPTIONS]"), "{help}");
    let names = stand_in_dify::AppKind::ALL.map(stand_in_dify::AppKind::name);
    let offered = format!("[possible values: {}]", names.join(", "));
    let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(help.contains(&offered), "{help}");
}

/// A person opens the address that was printed, and signs in as the guide says.
fn sign_in(page: &str) -> (Browser, Page) {
    let runtime = Runtime::new().unwrap();
    let browser = Browser::new();
    let signed_in = runtime.block_on(async {
        let shown = browser.open(page).await.unwrap();
        assert_eq!(shown.shown.status, 200, "{}", shown.trail());
        let login = format!("{page}auth/login");
        browser
            .sign_in(&login, "alice", "open-sesame")
            .await
            .unwrap()
    });
    assert_eq!(signed_in.url().as_str(), page, "{}", signed_in.trail());
    assert!(signed_in.shown.meta("gateway-page").is_some());
    (browser, signed_in)
}

/// Runs a line as it was printed and returns its output in the pieces in which it came.
fn run(line: &str) -> Vec<String> {
    let mut shell = Command::new("sh");
    shell.args([
        "-c",
        &format!("{line} --silent --show-error --fail --max-time 60"),
    ]);
    let mut child = shell.stdout(Stdio::piped()).spawn().unwrap();
    let mut output = child.stdout.take().unwrap();
    let mut pieces = Vec::new();
    let mut buffer = vec![0; 65536];
    loop {
        let count = output.read(&mut buffer).unwrap();
        if count == 0 {
            break;
        }
        pieces.push(String::from_utf8_lossy(&buffer[..count]).into_owned());
    }
    assert!(
        child.wait().unwrap().success(),
        "{line}\n{}",
        pieces.concat()
    );
    pieces
}

/// Host and port at the start of `rest`.
fn authority(rest: &str) -> Option<&str> {
    rest.split(['/', '\n', ' ', '"'])
        .next()
        .filter(|authority| authority.starts_with("127.0.0.1:"))
}

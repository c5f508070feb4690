//! The demo, run as a newcomer runs it, but without a terminal.
#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper that fails has failed its test"
)]
#![cfg(unix)]

use std::io::{BufRead, BufReader, Read};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use xtask::workspace::Workspace;

/// Whatever happens, the demo does not outlive its test.
struct Demo(Child);

impl Demo {
    fn start() -> (Self, BufReader<ChildStdout>) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        command.arg("demo").current_dir(Workspace::this().root());
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
    let (mut demo, mut output) = Demo::start();
    let mut guide = String::new();
    for line in output.by_ref().lines() {
        guide.push_str(&format!("{}\n", line.unwrap()));
        if guide.ends_with("Ctrl-C stops it.\n") {
            break;
        }
    }
    let lines: Vec<_> = guide
        .lines()
        .filter(|line| line.starts_with("curl "))
        .collect();
    let [blocking, streaming] = lines.as_slice() else {
        let status = demo.ended_within(Duration::from_secs(1));
        panic!("expected two curl lines in:\n{guide}\nthe demo has ended: {status:?}");
    };

    let pieces = run(blocking);
    assert!(
        pieces.concat().contains(r#""answer":"#),
        "{}",
        pieces.concat()
    );
    let pieces = run(streaming);
    assert!(
        pieces.concat().contains("message_end"),
        "{}",
        pieces.concat()
    );
    assert!(pieces.len() > 1, "the stream came in one piece");

    let page = guide
        .lines()
        .find_map(|line| line.strip_prefix("Page:"))
        .unwrap();
    assert_signs_in(page.trim());
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
        assert_signs_in(page);
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

/// A person opens the address that was printed, and signs in as the guide says.
fn assert_signs_in(page: &str) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let browser = harness::Browser::new();
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

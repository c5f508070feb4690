//! The fixture plugin behind the daemon, and requests to the byte.

use std::fs::{self, File};
use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use stand_in_daemon::{Daemon, Hook, LogLine, Options};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

pub const HOOK: &str = "abcdefghijklmnop";
pub const ENDPOINT_ID: &str = "6f1d2c3b-0000-4000-8000-000000000001";

/// Starts the fixture plugin; `options` says what is special.
pub async fn start(options: Options) -> Daemon {
    let directory = TempDir::new().unwrap();
    let package = pack(&manifest_dir().join("fixtures/plugin"), directory.path());
    let hook = Hook {
        id: HOOK.into(),
        endpoint_id: ENDPOINT_ID.into(),
        settings: json!({"greeting": "<hello>"}),
    };
    let python = manifest_dir().join("../../.venv/bin/python");
    Daemon::start(Options {
        package,
        python,
        hooks: vec![hook],
        ..options
    })
    .await
    .unwrap()
}

/// Sends one request to the endpoint: method, path after the hook, further header lines, body. Gives head and body.
pub async fn send(
    daemon: &Daemon,
    method: &str,
    path: &str,
    headers: &str,
    body: &[u8],
) -> (String, String) {
    let length = match body {
        [] => String::new(),
        body => format!("Content-Length: {}\r\n", body.len()),
    };
    let target = format!("/e/{HOOK}{path}");
    raw(
        daemon,
        &format!("{method} {target} HTTP/1.1\r\nHost: localhost\r\n{headers}{length}"),
        body,
    )
    .await
}

/// Sends this head and body and reads to the end. The connection is asked to close.
pub async fn raw(daemon: &Daemon, head: &str, body: &[u8]) -> (String, String) {
    let mut stream = TcpStream::connect(address(daemon)).await.unwrap();
    write(&mut stream, head, body).await;
    read(stream).await
}

pub async fn write(stream: &mut TcpStream, head: &str, body: &[u8]) {
    let head = format!("{head}Connection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(body).await.unwrap();
}

/// Reads a response to its end; gives head and body.
pub async fn read(mut stream: TcpStream) -> (String, String) {
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let answer = String::from_utf8(answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let chunked = head.contains("Transfer-Encoding: chunked");
    (
        head.to_owned(),
        if chunked {
            unchunk(body)
        } else {
            body.to_owned()
        },
    )
}

/// A connection that holds back what is not read.
pub async fn narrow_connection(daemon: &Daemon) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(8192).unwrap();
    socket.connect(address(daemon)).await.unwrap()
}

fn address(daemon: &Daemon) -> SocketAddr {
    daemon
        .base_url()
        .trim_start_matches("http://")
        .parse()
        .unwrap()
}

/// The status line's code.
pub fn status(head: &str) -> u16 {
    head.split(' ').nth(1).unwrap().parse().unwrap()
}

/// What the echo endpoint saw.
pub async fn echo(daemon: &Daemon, method: &str, path: &str, headers: &str, body: &[u8]) -> Value {
    let (head, body) = send(daemon, method, path, headers, body).await;
    assert_eq!(status(&head), 200, "{head} {body}");
    serde_json::from_str(&body).unwrap()
}

/// Waits until the condition holds.
pub async fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let started = Instant::now();
    while !holds() {
        assert!(
            started.elapsed() < Duration::from_secs(60),
            "it takes too long until {what}"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Whether the daemon has logged this line.
pub fn logged(daemon: &Daemon, line: &LogLine) -> bool {
    daemon.log_lines().contains(line)
}

/// Writes a directory as a package, sorted and without directory entries.
pub fn pack(source: &Path, target: &Path) -> PathBuf {
    let package = target.join("fixture.difypkg");
    let mut archive = ZipWriter::new(File::create(&package).unwrap());
    for file in files(source) {
        let name = file.strip_prefix(source).unwrap().to_str().unwrap();
        archive
            .start_file(name, SimpleFileOptions::default())
            .unwrap();
        archive.write_all(&fs::read(&file).unwrap()).unwrap();
    }
    archive.finish().unwrap();
    package
}

fn files(directory: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<_> = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    paths
        .into_iter()
        .flat_map(|path| {
            if path.is_dir() {
                files(&path)
            } else {
                vec![path]
            }
        })
        .collect()
}

fn manifest_dir() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The payload of a chunked body (RFC 9112 section 7.1).
fn unchunk(mut body: &str) -> String {
    let mut payload = String::new();
    while let Some((size, rest)) = body.split_once("\r\n") {
        let size = usize::from_str_radix(size, 16).unwrap();
        if size == 0 {
            break;
        }
        let (chunk, rest) = rest.split_at(size);
        payload.push_str(chunk);
        body = rest.strip_prefix("\r\n").unwrap();
    }
    payload
}

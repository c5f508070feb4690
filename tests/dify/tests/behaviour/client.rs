//! One request on one connection, as bytes.

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::Value;
use stand_in_dify::{AppKind, Options, StandIn};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A stand-in that loses no time.
pub fn start() -> StandIn {
    StandIn::start(Options {
        event_interval: Duration::ZERO,
        creation_window: Duration::ZERO,
        ..Options::default()
    })
    .unwrap()
}

/// Sends bytes and reads until the other side closes.
pub async fn raw(address: SocketAddr, request: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request).await.unwrap();
    let mut answer = Vec::new();
    // A reset ends an answer, too.
    let _ = stream.read_to_end(&mut answer).await;
    answer
}

/// A request with the app's key and a JSON body; `""` sends none.
pub fn request(app: AppKind, method: &str, path: &str, body: &str) -> Vec<u8> {
    let (key, length) = (app.key(), body.len());
    let head = format!(
        "{method} /v1{path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {key}\r\n"
    );
    format!("{head}Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}")
        .into_bytes()
}

/// Status, head and body of an answer.
pub async fn ask(
    stand_in: &StandIn,
    app: AppKind,
    method: &str,
    path: &str,
    body: &str,
) -> (u16, String, String) {
    let answer = raw(stand_in.address(), &request(app, method, path, body)).await;
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, head.to_owned(), body.to_owned())
}

/// The JSON of a response that must be 200.
pub async fn json(stand_in: &StandIn, app: AppKind, method: &str, path: &str, body: &str) -> Value {
    let (status, _, body) = ask(stand_in, app, method, path, body).await;
    assert_eq!(status, 200, "{body}");
    serde_json::from_str(&body).unwrap()
}

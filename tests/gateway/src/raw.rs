//! Requests as bytes, for paths that an HTTP client would tidy up.

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::{Stage, WholeResponse};

/// Sends a request without a body whose path, below the endpoint's URL, stays as it is written.
pub async fn raw(stage: &Stage, method: &str, path: &str, token: &str) -> WholeResponse {
    raw_with(
        stage,
        method,
        path,
        format!("Authorization: Bearer {token}\r\n").as_bytes(),
    )
    .await
}

/// As [`raw`], with these lines of the head.
pub async fn raw_with(stage: &Stage, method: &str, path: &str, lines: &[u8]) -> WholeResponse {
    let url = stage.stack.url();
    let (host, hook) = url["http://".len()..].split_once('/').unwrap();
    let start = format!("{method} /{hook}{path} HTTP/1.0\r\nHost: {host}\r\n");
    let request = [start.as_bytes(), lines, b"\r\n"].concat();
    // HTTP/1.0 has no chunks: the body ends with the connection.
    let mut stream = TcpStream::connect(host).await.unwrap();
    stream.write_all(&request).await.unwrap();
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await.unwrap();
    parse(&bytes)
}

/// An answer whose body ends with the connection.
pub(crate) fn parse(bytes: &[u8]) -> WholeResponse {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n");
    let (head, body) = bytes.split_at(end.unwrap() + 4);
    let mut lines = str::from_utf8(head).unwrap().lines();
    let status = lines.next().unwrap().split(' ').nth(1).unwrap();
    let headers: HeaderMap = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| {
            let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
            (name, HeaderValue::from_str(value).unwrap())
        })
        .collect();
    WholeResponse {
        status: StatusCode::from_bytes(status.as_bytes()).unwrap(),
        headers,
        body: body.to_vec(),
    }
}

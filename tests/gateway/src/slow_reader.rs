//! A client that reads more slowly than Dify answers.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::Instant;

use crate::raw::parse;
use crate::{Stage, WholeResponse};

/// Bytes a second.
const RATE: usize = 200_000;
const TICK: Duration = Duration::from_millis(50);
/// Longer than anything here takes; a hanging answer fails its test instead of holding it up for ever.
const PATIENCE: Duration = Duration::from_secs(60);
/// Small, or the system would take megabytes for the reader before it has read any.
const RECEIVE_BUFFER: u32 = 16 * 1024;

/// Sends a request and reads its response at 200 kB/s for `slowly`, then the rest as fast as it comes.
pub async fn read_slowly(
    stage: &Stage,
    head: &str,
    token: &str,
    body: &str,
    slowly: Duration,
) -> WholeResponse {
    let url = stage.stack.url();
    let (host, hook) = url["http://".len()..].split_once('/').unwrap();
    let (method, path) = head.split_once(' ').unwrap();
    // HTTP/1.0 has no chunks: the body ends with the connection.
    let request = format!(
        "{method} /{hook}{path} HTTP/1.0\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut stream = connect(host).await;
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut bytes = Vec::new();
    let mut piece = vec![0; RATE / 20];
    let end = Instant::now() + slowly;
    while Instant::now() < end {
        let read = tokio::time::timeout(PATIENCE, stream.read(&mut piece)).await;
        let length = read.expect("the answer hangs").unwrap();
        bytes.extend_from_slice(&piece[..length]);
        if length == 0 {
            break;
        }
        tokio::time::sleep(TICK).await;
    }
    let rest = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut bytes)).await;
    rest.expect("the answer hangs").unwrap();
    parse(&bytes)
}

async fn connect(host: &str) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(RECEIVE_BUFFER).unwrap();
    socket.connect(host.parse().unwrap()).await.unwrap()
}

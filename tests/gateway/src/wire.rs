//! An upstream that breaks HTTP itself, for failures that no HTTP server would make.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

const JSON: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
const LINE: &[u8] =
    b"X-Filler: 0123456789012345678901234567890123456789012345678901234567890123\r\n";
/// More than anybody has asked for: what is called endless ends here.
const ENDLESS: usize = 100_000_000;

/// What is sent to every request; then the connection is closed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Script {
    /// The beginning of a body of known length.
    CutBody,
    /// The beginning of a head.
    CutHead,
    /// A whole head and one byte of its body every tenth of a second.
    Drip,
    /// A whole head, and 100 MB of the body that has no length.
    EndlessBody,
    /// 100 MB of headers.
    EndlessHead,
    /// No HTTP.
    Garbage,
    /// Nothing: what comes is read, and the connection stays open.
    Silence,
}

/// A running upstream. Dropping it closes the port and every connection.
#[derive(Debug)]
pub struct Wire {
    url: String,
    state: Arc<State>,
    server: JoinHandle<()>,
}

#[derive(Debug, Default)]
struct State {
    open: AtomicUsize,
    sent: AtomicUsize,
    first: Mutex<Option<Vec<u8>>>,
    heads: Mutex<Vec<String>>,
}

impl Wire {
    /// Starts on a free port of 127.0.0.1.
    pub async fn start(script: Script) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(State::default());
        let server = tokio::spawn(serve(listener, script, Arc::clone(&state)));
        Self { url, state, server }
    }

    /// `http://127.0.0.1:<port>`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Answers one request rightly, with this, before the script begins.
    pub fn answer_one(&self, body: serde_json::Value) {
        let body = body.to_string();
        let rest = format!(
            "Connection: close\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        self.send_once([JSON, rest.as_bytes()].concat());
    }

    /// Sends exactly these bytes for one request, before the script begins.
    pub fn send_once(&self, response: impl Into<Vec<u8>>) {
        *self.state.first.lock().unwrap() = Some(response.into());
    }

    /// The first line of every request so far.
    pub fn request_lines(&self) -> Vec<String> {
        let heads = self.state.heads.lock().unwrap();
        let lines = heads.iter().filter_map(|head| head.lines().next());
        lines.map(str::to_owned).collect()
    }

    /// Connections that are open now.
    pub fn open_connections(&self) -> usize {
        self.state.open.load(Ordering::Relaxed)
    }

    /// Bytes that were taken off this upstream, the system's buffers included.
    pub fn sent(&self) -> usize {
        self.state.sent.load(Ordering::Relaxed)
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn serve(listener: TcpListener, script: Script, state: Arc<State>) {
    let mut connections = tokio::task::JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let state = Arc::clone(&state);
        connections.spawn(async move {
            state.open.fetch_add(1, Ordering::Relaxed);
            // That the other side goes away is what most tests are about.
            let _ = play(stream, script, &state).await;
            state.open.fetch_sub(1, Ordering::Relaxed);
        });
        while connections.try_join_next().is_some() {}
    }
}

async fn play(mut stream: TcpStream, script: Script, state: &State) -> std::io::Result<()> {
    let head = read_head(&mut stream).await?;
    state.heads.lock().unwrap().push(head);
    let mut send = Sender {
        stream: &mut stream,
        state,
    };
    let first = state.first.lock().unwrap().take();
    if let Some(response) = first {
        return send.all(&response).await;
    }
    match script {
        Script::CutBody => {
            send.all(JSON).await?;
            send.all(b"Content-Length: 1000\r\n\r\n{\"data\": [").await
        }
        Script::CutHead => send.all(b"HTTP/1.1 200 OK\r\nContent-Ty").await,
        Script::Drip => {
            send.all(JSON).await?;
            send.all(b"\r\n").await?;
            loop {
                send.all(b" ").await?;
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
        Script::EndlessBody => {
            send.all(JSON).await?;
            send.all(b"\r\n").await?;
            send.repeated(&[b' '; 64 * 1024]).await
        }
        Script::EndlessHead => {
            send.all(JSON).await?;
            send.repeated(&LINE.repeat(1000)).await
        }
        Script::Garbage => send.all(b"\x00\x01garbage\r\n\r\n").await,
        Script::Silence => tokio::io::copy(&mut stream, &mut tokio::io::sink())
            .await
            .map(drop),
    }
}

/// Requests here have no body worth reading.
async fn read_head(stream: &mut TcpStream) -> std::io::Result<String> {
    let mut head = Vec::new();
    while !head.windows(4).any(|window| window == b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    Ok(String::from_utf8_lossy(&head).into_owned())
}

struct Sender<'a> {
    stream: &'a mut TcpStream,
    state: &'a State,
}

impl Sender<'_> {
    async fn all(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.stream.write_all(bytes).await?;
        self.state.sent.fetch_add(bytes.len(), Ordering::Relaxed);
        Ok(())
    }

    async fn repeated(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        for _ in 0..ENDLESS / bytes.len() {
            self.all(bytes).await?;
        }
        Ok(())
    }
}

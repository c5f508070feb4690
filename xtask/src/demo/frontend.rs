//! A page on an origin of its own, as somebody's frontend is, which calls the endpoint from the browser.

use anyhow::Result;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// Where development servers usually listen; a frontend that is tried with one may call the demo's endpoint too.
const DEVELOPMENT: &str = "http://localhost:3000 http://localhost:5173 http://localhost:8080";

const PAGE: &str = include_str!("frontend.html");

/// Most of a request that is read; a browser's GET is shorter.
const MOST_OF_A_REQUEST: usize = 16 * 1024;

/// The page's port, before there is something to show.
pub struct Frontend {
    listener: TcpListener,
    origin: String,
}

/// The server of the page. Dropping it ends it.
pub struct Server(JoinHandle<()>);

impl Drop for Server {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Frontend {
    /// Takes a free loopback port.
    ///
    /// # Errors
    /// There is none.
    pub async fn bind() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let origin = format!("http://{}", listener.local_addr()?);
        Ok(Self { listener, origin })
    }

    /// The page's origin.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The value of `allowed_origins`.
    pub fn allowed_origins(&self) -> String {
        format!("{} {DEVELOPMENT}", self.origin)
    }

    /// Shows the page, which sends `body` and the question to `url` with `token`.
    pub fn serve(self, url: &str, token: &str) -> Server {
        let page = PAGE.replace("{url}", url).replace("{token}", token);
        let response = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: text/html; charset=utf-8\r\ncontent-length: {}\r\n\
             cache-control: no-store\r\nconnection: close\r\n\r\n{page}",
            page.len()
        );
        Server(tokio::spawn(async move {
            while let Ok((stream, _)) = self.listener.accept().await {
                // A browser that has gone is its own affair.
                let _ = answer(stream, response.as_bytes()).await;
            }
        }))
    }
}

/// Every path is the page.
async fn answer(mut stream: TcpStream, response: &[u8]) -> std::io::Result<()> {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") && request.len() < MOST_OF_A_REQUEST {
        if stream.read_buf(&mut request).await? == 0 {
            break;
        }
    }
    stream.write_all(response).await?;
    stream.shutdown().await
}

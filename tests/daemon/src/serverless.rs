//! Dify Cloud: the plugin is an HTTP service, and each call one request to it (`serverless_runtime/io.go`).

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::{StreamExt, TryStreamExt};
use reqwest::{Client, Response, StatusCode};
use tokio_util::codec::{AnyDelimiterCodec, FramedRead};
use tokio_util::io::StreamReader;
use tokio_util::task::AbortOnDropHandle;

use crate::log::Log;
use crate::message::SessionMessage;
use crate::options::Limits;
use crate::process::{StartError, not_ready};
use crate::sessions::{Session, Sessions, dispatch};

/// A call that the connector answers with 502, or not at all, is sent this many times: a POST may arrive more than once.
const ATTEMPTS: u32 = 3;
/// Before the second attempt; doubled before each further one.
const FIRST_PAUSE: Duration = Duration::from_millis(500);

/// A plugin that listens for HTTP.
#[derive(Clone, Debug)]
pub(crate) struct Serverless {
    url: String,
    client: Client,
    limits: Limits,
    sessions: Arc<Sessions>,
    log: Arc<Log>,
}

impl Serverless {
    /// Waits until the plugin on this loopback port answers its health check.
    pub(crate) async fn connect(
        port: u16,
        limits: Limits,
        log: Arc<Log>,
    ) -> Result<Self, StartError> {
        let url = format!("http://127.0.0.1:{port}");
        // The proxies of the environment are the plugin's.
        let client = Client::builder().no_proxy().build().unwrap_or_default();
        let sessions = Arc::default();
        let serverless = Self {
            url,
            client,
            limits,
            sessions,
            log,
        };
        let started = Instant::now();
        while started.elapsed() < serverless.limits.launch {
            let health = serverless
                .client
                .get(format!("{}/health", serverless.url))
                .send()
                .await;
            if health.is_ok_and(|answer| answer.status() == StatusCode::OK) {
                return Ok(serverless);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Err(not_ready(started.elapsed(), &serverless.log))
    }

    /// Sends one call; its answer is read in the background.
    pub(crate) fn invoke(&self, line: impl Fn(&str) -> Vec<u8>) -> Result<Session, String> {
        let mut session = self.sessions.open();
        let line = line(&session.id);
        if line.len() > self.limits.serverless_request {
            return Err(format!(
                "ServerlessPayloadTooLarge: action=invoke_endpoint payload_bytes={} max_request_bytes={}\nfailed to write request",
                line.len(),
                self.limits.serverless_request
            ));
        }
        let exchange = self.clone().exchange(session.id.clone(), line);
        session.tie(AbortOnDropHandle::new(tokio::spawn(exchange)));
        Ok(session)
    }

    async fn exchange(self, session_id: String, line: Vec<u8>) {
        let end = match self.send(&session_id, line).await {
            Ok(response) if response.status().is_success() => self.read(response).await,
            Ok(response) => Err((
                "PluginRuntimeError",
                format!("Plugin runtime request failed: {}", response.status()),
            )),
            Err(error) => Err((
                "PluginDaemonInnerError",
                format!("Error sending request to serverless: {error}"),
            )),
        };
        let message = match end {
            // The plugin's own end, where it came, is ahead of this one.
            Ok(()) => SessionMessage::End,
            Err((error_type, text)) => SessionMessage::plugin_error(error_type, &text),
        };
        self.sessions.deliver(&session_id, message);
    }

    async fn send(&self, session_id: &str, line: Vec<u8>) -> Result<Response, String> {
        let url = format!("{}/invoke?action=invoke_endpoint", self.url);
        let mut pause = FIRST_PAUSE;
        let mut attempt = 1;
        loop {
            let request = self
                .client
                .post(&url)
                .header("content-type", "application/json");
            let request = request
                .header("accept", "text/event-stream")
                .header("dify-plugin-session-id", session_id);
            let error = match request.body(line.clone()).send().await {
                Ok(response) if response.status() != StatusCode::BAD_GATEWAY => {
                    return Ok(response);
                }
                Ok(_) => format!("attempt {attempt}/{ATTEMPTS} failed with status code: 502"),
                Err(error) => format!("attempt {attempt}/{ATTEMPTS} failed: {error}"),
            };
            if attempt == ATTEMPTS {
                return Err(format!(
                    "all {ATTEMPTS} attempts failed, last error: {error}"
                ));
            }
            tokio::time::sleep(pause).await;
            pause *= 2;
            attempt += 1;
        }
    }

    async fn read(&self, response: Response) -> Result<(), (&'static str, String)> {
        let bytes = StreamReader::new(response.bytes_stream().map_err(io::Error::other));
        let codec = AnyDelimiterCodec::new_with_max_length(
            b"\n".to_vec(),
            b"\n".to_vec(),
            self.limits.line - 1,
        );
        let mut lines = FramedRead::new(bytes, codec);
        while let Some(line) = lines.next().await {
            let line = line.map_err(|error| ("PluginDaemonInnerError", error.to_string()))?;
            dispatch(&line, &self.sessions, &self.log);
        }
        Ok(())
    }
}

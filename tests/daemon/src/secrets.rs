//! What Dify itself spends on an endpoint with a secret: for each request the daemon has Dify's inner API decrypt the
//! settings, and remembers nothing (`service/endpoint.go`, `dify_invocation/calldify`).

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{Method, Request};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::failure::Failure;
use crate::options::Hook;

/// Asks Dify's inner API.
#[derive(Debug)]
pub(crate) struct Secrets {
    url: String,
    client: Client<HttpConnector, Full<Bytes>>,
}

#[derive(Serialize)]
struct Asked<'a> {
    opt: &'static str,
    namespace: &'static str,
    identity: &'a str,
    data: &'a Value,
}

#[derive(Deserialize)]
struct Told {
    data: Decrypted,
}

#[derive(Deserialize)]
struct Decrypted {
    data: Value,
}

impl Secrets {
    /// Asks the inner API below `base_url`, on connections that are kept.
    pub(crate) fn new(base_url: &str) -> Self {
        Self {
            url: format!("{base_url}/inner/api/invoke/encrypt"),
            client: Client::builder(TokioExecutor::new()).build_http(),
        }
    }

    /// The settings of `hook`, as the inner API gives them back.
    pub(crate) async fn decrypted(&self, hook: &Hook) -> Result<Value, Failure> {
        self.ask(hook)
            .await
            .map_err(|error| Failure::internal(format!("failed to decrypt settings: {error}")))
    }

    async fn ask(&self, hook: &Hook) -> Result<Value, Box<dyn std::error::Error + Send + Sync>> {
        let asked = Asked {
            opt: "decrypt",
            namespace: "endpoint",
            identity: &hook.endpoint_id,
            data: &hook.settings,
        };
        let request = Request::builder()
            .method(Method::POST)
            .uri(&self.url)
            .header(CONTENT_TYPE, "application/json")
            .body(Full::from(serde_json::to_vec(&asked)?))?;
        let response = self.client.request(request).await?;
        let told: Told = serde_json::from_slice(&response.into_body().collect().await?.to_bytes())?;
        Ok(told.data.data)
    }
}

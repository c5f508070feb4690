//! The plugins that are measured, and what is around them.

use std::path::PathBuf;

use anyhow::{Context, Result};
use bytes::Bytes;
use harness::{Algorithm, TestIssuer};
use http::{HeaderMap, Method};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::client::{Message, bearer};
use crate::comparison::Comparison;
use crate::contender::Contender;
use crate::package::pack;
use crate::plan::Plan;
use crate::upstream::Upstream;

/// The client that people sign in to, and the audience of the tokens.
pub const CLIENT_ID: &str = "dify-web";

/// An issuer, a Dify app and the packages of both plugins.
pub struct TestBed {
    upstream: Upstream,
    issuer: TestIssuer,
    packages: Comparison<PathBuf>,
    _directory: TempDir,
}

impl TestBed {
    /// Starts issuer and app, and packages the floor.
    ///
    /// # Errors
    /// A server cannot listen, or the floor cannot be packaged.
    pub async fn set_up(plan: &Plan) -> Result<Self> {
        let directory = TempDir::new()?;
        Ok(Self {
            upstream: Upstream::start(&plan.root).await?,
            issuer: TestIssuer::start()
                .await
                .context("the issuer has not started")?,
            packages: Comparison {
                floor: pack(&plan.root.join("bench/plugins/floor"), &directory)?,
                gateway: plan.package.clone(),
            },
            _directory: directory,
        })
    }

    /// The issuer of the tokens.
    pub fn issuer(&self) -> &TestIssuer {
        &self.issuer
    }

    /// The packages of both plugins.
    pub fn packages(&self) -> &Comparison<PathBuf> {
        &self.packages
    }

    /// Starts both plugins.
    ///
    /// # Errors
    /// One of them does not become ready.
    pub async fn contenders(&self, plan: &Plan) -> Result<Comparison<Contender>> {
        self.contenders_with(plan, vec![self.settings()]).await
    }

    /// Starts both plugins, with an endpoint for each of `settings`.
    ///
    /// # Errors
    /// One of them does not become ready.
    pub async fn contenders_with(
        &self,
        plan: &Plan,
        settings: Vec<Value>,
    ) -> Result<Comparison<Contender>> {
        let Comparison { floor, gateway } = self.packages.clone();
        let start = |name, package| {
            let inner_api = self.upstream.origin().to_owned();
            Contender::start(name, package, &plan.python, inner_api, settings.clone())
        };
        Ok(Comparison {
            floor: start("the floor", floor).await?,
            gateway: start("the gateway", gateway).await?,
        })
    }

    /// The settings of an endpoint, the same for both.
    pub fn settings(&self) -> Value {
        json!({
            "issuer": self.issuer.issuer(),
            "client_id": CLIENT_ID,
            "dify_api_url": self.upstream.base_url(),
            "app_key": "app-0123456789abcdef",
            // All streams belong to one user here.
            "streams_per_user": "0",
        })
    }

    /// Starts one more gateway, at whose page people can sign in, and returns its settings too.
    ///
    /// # Errors
    /// It does not become ready.
    pub async fn with_sign_in(&self, plan: &Plan) -> Result<(Contender, Value)> {
        let package = self.packages.gateway.clone();
        let name = "the gateway with sign-in";
        let inner_api = self.upstream.origin().to_owned();
        let settings = vec![self.settings()];
        let contender = Contender::start(name, package, &plan.python, inner_api, settings).await?;
        let mut settings = self.settings();
        let sign_in = json!({
            "sign_in": "on",
            "public_url": contender.page_url(),
            "client_authentication": "none",
        });
        if let (Some(settings), Value::Object(sign_in)) = (settings.as_object_mut(), sign_in) {
            settings.extend(sign_in);
        }
        contender.set_settings(settings.clone());
        Ok((contender, settings))
    }

    /// Starts one more gateway, which is an MCP server.
    ///
    /// # Errors
    /// It does not become ready.
    pub async fn with_mcp(&self, plan: &Plan) -> Result<Contender> {
        let package = self.packages.gateway.clone();
        let mut settings = self.settings();
        let mcp = json!({"mcp": "on", "public_url": "https://dify.example/e/x"});
        if let (Some(settings), Value::Object(mcp)) = (settings.as_object_mut(), mcp) {
            settings.extend(mcp);
        }
        let name = "the gateway with MCP";
        let inner_api = self.upstream.origin().to_owned();
        Contender::start(name, package, &plan.python, inner_api, vec![settings]).await
    }

    /// A chat message to `contender`.
    pub fn chat(&self, contender: &Contender, body: &Value) -> Result<Message> {
        let body = body.to_string().into();
        self.message(contender, "/chat-messages", "application/json", body)
    }

    /// A request to an operation of `contender`, with the token of one user.
    pub fn message(
        &self,
        contender: &Contender,
        operation: &str,
        content_type: &str,
        body: Bytes,
    ) -> Result<Message> {
        Ok(Message {
            method: Method::POST,
            path: contender.path(0, operation),
            credential: self.credential(&self.claims())?,
            content_type: content_type.to_owned(),
            body,
        })
    }

    /// The claims of the one user.
    pub fn claims(&self) -> Value {
        self.issuer.claims("0c3c5a1e-6d9f-4a57-8f5e-5b1f4f0f7f10")
    }

    /// The headers of somebody who has a token with `claims`.
    pub fn credential(&self, claims: &Value) -> Result<HeaderMap> {
        bearer(&self.issuer.token(Algorithm::Rs256, claims))
    }
}

/// A chat message with a blocking response.
pub fn blocking() -> Value {
    json!({"inputs": {"q": "inq"}, "query": "hi", "response_mode": "blocking", "user": "anybody"})
}

/// A chat message with a streamed response.
pub fn streaming() -> Value {
    json!({"inputs": {"q": "inq"}, "query": "hi", "response_mode": "streaming", "user": "anybody"})
}

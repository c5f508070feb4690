//! A running Keycloak, its administrator and its token endpoint.

use std::fs::File;
use std::net::TcpListener;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use http::Method;
use reqwest::RequestBuilder;
use serde_json::Value;
use tokio::process::{Child, Command};

use super::installation::announce;
use super::realm::{self, PASSWORD};

/// Twenty seconds on an idle machine, minutes on a busy one; the first start makes its build as well.
const START: Duration = Duration::from_secs(600);
const ADMINISTRATOR: &str = "admin";

/// Keycloak in development mode, its database in memory. Dropping it kills the process.
pub struct Server {
    base_url: String,
    client: reqwest::Client,
    process: Child,
}

impl Server {
    /// Starts Keycloak on a free port, with the tests' realm.
    pub async fn start(directory: &Path) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        drop(listener);
        let output = directory.join("output.log");
        let mut server = Self {
            base_url: format!("http://127.0.0.1:{port}"),
            client: harness::http_client(),
            process: launch(directory, port, &output),
        };
        announce("starting Keycloak");
        server.wait(&output).await;
        server.administer("", &realm::realm()).await;
        server
    }

    /// The issuer of the tests' realm, as seen at the address that `host` is.
    pub fn issuer_at(&self, host: &str) -> String {
        self.issuer().replace("127.0.0.1", host)
    }

    /// The issuer of a realm.
    pub fn issuer_of(&self, realm: &str) -> String {
        format!("{}/realms/{realm}", self.base_url)
    }

    /// The issuer of the tests' realm.
    pub fn issuer(&self) -> String {
        self.issuer_of(realm::NAME)
    }

    /// Creates something below `/admin/realms`.
    pub async fn administer(&self, path: &str, what: &Value) {
        self.ask_administration(Method::POST, path, Some(what))
            .await;
    }

    /// Changes something below `/admin/realms`.
    pub async fn change(&self, path: &str, what: &Value) {
        self.ask_administration(Method::PUT, path, Some(what)).await;
    }

    /// Reads something below `/admin/realms`.
    pub async fn read(&self, path: &str) -> Value {
        self.ask_administration(Method::GET, path, None).await
    }

    async fn ask_administration(&self, method: Method, path: &str, what: Option<&Value>) -> Value {
        let url = format!("{}/realms/master/protocol/openid-connect", self.base_url);
        let form = [
            ("grant_type", "password"),
            ("client_id", "admin-cli"),
            ("username", ADMINISTRATOR),
            ("password", PASSWORD),
        ];
        let token = self
            .ask(self.client.post(format!("{url}/token")).form(&form))
            .await;
        let token = token["access_token"].as_str().unwrap();
        let url = format!("{}/admin/realms{path}", self.base_url);
        let request = self.client.request(method, url).bearer_auth(token);
        let request = match what {
            Some(what) => request.json(what),
            None => request,
        };
        self.ask(request).await
    }

    /// A user's tokens for a client.
    pub async fn sign_in(&self, user: &str, client: &str) -> Value {
        self.sign_in_to(realm::NAME, user, client).await
    }

    /// The same in another realm.
    pub async fn sign_in_to(&self, realm: &str, user: &str, client: &str) -> Value {
        let form = [
            ("grant_type", "password"),
            ("client_id", client),
            ("username", user),
            ("password", PASSWORD),
            ("scope", "openid"),
        ];
        self.ask_realm(realm, "token", &form).await
    }

    /// The access token of a client that acts for itself.
    pub async fn service_account(&self, client: &str) -> String {
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", client),
            ("client_secret", PASSWORD),
        ];
        access_token(&self.ask_realm(realm::NAME, "token", &form).await)
    }

    /// Withdraws a token of a client.
    pub async fn revoke(&self, client: &str, token: &str) {
        let form = [("client_id", client), ("token", token)];
        self.ask_realm(realm::NAME, "revoke", &form).await;
    }

    async fn ask_realm(&self, realm: &str, path: &str, form: &[(&str, &str)]) -> Value {
        let url = format!("{}/protocol/openid-connect/{path}", self.issuer_of(realm));
        self.ask(self.client.post(url).form(form)).await
    }

    /// The answer; null where it is empty.
    async fn ask(&self, request: RequestBuilder) -> Value {
        let response = request.send().await.unwrap();
        let (url, status) = (response.url().clone(), response.status());
        let body = response.text().await.unwrap();
        assert!(status.is_success(), "{url}: {status} {body}");
        match body.as_str() {
            "" => Value::Null,
            body => serde_json::from_str(body).unwrap(),
        }
    }

    async fn wait(&mut self, output: &Path) {
        let start = Instant::now();
        let url = format!("{}/realms/master", self.base_url);
        loop {
            let answer = self.client.get(&url).send().await;
            if answer.is_ok_and(|answer| answer.status().is_success()) {
                return;
            }
            let ended = self.process.try_wait().unwrap();
            assert!(
                ended.is_none() && start.elapsed() < START,
                "Keycloak has not started ({ended:?}):\n{}",
                std::fs::read_to_string(output).unwrap_or_default()
            );
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    }
}

/// The access token of a token answer.
pub fn access_token(tokens: &Value) -> String {
    tokens["access_token"].as_str().unwrap().to_owned()
}

fn launch(directory: &Path, port: u16, output: &Path) -> Child {
    let stdout = File::create(output).unwrap();
    let stderr = stdout.try_clone().unwrap();
    let mut command = Command::new("sh");
    command
        .arg("bin/kc.sh")
        .args(["start-dev", "--db=dev-mem", "--http-host=127.0.0.1"])
        .arg(format!("--http-port={port}"))
        .current_dir(directory)
        .env("KC_BOOTSTRAP_ADMIN_USERNAME", ADMINISTRATOR)
        .env("KC_BOOTSTRAP_ADMIN_PASSWORD", PASSWORD)
        .stdin(Stdio::null())
        .stdout(stdout)
        .stderr(stderr)
        .kill_on_drop(true);
    command.spawn().unwrap()
}

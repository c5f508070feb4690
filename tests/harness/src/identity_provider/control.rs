//! What a test changes in the running provider, and asks it.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use super::IdentityProvider;
use crate::{Error, http_client};

/// A key with which a client proves itself (`private_key_jwt`).
#[derive(Clone, Debug, Deserialize)]
pub struct ClientKey {
    /// The private key as PKCS #8.
    pub pem: String,
    /// The private key as a JWK, with its `alg`.
    pub private_jwk: Value,
    /// What the provider must know.
    pub public_jwk: Value,
}

/// How a path of the provider fails.
#[derive(Clone, Debug)]
pub enum ProviderFault {
    /// Something else is answered: status, media type and body.
    Answer(u16, &'static str, String),
    /// The request is served, but the connection is closed before its answer.
    Lost,
    /// A redirect to this address.
    Redirect(String),
    /// The right answer comes this late.
    Slow(Duration),
}

impl ProviderFault {
    /// An error of the token endpoint (RFC 6749 section 5.2).
    pub fn oauth_error(status: u16, error: &str) -> Self {
        Self::Answer(
            status,
            "application/json",
            json!({"error": error}).to_string(),
        )
    }

    fn json(&self) -> Value {
        match self {
            Self::Answer(status, media_type, body) => {
                json!({"status": status, "headers": {"content-type": media_type}, "body": body})
            }
            Self::Lost => json!({"lost": true}),
            Self::Redirect(location) => json!({"status": 302, "headers": {"location": location}}),
            Self::Slow(delay) => json!({"delay": delay.as_millis()}),
        }
    }
}

impl IdentityProvider {
    /// Makes the provider sign with new keys; the old ones stay in the key set, or leave it.
    ///
    /// # Errors
    ///
    /// The process is gone.
    pub async fn rotate_keys(&self, keep_old: bool) -> Result<(), Error> {
        self.control("rotate", &json!({"keep": keep_old})).await?;
        Ok(())
    }

    /// Registers a client, with the metadata of RFC 7591; one of the same name is replaced.
    ///
    /// # Errors
    ///
    /// The process is gone.
    pub async fn register(&self, client: &Value) -> Result<(), Error> {
        self.control("clients", &json!({"client": client})).await?;
        Ok(())
    }

    /// A fresh key for `RS256`, `PS256`, `ES256` or `EdDSA`.
    ///
    /// # Errors
    ///
    /// The process is gone, or does not know the algorithm.
    pub async fn client_key(&self, algorithm: &str) -> Result<ClientKey, Error> {
        let key = json!({"algorithm": algorithm});
        Ok(self.control("keys", &key).await?.json().await?)
    }

    /// Makes a path, such as `/token`, fail for so many requests.
    ///
    /// # Errors
    ///
    /// The process is gone.
    pub async fn fail(&self, path: &str, fault: &ProviderFault, times: u32) -> Result<(), Error> {
        let mut fault = fault.json();
        if let Some(members) = fault.as_object_mut() {
            members.insert("times".to_owned(), json!(times));
        }
        self.control("faults", &json!({"path": path, "fault": fault}))
            .await?;
        Ok(())
    }

    /// Makes a path work again.
    ///
    /// # Errors
    ///
    /// The process is gone.
    pub async fn mend(&self, path: &str) -> Result<(), Error> {
        self.control("faults", &json!({"path": path, "fault": null}))
            .await?;
        Ok(())
    }

    /// Whether a refresh token is replaced by each use, and the old one then ends everything; not at the start.
    ///
    /// # Errors
    ///
    /// The process is gone.
    pub async fn rotate_refresh_tokens(&self, rotate: bool) -> Result<(), Error> {
        self.control("refresh-tokens", &json!({"rotate": rotate}))
            .await?;
        Ok(())
    }

    /// Gives a user these claims, or disables the user: null.
    ///
    /// # Errors
    ///
    /// The process is gone.
    pub async fn set_user(&self, name: &str, claims: &Value) -> Result<(), Error> {
        self.control("users", &json!({"name": name, "claims": claims}))
            .await?;
        Ok(())
    }

    /// How often each path was requested, such as `/jwks` and `/.well-known/openid-configuration`.
    ///
    /// # Errors
    ///
    /// The process is gone.
    pub async fn requests(&self) -> Result<BTreeMap<String, u64>, Error> {
        let requests = self.control("requests", &Value::Null).await?;
        Ok(requests.json().await?)
    }

    async fn control(&self, what: &str, body: &Value) -> Result<reqwest::Response, Error> {
        let url = format!("{}/test/{what}", self.issuer());
        let request = http_client().post(url).json(body);
        Ok(request.send().await?.error_for_status()?)
    }
}

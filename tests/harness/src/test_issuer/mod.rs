//! An issuer whose documents, keys and faults a test chooses.

mod canned_response;
mod keys;
mod server;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio_util::task::AbortOnDropHandle;

pub use canned_response::{CannedResponse, Fault, Seen};
pub use keys::{Algorithm, Keys};

use crate::Error;

/// The path of the discovery document.
const DISCOVERY: &str = "/.well-known/openid-configuration";
/// The path of the key set.
const JWKS: &str = "/jwks";

/// A small HTTP server with the documents of an OpenID provider. Dropping it closes the port.
#[derive(Debug)]
pub struct TestIssuer {
    issuer: String,
    state: Arc<State>,
    _server: AbortOnDropHandle<()>,
}

/// What the server and the test share.
#[derive(Debug)]
struct State {
    keys: Mutex<KeyHistory>,
    answers: Mutex<HashMap<String, CannedResponse>>,
    faults: Mutex<HashMap<String, Fault>>,
    seen: Mutex<Vec<Seen>>,
}

/// The keys that sign, and those before them that are still in the key set.
#[derive(Debug)]
struct KeyHistory {
    current: Arc<Keys>,
    old: Vec<Arc<Keys>>,
}

impl KeyHistory {
    fn jwks(&self) -> Value {
        let keys = std::iter::once(&self.current).chain(&self.old);
        json!({ "keys": keys.flat_map(|keys| keys.public_jwks()).collect::<Vec<_>>() })
    }
}

impl TestIssuer {
    /// Starts the issuer with fresh keys on a free port.
    ///
    /// # Errors
    ///
    /// There is no free port.
    pub async fn start() -> Result<Self, Error> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let issuer = format!("http://{}", listener.local_addr()?);
        let keys = KeyHistory {
            current: Arc::new(Keys::generate()),
            old: Vec::new(),
        };
        let jwks = CannedResponse::json(&keys.jwks());
        let state = Arc::new(State {
            keys: Mutex::new(keys),
            answers: Mutex::default(),
            faults: Mutex::default(),
            seen: Mutex::default(),
        });
        let server = tokio::spawn(server::serve(listener, Arc::clone(&state)));
        let test_issuer = Self {
            issuer,
            state,
            _server: AbortOnDropHandle::new(server),
        };
        test_issuer.set_answer(DISCOVERY, CannedResponse::json(&test_issuer.discovery()));
        test_issuer.set_answer(JWKS, jwks);
        Ok(test_issuer)
    }

    /// The issuer, which is the server's base URL too.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The keys that sign now.
    pub fn keys(&self) -> Arc<Keys> {
        Arc::clone(&lock(&self.state.keys).current)
    }

    /// Signs with new keys from now on; the old ones stay in the key set, or leave it.
    pub fn rotate(&self, keep_old: bool) {
        let mut keys = lock(&self.state.keys);
        let old = std::mem::replace(&mut keys.current, Arc::new(Keys::generate()));
        if keep_old {
            keys.old.insert(0, old);
        } else {
            keys.old.clear();
        }
        self.set_answer(JWKS, CannedResponse::json(&keys.jwks()));
    }

    /// A discovery document that is right.
    pub fn discovery(&self) -> Value {
        let at = |path: &str| format!("{}{path}", self.issuer);
        json!({
            "issuer": self.issuer,
            "authorization_endpoint": at("/auth"),
            "token_endpoint": at("/token"),
            "jwks_uri": at(JWKS),
            "introspection_endpoint": at("/introspect"),
            "userinfo_endpoint": at("/userinfo"),
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": Algorithm::ALL.map(Algorithm::name),
        })
    }

    /// The claims of a good access token, an hour long, for the audience `dify-web`.
    pub fn claims(&self, subject: &str) -> Value {
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_secs());
        json!({"iss": self.issuer, "aud": "dify-web", "sub": subject, "iat": now, "exp": now + 3600})
    }

    /// An access token (RFC 9068) with these claims.
    pub fn token(&self, algorithm: Algorithm, claims: &Value) -> String {
        let keys = self.keys();
        let header =
            json!({"alg": algorithm.name(), "typ": "at+jwt", "kid": keys.key_id(algorithm)});
        keys.sign(algorithm, &header.to_string(), &claims.to_string())
    }

    /// Answers a path, such as `/jwks` or `/introspect`, like this from now on.
    pub fn set_answer(&self, path: &str, answer: CannedResponse) {
        lock(&self.state.answers).insert(path.to_owned(), answer);
    }

    /// Makes a path fail, or work again.
    pub fn set_fault(&self, path: &str, fault: Option<Fault>) {
        let mut faults = lock(&self.state.faults);
        match fault {
            Some(fault) => faults.insert(path.to_owned(), fault),
            None => faults.remove(path),
        };
    }

    /// Every request so far, in order.
    pub fn seen(&self) -> Vec<Seen> {
        lock(&self.state.seen).clone()
    }

    /// How often a path was requested.
    pub fn requests(&self, path: &str) -> usize {
        lock(&self.state.seen)
            .iter()
            .filter(|seen| seen.path == path)
            .count()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

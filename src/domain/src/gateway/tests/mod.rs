mod access;
mod admission;
mod app_api;
mod crowds;
mod health;
mod issuers;
mod mcp;
mod metrics;
mod operations;
mod operator;
mod own_operations;
mod pages;
mod paths;
mod provider_checks;
mod runs;
mod sessions;
mod settings_cache;
mod sign_in_off;

use std::cell::Cell;
use std::collections::BTreeMap;
use std::rc::Rc;

use http::{HeaderMap, HeaderName, HeaderValue, Method};
use jwt_simple::algorithms::{Ed25519KeyPair, EdDSAKeyPairLike};
use jwt_simple::claims::Claims as SignedClaims;
use jwt_simple::prelude::Duration;
use serde_json::{Value, json};

use super::{Gateway, Outcome, Relay};
use crate::environment::Environment;
use crate::environment::fake::FakeEnvironment;
use crate::request::{Piece, Request};
use crate::response::Response;

const ISSUER: &str = "https://idp.example";
const HOOK: &str = "abcdefghijklmnop";
const APP_KEY: &str = "app-0123456789";

/// A gateway with one endpoint, whose keys are in its settings.
struct Fixture {
    environment: Rc<FakeEnvironment>,
    gateway: Gateway,
    key: Ed25519KeyPair,
    settings: Value,
    chats: Cell<u32>,
}

impl Fixture {
    fn new(changes: &Value) -> Self {
        let environment = FakeEnvironment::new();
        let key = Ed25519KeyPair::generate().with_key_id("k1");
        let jwk = public_jwk(&key);
        let mut settings = json!({
            "issuer": ISSUER,
            "client_id": "app",
            "dify_api_url": "https://dify.example/v1",
            "app_key": APP_KEY,
            "input_claims": "none",
            "jwks": json!({"keys": [jwk]}).to_string(),
        });
        for (name, value) in changes.as_object().unwrap() {
            settings[name] = value.clone();
        }
        Self {
            gateway: Gateway::new(environment.clone()),
            environment,
            key,
            settings,
            chats: Cell::new(0),
        }
    }

    fn token(&self, claims: &Value) -> String {
        let now = self.environment.now().as_secs();
        let mut all = json!({"iss": ISSUER, "aud": "app", "exp": now + 300, "sub": "alice"});
        for (name, value) in claims.as_object().unwrap() {
            all[name] = value.clone();
        }
        all.as_object_mut()
            .unwrap()
            .retain(|_, value| !value.is_null());
        let mut signed = SignedClaims::with_custom_claims(all, Duration::from_secs(1));
        (signed.issued_at, signed.expires_at, signed.invalid_before) = (None, None, None);
        self.key.sign(signed).unwrap()
    }

    fn request(&self, method: Method, token: &str) -> Request {
        Request {
            id: "r1".to_owned(),
            endpoint: "e1".to_owned(),
            hook_id: HOOK.to_owned(),
            method,
            path: "/".to_owned(),
            query: String::new(),
            headers: headers(&[
                ("authorization", &format!("Bearer {token}")),
                ("content-type", "application/json"),
            ]),
            path_values: BTreeMap::new(),
            settings: self.settings.to_string(),
        }
    }

    /// A chat message of the person whom `claims` describe.
    fn chat(&self, claims: &Value, body: &str) -> Outcome {
        let mut request = self.request(Method::POST, &self.token(claims));
        // The host gives every request an id of its own.
        self.chats.set(self.chats.get() + 1);
        request.id = format!("chat-{}", self.chats.get());
        self.handle("post_chat_messages", &request, body)
    }

    fn handle(&self, handler: &str, request: &Request, body: &str) -> Outcome {
        self.environment.run(
            self.gateway
                .handle(handler, request, &body.as_bytes().to_vec()),
        )
    }

    fn last_line(&self) -> Value {
        serde_json::from_str(&self.environment.lines().last().unwrap().1).unwrap()
    }
}

fn public_jwk(key: &Ed25519KeyPair) -> Value {
    serde_json::from_str(&key.public_key().to_jwk()).unwrap()
}

impl crate::request::Body for Vec<u8> {
    fn len(&self) -> usize {
        Vec::len(self)
    }

    fn read_at(&self, offset: usize, buffer: &mut [u8]) -> usize {
        self.as_slice().read_at(offset, buffer)
    }
}

fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
    let pair = |(name, value): &(&str, &str)| {
        (
            HeaderName::from_bytes(name.as_bytes()).unwrap(),
            HeaderValue::from_str(value).unwrap(),
        )
    };
    pairs.iter().map(pair).collect()
}

fn relayed(outcome: Outcome) -> Relay {
    match outcome {
        Outcome::Relay(relay) => *relay,
        Outcome::File(file) => panic!("answered with {}", file.file),
        Outcome::Translation(translation) => panic!("asks {}", translation.request.url),
        Outcome::Response(response) => {
            panic!("answered: {}", String::from_utf8_lossy(&response.body))
        }
    }
}

fn answered(outcome: Outcome) -> Response {
    match outcome {
        Outcome::Response(response) => response,
        Outcome::File(file) => panic!("answered with {}", file.file),
        Outcome::Translation(translation) => panic!("asks {}", translation.request.url),
        Outcome::Relay(relay) => panic!("relayed to {}", relay.request.url),
    }
}

/// Status and code of a refusal.
fn refused(outcome: Outcome) -> (u16, String) {
    let response = answered(outcome);
    let body: Value = serde_json::from_slice(&response.body).unwrap();
    (
        response.status.as_u16(),
        body["code"].as_str().unwrap_or_default().to_owned(),
    )
}

/// What Dify gets as its body where the client has sent `body`.
fn sent(relay: &Relay, body: &str) -> Value {
    serde_json::from_str(&sent_text(relay, body)).unwrap()
}

/// The same as text; empty for no body.
fn sent_text(relay: &Relay, body: &str) -> String {
    let pieces = relay.request.pieces.as_deref().unwrap_or_default();
    let text = pieces.iter().map(|piece| match piece {
        Piece::Own(bytes) => str::from_utf8(bytes).unwrap(),
        Piece::Client { offset, length } => body.get(*offset..offset + length).unwrap(),
    });
    text.collect()
}

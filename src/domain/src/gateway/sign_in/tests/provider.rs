//! An identity provider in the fake environment: its document, its keys, and tokens that it signs.

use std::cell::RefCell;
use std::rc::Rc;

use jwt_simple::algorithms::{Ed25519KeyPair, EdDSAKeyPairLike};
use jwt_simple::claims::Claims as SignedClaims;
use jwt_simple::common::HeaderOptions;
use jwt_simple::prelude::Duration;
use serde_json::{Value, json};
use url::form_urlencoded;

use crate::environment::fake::{FakeEnvironment, FetchResult, ok, respond};
use crate::environment::{Environment, FetchRequest};

pub const ISSUER: &str = "https://idp.example";
pub const DISCOVERY: &str = "https://idp.example/.well-known/openid-configuration";
pub const TOKEN: &str = "https://idp.example/token";
pub const USERINFO: &str = "https://idp.example/userinfo";
pub const REVOCATION: &str = "https://idp.example/revoke";
pub const KEYS: &str = "https://idp.example/keys";

/// The provider.
pub struct FakeProvider {
    environment: Rc<FakeEnvironment>,
    pub key: Ed25519KeyPair,
    issued: RefCell<u32>,
}

impl FakeProvider {
    /// A provider with every endpoint there is. `changes` to its document; null removes a member.
    pub fn new(environment: &Rc<FakeEnvironment>, changes: &Value) -> Self {
        let provider = Self {
            environment: environment.clone(),
            key: Ed25519KeyPair::generate().with_key_id("k1"),
            issued: RefCell::new(0),
        };
        let document = merged(
            json!({
                "issuer": ISSUER,
                "authorization_endpoint": "https://idp.example/authorize",
                "token_endpoint": TOKEN,
                "userinfo_endpoint": USERINFO,
                "revocation_endpoint": REVOCATION,
                "end_session_endpoint": "https://idp.example/logout",
                "jwks_uri": KEYS,
                "token_endpoint_auth_methods_supported": ["client_secret_post"],
            }),
            changes,
        );
        let jwk: Value = serde_json::from_str(&provider.key.public_key().to_jwk()).unwrap();
        environment.answer(DISCOVERY, ok(document.to_string()));
        environment.answer(KEYS, ok(json!({"keys": [jwk]}).to_string()));
        environment.answer(REVOCATION, ok(""));
        provider
    }

    /// A token with these claims and no others, and this `typ`.
    pub fn sign(&self, claims: Value, media_type: Option<&str>) -> String {
        let mut signed = SignedClaims::with_custom_claims(claims, Duration::from_secs(1));
        (signed.issued_at, signed.expires_at, signed.invalid_before) = (None, None, None);
        match media_type {
            None => self.key.sign(signed).unwrap(),
            Some(media_type) => {
                let options = HeaderOptions {
                    signature_type: Some(media_type.to_owned()),
                    ..HeaderOptions::default()
                };
                self.key.sign_with_options(signed, &options).unwrap()
            }
        }
    }

    /// An ID token of Alice; null removes a claim.
    pub fn id_token(&self, changes: &Value) -> String {
        let now = self.environment.now().as_secs();
        let claims = json!({
            "iss": ISSUER, "aud": "app", "sub": "alice", "name": "Alice", "exp": now + 300, "iat": now, "auth_time": now,
        });
        self.sign(merged(claims, changes), None)
    }

    /// A token response with this ID token and a new refresh token; null removes a member.
    pub fn tokens(&self, id_token: &str, changes: &Value) -> FetchResult {
        let number = {
            let mut issued = self.issued.borrow_mut();
            *issued += 1;
            *issued
        };
        let members = json!({
            "access_token": format!("access-{number}"),
            "token_type": "Bearer",
            "expires_in": 300,
            "id_token": id_token,
            "refresh_token": format!("refresh-{number}"),
        });
        respond(
            http::StatusCode::OK,
            &[("content-type", "application/json")],
            merged(members, changes).to_string(),
        )
    }

    /// The next request to the token endpoint gets tokens with an ID token of Alice.
    pub fn issue(&self, claims: &Value, members: &Value) {
        let answer = self.tokens(&self.id_token(claims), members);
        self.environment.answer_once(TOKEN, answer);
    }

    /// The next request to the token endpoint gets this error.
    pub fn fail(&self, status: u16, error: &str) {
        let body = json!({"error": error}).to_string();
        let status = http::StatusCode::from_u16(status).unwrap();
        let answer = respond(status, &[("content-type", "application/json")], body);
        self.environment.answer_once(TOKEN, answer);
    }

    /// How often the token endpoint was asked.
    pub fn asked(&self) -> usize {
        self.environment.count(TOKEN)
    }

    /// The form of the last request to `url`, by name.
    pub fn last_form(&self, url: &str) -> Vec<(String, String)> {
        let exchanges = self.environment.exchanges();
        let mut to_url = exchanges
            .iter()
            .rev()
            .filter(|exchange| exchange.url.as_str() == url);
        form(to_url.next().unwrap())
    }
}

fn form(request: &FetchRequest) -> Vec<(String, String)> {
    form_urlencoded::parse(&request.body).into_owned().collect()
}

/// `base` with the members of `changes`; null removes one.
pub fn merged(mut base: Value, changes: &Value) -> Value {
    let members = base.as_object_mut().unwrap();
    members.extend(changes.as_object().unwrap().clone());
    members.retain(|_, value| !value.is_null());
    base
}

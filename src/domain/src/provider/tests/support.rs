//! What the tests of identity providers share.

use std::rc::Rc;
use std::time::Duration;

use futures::FutureExt;
use http::header::AUTHORIZATION;
use http::{HeaderMap, Method};
use serde_json::json;
use url::Url;

use crate::environment::fake::{FakeEnvironment, FetchResult, ok};
use crate::environment::{Environment, FetchRequest, Limits, LogLevel, Reach, TransportError};
use crate::events::Events;
use crate::issuer::Issuer;
use crate::jose::{Algorithm, Header, JwkSet};
use crate::metrics::Metrics;
use crate::provider::Providers;
use crate::provider::cached::{Cached, Fetched};
use crate::provider::cause::Cause;
use crate::provider::document::Document;
use crate::provider::failure::{Failure, Target};
use crate::settings::Settings;
use crate::settings::tests::valid;
use crate::token::AccessToken;

pub const ISSUER: &str = "https://id.example.com/realms/one";
pub const DISCOVERY: &str = "https://id.example.com/realms/one/.well-known/openid-configuration";
pub const KEYS: &str = "https://id.example.com/keys";
pub const INTROSPECTION: &str = "https://id.example.com/introspect";
pub const USERINFO: &str = "https://id.example.com/userinfo";

pub const SECOND: Duration = Duration::from_secs(1);
pub const MINUTE: Duration = Duration::from_secs(60);
pub const HOUR: Duration = Duration::from_secs(60 * 60);

pub fn issuer() -> Issuer {
    Issuer::new(ISSUER)
}

/// Settings for [`ISSUER`] with a client and its secret.
pub fn settings() -> Settings {
    valid(&json!({
        "issuer": ISSUER,
        "client_id": "\"chat app\"",
        "client_secret": "s:cret/+ä",
        "log_level": "debug",
    }))
}

/// A discovery document of [`ISSUER`] with all endpoints, and `more` members.
pub fn document(more: &str) -> String {
    format!(
        r#"{{"issuer":"{ISSUER}","jwks_uri":"{KEYS}","introspection_endpoint":"{INTROSPECTION}","userinfo_endpoint":"{USERINFO}"{more}}}"#
    )
}

/// A environment on which [`ISSUER`] can be discovered.
pub fn environment() -> Rc<FakeEnvironment> {
    let environment = FakeEnvironment::new();
    environment.answer(DISCOVERY, ok(document("")));
    environment
}

/// Providers that log everything.
pub fn providers(environment: &Rc<FakeEnvironment>) -> Providers {
    let events = Events::new(environment.clone(), Rc::new(Metrics::default()));
    events.set_least_level(LogLevel::Debug);
    Providers::new(environment.clone(), Rc::new(events))
}

pub fn token(text: &str) -> AccessToken {
    let mut headers = HeaderMap::new();
    headers.insert(AUTHORIZATION, format!("Bearer {text}").parse().unwrap());
    AccessToken::from_headers(&headers).unwrap()
}

/// A value whose fetch is one exchange with [`KEYS`], and whose lifetime is ten minutes.
pub fn cached(environment: &Rc<FakeEnvironment>) -> Rc<Cached<String>> {
    let network = environment.clone();
    let source = move || network.fetch(get(KEYS)).map(fetched).boxed_local();
    Cached::new(environment.clone(), target(), Box::new(source))
}

fn fetched(response: FetchResult) -> Result<Fetched<String>, Failure> {
    let fetched = response.map_err(failure)?;
    Ok(Fetched {
        bytes: fetched.body.len(),
        value: String::from_utf8(fetched.body).unwrap(),
        lifetime: 10 * MINUTE,
    })
}

/// Keys whose fetch is one exchange with [`KEYS`], and whose lifetime is ten minutes.
pub fn cached_keys(environment: &Rc<FakeEnvironment>) -> Rc<Cached<JwkSet>> {
    let network = environment.clone();
    let source = move || network.fetch(get(KEYS)).map(fetched_keys).boxed_local();
    Cached::new(environment.clone(), target(), Box::new(source))
}

fn fetched_keys(response: FetchResult) -> Result<Fetched<JwkSet>, Failure> {
    let fetched = response.map_err(failure)?;
    Ok(Fetched {
        bytes: fetched.body.len(),
        value: JwkSet::parse(&fetched.body).unwrap(),
        lifetime: 10 * MINUTE,
    })
}

fn failure(error: TransportError) -> Failure {
    Failure {
        target: target(),
        cause: Cause::of_transport(error),
    }
}

/// The keys of [`ISSUER`].
pub fn target() -> Target {
    Target {
        issuer: issuer(),
        document: Document::Keys,
    }
}

fn get(url: &str) -> FetchRequest {
    FetchRequest {
        method: Method::GET,
        url: Url::parse(url).unwrap(),
        headers: HeaderMap::new(),
        body: Vec::new(),
        reach: Reach::Configured,
        ca_certificates: None,
        limits: Limits {
            connect: SECOND,
            head: SECOND,
            idle: SECOND,
            total: SECOND,
            body: 1024,
        },
    }
}

/// The header of a token that an ES256 key with this id has signed.
pub fn es256(key_id: &str) -> Header {
    Header {
        algorithm: Algorithm::Es256,
        key_id: Some(key_id.to_owned()),
        media_type: None,
    }
}

/// The base point of P-256 (FIPS 186-4 §D.1.2.3) and its double.
const POINTS: [(&str, &str); 2] = [
    (
        "axfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpY",
        "T-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU",
    ),
    (
        "fPJ7GI0DT36KUjgDBLUaw8CJaeJ38hs1pgtI_EdmmXg",
        "B3dVENuO0EApPZrGn3Qw27p9reY86YIpngS3nSJ4c9E",
    ),
];

/// A set of at most two ES256 keys with these ids.
pub fn key_set(key_ids: &[&str]) -> String {
    let keys: Vec<_> = key_ids
        .iter()
        .zip(POINTS)
        .map(|(id, (x, y))| {
            format!(r#"{{"kty":"EC","crv":"P-256","kid":"{id}","x":"{x}","y":"{y}"}}"#)
        })
        .collect();
    format!(r#"{{"keys":[{}]}}"#, keys.join(","))
}

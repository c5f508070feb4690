mod audience;
mod credential;
mod form;
mod id_token;
mod issuer;
mod jws;
mod jws_limits;
mod policy;
mod providers;
mod service;
mod user;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::{Caller, accept, judge};
use crate::claims::Claims;
use crate::error::{Code, Refusal};
use crate::issuer::Issuer;
use crate::settings::Settings;
use crate::time::UnixTime;

const ISSUER: &str = "https://id.example";
const CLIENT: &str = "chat";
const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);

/// base64url of a text or of bytes.
fn encode(content: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(content)
}

/// A token in the right form, with a signature that nobody made.
fn unsigned(header: &str, payload: &str) -> String {
    format!(
        "{}.{}.{}",
        encode(header),
        encode(payload),
        encode("signature")
    )
}

/// The least that an endpoint needs, with `changes`.
fn settings(changes: &Value) -> Settings {
    let least = json!({"issuer": ISSUER, "client_id": CLIENT, "app_key": "app-0123456789"});
    let text = merged(least, changes).to_string();
    Settings::parse(&text).unwrap_or_else(|mistakes| panic!("{changes}: {mistakes}"))
}

/// The claims of a good token, with `changes`; what is changed to the text `absent` is removed.
fn claims(changes: &Value) -> Claims {
    let good = json!({
        "iss": ISSUER,
        "aud": CLIENT,
        "sub": "alice",
        "iat": 1_699_999_900,
        "exp": 1_700_000_100,
    });
    let Value::Object(mut members) = merged(good, changes) else {
        panic!("claims are an object");
    };
    members.retain(|_, value| value != "absent");
    Claims::new(members)
}

fn merged(base: Value, changes: &Value) -> Value {
    let mut members = base.as_object().expect("an object").clone();
    members.extend(changes.as_object().expect("an object").clone());
    Value::Object(members)
}

fn judged(changed_claims: &Value, changed_settings: &Value) -> Result<Caller, Refusal> {
    let settings = settings(changed_settings);
    let issuer = Issuer::new(ISSUER);
    let accepted = accept(claims(changed_claims), issuer, &settings, None, NOW)?;
    judge(accepted, &settings)
}

fn refused(changed_claims: &Value, changed_settings: &Value) -> Refusal {
    match judged(changed_claims, changed_settings) {
        Ok(caller) => panic!("taken: {changed_claims} with {changed_settings}: {caller:?}"),
        Err(refusal) => refusal,
    }
}

/// Asserts code and whole message for each row of (claims, settings).
fn assert_refused(rows: &[(Value, Value, Code, &str)]) {
    for (claims, settings, code, message) in rows {
        let refusal = refused(claims, settings);
        assert_eq!(
            (refusal.code(), refusal.message()),
            (*code, *message),
            "{claims}"
        );
    }
}

fn assert_taken(rows: &[(Value, Value)]) {
    for (claims, settings) in rows {
        if let Err(refusal) = judged(claims, settings) {
            panic!("{claims} with {settings}: {refusal:?}");
        }
    }
}

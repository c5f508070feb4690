//! The settings, as the daemon sends them.

use gateway_domain::settings::{InvalidSettings, Settings, SignIn};
use serde_json::{Map, Value};

use crate::reading::object;

const SECRETS: [&str; 4] = ["app_key", "client_key", "client_secret", "user_hash_key"];
/// It is in every secret, and so must be nowhere else.
const MARK: &str = "4f1c9ab27e63d058";

pub(crate) fn check(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else {
        return;
    };
    let parsed = Settings::parse(text);
    assert_is_sound(&parsed);
    let Some(members) = object(input) else {
        return;
    };
    assert_same(
        &parsed,
        &Settings::parse(&Value::Object(members.clone()).to_string()),
    );
    let marked = Settings::parse(&Value::Object(marked(members)).to_string());
    assert!(!format!("{marked:?}").contains(MARK), "a secret is shown");
}

fn assert_is_sound(parsed: &Result<Settings, InvalidSettings>) {
    match parsed {
        Err(invalid) => {
            assert!(!invalid.mistakes.is_empty(), "refused for no reason");
            assert!(!invalid.to_string().contains('\n'));
        }
        Ok(settings) => {
            assert!(!settings.issuers.is_empty() && !settings.client_ids.is_empty());
            assert!(!settings.user_claim.is_empty() && settings.clock_skew <= 300);
            assert!(
                !settings
                    .admin_claims
                    .as_ref()
                    .is_some_and(gateway_domain::claims::Rules::is_empty)
            );
            if let Some(sign_in) = &settings.sign_in {
                assert_can_sign_in(sign_in);
            }
            assert!(
                settings
                    .jwks
                    .as_ref()
                    .is_none_or(|keys| keys.keys().next().is_some())
            );
        }
    }
}

/// What the public URL becomes part of must read it as the URL parser does.
fn assert_can_sign_in(sign_in: &SignIn) {
    let public_url = &sign_in.public_url;
    let text = public_url.as_str();
    assert_eq!(
        format!("{}{}", public_url.origin(), public_url.base_path()),
        text
    );
    assert!(public_url.is_secure() || text.starts_with("http://"));
    let policy = [text]
        .into_iter()
        .chain(sign_in.page_origins.iter().map(String::as_str));
    for source in policy {
        assert!(
            !source.contains([';', ',', '\'', '"', '*', ' ', '\\']),
            "{source}"
        );
    }
    let limits = sign_in.limits;
    assert!(limits.check.as_secs() >= 60 && limits.check.saturating_mul(2) <= limits.idle);
    assert!(limits.lifetime.as_secs() <= 168 * 3600);
}

/// Neither the order of the members nor how they are written may matter.
fn assert_same(one: &Result<Settings, InvalidSettings>, other: &Result<Settings, InvalidSettings>) {
    match (one, other) {
        (Ok(one), Ok(other)) => {
            assert_eq!(one.digest, other.digest);
            assert_eq!(format!("{one:?}"), format!("{other:?}"));
        }
        (one, other) => assert_eq!(one.as_ref().err(), other.as_ref().err()),
    }
}

fn marked(mut members: Map<String, Value>) -> Map<String, Value> {
    for name in SECRETS {
        if let Some(Value::String(secret)) = members.get_mut(name) {
            secret.push_str(MARK);
        }
    }
    members
}

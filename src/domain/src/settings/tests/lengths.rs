//! How much of an endpoint's settings is read.

use serde_json::{Value, json};

use super::super::Settings;
use super::super::declaration::declarations;
use super::{minimal, sentences, valid};
use crate::limits;

#[test]
fn a_setting_that_is_too_long_is_named_with_its_limit() {
    for setting in declarations() {
        let kib = match setting.name {
            "ca_certificates" | "jwks" => 32,
            _ => 8,
        };
        let expected = match setting.name {
            "userinfo" => {
                "`userinfo` is text instead of a boolean; it must be `true` or `false`.".to_owned()
            }
            name => format!("`{name}` is longer than {kib} KiB, and no more is read; shorten it."),
        };
        let limit = kib * 1024;
        let letters = "a".repeat(limit + 1);
        let escapes = "\u{1}".repeat(limit + 1);
        for text in [letters, escapes] {
            assert_eq!(
                sentences(&json!({setting.name: text})),
                std::slice::from_ref(&expected),
                "{}",
                setting.name
            );
        }
    }
}

#[test]
fn a_setting_may_be_as_long_as_its_limit_however_it_is_escaped() {
    let letters = "é".repeat(limits::SETTING / 2);
    let settings = valid(&json!({"client_secret": letters}));
    assert_eq!(
        settings.client_secret.map(|secret| secret.reveal().len()),
        Some(limits::SETTING)
    );

    let escaped = letters.replace('é', "\\u00e9");
    let text = Value::Object(minimal()).to_string().replacen(
        '{',
        &format!("{{\"client_secret\":\"{escaped}\","),
        1,
    );
    assert!(Settings::parse(&text).is_ok());
}

#[test]
fn settings_that_are_too_long_together_are_named_with_the_longest() {
    let certificates = format!(
        "-----BEGIN CERTIFICATE-----MAA=-----END CERTIFICATE-----{}",
        " x".repeat(15_000)
    );
    let keys = format!("-----BEGIN PUBLIC KEY-----{}", " x".repeat(16_000));
    let together =
        "`settings` are longer than 64 KiB together; shorten `jwks`, the longest of them.";
    let sentences = sentences(&json!({
        "jwks": keys, "ca_certificates": certificates, "client_secret": "x".repeat(8000),
    }));
    assert_eq!(sentences.first().map(String::as_str), Some(together));

    let mut settings = minimal();
    settings.insert(
        "of_another_version".to_owned(),
        json!("x".repeat(limits::SETTINGS)),
    );
    let text = Value::Object(settings).to_string();
    assert_eq!(
        Settings::parse(&text).unwrap_err().to_string(),
        "The endpoint's settings are wrong. `settings` are longer than 64 KiB together; shorten `issuer`, the longest of them."
    );
}

#[test]
fn the_app_key_is_found_among_settings_that_are_too_long() {
    let mut settings = minimal();
    settings.insert("jwks".to_owned(), json!("x".repeat(3_000_000)));
    let invalid = Settings::parse(&Value::Object(settings).to_string()).unwrap_err();
    assert_eq!(
        invalid.app_key.map(|key| key.reveal().to_owned()),
        Some("app-0123456789".to_owned())
    );
}

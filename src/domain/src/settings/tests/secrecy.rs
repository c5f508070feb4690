use serde_json::{Value, json};

use super::super::declaration::declarations;
use super::parse;

/// What somebody may have written into the wrong field, in forms that reach every branch of the parsers.
const MISPLACED: [&str; 17] = [
    "canary",
    "https://canary",
    "https://user:canary@idp.example.com",
    "https://idp.example.com/canary?canary",
    "https://idp.example.com/{canary}",
    "https://canary.example/#canary",
    "canary=canary=canary",
    "__oidc_canary=canary",
    "canary-canary=sub",
    "token=https://user:canary@idp.example.com",
    "canary=https://idp.example.com",
    "hours=canary",
    "canary\u{200b}\"",
    "-----BEGIN CERTIFICATE-----canary-----END CERTIFICATE-----",
    "* canary canary",
    "{\"keys\": [{\"kty\": \"oct\", \"k\": \"canary\"}]}",
    "-----BEGIN PUBLIC KEY-----canary-----END PUBLIC KEY-----",
];

#[test]
fn no_mistake_repeats_what_was_written() {
    for setting in declarations() {
        for text in MISPLACED {
            for value in [json!(text), json!([text]), json!({text: text})] {
                let Err(invalid) = parse(&json!({setting.name: value})) else {
                    continue;
                };
                assert!(
                    !invalid.mistakes.to_string().contains("canary"),
                    "{}: {invalid}",
                    setting.name
                );
            }
        }
    }
}

#[test]
fn json_that_is_not_an_object_is_not_repeated() {
    for json in ["\"canary\"", "{\"app_key\": canary}", "[\"canary\"]"] {
        let mistakes = super::super::Settings::parse(json).unwrap_err();
        assert!(!mistakes.to_string().contains("canary"), "{mistakes}");
    }
}

#[test]
fn settings_can_be_printed_without_their_secrets() {
    let secrets: Value = json!({
        "app_key": "app-canary",
        "client_secret": "canary",
        "user_format": "hashed",
        "user_hash_key": "canary-canary-canary",
        "client_key": super::CLIENT_KEY,
    });
    let printed = format!("{:?}", parse(&secrets).unwrap());
    assert!(!printed.contains("canary"), "{printed}");
    assert!(!printed.contains("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"));

    let mut wrong = secrets;
    wrong["clock_skew"] = json!("x");
    let printed = format!("{:?}", parse(&wrong).unwrap_err());
    assert!(!printed.contains("canary"), "{printed}");
}

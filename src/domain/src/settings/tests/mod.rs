use serde_json::{Map, Value, json};

use super::{InvalidSettings, Settings};

mod characters;
mod declarations;
mod issuers;
mod lengths;
mod lists;
mod mcp;
mod meanings;
mod mistakes;
mod operation_rules;
mod secrecy;
mod sign_in;

/// The private key of RFC 8037 appendix A.1.
const CLIENT_KEY: &str = r#"{"kty":"OKP","crv":"Ed25519","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;

/// The least that an endpoint needs.
fn minimal() -> Map<String, Value> {
    let settings = json!({
        "issuer": "https://idp.example.com/realms/main",
        "client_id": "my-app",
        "app_key": "app-0123456789",
    });
    settings.as_object().expect("an object").clone()
}

/// Parses the least that an endpoint needs, with `changes`.
fn parse(changes: &Value) -> Result<Settings, InvalidSettings> {
    let mut settings = minimal();
    settings.extend(changes.as_object().expect("changes are an object").clone());
    Settings::parse(&Value::Object(settings).to_string())
}

/// The settings of an endpoint with the least that it needs and `changes`, for the tests of any room.
pub(crate) fn valid(changes: &Value) -> Settings {
    parse(changes).unwrap_or_else(|invalid| panic!("{changes}: {invalid}"))
}

/// Every mistake as a sentence.
fn sentences(changes: &Value) -> Vec<String> {
    match parse(changes) {
        Ok(_) => Vec::new(),
        Err(invalid) => invalid.mistakes.iter().map(ToString::to_string).collect(),
    }
}

fn assert_mistakes(table: &[(Value, &str)]) {
    for (changes, sentence) in table {
        assert_eq!(sentences(changes), [*sentence], "{changes}");
    }
}

use serde_json::{Map, Value, json};

use super::{Mistakes, Settings};

mod declarations;
mod issuers;
mod meanings;
mod mistakes;
mod secrecy;

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
fn parse(changes: &Value) -> Result<Settings, Mistakes> {
    let mut settings = minimal();
    settings.extend(changes.as_object().expect("changes are an object").clone());
    Settings::parse(&Value::Object(settings).to_string())
}

fn valid(changes: &Value) -> Settings {
    parse(changes).unwrap_or_else(|mistakes| panic!("{changes}: {mistakes}"))
}

/// Every mistake as a sentence.
fn sentences(changes: &Value) -> Vec<String> {
    let mistakes = parse(changes)
        .err()
        .map_or_else(Vec::new, |mistakes| mistakes.0);
    mistakes.iter().map(ToString::to_string).collect()
}

fn assert_mistakes(table: &[(Value, &str)]) {
    for (changes, sentence) in table {
        assert_eq!(sentences(changes), [*sentence], "{changes}");
    }
}

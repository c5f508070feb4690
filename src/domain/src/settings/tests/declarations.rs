use serde_json::{Value, json};

use super::super::Settings;
use super::super::declaration::{Declaration, Kind, declarations};
use super::{CLIENT_KEY, minimal, parse, sentences, valid};

/// What the choices need beside them.
fn companions() -> Value {
    json!({
        "user_hash_key": "0123456789abcdef",
        "client_secret": "s",
        "sign_in": "on",
        "public_url": "https://dify.example.com/e/abcdefghijklmnop",
        "required_claims": "anybody",
        "user_claim": "id",
        "provider_endpoints": "authorization=https://a.example/a token=https://a.example/t userinfo=https://a.example/u",
    })
}

fn with(setting: &Declaration, value: &Value) -> Value {
    let mut changes = companions();
    if value == "private_key_jwt" || setting.name == "client_key" {
        changes["client_key"] = json!(CLIENT_KEY);
    }
    changes[setting.name] = value.clone();
    changes
}

fn printed_but_for_digest(mut settings: Settings) -> String {
    settings.digest = [0; 32];
    format!("{settings:?}")
}

/// Dify keeps an endpoint's settings over an upgrade of the plugin and migrates nothing: a setting with a new name is
/// lost, and one that becomes required keeps the endpoint from being saved. So a row is never changed or removed, and
/// what is added is not required.
#[test]
fn no_setting_is_ever_renamed_or_made_required_later() {
    const REQUIRED: [&str; 4] = ["issuer", "client_id", "dify_api_url", "app_key"];
    const OPTIONAL: [&str; 34] = [
        "user_claim",
        "user_format",
        "user_hash_key",
        "audience",
        "scopes",
        "required_claims",
        "admin_claims",
        "operation_rules",
        "input_claims",
        "allowed_origins",
        "public_url",
        "token_validation",
        "token_kind",
        "client_secret",
        "userinfo",
        "service_accounts",
        "sign_in",
        "provider_kind",
        "provider_endpoints",
        "login_scopes",
        "login_parameters",
        "client_authentication",
        "client_key",
        "session_limits",
        "page_origins",
        "page",
        "page_notice",
        "jwks",
        "discovery_url",
        "ca_certificates",
        "streams_per_user",
        "requests_per_minute",
        "clock_skew",
        "log_level",
    ];
    let required = REQUIRED.map(|name| (name, true));
    let optional = OPTIONAL.map(|name| (name, false));
    assert_eq!(
        declarations()
            .map(|setting| (setting.name, setting.required))
            .collect::<Vec<_>>(),
        [&required[..], &optional[..]].concat()
    );
}

#[test]
fn every_declared_setting_is_read() {
    for setting in declarations() {
        let sentences = sentences(&with(setting, &json!(5)));
        let expected = format!("`{}` is a JSON number instead of ", setting.name);
        assert!(
            sentences.len() == 1 && sentences[0].starts_with(&expected),
            "{sentences:?}"
        );
    }
}

#[test]
fn secrets_are_entered_as_secrets_and_nothing_else_is() {
    let secrets: Vec<&str> = declarations()
        .filter(|setting| matches!(setting.kind, Kind::SecretInput))
        .map(|setting| setting.name)
        .collect();
    assert_eq!(
        secrets,
        ["app_key", "user_hash_key", "client_secret", "client_key"]
    );
}

#[test]
fn the_page_insists_on_what_the_parser_insists_on() {
    for setting in declarations() {
        let is_refused = !sentences(&json!({setting.name: null})).is_empty();
        assert_eq!(
            is_refused,
            setting.required && setting.default.is_none(),
            "{}",
            setting.name
        );
    }
}

#[test]
fn a_boolean_is_never_required_since_it_could_not_be_saved_as_false() {
    assert!(
        declarations().all(|setting| !matches!(setting.kind, Kind::Boolean) || !setting.required)
    );
}

#[test]
fn a_missing_value_means_the_declared_default() {
    for setting in declarations() {
        let Some(default) = setting.default else {
            continue;
        };
        let value = match setting.kind {
            Kind::Boolean => json!(default == "true"),
            _ => json!(default),
        };
        assert_eq!(
            printed_but_for_digest(valid(&json!({setting.name: value}))),
            printed_but_for_digest(valid(&json!({setting.name: null}))),
            "{}",
            setting.name
        );
    }
}

#[test]
fn every_choice_is_one_that_the_parser_takes_and_means_something_of_its_own() {
    for setting in declarations() {
        let choices = setting.kind.choices();
        let mut meanings: Vec<String> = choices
            .iter()
            .map(|choice| printed_but_for_digest(valid(&with(setting, &json!(choice)))))
            .collect();
        meanings.sort();
        meanings.dedup();
        assert_eq!(meanings.len(), choices.len(), "{}", setting.name);
        assert!(
            matches!(setting.kind, Kind::Select(_)) != choices.is_empty(),
            "{}",
            setting.name
        );
    }
}

#[test]
fn every_choice_that_the_parser_takes_is_offered() {
    for setting in declarations().filter(|setting| matches!(setting.kind, Kind::Select(_))) {
        let offered: Vec<String> = setting
            .kind
            .choices()
            .iter()
            .map(|choice| format!("`{choice}`"))
            .collect();
        let sentence = format!(
            "`{}` is not one of its options; write one of {}.",
            setting.name,
            offered.join(", ")
        );
        assert_eq!(
            sentences(&with(setting, &json!("no such option"))),
            [sentence]
        );
    }
}

#[test]
fn every_example_works() {
    for setting in declarations() {
        let Some(example) = setting.example.filter(|example| !example.contains('…')) else {
            continue;
        };
        let result = parse(&with(setting, &json!(example)));
        assert!(result.is_ok(), "{}: {result:?}", setting.name);
    }
    assert!(Settings::parse(&Value::Object(minimal()).to_string()).is_ok());
}

use serde_json::{Value, json};

use super::super::Settings;
use super::super::declaration::{DECLARATIONS, Declaration, Kind, Text};
use super::{minimal, parse, sentences, valid};

/// What the choices need beside them.
fn companions() -> Value {
    json!({"user_hash_key": "0123456789abcdef", "client_secret": "s"})
}

fn with(setting: &Declaration, value: &Value) -> Value {
    let mut changes = companions();
    changes[setting.name] = value.clone();
    changes
}

fn printed_but_for_digest(mut settings: Settings) -> String {
    settings.digest = [0; 32];
    format!("{settings:?}")
}

#[test]
fn the_names_are_those_that_configurations_depend_on() {
    let names: Vec<&str> = DECLARATIONS.iter().map(|setting| setting.name).collect();
    assert_eq!(
        names,
        [
            "issuer",
            "client_id",
            "dify_api_url",
            "app_key",
            "user_claim",
            "user_format",
            "user_hash_key",
            "audience",
            "scopes",
            "required_claims",
            "admin_claims",
            "input_claims",
            "allowed_origins",
            "public_url",
            "token_validation",
            "token_kind",
            "client_secret",
            "userinfo",
            "service_accounts",
            "jwks",
            "discovery_url",
            "ca_certificates",
            "streams_per_user",
            "clock_skew",
            "log_level",
        ]
    );
}

#[test]
fn every_text_is_there_in_every_language() {
    fn texts(setting: &Declaration) -> impl Iterator<Item = Text> {
        let choices = setting.kind.choices().iter().map(|choice| choice.label);
        [setting.label, setting.help]
            .into_iter()
            .chain(setting.placeholder)
            .chain(choices)
    }
    for setting in DECLARATIONS {
        for text in texts(setting) {
            assert_eq!(
                text.by_language().map(|(code, _)| code),
                ["en_US", "zh_Hans", "ja_JP", "pt_BR"]
            );
            for (code, translated) in text.by_language() {
                assert!(!translated.trim().is_empty(), "{} {code}", setting.name);
                assert_eq!(translated.trim(), translated, "{} {code}", setting.name);
                assert!(
                    !translated.contains("  "),
                    "{} {code}: {translated}",
                    setting.name
                );
            }
        }
        let help = setting.help.by_language().map(|(_, translated)| translated);
        assert!(
            help.iter()
                .zip(help.iter().skip(1))
                .all(|(one, next)| one != next),
            "{}",
            setting.name
        );
    }
}

#[test]
fn secrets_are_entered_as_secrets_and_nothing_else_is() {
    let secrets: Vec<&str> = DECLARATIONS
        .iter()
        .filter(|setting| matches!(setting.kind, Kind::SecretInput))
        .map(|setting| setting.name)
        .collect();
    assert_eq!(secrets, ["app_key", "user_hash_key", "client_secret"]);
}

#[test]
fn the_page_insists_on_what_the_parser_insists_on() {
    for setting in DECLARATIONS {
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
        DECLARATIONS
            .iter()
            .all(|setting| !matches!(setting.kind, Kind::Boolean) || !setting.required)
    );
}

#[test]
fn a_missing_value_means_the_declared_default() {
    for setting in DECLARATIONS {
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
    for setting in DECLARATIONS {
        let choices = setting.kind.choices();
        let mut meanings: Vec<String> = choices
            .iter()
            .map(|choice| printed_but_for_digest(valid(&with(setting, &json!(choice.value)))))
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
    for setting in DECLARATIONS
        .iter()
        .filter(|setting| matches!(setting.kind, Kind::Select(_)))
    {
        let offered: Vec<String> = setting
            .kind
            .choices()
            .iter()
            .map(|choice| format!("`{}`", choice.value))
            .collect();
        let sentence = format!(
            "`{}` is none of its options; write one of {}.",
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
fn every_placeholder_is_an_example_that_works() {
    for setting in DECLARATIONS {
        let Some(example) = setting
            .placeholder
            .filter(|example| !example.en_us.contains('…'))
        else {
            continue;
        };
        let result = parse(&with(setting, &json!(example.en_us)));
        assert!(result.is_ok(), "{}: {result:?}", setting.name);
    }
    assert!(Settings::parse(&Value::Object(minimal()).to_string()).is_ok());
}

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

/// The settings that a release has had, one a line: the release that brought it, name, type, `required` or `optional`, and
/// the values of a `select`.
const RELEASED: &str = include_str!("released_settings.txt");

/// Dify keeps an endpoint's settings over an upgrade of the plugin, migrates nothing and applies no default. So a setting
/// with a new name or type is lost, a choice that is gone is refused, and one that becomes required keeps every endpoint
/// that lacks it from being saved.
#[test]
fn no_released_setting_is_ever_renamed_removed_retyped_or_made_required() {
    let mut released = Vec::new();
    for line in RELEASED.lines().filter(|line| !line.starts_with('#')) {
        let words: Vec<_> = line.split(' ').collect();
        let [_version, name, kind, necessity, choices @ ..] = words.as_slice() else {
            panic!("{line}");
        };
        let setting = declarations().find(|setting| setting.name == *name);
        let setting = setting.unwrap_or_else(|| panic!("{name} is gone"));
        assert_eq!(setting.kind.as_str(), *kind, "{name}");
        assert!(!setting.required || *necessity == "required", "{name}");
        for choice in choices {
            assert!(setting.kind.choices().contains(choice), "{name}: {choice}");
        }
        released.push((*name).to_owned());
    }
    for setting in declarations() {
        let name = setting.name;
        assert!(
            !setting.required || released.iter().any(|old| old == name),
            "{name}"
        );
    }
    assert!(released.len() >= 38, "a line has been removed");
}

/// The page has no headings, so the order is what there is to guide a person.
#[test]
fn what_nearly_every_endpoint_needs_comes_first_and_what_few_need_last() {
    let names: Vec<_> = declarations().map(|setting| setting.name).collect();
    assert_eq!(
        names[..5],
        [
            "issuer",
            "client_id",
            "dify_api_url",
            "app_key",
            "allowed_origins"
        ]
    );
    let advanced: Vec<_> = declarations().map(|setting| setting.advanced).collect();
    assert!(advanced.is_sorted(), "{names:?}");
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
        ["app_key", "client_secret", "user_hash_key", "client_key"]
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

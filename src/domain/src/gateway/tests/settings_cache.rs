//! Which texts of settings are kept parsed.

use std::rc::Rc;

use serde_json::json;

use crate::gateway::settings_cache::{Parsed, SettingsCache};
use crate::limits;

fn text(client_id: &str, secret: &str) -> String {
    let settings = json!({
        "issuer": "https://id.example", "client_id": client_id, "app_key": "app-0123456789", "client_secret": secret,
    });
    settings.to_string()
}

fn are_one(one: &Parsed, other: &Parsed) -> bool {
    match (one, other) {
        (Ok(one), Ok(other)) => Rc::ptr_eq(one, other),
        (Err(one), Err(other)) => Rc::ptr_eq(one, other),
        _ => false,
    }
}

#[test]
fn a_text_is_parsed_once_whether_it_is_right_or_wrong() {
    let cache = SettingsCache::new();
    for settings in [text("chat", "s"), text("", "s"), "[]".to_owned()] {
        let first = cache.parse(&settings);
        assert!(are_one(&first, &cache.parse(&settings)), "{settings}");
    }
}

#[test]
fn only_the_last_few_texts_are_kept() {
    let cache = SettingsCache::new();
    let first = cache.parse(&text("0", "s"));
    for number in 1..limits::PARSED_SETTINGS {
        assert!(cache.parse(&text(&number.to_string(), "s")).is_ok());
    }
    assert!(are_one(&first, &cache.parse(&text("0", "s"))));
    for number in 1..=limits::PARSED_SETTINGS {
        assert!(cache.parse(&text(&number.to_string(), "s")).is_ok());
    }
    assert!(!are_one(&first, &cache.parse(&text("0", "s"))));
}

#[test]
fn a_text_over_the_limit_is_not_kept() {
    let cache = SettingsCache::new();
    let long = text("chat", &"s".repeat(limits::SETTINGS));
    let first = cache.parse(&long);
    assert_eq!(
        first.as_ref().err().map(ToString::to_string).as_deref(),
        Some(
            "The endpoint's settings are wrong. `client_secret` is longer than 8 KiB, and no more is read; shorten it."
        )
    );
    assert!(!are_one(&first, &cache.parse(&long)));
}

//! What slips into a value where it is copied from is named, so that somebody finds it.

use serde_json::{Value, json};

use super::{assert_mistakes, sentences, valid};

#[test]
fn an_invisible_character_is_named_in_every_setting() {
    let text = [
        "issuer",
        "client_id",
        "dify_api_url",
        "app_key",
        "user_claim",
        "user_hash_key",
        "audience",
        "scopes",
        "required_claims",
        "input_claims",
        "allowed_origins",
        "public_url",
        "token_kind",
        "client_secret",
        "sign_in",
        "provider_endpoints",
        "login_scopes",
        "login_parameters",
        "client_key",
        "session_limits",
        "page_origins",
        "page_notice",
        "jwks",
        "discovery_url",
        "ca_certificates",
        "clock_skew",
    ];
    for setting in text {
        for (character, code) in [
            ('\u{200b}', "200B"),
            ('\u{feff}', "FEFF"),
            ('\u{ad}', "00AD"),
            ('\u{202e}', "202E"),
            ('\0', "0000"),
        ] {
            assert_eq!(
                sentences(&json!({setting: format!("0123456789abcdef{character}")})),
                [format!(
                    "`{setting}` has an invisible character (U+{code}); delete it, or type the value by hand."
                )],
            );
        }
    }
}

#[test]
fn the_joiners_of_some_scripts_belong_to_names() {
    valid(&json!({"required_claims": "groups=می\u{200c}خواهم"}));
}

#[test]
fn quotation_marks_around_an_address_are_named() {
    for setting in [
        "issuer",
        "dify_api_url",
        "public_url",
        "discovery_url",
        "allowed_origins",
    ] {
        for address in [
            "\"https://a.example/v1\"",
            "“https://a.example/v1”",
            "'https://a.example/v1'",
            "https://a.example/v1\"",
        ] {
            assert_eq!(
                sentences(&json!({setting: address})),
                [format!(
                    "`{setting}` has quotation marks around it; remove them."
                )],
                "{address}"
            );
        }
    }
}

#[test]
fn a_separator_that_a_url_would_swallow_is_named() {
    let several = "is more than one address; separate several with a space, where the setting may have several.";
    for (setting, text, message) in [
        (
            "dify_api_url",
            "https://a.example/v1,",
            "ends with `,`; remove it.",
        ),
        (
            "discovery_url",
            "https://a.example/x;",
            "ends with `;`; remove it.",
        ),
        (
            "public_url",
            "https://a.example/e/x,",
            "ends with `,`; remove it.",
        ),
        (
            "issuer",
            "https://a.example/x;",
            "ends with `;`; remove it.",
        ),
        ("issuer", "https://a.example;https://b.example", several),
        (
            "dify_api_url",
            "https://a.example/v1,https://b.example/v1",
            several,
        ),
    ] {
        assert_eq!(
            sentences(&json!({setting: text})),
            [format!("`{setting}` {message}")],
            "{text}"
        );
    }
    assert_eq!(
        valid(&json!({"issuer": "https://a.example,"})).issuers[0].as_str(),
        "https://a.example"
    );
}

#[test]
fn what_was_copied_together_with_a_key_is_named() {
    let alone = |character: &str| {
        format!(
            "`app_key` has {character}, which an app key does not have; write the key alone, such as `app-…`, without `Bearer`."
        )
    };
    let rows: [(Value, String); 6] = [
        (json!({"app_key": "Bearer app-1"}), alone("a blank")),
        (json!({"app_key": "app-1,"}), alone("the character `,`")),
        (json!({"app_key": "\"app-1\""}), alone("the character `\"`")),
        (json!({"app_key": "`app-1`"}), alone("the character U+0060")),
        (json!({"app_key": "“app-1”"}), alone("a typographic quotation mark (U+201C)")),
        (
            json!({"app_key": "dataset-1"}),
            "`app_key` is a key of the knowledge API; write the app's own key, which begins with `app-`.".to_owned(),
        ),
    ];
    for (changes, sentence) in rows {
        assert_mistakes(&[(changes, &sentence)]);
    }
}

#[test]
fn the_address_of_dify_must_be_that_of_the_app_api() {
    let shown = "as the app's API access page shows it, such as `https://dify.example.com/v1`.";
    for (url, message) in [
        (
            "https://cloud.dify.ai",
            "is the address of Dify's console; write `https://api.dify.ai/v1`.".to_owned(),
        ),
        (
            "https://cloud.dify.ai/v1",
            "is the address of Dify's console; write `https://api.dify.ai/v1`.".to_owned(),
        ),
        (
            "https://dify.example.com/e/abcdefghijklmnop",
            format!(
                "is the address of a plugin's endpoint, not of Dify's app API; write the base URL {shown}"
            ),
        ),
        (
            "https://dify.example.com/apps",
            format!("is not the base URL of the app API; write it {shown}"),
        ),
        (
            "https://dify.example.com/app/0b5f/develop",
            format!("is not the base URL of the app API; write it {shown}"),
        ),
        (
            "https://dify.example.com/console/api",
            format!("is not the base URL of the app API; write it {shown}"),
        ),
        (
            "https://dify.example.com/v1/chat-messages",
            format!("is not the base URL of the app API; write it {shown}"),
        ),
    ] {
        assert_eq!(
            sentences(&json!({"dify_api_url": url})),
            [format!("`dify_api_url` {message}")],
            "{url}"
        );
    }
    for url in [
        "https://dify.example.com/v1",
        "http://api:5001/v1/",
        "https://a.example/apps/dify/v1",
        "https://a.example/dify-api",
        // A proxy may give the API a host of its own; a request says where `/v1` is missing.
        "https://dify-api.example.com",
    ] {
        valid(&json!({"dify_api_url": url}));
    }
}

use serde_json::{Value, json};

use super::super::{InvalidSettings, Settings};
use super::{assert_mistakes, sentences};

#[test]
fn a_value_of_another_type_is_named() {
    assert_mistakes(&[
        (
            json!({"issuer": true}),
            "`issuer` is a JSON boolean instead of text; write text such as `https://idp.example.com/realms/main`.",
        ),
        (
            json!({"client_id": ["my-app"]}),
            "`client_id` is a JSON array instead of text; write text such as `my-app`.",
        ),
        (
            json!({"app_key": {"key": 1}}),
            "`app_key` is a JSON object instead of text; write text such as `app-…`.",
        ),
        (
            json!({"clock_skew": 60}),
            "`clock_skew` is a JSON number instead of text; write text such as `60`.",
        ),
        (
            json!({"client_secret": false}),
            "`client_secret` is a JSON boolean instead of text; write text or leave it empty.",
        ),
        (
            json!({"userinfo": "true"}),
            "`userinfo` is text instead of a boolean; it must be `true` or `false`.",
        ),
        (
            json!({"userinfo": 1}),
            "`userinfo` is a JSON number instead of a boolean; it must be `true` or `false`.",
        ),
    ]);
}

#[test]
fn a_required_setting_that_is_missing_is_named() {
    for nothing in [Value::Null, json!(""), json!(" \t\n")] {
        assert_mistakes(&[
            (
                json!({"issuer": nothing}),
                "`issuer` is missing; write text such as `https://idp.example.com/realms/main`.",
            ),
            (
                json!({"client_id": nothing}),
                "`client_id` is missing; write text such as `my-app`.",
            ),
            (
                json!({"app_key": nothing}),
                "`app_key` is missing; write text such as `app-…`.",
            ),
        ]);
    }
}

#[test]
fn an_address_must_be_the_one_that_is_asked_for() {
    let base = "`dify_api_url` is not the base URL of the app API; write it as the app's API access page shows it, such as `https://dify.example.com/v1`.";
    assert_mistakes(&[
        (
            json!({"dify_api_url": "dify.example.com/v1"}),
            "`dify_api_url` is not a URL that begins with `https://` or `http://`; write it in full.",
        ),
        (
            json!({"dify_api_url": "https://dify.example.com/v1?x=y"}),
            "`dify_api_url` has a query after `?`; remove it.",
        ),
        (
            json!({"dify_api_url": "https://dify.example.com/v1/chat-messages"}),
            base,
        ),
        (
            json!({"dify_api_url": "https://dify.example.com/v1/workflows/run/"}),
            base,
        ),
        (
            json!({"dify_api_url": "https://dify.example.com/console/api"}),
            base,
        ),
        (
            json!({"discovery_url": "/.well-known/x"}),
            "`discovery_url` is not a URL that begins with `https://` or `http://`; write it in full.",
        ),
        (
            json!({"public_url": "https://dify.example.com/e/x?y"}),
            "`public_url` has a query after `?`; remove it.",
        ),
        (
            json!({"public_url": "https://Dify.example.com/e/x"}),
            "`public_url` is not in its normal form; write the host in lower case, no default port and no `..`.",
        ),
    ]);
}

#[test]
fn a_host_name_must_be_written_in_ascii() {
    let other_letters = |setting| {
        format!(
            "`{setting}` has a host name with letters outside ASCII; write the form that begins with `xn--`, such as \
             `https://xn--bcher-kva.example` for `https://bücher.example`."
        )
    };
    for setting in [
        "issuer",
        "dify_api_url",
        "public_url",
        "discovery_url",
        "allowed_origins",
    ] {
        assert_mistakes(&[
            (
                json!({setting: "https://bücher.example"}),
                &other_letters(setting),
            ),
            (
                json!({setting: "https://例え.テスト:8443"}),
                &other_letters(setting),
            ),
        ]);
        let ascii = "https://xn--bcher-kva.example";
        assert_eq!(sentences(&json!({setting: ascii})), Vec::<String>::new());
    }
    assert_mistakes(&[
        (
            json!({"issuer": "https://b%C3%BCcher.example"}),
            "`issuer` is not a valid URL; write it as `https://host/path`.",
        ),
        (
            json!({"allowed_origins": "https://b%C3%BCcher.example"}),
            "`allowed_origins` is not an origin; write scheme, host and port, such as `https://app.example.com`.",
        ),
    ]);
}

#[test]
fn an_origin_must_be_one_that_a_browser_sends() {
    let none = "`allowed_origins` is not an origin; write scheme, host and port, such as `https://app.example.com`.";
    let more = "`allowed_origins` is more than an origin; write scheme, host and port alone, such as `https://app.example.com`.";
    assert_mistakes(&[
        (json!({"allowed_origins": "app.example.com"}), none),
        (json!({"allowed_origins": "localhost:3000"}), none),
        (json!({"allowed_origins": "null"}), none),
        (json!({"allowed_origins": "file:///"}), none),
        (
            json!({"allowed_origins": "https://app.example.com/chat"}),
            more,
        ),
        (
            json!({"allowed_origins": "https://app.example.com?x"}),
            more,
        ),
        (
            json!({"allowed_origins": "https://user@app.example.com"}),
            more,
        ),
        (
            json!({"allowed_origins": "https://*.example.com"}),
            "`allowed_origins` has a wildcard; write every origin in full.",
        ),
        (
            json!({"allowed_origins": "https://app.example.com, *"}),
            "`allowed_origins` (entry 2) is `*`, which must be the only entry; remove it or all the others.",
        ),
    ]);
}

#[test]
fn claims_must_be_readable_and_inputs_have_different_names() {
    let same = "has the same name as an earlier entry; write `name=path` with another name.";
    for (setting, text, message) in [
        (
            "required_claims",
            "groups",
            "cannot be read at character 7: expected `=` and a value after the claim, such as `groups=Staff`.",
        ),
        (
            "admin_claims",
            "groups=",
            "cannot be read at character 8: expected a value after `=`, such as `groups=Staff`.",
        ),
        (
            "user_claim",
            "sub a=b",
            "(entry 2) cannot be read at character 2: expected `\\=`, because `=` alone divides.",
        ),
        (
            "input_claims",
            "sub none",
            "(entry 2) is `none`, which must be the only entry; remove it or all the others.",
        ),
        (
            "input_claims",
            "__oidc_mail=email",
            "has a name that begins with `__oidc_`; write it without, the gateway adds it.",
        ),
        (
            "input_claims",
            "e-mail=email",
            "has a name that an input cannot have; write letters, digits and `_` before `=`.",
        ),
        (
            "input_claims",
            "=email",
            "has a name that an input cannot have; write letters, digits and `_` before `=`.",
        ),
        (
            "input_claims",
            "mail=",
            "cannot be read at character 1: expected a claim, such as `groups`.",
        ),
        ("input_claims", "a.b a_b", &format!("(entry 2) {same}")),
        (
            "input_claims",
            "email name email=mail",
            &format!("(entry 3) {same}"),
        ),
    ] {
        assert_eq!(
            sentences(&json!({setting: text})),
            [format!("`{setting}` {message}")],
            "{text}"
        );
    }
}

#[test]
fn a_choice_or_a_number_must_be_one_that_there_is() {
    let skew = "`clock_skew` is not a whole number from 0 to 300; write seconds such as `60`.";
    let streams = "`streams_per_user` is not a whole number; write how many streams a user may have open, such as `4`, or `0` for no limit.";
    let requests = "`requests_per_minute` is not a number of requests; write a whole number from 1 to 60000, such as `60`, perhaps with how many may come at once, such as `60 burst=20`, or `0` alone for no limit.";
    assert_mistakes(&[
        (json!({"clock_skew": "301"}), skew),
        (json!({"clock_skew": "-1"}), skew),
        (json!({"clock_skew": "1.5"}), skew),
        (json!({"clock_skew": "60 s"}), skew),
        (json!({"streams_per_user": "four"}), streams),
        (json!({"streams_per_user": "-1"}), streams),
        (json!({"requests_per_minute": "many"}), requests),
        (json!({"requests_per_minute": "60001"}), requests),
        (
            json!({"user_format": "Hashed"}),
            "`user_format` is not one of its options; write one of `claim`, `hashed`.",
        ),
        (
            json!({"token_validation": "none"}),
            "`token_validation` is not one of its options; write one of `auto`, `jwt`, `introspection`, `userinfo`.",
        ),
        (
            json!({"token_kind": "both"}),
            "`token_kind` is not one of its options; write one of `access`, `id`, `either`.",
        ),
        (
            json!({"service_accounts": "yes"}),
            "`service_accounts` is not one of its options; write one of `refuse`, `allow`.",
        ),
        (
            json!({"log_level": "trace"}),
            "`log_level` is not one of its options; write one of `error`, `warn`, `info`, `debug`.",
        ),
        (
            json!({"scopes": "openid \"chat\""}),
            "`scopes` (entry 2) has the character `\"`, which a scope does not have; remove it.",
        ),
        (
            json!({"app_key": "Bearer app-1"}),
            "`app_key` has a blank, which an app key does not have; write the key alone, such as `app-…`, without `Bearer`.",
        ),
    ]);
}

#[test]
fn certificates_must_be_whole_and_without_private_keys() {
    let begin = "-----BEGIN CERTIFICATE-----";
    let end = "-----END CERTIFICATE-----";
    for (pem, message) in [
        (
            "MIIB",
            format!("has no certificate; write PEM that begins with `{begin}`."),
        ),
        (
            "-----BEGIN PRIVATE KEY----- MIIB -----END PRIVATE KEY-----",
            "has a private key, which must not leave its machine; write the certificates alone."
                .to_owned(),
        ),
        (
            &format!("{begin} MAA="),
            format!("has no `{end}` after certificate 1; copy the whole file again."),
        ),
        (
            &format!("{begin} MAA= {end} {begin} MA*= {end}"),
            "has broken base64 in certificate 2; copy the whole file again.".to_owned(),
        ),
        (
            &format!("{begin} AAA= {end}"),
            "has broken base64 in certificate 1; copy the whole file again.".to_owned(),
        ),
        (
            &format!("{begin} {end}"),
            "has broken base64 in certificate 1; copy the whole file again.".to_owned(),
        ),
        (
            &format!("{begin}MAA={end}").repeat(101),
            "has 101 certificates; write at most 100.".to_owned(),
        ),
    ] {
        assert_eq!(
            sentences(&json!({"ca_certificates": pem})),
            [format!("`ca_certificates` {message}")],
            "{pem}"
        );
    }
}

#[test]
fn every_mistake_is_reported_at_once() {
    let changes = json!({
        "issuer": "https://a.example ftp://b.example c",
        "client_id": null,
        "app_key": 1,
        "user_format": "hashed",
        "clock_skew": "301",
        "token_validation": "introspection",
    });
    assert_eq!(
        super::parse(&changes).unwrap_err().to_string(),
        "The endpoint's settings are wrong. \
         `issuer` (entry 2) is not a URL that begins with `https://` or `http://`; write it in full. \
         `issuer` (entry 3) is not a URL that begins with `https://` or `http://`; write it in full. \
         `client_id` is missing; write text such as `my-app`. \
         `app_key` is a JSON number instead of text; write text such as `app-…`. \
         `client_secret` is missing, and `token_validation` `introspection` needs it; write the secret of the first \
         `client_id`. \
         `user_hash_key` is missing, and `user_format` `hashed` needs it; write at least 16 random characters, such as \
         from `openssl rand -base64 32`. \
         `clock_skew` is not a whole number from 0 to 300; write seconds such as `60`."
    );
}

#[test]
fn mistakes_are_reported_in_the_order_of_the_page() {
    let text = super::parse(
        &json!({"log_level": "x", "client_secret": 1, "clock_skew": "x", "client_id": null}),
    )
    .unwrap_err()
    .to_string();
    let position = |name: &str| text.find(&format!("`{name}`")).unwrap();
    let positions = ["client_id", "client_secret", "clock_skew", "log_level"].map(position);
    assert!(positions.is_sorted(), "{text}");
}

#[test]
fn a_hundred_mistakes_do_not_make_a_page() {
    let invalid =
        super::parse(&json!({"issuer": "x ".repeat(100), "scopes": "\u{fc} ".repeat(100)}))
            .unwrap_err();
    assert_eq!(invalid.mistakes.iter().count(), 20);
    let text = invalid.to_string();
    assert!(text.ends_with(" There are 180 more mistakes."), "{text}");
    assert!(text.len() < 3000, "{}", text.len());
}

#[test]
fn what_is_not_an_object_is_refused_as_a_whole() {
    for json in [
        "",
        "[]",
        "\"app-0123456789\"",
        "5",
        "{",
        "{} {}",
        "{\"app_key\": nil}",
        "{\"app_key\": \"\\x\"}",
        &format!("{{\"a\":{}", "[".repeat(10_000)),
    ] {
        assert_eq!(
            Settings::parse(json).unwrap_err().to_string(),
            "The endpoint's settings are wrong. `settings` are not a JSON object; save the endpoint again.",
            "{json}"
        );
    }
    assert_eq!(
        sentences(&json!({"audience": "a ".repeat(101)})),
        ["`audience` has 101 entries; write at most 100."]
    );
}

#[test]
fn what_an_endpoint_needs_to_report_its_mistakes_is_read_in_spite_of_them() {
    let reported = |changes: &Value| {
        let InvalidSettings {
            app_key,
            allowed_origins,
            ..
        } = super::parse(changes).unwrap_err();
        let origins = format!("{allowed_origins:?}");
        (app_key.map(|key| key.reveal().to_owned()), origins)
    };
    let key = || Some("app-0123456789".to_owned());
    let these = r#"These(["https://app.example.com"])"#.to_owned();
    let origins = "https://app.example.com";
    assert_eq!(
        reported(&json!({"issuer": null, "allowed_origins": origins})),
        (key(), these.clone())
    );
    assert_eq!(
        reported(&json!({"issuer": null})),
        (key(), "Nobody".to_owned())
    );
    assert_eq!(
        reported(&json!({"allowed_origins": "x"})),
        (key(), "Nobody".to_owned())
    );
    assert_eq!(
        reported(&json!({"app_key": 5, "allowed_origins": origins})),
        (None, these)
    );
}

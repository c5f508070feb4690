use serde_json::{Value, json};

use super::{assert_mistakes, sentences};

#[test]
fn an_issuer_must_be_one_that_a_token_can_name() {
    assert_mistakes(&[
        (
            json!({"issuer": ","}),
            "`issuer` has separators and no value; write a value or leave it empty.",
        ),
        (
            json!({"issuer": "idp.example.com"}),
            "`issuer` is not a URL that begins with `https://` or `http://`; write it in full.",
        ),
        (
            json!({"issuer": "HTTPS://idp.example.com"}),
            "`issuer` is not a URL that begins with `https://` or `http://`; write it in full.",
        ),
        (
            json!({"issuer": "ftp://idp.example.com"}),
            "`issuer` is not a URL that begins with `https://` or `http://`; write it in full.",
        ),
        (
            json!({"issuer": "https://"}),
            "`issuer` is not a valid URL; write it as `https://host/path`.",
        ),
        (
            json!({"issuer": "https:///idp.example.com"}),
            "`issuer` is not a valid URL; write it as `https://host/path`.",
        ),
        (
            json!({"issuer": "https://idp.example.com:port"}),
            "`issuer` is not a valid URL; write it as `https://host/path`.",
        ),
        (
            json!({"issuer": "https://idp.example.com/\u{200b}"}),
            "`issuer` has an invisible character (U+200B); delete it, or type the value by hand.",
        ),
        (
            json!({"issuer": "https://idp.example.com\\x"}),
            "`issuer` has the character `\\`, which a URL does not have; remove it.",
        ),
        (
            json!({"issuer": "https://user:password@idp.example.com"}),
            "`issuer` has user information before `@`; remove it.",
        ),
        (
            json!({"issuer": "https://idp.example.com?a=b"}),
            "`issuer` has a query after `?`; remove it.",
        ),
        (
            json!({"issuer": "https://idp.example.com#x"}),
            "`issuer` has a fragment after `#`; remove it.",
        ),
        (
            json!({"issuer": "https://idp.example.com/.well-known/openid-configuration"}),
            "`issuer` is the address of a document; write the `issuer` that the document names, most often the part before `/.well-known/`.",
        ),
        (
            json!({"issuer": "https://login.microsoftonline.com/common/v2.0"}),
            "`issuer` does not name a tenant; write the tenant's own issuer, or `https://login.microsoftonline.com/{tenantid}/v2.0` and a `tid=` rule in `required_claims`.",
        ),
        (
            json!({"issuer": "https://a.example https://a.example", "user_format": "hashed", "user_hash_key": "0123456789abcdef"}),
            "`issuer` (entry 2) is there twice; remove one.",
        ),
    ]);
}

#[test]
fn the_tenant_of_a_template_must_be_a_segment_of_the_path() {
    let message = "`issuer` has braces where an issuer has none; Entra's template is `https://login.microsoftonline.com/{tenantid}/v2.0`.";
    for issuer in [
        "https://login.microsoftonline.com/{tenant}/v2.0",
        "https://login.microsoftonline.com/{tenantid}{tenantid}/v2.0",
        "https://login.microsoftonline.com/{tenantid}/{tenantid}",
        "https://login.microsoftonline.com/x{tenantid}/v2.0",
        "https://login.microsoftonline.com/{tenantid}x/v2.0",
        "https://{tenantid}.ciamlogin.com/{tenantid}/v2.0",
        "https://{tenantid}/v2.0",
        "https://user@idp.example/{tenantid}/v2.0",
    ] {
        assert_eq!(sentences(&json!({"issuer": issuer})), [message], "{issuer}");
    }
}

#[test]
fn what_several_issuers_or_tenants_make_unsafe_is_refused() {
    let template = "https://login.microsoftonline.com/{tenantid}/v2.0";
    let claim = "`user_format` is `claim`, with which a person at one issuer could read the history of another person at another; write `hashed`, and a `user_hash_key`.";
    let tenant = "`required_claims` has no rule for `tid`, so every Entra tenant would be let in; list yours as `tid=<tenant ID>|<tenant ID>`.";
    let asks = "`token_validation` asks the provider about every token, and a token need not say which provider that is; write `auto`, or make one endpoint for each issuer.";
    let hashed = |mut changes: Value| {
        changes["user_format"] = json!("hashed");
        changes["user_hash_key"] = json!("0123456789abcdef");
        changes
    };
    let two = "https://a.example https://b.example";
    assert_mistakes(&[
        (json!({"issuer": two}), claim),
        (json!({"issuer": two, "user_format": "claim"}), claim),
        (
            json!({"issuer": template, "required_claims": "tid=1"}),
            claim,
        ),
        (hashed(json!({"issuer": template})), tenant),
        (
            hashed(json!({"issuer": template, "required_claims": "groups=tid"})),
            tenant,
        ),
        (
            hashed(json!({"issuer": two, "token_validation": "userinfo"})),
            asks,
        ),
        (
            hashed(
                json!({"issuer": two, "token_validation": "introspection", "client_secret": "s"}),
            ),
            asks,
        ),
        (
            hashed(
                json!({"issuer": template, "required_claims": "tid=1", "token_validation": "userinfo"}),
            ),
            asks,
        ),
        (
            hashed(json!({"issuer": two, "discovery_url": "https://a.example/x"})),
            "`discovery_url` belongs to a single issuer; remove it, or make one endpoint for each issuer.",
        ),
    ]);
}

#[test]
fn what_another_setting_needs_must_be_there() {
    assert_mistakes(&[
        (
            json!({"user_format": "hashed"}),
            "`user_hash_key` is missing, and `user_format` `hashed` needs it; write at least 16 random characters, such as from `openssl rand -base64 32`.",
        ),
        (
            json!({"user_format": "hashed", "user_hash_key": "0123456789abcde"}),
            "`user_hash_key` is shorter than 16 characters; write random ones, such as from `openssl rand -base64 32`.",
        ),
        (
            json!({"token_validation": "introspection"}),
            "`client_secret` is missing, and `token_validation` `introspection` needs it; write the secret of the first `client_id`.",
        ),
    ]);
}

#[test]
fn a_client_id_must_be_one_and_bound_to_an_issuer_that_is_there() {
    let unbound = "is bound to an issuer that `issuer` does not have; write one of them before `#`, character by character.";
    for (client_id, sentence) in [
        ("https://other.example#my-app", format!("`client_id` {unbound}")),
        ("https://idp.example.com/realms/main/#my-app", format!("`client_id` {unbound}")),
        ("other my#app", format!("`client_id` (entry 2) {unbound}")),
        ("https://idp.example.com/realms/main#", "`client_id` has no client ID after `#`; write `issuer#id`.".to_owned()),
        (
            "my-app\u{200b}",
            "`client_id` has an invisible character (U+200B); delete it, or type the value by hand.".to_owned(),
        ),
    ] {
        assert_eq!(sentences(&json!({"client_id": client_id})), [sentence], "{client_id}");
    }
}

#[test]
fn static_keys_must_be_usable_and_belong_to_one_issuer() {
    let key = r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
    assert!(super::valid(&json!({"jwks": key})).jwks.is_some());
    assert_mistakes(&[
        (
            json!({"jwks": "{\"keys\":[]}"}),
            "`jwks` cannot be used: it holds no key.",
        ),
        (
            json!({
                "jwks": key,
                "issuer": "https://a.example https://b.example",
                "user_format": "hashed",
                "user_hash_key": "0123456789abcdef",
            }),
            "`jwks` belongs to a single issuer; remove it, or make one endpoint for each issuer.",
        ),
    ]);
}

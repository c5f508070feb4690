use crate::issuer::{Issuer, IssuerSetting};
use std::collections::HashSet;

use serde_json::{Value, json};

use super::super::*;
use super::{minimal, valid};
use crate::claims::Claims;

fn paths(settings: &Settings) -> Vec<&str> {
    settings.user_claim.iter().map(ClaimPath::as_str).collect()
}

#[test]
fn the_least_that_an_endpoint_needs_gives_the_defaults() {
    let settings = valid(&json!({}));
    assert_eq!(
        settings.issuers,
        [IssuerSetting::Exact(Issuer::new(
            "https://idp.example.com/realms/main".to_owned()
        ))]
    );
    assert_eq!(
        settings.client_ids,
        [ClientId {
            issuer: None,
            id: "my-app".to_owned()
        }]
    );
    assert_eq!(
        settings.dify_api_url.as_url().as_str(),
        "https://api.dify.ai/v1"
    );
    assert_eq!(settings.app_key.reveal(), "app-0123456789");
    assert_eq!(paths(&settings), ["sub"]);
    assert!(matches!(settings.user_format, UserFormat::Claim));
    assert!(settings.audience.is_empty());
    assert!(settings.scopes.is_empty());
    assert!(settings.required_claims.is_empty());
    assert_eq!(settings.admin_claims, None);
    assert!(matches!(settings.input_claims, InputClaims::Declared));
    assert_eq!(settings.allowed_origins, AllowedOrigins::Nobody);
    assert_eq!(settings.public_url, None);
    assert_eq!(settings.token_validation, TokenValidation::Auto);
    assert_eq!(settings.token_kind, TokenKind::Access);
    assert_eq!(settings.client_secret, None);
    assert!(!settings.userinfo);
    assert_eq!(settings.service_accounts, ServiceAccounts::Refuse);
    assert!(settings.sign_in.is_none());
    assert!(settings.jwks.is_none());
    assert_eq!(settings.discovery_url, None);
    assert_eq!(settings.ca_certificates, None);
    assert_eq!(settings.operation_rules.rules().count(), 0);
    assert_eq!(settings.streams_per_user, Some(4));
    assert_eq!(settings.requests_per_minute, None);
    assert_eq!(settings.clock_skew, 60);
    assert_eq!(settings.log_level, LogLevel::Info);
}

#[test]
fn an_issuer_keeps_every_byte() {
    for issuer in [
        "https://idp.example.com",
        "https://idp.example.com/",
        "https://IDP.example.com:443/a/../b",
        "http://keycloak:8080/realms/main",
        "https://tenant.eu.auth0.com/",
    ] {
        let settings = valid(&json!({"issuer": format!(" {issuer}\n")}));
        assert_eq!(
            settings.issuers,
            [IssuerSetting::Exact(Issuer::new(issuer))]
        );
    }
}

#[test]
fn a_template_covers_the_issuers_of_its_tenants_alone() {
    let settings = valid(&json!({
        "issuer": "https://login.microsoftonline.com/{tenantid}/v2.0",
        "required_claims": "tid=1",
        "user_format": "hashed",
        "user_hash_key": "0123456789abcdef",
    }));
    for (issuer, covered) in [
        (
            "https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0",
            true,
        ),
        ("https://login.microsoftonline.com//v2.0", false),
        ("https://login.microsoftonline.com/a/b/v2.0", false),
        ("https://login.microsoftonline.com/../v2.0", false),
        ("https://login.microsoftonline.com/a/v2.0/", false),
        ("https://login.microsoftonline.com/{tenantid}/v2.0", false),
        ("https://login.microsoftonline.com/v2.0", false),
    ] {
        let issuer = Issuer::new(issuer);
        assert_eq!(
            settings.issuers.iter().any(|entry| entry.covers(&issuer)),
            covered,
            "{issuer}"
        );
    }
}

#[test]
fn a_bound_client_id_is_for_its_issuer_alone() {
    let template = "https://login.microsoftonline.com/{tenantid}/v2.0";
    let tenant = "https://login.microsoftonline.com/72f988bf-86f1-41af-91ab-2d7cd011db47/v2.0";
    let other_tenant =
        "https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0";
    let keycloak = "https://idp.example.com";
    let settings = valid(&json!({
        "issuer": format!("{keycloak}, {template}"),
        "client_id": format!("all {keycloak}#k#1 {template}#entra {tenant}#one"),
        "required_claims": "tid=72f988bf-86f1-41af-91ab-2d7cd011db47",
        "user_format": "hashed",
        "user_hash_key": "0123456789abcdef",
    }));
    for (issuer, ids) in [
        (keycloak, vec!["all", "k#1"]),
        (tenant, vec!["all", "entra", "one"]),
        (other_tenant, vec!["all", "entra"]),
        ("https://idp.example.com/", vec!["all"]),
    ] {
        let issuer = Issuer::new(issuer);
        let meant: Vec<&str> = settings
            .client_ids
            .iter()
            .filter(|client| client.is_for(&issuer))
            .map(|client| client.id.as_str())
            .collect();
        assert_eq!(meant, ids, "{issuer}");
    }
}

#[test]
fn lists_are_separated_by_spaces_or_commas() {
    for text in ["a b c", "a,b,c", " a ,, b\n\tc, "] {
        let settings = valid(
            &json!({"audience": text, "scopes": text, "user_claim": text, "client_id": text}),
        );
        assert_eq!(settings.audience, ["a", "b", "c"]);
        assert_eq!(settings.scopes, ["a", "b", "c"]);
        assert_eq!(paths(&settings), ["a", "b", "c"]);
        assert_eq!(settings.client_ids.len(), 3);
    }
}

#[test]
fn a_backslash_keeps_a_comma_in_a_claim() {
    let settings = valid(&json!({"user_claim": "a\\,b,sub", "input_claims": "x=a\\,b\\=c, d\\=e"}));
    assert_eq!(paths(&settings), ["a\\,b", "sub"]);
    let InputClaims::Selected(claims) = settings.input_claims else {
        panic!("not selected")
    };
    let claims: Vec<(&str, &str)> = claims
        .iter()
        .map(|claim| (claim.name.as_str(), claim.path.as_literal()))
        .collect();
    assert_eq!(claims, [("x", "a,b=c"), ("d_e", "d=e")]);
}

#[test]
fn the_base_url_of_dify_loses_the_slashes_at_its_end() {
    for (text, url) in [
        ("https://dify.example.com/v1", "https://dify.example.com/v1"),
        (
            "https://dify.example.com/v1/",
            "https://dify.example.com/v1",
        ),
        ("http://api:5001/v1//", "http://api:5001/v1"),
        (
            "https://dify.example.com/sub/v1",
            "https://dify.example.com/sub/v1",
        ),
        (
            "https://api.dify.example.com/api/",
            "https://api.dify.example.com/api",
        ),
    ] {
        assert_eq!(
            valid(&json!({"dify_api_url": text}))
                .dify_api_url
                .as_url()
                .as_str(),
            url
        );
    }
}

#[test]
fn an_origin_is_kept_as_browsers_send_it() {
    for (text, origins) in [
        ("*", AllowedOrigins::Any),
        (
            "https://app.example.com",
            AllowedOrigins::These(vec!["https://app.example.com".to_owned()]),
        ),
        (
            "https://App.Example.com:443/",
            AllowedOrigins::These(vec!["https://app.example.com".to_owned()]),
        ),
        (
            "http://localhost:3000 capacitor://localhost",
            AllowedOrigins::These(vec![
                "http://localhost:3000".to_owned(),
                "capacitor://localhost".to_owned(),
            ]),
        ),
        (
            "https://xn--bcher-kva.example",
            AllowedOrigins::These(vec!["https://xn--bcher-kva.example".to_owned()]),
        ),
    ] {
        assert_eq!(
            valid(&json!({"allowed_origins": text})).allowed_origins,
            origins,
            "{text}"
        );
    }
}

#[test]
fn an_input_is_named_by_its_claim_or_as_it_is_told() {
    let settings = valid(&json!({
        "input_claims": "email realm_access.roles teams=https://x.example/teams https://x.example/org",
    }));
    let InputClaims::Selected(claims) = settings.input_claims else {
        panic!("not selected")
    };
    let claims: Vec<(&str, &str)> = claims
        .iter()
        .map(|claim| (claim.name.as_str(), claim.path.as_str()))
        .collect();
    assert_eq!(
        claims,
        [
            ("email", "email"),
            ("realm_access_roles", "realm_access.roles"),
            ("teams", "https://x.example/teams"),
            ("https___x_example_org", "https://x.example/org"),
        ]
    );
    assert!(matches!(
        valid(&json!({"input_claims": "none"})).input_claims,
        InputClaims::Nothing
    ));
}

#[test]
fn rules_reach_the_settings() {
    let settings =
        valid(&json!({"required_claims": "groups=Domain Users", "admin_claims": "groups=Admins"}));
    let claims = Claims::new(
        json!({"groups": ["Domain Users"]})
            .as_object()
            .unwrap()
            .clone(),
    );
    assert_eq!(settings.required_claims.met_by(&claims), Ok(()));
    assert!(settings.admin_claims.unwrap().met_by(&claims).is_err());
}

#[test]
fn certificates_are_read_with_whatever_became_of_their_line_breaks() {
    let line = format!("MA{}", "A".repeat(62));
    let block = |separator: &str| {
        [
            "-----BEGIN CERTIFICATE-----",
            &line,
            "AAAA",
            "-----END CERTIFICATE-----",
        ]
        .join(separator)
    };
    let normal = block("\n") + "\n";
    for text in [
        block("\n"),
        block("\r\n"),
        block(" "),
        block("\\n"),
        block("\\r\\n"),
        block(""),
        format!("Subject: private\n{}\nbehind", block("\n")),
    ] {
        assert_eq!(
            valid(&json!({"ca_certificates": text}))
                .ca_certificates
                .as_deref(),
            Some(&*normal),
            "{text}"
        );
    }
    let two = block("\\n") + &block("\\n");
    assert_eq!(
        valid(&json!({"ca_certificates": two}))
            .ca_certificates
            .as_deref(),
        Some(&*normal.repeat(2))
    );
}

#[test]
fn numbers_reach_to_their_limits() {
    for (text, seconds) in [("0", 0), ("300", 300)] {
        assert_eq!(valid(&json!({"clock_skew": text})).clock_skew, seconds);
    }
    for (text, streams) in [("0", None), ("1", Some(1)), ("1000", Some(1000))] {
        assert_eq!(
            valid(&json!({"streams_per_user": text})).streams_per_user,
            streams
        );
    }
}

#[test]
fn a_public_url_is_taken_as_it_is_written() {
    for url in [
        "https://dify.example.com/e/abcdefghijklmnop",
        "http://localhost:8080/e/x/",
    ] {
        assert_eq!(
            valid(&json!({"public_url": url}))
                .public_url
                .unwrap()
                .as_str(),
            url
        );
    }
}

#[test]
fn settings_of_other_versions_are_left_alone() {
    assert!(Settings::parse("null").is_err());
    valid(&json!({"gone": {"with": ["an", "old", "version"]}}));
}

#[test]
fn the_digest_tells_settings_apart_and_not_their_order() {
    let text = Value::Object(minimal()).to_string();
    let reversed: Vec<String> = minimal()
        .iter()
        .rev()
        .map(|(name, value)| format!("\"{name}\" : {value}"))
        .collect();
    let reversed = format!("{{{}}}", reversed.join(" , "));
    assert_ne!(text, reversed);
    assert_eq!(
        Settings::parse(&text).unwrap().digest,
        Settings::parse(&reversed).unwrap().digest
    );

    let changes = [
        json!({}),
        json!({"client_secret": "a"}),
        json!({"client_secret": "b"}),
        json!({"app_key": "a"}),
        json!({"userinfo": true}),
        json!({"userinfo": false}),
    ];
    let digests: HashSet<[u8; 32]> = changes.iter().map(|change| valid(change).digest).collect();
    assert_eq!(digests.len(), changes.len());
}

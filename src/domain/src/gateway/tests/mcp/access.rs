//! Who is let in, and what a client learns that is not.

use std::collections::BTreeMap;

use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::{BASE, RESOURCE, answered, ask, begun, message, post, request, server, told_in};
use crate::gateway::Outcome;
use crate::gateway::tests::{headers, refused};
use crate::limits;
use crate::operation::{Class, OPERATIONS};
use crate::request::Request;
use crate::response::Response;

fn challenge(response: &Response) -> String {
    let challenge = response.headers.get("www-authenticate").unwrap();
    challenge.to_str().unwrap().to_owned()
}

/// What the clients' SDKs find in a challenge: the first place that looks like the parameter.
fn found<'a>(challenge: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = challenge.split_once(&format!("{name}="))?;
    match rest.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next(),
        None => rest.split([' ', ',']).next(),
    }
}

#[test]
fn nothing_is_told_or_asked_before_the_token_holds() {
    let fixture = server("workflow", &json!({}));
    let expired = fixture.token(&json!({"exp": 1}));
    let of_another = fixture.token(&json!({"aud": "another-app"}));
    let credentials = [
        "",
        "Bearer x",
        &format!("Bearer {expired}"),
        &format!("Bearer {of_another}"),
        "Basic eDp5",
    ];
    let bodies = [
        message(1, "initialize", &json!({"protocolVersion": "2025-11-25"})).to_string(),
        message(1, "server/discover", &json!({})).to_string(),
        message(1, "tools/list", &json!({})).to_string(),
        message(1, "tools/call", &json!({"name": "travel_policy"})).to_string(),
        json!({"jsonrpc": "2.0", "method": "notifications/cancelled"}).to_string(),
        "{".to_owned(),
        "[]".to_owned(),
        " ".repeat(limits::MCP_BODY + 1),
    ];
    for credential in credentials {
        for body in &bodies {
            for content_type in ["application/json", "text/plain"] {
                let mut request = request(&fixture, &json!({}), &[]);
                request.headers = headers(&[("content-type", content_type)]);
                if !credential.is_empty() {
                    let value = credential.parse().unwrap();
                    request.headers.insert("authorization", value);
                }
                let response = answered(fixture.handle("post_mcp", &request, body));
                assert_eq!(response.status, StatusCode::UNAUTHORIZED, "{credential}");
                let metadata = format!("{BASE}/.well-known/oauth-protected-resource/mcp");
                let challenge = challenge(&response);
                assert_eq!(found(&challenge, "resource_metadata"), Some(&*metadata));
                let told = format!("{:?} {}", response.headers, told_in(&response));
                assert!(!told.to_lowercase().contains("travel"), "{told}");
            }
        }
    }
    assert!(fixture.environment.exchanges().is_empty());
}

#[test]
fn a_token_for_the_server_opens_no_other_operation() {
    let fixture = server("chat", &json!({"admin_claims": "groups=ops"}));
    let claims = json!({"aud": RESOURCE, "client_id": "self-registered", "groups": ["ops"]});
    for operation in OPERATIONS {
        if matches!(operation.class, Class::Public | Class::SignIn) {
            continue;
        }
        let mut request = request(&fixture, &claims, &[]);
        request.method = operation.method.clone();
        operation.path.clone_into(&mut request.path);
        let outcome = fixture.handle(operation.handler, &request, "{}");
        let expected = match operation.handler {
            // It is looked at, and is no message.
            "post_mcp" => (400, String::new()),
            _ => (401, "token_audience_refused".to_owned()),
        };
        assert_eq!(refused(outcome), expected, "{}", operation.handler);
    }
}

#[test]
fn a_token_is_refused_here_with_the_code_that_it_has_elsewhere() {
    let settings = json!({"required_claims": "tenant=1", "scopes": "chat"});
    let fixture = server("chat", &settings);
    let rows = [
        json!({"exp": 1}),
        json!({"exp": null}),
        json!({"nbf": 4_102_444_800_u64}),
        json!({"iss": "https://other.example"}),
        json!({"aud": ["another"]}),
        json!({"aud": null}),
        json!({"sub": null, "scope": "chat", "tenant": 1}),
        json!({"scope": "chat"}),
        json!({"tenant": 1}),
        json!({"nonce": "n", "at_hash": "x"}),
    ];
    for claims in rows {
        let elsewhere = fixture.request(Method::GET, &fixture.token(&claims));
        let elsewhere = refused(fixture.handle("get_conversations", &elsewhere, ""));
        let here = refused(post(&fixture, &claims, &message(1, "ping", &json!({}))));
        assert_eq!(here, elsewhere, "{claims}");
        // With the server's audience, everything else holds as ever.
        if claims.get("aud").is_none() {
            let mut of_server = claims.clone();
            of_server["aud"] = RESOURCE.into();
            let here = refused(post(&fixture, &of_server, &message(1, "ping", &json!({}))));
            assert_eq!(here, elsewhere, "{of_server}");
        }
    }
    for token in ["opaque", "eyJhbGciOiJub25lIn0.e30."] {
        let elsewhere = fixture.request(Method::GET, token);
        let elsewhere = refused(fixture.handle("get_conversations", &elsewhere, ""));
        let mut here = request(&fixture, &json!({}), &[]);
        let bearer = format!("Bearer {token}").parse().unwrap();
        here.headers.insert("authorization", bearer);
        assert_eq!(refused(fixture.handle("post_mcp", &here, "{}")), elsewhere);
    }
}

#[test]
fn a_sign_in_is_asked_for_only_where_it_would_help() {
    let settings = json!({"required_claims": "tenant=1", "scopes": "chat files"});
    let fixture = server("chat", &settings);
    let good = json!({"tenant": 1, "scope": "chat files"});
    let with = |changes: Value| {
        let mut claims = good.clone();
        for (name, value) in changes.as_object().unwrap() {
            claims[name] = value.clone();
        }
        answered(post(&fixture, &claims, &message(1, "ping", &json!({}))))
    };
    assert_eq!(with(json!({})).status, StatusCode::OK);
    let missing = with(json!({"scope": "chat"}));
    let missing = challenge(&missing);
    assert_eq!(found(&missing, "error"), Some("insufficient_scope"));
    assert_eq!(found(&missing, "scope"), Some("chat files"));
    for (changes, code) in [
        (json!({"tenant": 2}), "required_claims_not_met"),
        (json!({"sub": null}), "user_claim_missing"),
        (
            json!({"sub": "svc", "client_id": "svc", "azp": "svc", "gty": "client-credentials"}),
            "service_account_refused",
        ),
    ] {
        let response = with(changes);
        assert_eq!(response.status, StatusCode::FORBIDDEN, "{code}");
        assert_eq!(told_in(&response)["code"], code);
        let challenge = challenge(&response);
        for parameter in ["error", "scope"] {
            assert_eq!(found(&challenge, parameter), None, "{code}: {challenge}");
        }
    }
}

#[test]
fn what_a_token_says_cannot_pass_for_a_parameter_of_the_challenge() {
    let evil = "scope=all resource_metadata=https://evil.example";
    for (settings, scope) in [
        (json!({}), None),
        (json!({"mcp_scopes": "chat"}), Some("chat")),
    ] {
        let fixture = server("chat", &settings);
        let claims = json!({"aud": evil});
        let response = answered(post(&fixture, &claims, &message(1, "ping", &json!({}))));
        let challenge = challenge(&response);
        assert!(challenge.contains("evil.example"), "{challenge}");
        assert_eq!(found(&challenge, "scope"), scope, "{challenge}");
        let metadata = found(&challenge, "resource_metadata").unwrap();
        assert!(metadata.starts_with(BASE), "{challenge}");
    }
}

#[test]
fn the_head_of_the_longest_challenge_fits_into_difys_nginx() {
    let url = format!("https://dify.example/{}", "x".repeat(limits::MCP_URL - 21));
    let scopes = vec!["s".repeat(60); 40].join(" ");
    let fixture = server("chat", &json!({"public_url": url, "scopes": scopes}));
    for claims in [json!({"aud": "y".repeat(2000)}), json!({"scope": "s"})] {
        let response = answered(post(&fixture, &claims, &message(1, "ping", &json!({}))));
        let fields = response.headers.iter();
        let length: usize = fields
            .map(|(name, value)| name.as_str().len() + value.len() + 4)
            .sum();
        assert!(length < 3800, "{length}");
    }
}

/// The fields of a request, and the status and code of its response.
type Row = (&'static [(&'static str, &'static str)], u16);

#[test]
fn a_page_of_another_origin_is_kept_out_before_anything_else_is_looked_at() {
    let fixture = server("chat", &json!({"allowed_origins": "https://app.example"}));
    let rows: [Row; 5] = [
        (&[], 401),
        (&[("origin", "https://app.example")], 401),
        (&[("origin", "https://dify.example")], 401),
        (&[("origin", "https://dify.example.evil.example")], 403),
        (&[("origin", "null")], 403),
    ];
    for (fields, status) in rows {
        let request = Request {
            headers: headers(fields),
            path_values: BTreeMap::new(),
            ..request(&fixture, &json!({}), &[])
        };
        let found = refused(fixture.handle("post_mcp", &request, "{}")).0;
        assert_eq!(found, status, "{fields:?}");
    }
}

#[test]
fn rules_of_operations_hold_for_the_server_and_for_what_it_asks() {
    let rows = [
        ("post_mcp: groups=ai", "operation_refused"),
        ("chat: groups=ai", "operation_refused"),
        ("get_info: groups=ai", ""),
    ];
    for (rules, code) in rows {
        let fixture = server("chat", &json!({"operation_rules": rules}));
        for (claims, code) in [(json!({}), code), (json!({"groups": ["ai"]}), "")] {
            let outcome = ask(&fixture, &claims, &json!({"query": "hi"}));
            let shown = match outcome {
                Outcome::Translation(_) => {
                    // The next request of the person would wait for this one.
                    begun(&fixture, 1, outcome);
                    String::new()
                }
                outcome => answered_text(outcome),
            };
            assert_eq!(
                shown.contains("operation_refused"),
                !code.is_empty(),
                "{rules}: {shown}"
            );
        }
    }
}

fn answered_text(outcome: Outcome) -> String {
    String::from_utf8(answered(outcome).body).unwrap()
}

#[test]
fn tokens_of_providers_without_resource_indicators_open_it_where_their_client_is_configured() {
    let settings = json!({"scopes": "chat"});
    let fixture = server("chat", &settings);
    let rows = [
        (
            "Entra v2.0",
            json!({"aud": "app", "scp": "chat", "azp": "some-client"}),
            200,
        ),
        (
            "Cognito",
            json!({"aud": null, "client_id": "app", "token_use": "access", "scope": "chat"}),
            200,
        ),
        (
            "both audiences",
            json!({"aud": ["app", RESOURCE], "scope": "chat"}),
            200,
        ),
        (
            "Cognito, another client",
            json!({"aud": null, "client_id": "other", "scope": "chat"}),
            401,
        ),
        (
            "another endpoint's server",
            json!({"aud": format!("{BASE}x/mcp"), "scope": "chat"}),
            401,
        ),
        (
            "the endpoint itself",
            json!({"aud": BASE, "scope": "chat"}),
            401,
        ),
        (
            "a slash more",
            json!({"aud": format!("{RESOURCE}/"), "scope": "chat"}),
            401,
        ),
    ];
    for (name, claims, status) in rows {
        let response = answered(post(&fixture, &claims, &message(1, "ping", &json!({}))));
        assert_eq!(response.status, status, "{name}");
    }
}

#[test]
fn the_metadata_names_the_server_and_the_issuers_byte_for_byte() {
    let metadata = |changes: &Value| {
        let fixture = server("chat", changes);
        let mut request = fixture.request(Method::GET, "");
        request.path = "/.well-known/oauth-protected-resource/mcp".to_owned();
        let response = answered(fixture.handle("get_mcp_metadata", &request, ""));
        assert_eq!(response.headers["access-control-allow-origin"], "*");
        told_in(&response)
    };
    for issuer in [
        "https://tenant.auth0.example/",
        "https://id.example/realms/a%20b",
    ] {
        for base in [BASE.to_owned(), format!("{BASE}/")] {
            let found = metadata(&json!({"issuer": issuer, "public_url": base}));
            let expected = json!({
                "resource": RESOURCE,
                "authorization_servers": [issuer],
                "bearer_methods_supported": ["header"],
            });
            assert_eq!(found, expected);
        }
    }
    for settings in [
        json!({"scopes": "a b"}),
        json!({"scopes": "x", "mcp_scopes": "a b"}),
    ] {
        assert_eq!(metadata(&settings)["scopes_supported"], json!(["a", "b"]));
    }
}

//! How an identity provider is discovered, and the refusals where it cannot be.

use std::time::Duration;

use http::{Method, StatusCode};
use url::Url;

use super::support::{
    DISCOVERY, HOUR, ISSUER, KEYS, MINUTE, SECOND, document, environment, es256, issuer, key_set,
    providers, settings,
};
use crate::environment::fake::{FakeEnvironment, FetchResult, ok, poll_once, respond, status};
use crate::environment::{Reach, TransportError};
use crate::error::{Code, Refusal};
use crate::issuer::{Issuer, IssuerSetting};
use crate::limits;

const OAUTH: &str = "https://id.example.com/.well-known/oauth-authorization-server/realms/one";
const MIXED: &str = "https://id.example.com/.well-known/openid-configuration/realms/one";

/// What asking for a key ends with where discovery answers like this everywhere.
fn refused(response: FetchResult) -> (Code, String, Option<Duration>) {
    let environment = FakeEnvironment::new();
    for address in [DISCOVERY, OAUTH, MIXED] {
        environment.answer(address, response.clone());
    }
    let refusal = environment
        .run(providers(&environment).key(&issuer(), &settings(), &es256("one")))
        .unwrap_err();
    (
        refusal.code(),
        refusal.message().to_owned(),
        refusal.retry_after(),
    )
}

#[test]
fn the_next_address_is_tried_where_there_is_no_document() {
    for (missing, asked) in [
        (&[] as &[_], &[DISCOVERY, KEYS] as &[_]),
        (&[DISCOVERY], &[DISCOVERY, OAUTH, KEYS]),
        (&[DISCOVERY, OAUTH], &[DISCOVERY, OAUTH, MIXED, KEYS]),
    ] {
        let environment = FakeEnvironment::new();
        for address in [DISCOVERY, OAUTH, MIXED] {
            environment.answer(
                address,
                if missing.contains(&address) {
                    status(404)
                } else {
                    ok(document(""))
                },
            );
        }
        environment.answer(KEYS, ok(key_set(&["one"])));
        assert!(
            environment
                .run(providers(&environment).key(&issuer(), &settings(), &es256("one")))
                .is_ok()
        );
        assert_eq!(environment.urls(), asked);
    }
}

#[test]
fn discovery_goes_where_the_administrator_says_and_keys_where_the_provider_says() {
    let environment = FakeEnvironment::new();
    let address = "http://keycloak:8080/openid";
    let keys = "http://keys.example.com/keys";
    environment.answer(address, ok(document("").replace(KEYS, keys)));
    environment.answer(keys, ok(key_set(&["one"])));
    let mut settings = settings();
    settings.discovery_url = Some(Url::parse(address).unwrap());
    settings.ca_certificates = Some("-----BEGIN CERTIFICATE-----".into());
    assert!(
        environment
            .run(providers(&environment).key(&issuer(), &settings, &es256("one")))
            .is_ok()
    );
    let exchanges = environment.exchanges();
    let seen: Vec<_> = exchanges
        .iter()
        .map(|exchange| (exchange.url.as_str(), exchange.reach))
        .collect();
    assert_eq!(
        seen,
        [(address, Reach::Configured), (keys, Reach::Discovered)]
    );
    for exchange in exchanges {
        assert_eq!(exchange.method, Method::GET);
        let accept = if exchange.url.as_str() == keys {
            "application/jwk-set+json, application/json, */*;q=0.1"
        } else {
            "application/json, */*;q=0.1"
        };
        assert_eq!(exchange.headers["accept"], accept);
        assert_eq!(exchange.headers["accept-encoding"], "identity");
        assert_eq!(exchange.headers["user-agent"], "oidc-gateway/0.1.0");
        assert_eq!(exchange.headers.len(), 3);
        assert_eq!(exchange.body, b"");
        assert_eq!(exchange.ca_certificates, settings.ca_certificates);
        assert_eq!(
            (exchange.limits.connect, exchange.limits.total),
            (3 * SECOND, 5 * SECOND)
        );
        assert_eq!(exchange.limits.body, 1024 * 1024);
    }
}

#[test]
fn a_provider_that_cannot_be_reached_is_unavailable_and_one_that_answers_nonsense_is_invalid() {
    const TRY: &str = "Try again in 5 seconds.";
    const FIX: &str = "Fix this at the identity provider.";
    const OPEN: &str = "Open the address in a browser. If a proxy or a sign-in page answers there, let the plugin through; otherwise correct `issuer`, or write the document's own address into `discovery_url`.";
    const COMPARE: &str = "Compare `issuer` with the provider's, or write the document's address into `discovery_url`.";
    for (response, expected, why, remedy) in [
        (
            Err(TransportError::Connect),
            Code::IdentityProviderUnavailable,
            "could not connect",
            TRY,
        ),
        (
            Err(TransportError::Timeout),
            Code::IdentityProviderUnavailable,
            "took too long",
            TRY,
        ),
        (
            Err(TransportError::Broken),
            Code::IdentityProviderUnavailable,
            "the connection broke off",
            TRY,
        ),
        (
            Err(TransportError::Tls),
            Code::IdentityProviderUnavailable,
            "the TLS handshake failed; the certificate of a private authority belongs in `ca_certificates`",
            TRY,
        ),
        (
            status(500),
            Code::IdentityProviderUnavailable,
            "the provider answered with status 500",
            TRY,
        ),
        (
            status(503),
            Code::IdentityProviderUnavailable,
            "the provider answered with status 503",
            TRY,
        ),
        (
            status(429),
            Code::IdentityProviderUnavailable,
            "the provider answered with status 429",
            TRY,
        ),
        (
            Err(TransportError::Malformed),
            Code::IdentityProviderInvalid,
            "the response is not HTTP",
            FIX,
        ),
        (
            Err(TransportError::Refused),
            Code::IdentityProviderInvalid,
            "the address is not one that this endpoint may reach",
            "Where the provider is on a private network, write its internal address into `discovery_url`.",
        ),
        (
            ok(vec![b' '; 1024 * 1024 + 1]),
            Code::IdentityProviderInvalid,
            "the response is too large",
            FIX,
        ),
        (
            respond(
                StatusCode::FOUND,
                &[("location", "https://elsewhere.example")],
                "",
            ),
            Code::IdentityProviderInvalid,
            "the provider answered with status 302",
            "Redirects are not followed. If it leads to a sign-in page, let the plugin through there; otherwise write the final address of the document into `discovery_url`.",
        ),
        (
            status(204),
            Code::IdentityProviderInvalid,
            "the provider answered with status 204",
            COMPARE,
        ),
        (
            status(403),
            Code::IdentityProviderInvalid,
            "the provider answered with status 403",
            COMPARE,
        ),
        (
            status(404),
            Code::IdentityProviderInvalid,
            "the provider answered with status 404",
            COMPARE,
        ),
        (
            status(511),
            Code::IdentityProviderUnavailable,
            "the provider answered with status 511",
            TRY,
        ),
        (
            status(407),
            Code::IdentityProviderInvalid,
            "a proxy demands a user name and a password (status 407)",
            "Write them into `HTTPS_PROXY` and `HTTP_PROXY` of the plugin daemon, or list the provider's host in its `NO_PROXY`.",
        ),
        (
            respond(
                StatusCode::FORBIDDEN,
                &[("content-type", "text/html; charset=utf-8")],
                "<title>Blocked</title>",
            ),
            Code::IdentityProviderInvalid,
            "the provider answered with status 403 and a web page (HTML)",
            "A proxy, a firewall or a sign-in page seems to answer in the provider's place: let the plugin through, or list the provider's host in `NO_PROXY` of the plugin daemon.",
        ),
        (
            respond(
                StatusCode::NOT_FOUND,
                &[("content-type", "text/html")],
                "<title>No such page</title>",
            ),
            Code::IdentityProviderInvalid,
            "the provider answered with status 404",
            COMPARE,
        ),
        (
            ok("{"),
            Code::IdentityProviderInvalid,
            "it is not JSON: EOF while parsing an object at line 1 column 1",
            FIX,
        ),
        (
            respond(StatusCode::OK, &[("content-encoding", "br")], "\u{b}\u{2}"),
            Code::IdentityProviderInvalid,
            "it has the `Content-Encoding` \"br\", and the gateway decodes only gzip and deflate",
            "Have the provider, or the proxy before it, send the document without a content coding.",
        ),
        (
            ok(" \n<!DOCTYPE html><title>Sign in to Example</title>"),
            Code::IdentityProviderInvalid,
            "it is a web page (HTML), and JSON is expected",
            OPEN,
        ),
        (
            respond(
                StatusCode::OK,
                &[("content-type", "Text/HTML")],
                "Welcome to the guest network",
            ),
            Code::IdentityProviderInvalid,
            "it is a web page (HTML), and JSON is expected",
            OPEN,
        ),
        (
            ok("\u{feff}<html>"),
            Code::IdentityProviderInvalid,
            "it is a web page (HTML), and JSON is expected",
            OPEN,
        ),
        (
            ok(""),
            Code::IdentityProviderInvalid,
            "the response is empty",
            OPEN,
        ),
        (
            ok(" \r\n"),
            Code::IdentityProviderInvalid,
            "the response is empty",
            OPEN,
        ),
        (
            ok("[{}]"),
            Code::IdentityProviderInvalid,
            "it is a JSON array, and an object is expected",
            OPEN,
        ),
    ] {
        let message = match expected {
            Code::IdentityProviderUnavailable => {
                format!(
                    "The identity provider `{ISSUER}` gave no discovery document: {why}. {remedy}"
                )
            }
            _ => format!(
                "The discovery document of the identity provider `{ISSUER}` cannot be used: {why}. {remedy}"
            ),
        };
        let wait = (expected == Code::IdentityProviderUnavailable).then_some(5 * SECOND);
        assert_eq!(refused(response), (expected, message, wait));
    }
}

#[test]
fn nobody_waits_longer_than_five_seconds_also_where_an_exchange_never_ends() {
    for url in [DISCOVERY, KEYS] {
        let environment = environment();
        environment.answer(KEYS, ok(key_set(&["one"])));
        environment.hold(url);
        let providers = providers(&environment);
        let (issuer, settings, header) = (issuer(), settings(), es256("one"));
        let mut key = Box::pin(providers.key(&issuer, &settings, &header));
        assert!(poll_once(key.as_mut()).is_pending());
        environment.advance(5 * SECOND - SECOND / 1000);
        assert!(poll_once(key.as_mut()).is_pending());
        environment.advance(SECOND / 1000);
        let refusal = environment.run(key).unwrap_err();
        assert_eq!(refusal.code(), Code::IdentityProviderUnavailable, "{url}");
        environment.release(url);
        environment.advance(5 * SECOND);
        assert!(
            environment
                .run(providers.key(&issuer, &settings, &header))
                .is_ok(),
            "{url}"
        );
    }
}

#[test]
fn keys_that_have_moved_are_found_by_discovering_again() {
    let environment = environment();
    let moved = "https://id.example.com/moved";
    environment.answer(KEYS, ok(key_set(&["one"])));
    let providers = providers(&environment);
    let key = |name| {
        environment
            .run(providers.key(&issuer(), &settings(), &es256(name)))
            .map_err(|refusal| refusal.code())
    };
    assert!(key("one").is_ok());
    environment.answer(KEYS, status(404));
    environment.answer(DISCOVERY, ok(document("").replace(KEYS, moved)));
    environment.answer(moved, ok(key_set(&["two"])));
    assert_eq!(key("two").unwrap_err(), Code::IdentityProviderInvalid);
    environment.advance(5 * SECOND);
    assert!(key("two").is_ok());
}

#[test]
fn a_provider_without_published_keys_needs_another_setting() {
    let environment = FakeEnvironment::new();
    environment.answer(DISCOVERY, ok(format!(r#"{{"issuer":"{ISSUER}"}}"#)));
    let refusal = environment
        .run(providers(&environment).key(&issuer(), &settings(), &es256("one")))
        .unwrap_err();
    let expected = Refusal::new(
        Code::IdentityProviderInvalid,
        format!(
            "The discovery document of the identity provider `{ISSUER}` cannot be used: it has no `jwks_uri`, so nobody \
             can verify the provider's tokens. Set `token_validation` to `introspection`, or write the keys into `jwks`."
        ),
    );
    assert_eq!(refusal, expected);
}

#[test]
fn endpoints_share_what_is_known_and_a_document_serves_ten_minutes_at_least() {
    let environment = FakeEnvironment::new();
    environment.answer(
        DISCOVERY,
        respond(
            StatusCode::OK,
            &[("cache-control", "no-store")],
            document(""),
        ),
    );
    environment.answer(
        KEYS,
        respond(
            StatusCode::OK,
            &[("cache-control", "no-store")],
            key_set(&["one"]),
        ),
    );
    let providers = providers(&environment);
    let (here, mut there) = (settings(), settings());
    there.digest = [8; 32];
    for _ in 0..10 {
        for settings in [&here, &there] {
            assert!(
                environment
                    .run(providers.key(&issuer(), settings, &es256("one")))
                    .is_ok()
            );
        }
        environment.advance(MINUTE);
    }
    assert_eq!(
        (environment.count(DISCOVERY), environment.count(KEYS)),
        (1, 10)
    );
    environment.advance(HOUR);
    assert!(
        environment
            .run(providers.key(&issuer(), &here, &es256("one")))
            .is_ok()
    );
    assert_eq!(
        (environment.count(DISCOVERY), environment.count(KEYS)),
        (2, 11)
    );
}

#[test]
fn the_issuer_of_access_tokens_is_what_the_document_says() {
    for (more, expected) in [
        ("", None),
        (
            r#","access_token_issuer":"http://adfs/trust""#,
            Some(Issuer::new("http://adfs/trust")),
        ),
    ] {
        let environment = FakeEnvironment::new();
        environment.answer(DISCOVERY, ok(document(more)));
        let providers = providers(&environment);
        for _ in 0..2 {
            let found = environment.run(providers.access_token_issuer(&issuer(), &settings()));
            assert_eq!(found, Ok(expected.clone()));
        }
        assert_eq!(environment.urls(), [DISCOVERY]);
    }
}

#[test]
fn the_documents_of_all_providers_take_bounded_memory() {
    let environment = FakeEnvironment::new();
    let providers = providers(&environment);
    let padding = "a".repeat(500 * 1024);
    let ask = |number: usize| {
        let issuer = Issuer::new(format!("https://{number}.example.com"));
        let discovery = format!("{issuer}/.well-known/openid-configuration");
        let document =
            format!(r#"{{"issuer":"{issuer}","jwks_uri":"{KEYS}","padding":"{padding}"}}"#);
        environment.answer(&discovery, ok(document));
        environment.answer(KEYS, ok(key_set(&["one"])));
        let mut settings = settings();
        settings.issuers = vec![IssuerSetting::Exact(issuer.clone())];
        assert!(
            environment
                .run(providers.key(&issuer, &settings, &es256("one")))
                .is_ok()
        );
        environment.count(&discovery)
    };
    // Eight documents of 500 KiB fit into 4 MiB with their keys.
    for number in 0..9 {
        assert_eq!(ask(number), 1);
    }
    assert_eq!(ask(8), 1, "the newest is known");
    assert_eq!(ask(1), 1, "eight are known");
    assert_eq!(ask(0), 2, "the oldest of nine is forgotten");
}

#[test]
fn requests_to_health_do_not_take_the_places_of_those_with_a_token() {
    let environment = environment();
    environment.answer(KEYS, ok(key_set(&["one"])));
    environment.hold(DISCOVERY);
    let providers = providers(&environment);
    let (issuer, settings, header) = (issuer(), settings(), es256("one"));
    let mut flood: Vec<_> = (0..1000)
        .map(|_| Box::pin(providers.status(&issuer, &settings)))
        .collect();
    let refused = flood
        .iter_mut()
        .map(|one| usize::from(poll_once(one.as_mut()).is_ready()))
        .sum::<usize>();
    // Each waits for the document and for the keys.
    assert_eq!(refused, 1000 - limits::HEALTH_WAITERS / 2);
    let mut key = Box::pin(providers.key(&issuer, &settings, &header));
    assert!(poll_once(key.as_mut()).is_pending());
    environment.release(DISCOVERY);
    assert!(environment.run(key).is_ok());
}

#[test]
fn providers_take_bounded_memory() {
    let environment = FakeEnvironment::new();
    let providers = providers(&environment);
    let ask = |number: usize| {
        let issuer = Issuer::new(format!("https://{number}.example.com"));
        let discovery = format!("{issuer}/.well-known/openid-configuration");
        environment.answer(
            &discovery,
            ok(format!(r#"{{"issuer":"{issuer}","jwks_uri":"{KEYS}"}}"#)),
        );
        environment.answer(KEYS, ok(key_set(&["one"])));
        let mut settings = settings();
        settings.issuers = vec![IssuerSetting::Exact(issuer.clone())];
        assert!(
            environment
                .run(providers.key(&issuer, &settings, &es256("one")))
                .is_ok()
        );
        environment.count(&discovery)
    };
    for number in 0..129 {
        assert_eq!(ask(number), 1);
    }
    assert_eq!(ask(1), 1, "128 are remembered");
    assert_eq!(ask(0), 2, "the oldest of 129 is forgotten");
}

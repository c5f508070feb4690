//! Where discovery documents are looked for, and which are believed.

use url::Url;

use super::support::settings;
use crate::environment::Reach;
use crate::error::Refusal;
use crate::issuer::{Issuer, IssuerSetting, TenantTemplate};
use crate::provider::identity::Identity;

fn identity(issuer: &str, discovery_url: Option<&str>) -> Identity {
    let mut settings = settings();
    settings.issuers = vec![IssuerSetting::Exact(Issuer::new(issuer))];
    settings.discovery_url = discovery_url.map(|url| Url::parse(url).unwrap());
    Identity::new(&Issuer::new(issuer), &settings)
}

#[test]
fn only_the_origins_of_the_providers_own_addresses_are_the_administrators_choice() {
    let internal = Some("http://keycloak:8080/realms/one/.well-known/openid-configuration");
    let issuer = "https://id.example.com/realms/one";
    for (discovery_url, url, expected) in [
        (None, "https://id.example.com/keys", Reach::Configured),
        (None, "https://ID.example.com:443/keys", Reach::Configured),
        (None, "https://id.example.com:8443/keys", Reach::Discovered),
        (None, "http://id.example.com/keys", Reach::Discovered),
        (
            None,
            "https://id.example.com.evil.example/keys",
            Reach::Discovered,
        ),
        (None, "https://keys.example.com/keys", Reach::Discovered),
        (None, "https://10.0.0.1/keys", Reach::Discovered),
        // Where Dify is, in the same settings.
        (None, "https://api.dify.ai/v1/info", Reach::Discovered),
        (internal, "http://keycloak:8080/keys", Reach::Configured),
        (internal, "https://id.example.com/keys", Reach::Configured),
        (None, "http://keycloak:8080/keys", Reach::Discovered),
        (internal, "http://keycloak:9000/keys", Reach::Discovered),
    ] {
        let reach = identity(issuer, discovery_url).reach(&Url::parse(url).unwrap());
        assert_eq!(reach, expected, "{discovery_url:?} {url}");
    }
}

#[test]
fn the_document_is_looked_for_where_the_specifications_put_it() {
    for (issuer, discovery_url, expected) in [
        (
            "https://id.example.com",
            None,
            &[
                "https://id.example.com/.well-known/openid-configuration",
                "https://id.example.com/.well-known/oauth-authorization-server",
            ] as &[_],
        ),
        (
            "https://one.auth0.example/",
            None,
            &[
                "https://one.auth0.example/.well-known/openid-configuration",
                "https://one.auth0.example/.well-known/oauth-authorization-server",
            ],
        ),
        (
            "http://localhost:8080/realms/one/",
            None,
            &[
                "http://localhost:8080/realms/one/.well-known/openid-configuration",
                "http://localhost:8080/.well-known/oauth-authorization-server/realms/one",
                "http://localhost:8080/.well-known/openid-configuration/realms/one",
            ],
        ),
        (
            "https://id.example.com/realms/one",
            Some("http://keycloak:8080/realms/one/.well-known/openid-configuration"),
            &["http://keycloak:8080/realms/one/.well-known/openid-configuration"],
        ),
    ] {
        let addresses = identity(issuer, discovery_url)
            .discovery_addresses()
            .unwrap();
        assert_eq!(
            addresses.iter().map(Url::as_str).collect::<Vec<_>>(),
            expected
        );
    }
}

#[test]
fn an_issuer_that_is_not_an_address_needs_discovery_url() {
    for issuer in [
        "urn:example:issuer",
        "https://id.example.com/?tenant=one",
        "https://id.example.com/#one",
        "",
    ] {
        let failure = identity(issuer, None).discovery_addresses().unwrap_err();
        assert_eq!(
            Refusal::from(failure).message(),
            format!(
                "The discovery document of the identity provider `{issuer}` cannot be used: the issuer is not an address \
                 to find it at. Write an https URL without query into `issuer`, or the document's address into \
                 `discovery_url`."
            )
        );
    }
}

#[test]
fn a_document_may_call_itself_by_entras_template_only_where_the_administrator_wrote_it() {
    const TEMPLATE: &str = "https://login.microsoftonline.com/{tenantid}/v2.0";
    const TENANT: &str =
        "https://login.microsoftonline.com/5e4d0a5c-0000-4000-8000-000000000001/v2.0";
    let template = IssuerSetting::EntraTemplate(TenantTemplate::parse(TEMPLATE).unwrap());
    let exact = IssuerSetting::Exact(Issuer::new(TENANT));
    let foreign = "https://login.microsoftonline.us/{tenantid}/v2.0";
    let foreign = IssuerSetting::EntraTemplate(TenantTemplate::parse(foreign).unwrap());
    for (issuers, name, expected) in [
        (vec![template.clone()], TEMPLATE, true),
        (vec![template.clone()], TENANT, true),
        (
            vec![template.clone()],
            "https://login.microsoftonline.com/other/v2.0",
            false,
        ),
        (vec![foreign.clone(), template.clone()], TEMPLATE, true),
        (vec![foreign], TEMPLATE, false),
        (vec![exact.clone()], TEMPLATE, false),
        (vec![template, exact], TEMPLATE, false),
    ] {
        let mut settings = settings();
        settings.issuers.clone_from(&issuers);
        let identity = Identity::new(&Issuer::new(TENANT), &settings);
        assert_eq!(
            identity.is_called(name),
            expected,
            "{name} with {issuers:?}"
        );
    }
}

#[test]
fn endpoints_share_a_provider_only_where_they_reach_and_believe_it_alike() {
    let plain = settings();
    let mut private = settings();
    private.ca_certificates = Some("-----BEGIN CERTIFICATE-----".into());
    let mut internal = settings();
    internal.discovery_url = Some(Url::parse("http://keycloak:8080/").unwrap());
    let mut other_secrets = settings();
    other_secrets.client_secret = None;
    other_secrets.digest = [8; 32];
    let of = |settings| Identity::new(&super::support::issuer(), settings);
    assert_eq!(of(&plain), of(&other_secrets));
    assert_ne!(of(&plain), of(&private));
    assert_ne!(of(&plain), of(&internal));
}

//! Which discovery documents are used, and what is wrong with the others.

use url::Url;

use super::support::{INTROSPECTION, ISSUER, KEYS, USERINFO, document, issuer, settings};
use crate::environment::fake::ok;
use crate::error::Code;
use crate::error::Refusal;
use crate::issuer::{Issuer, IssuerSetting};
use crate::provider::identity::Identity;
use crate::provider::metadata::{Introspection, Metadata, SecretPlace};

fn identity() -> Identity {
    Identity::new(&issuer(), &settings())
}

/// What a document with this text means.
fn parse(document: impl Into<Vec<u8>>, identity: &Identity) -> Result<Metadata, Refusal> {
    Metadata::parse(&ok(document).unwrap(), identity).map_err(Refusal::from)
}

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

fn lacks_authorization_endpoint() -> Refusal {
    let message = format!(
        "The discovery document of the identity provider `{ISSUER}` cannot be used: it has no `authorization_endpoint`, so \
         nobody can sign in here. Write the address into `provider_endpoints`, or set `sign_in` to `off`."
    );
    Refusal::new(Code::IdentityProviderInvalid, message)
}

#[test]
fn a_document_tells_where_keys_and_endpoints_are() {
    let metadata = parse(document(""), &identity());
    let introspection = Introspection {
        endpoint: url(INTROSPECTION),
        client_authentication: SecretPlace::Basic,
    };
    let expected = Metadata {
        jwks_uri: Some(url(KEYS)),
        introspection: Some(introspection),
        userinfo_endpoint: Some(url(USERINFO)),
        access_token_issuer: None,
        sign_in: Err(lacks_authorization_endpoint()),
    };
    assert_eq!(metadata, Ok(expected));
}

#[test]
fn what_a_document_leaves_out_is_not_there() {
    for more in [
        "",
        r#","jwks_uri":null,"introspection_endpoint":null,"userinfo_endpoint":null,"access_token_issuer":null"#,
    ] {
        let document = format!(r#"{{"issuer":"{ISSUER}"{more}}}"#);
        let expected = Metadata {
            jwks_uri: None,
            introspection: None,
            userinfo_endpoint: None,
            access_token_issuer: None,
            sign_in: Err(lacks_authorization_endpoint()),
        };
        assert_eq!(parse(document.clone(), &identity()), Ok(expected));
    }
}

#[test]
fn the_secret_goes_into_the_header_unless_only_the_form_is_offered() {
    use SecretPlace::{Basic, Post};
    let own = "introspection_endpoint_auth_methods_supported";
    let token = "token_endpoint_auth_methods_supported";
    for (more, expected) in [
        (String::new(), Basic),
        (
            format!(r#","{own}":["client_secret_post","client_secret_basic"]"#),
            Basic,
        ),
        (
            format!(r#","{own}":["client_secret_post","private_key_jwt"]"#),
            Post,
        ),
        (format!(r#","{own}":["private_key_jwt"]"#), Basic),
        (format!(r#","{own}":[1]"#), Basic),
        (format!(r#","{token}":["client_secret_post"]"#), Post),
        (
            format!(r#","{own}":["client_secret_basic"],"{token}":["client_secret_post"]"#),
            Basic,
        ),
    ] {
        let metadata = parse(document(&more), &identity()).unwrap();
        assert_eq!(
            metadata.introspection.unwrap().client_authentication,
            expected,
            "{more}"
        );
    }
}

#[test]
fn an_unusable_document_says_what_is_wrong_and_what_fixes_it() {
    const FIX: &str = "Fix this at the identity provider.";
    const EXACTLY: &str = "Write into `issuer` exactly what the document says, to the last slash, if that is the provider you mean.";
    let with = |member: &str| format!(r#"{{"issuer":"{ISSUER}",{member}}}"#);
    for (document, why, remedy) in [
        (
            "{".to_owned(),
            "it is not JSON: EOF while parsing an object at line 1 column 1",
            FIX,
        ),
        ("7".to_owned(), "it is not a JSON object", FIX),
        (
            "{}".to_owned(),
            "it has no `issuer`",
            "Check that the address is that of a discovery document.",
        ),
        (r#"{"issuer":7}"#.to_owned(), "its `issuer` is 7", EXACTLY),
        (
            format!(r#"{{"issuer":"{ISSUER}/"}}"#),
            r#"its `issuer` is "https://id.example.com/realms/one/""#,
            EXACTLY,
        ),
        (
            r#"{"issuer":"https://ID.example.com/realms/one"}"#.to_owned(),
            r#"its `issuer` is "https://ID.example.com/realms/one""#,
            EXACTLY,
        ),
        (
            with(r#""issuer":"https://evil.example""#),
            "the member `issuer` occurs twice",
            FIX,
        ),
        (
            with(r#""jwks_uri":7"#),
            "its `jwks_uri` is not a string: 7",
            FIX,
        ),
        (
            with(r#""jwks_uri":"/keys""#),
            r#"its `jwks_uri` is not a URL (relative URL without a base): "/keys""#,
            FIX,
        ),
        (
            with(r#""jwks_uri":"http://id.example.com/keys""#),
            r#"its `jwks_uri` is not an https URL, although the address that the administrator wrote is: "http://id.example.com/keys""#,
            FIX,
        ),
        (
            with(r#""introspection_endpoint":"file:///etc/passwd""#),
            r#"its `introspection_endpoint` is not an https URL, although the address that the administrator wrote is: "file:///etc/passwd""#,
            FIX,
        ),
        (
            with(r#""userinfo_endpoint":"https://a:b@id.example.com/""#),
            r#"its `userinfo_endpoint` has a user name or a fragment: "https://a:b@id.example.com/""#,
            FIX,
        ),
        (
            with(r#""jwks_uri":"https://id.example.com/#keys""#),
            r#"its `jwks_uri` has a user name or a fragment: "https://id.example.com/#keys""#,
            FIX,
        ),
        (
            with(r#""token_endpoint_auth_methods_supported":"client_secret_post""#),
            r#"its `token_endpoint_auth_methods_supported` is not an array: "client_secret_post""#,
            FIX,
        ),
        (
            format!("{{\"a\":{}1{}}}", "[".repeat(16), "]".repeat(16)),
            "it is nested deeper than 16 levels",
            FIX,
        ),
    ] {
        let refusal = parse(document.clone(), &identity()).unwrap_err();
        assert_eq!(refusal.code(), Code::IdentityProviderInvalid, "{document}");
        let expected = format!(
            "The discovery document of the identity provider `{ISSUER}` cannot be used: {why}. {remedy}"
        );
        assert_eq!(refusal.message(), expected, "{document}");
    }
}

#[test]
fn addresses_may_be_http_only_where_the_administrators_own_is() {
    for (issuer, discovery_url, expected) in [
        ("https://id.example.com", None, false),
        (
            "https://id.example.com",
            Some("https://id.internal/openid"),
            false,
        ),
        (
            "https://id.example.com",
            Some("http://id.internal/openid"),
            true,
        ),
        ("http://localhost:4000", None, true),
    ] {
        let issuer = Issuer::new(issuer);
        let mut settings = settings();
        settings.issuers = vec![IssuerSetting::Exact(issuer.clone())];
        settings.discovery_url = discovery_url.map(url);
        let document = format!(r#"{{"issuer":"{issuer}","jwks_uri":"http://id.internal/keys"}}"#);
        let metadata = parse(document, &Identity::new(&issuer, &settings));
        assert_eq!(metadata.is_ok(), expected, "{issuer} {discovery_url:?}");
    }
}

/// AD FS: the document of `https://adfs.example.com/adfs` says that access tokens have another `iss`.
const ADFS: &str = r#"{"issuer":"https://adfs.example.com/adfs",
    "access_token_issuer":"http://adfs.example.com/adfs/services/trust"}"#;

fn adfs_identity(issuer: &str, discovery_url: Option<&str>) -> Identity {
    let issuer = Issuer::new(issuer);
    let mut settings = settings();
    settings.issuers = vec![IssuerSetting::Exact(issuer.clone())];
    settings.discovery_url = discovery_url.map(url);
    Identity::new(&issuer, &settings)
}

#[test]
fn the_access_token_issuer_is_as_good_as_the_issuer_only_in_a_document_that_the_administrator_named()
 {
    let named = Some("https://adfs.example.com/adfs/.well-known/openid-configuration");
    let access = "http://adfs.example.com/adfs/services/trust";
    for (issuer, discovery_url, expected) in [
        ("https://adfs.example.com/adfs", None, true),
        ("https://adfs.example.com/adfs", named, true),
        (access, named, true),
        (access, None, false),
        ("https://elsewhere.example", named, false),
    ] {
        let metadata = parse(ADFS, &adfs_identity(issuer, discovery_url));
        let found = metadata.ok().map(|metadata| metadata.access_token_issuer);
        let expected = expected.then(|| Some(Issuer::new(access)));
        assert_eq!(found, expected, "{issuer} {discovery_url:?}");
    }
}

#[test]
fn the_remedy_for_another_issuer_leads_to_settings_that_work() {
    let issuer = "http://adfs.example.com/adfs/services/trust";
    let refusal = parse(ADFS, &adfs_identity(issuer, None)).unwrap_err();
    assert_eq!(
        refusal.message(),
        "The discovery document of the identity provider `http://adfs.example.com/adfs/services/trust` cannot be used: \
         its `issuer` is \"https://adfs.example.com/adfs\", and its `access_token_issuer` is \
         \"http://adfs.example.com/adfs/services/trust\". Write the document's `issuer` into `issuer`, exactly and to \
         the last slash, if that is the provider you mean; tokens of its `access_token_issuer` are then accepted too."
    );
    assert!(parse(ADFS, &adfs_identity("https://adfs.example.com/adfs", None)).is_ok());
}

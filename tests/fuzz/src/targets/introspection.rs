//! The answers of an introspection endpoint (RFC 7662) and of a userinfo endpoint.

use futures::FutureExt;
use gateway_domain::environment::Environment;
use gateway_domain::provider::sole_issuer;
use gateway_domain::token::{accept, judge};
use serde_json::Value;

use super::identity_provider::{IdentityProvider, opaque_token, providers, settings};
use crate::reading::{member_names, object};

const DISCOVERY: &[u8] =
    br#"{"issuer":"https://a.example","introspection_endpoint":"https://a.example/introspect",
    "userinfo_endpoint":"https://a.example/userinfo"}"#;

pub(crate) fn check(input: &[u8]) {
    let settings = settings();
    let issuer = sole_issuer(&settings).expect("one issuer");
    let token = opaque_token();
    let provider = IdentityProvider::new(DISCOVERY, input);
    let providers = providers(&provider);
    let believed = providers
        .introspect(issuer, &settings, &token)
        .now_or_never();
    if let Ok(claims) = believed.expect("an answer at once") {
        let members = object(input).expect("an object");
        assert!(member_names(input).are_unique());
        assert_eq!(members.get("active"), Some(&Value::Bool(true)));
        // What is not of this issuer and for this client is refused there; it must not panic.
        accept(claims, issuer.clone(), &settings, None, provider.now())
            .and_then(|accepted| judge(accepted, &settings))
            .map(drop)
            .unwrap_or_default();
    }
    let believed = providers
        .userinfo(issuer, &settings, &token, Some("alice"))
        .now_or_never();
    if let Ok(claims) = believed.expect("an answer at once") {
        assert_eq!(claims.get("sub"), Some(&Value::from("alice")));
        assert_eq!(object(input).as_ref(), Some(claims.members()));
    }
}

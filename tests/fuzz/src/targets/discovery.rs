//! A discovery document; what it makes the gateway ask is what is judged.

use futures::FutureExt;
use gateway_domain::environment::{FetchRequest, Reach};
use gateway_domain::error::Refusal;
use gateway_domain::jose::{Algorithm, Header};
use gateway_domain::provider::sole_issuer;
use serde_json::Value;
use url::Url;

use super::identity_provider::{ISSUER, IdentityProvider, opaque_token, providers, settings};
use crate::reading::{member_names, object};

const ENDPOINTS: [&str; 3] = ["introspection_endpoint", "jwks_uri", "userinfo_endpoint"];

pub(crate) fn check(input: &[u8]) {
    let settings = settings();
    let issuer = sole_issuer(&settings).expect("one issuer");
    let header = Header {
        algorithm: Algorithm::Rs256,
        key_id: Some("k".to_owned()),
        media_type: None,
    };
    let token = opaque_token();
    for endpoint in ENDPOINTS {
        let provider = IdentityProvider::new(input, b"{}");
        let providers = providers(&provider);
        match endpoint {
            "jwks_uri" => assert!(refuses(providers.key(issuer, &settings, &header))),
            "introspection_endpoint" => {
                assert!(refuses(providers.introspect(issuer, &settings, &token)));
            }
            // No `sub` is demanded here: a response without one is refused by the policy, as a token is.
            _ => drop(
                providers
                    .userinfo(issuer, &settings, &token, None)
                    .now_or_never(),
            ),
        }
        assert_asks_only_what_it_may(input, &provider.exchanges(), endpoint);
    }
}

/// Whether the response is there at once and unusable, as `{}` is.
fn refuses<T>(asked: impl Future<Output = Result<T, Refusal>>) -> bool {
    asked.now_or_never().expect("an answer at once").is_err()
}

/// First the issuer's own address; then, if the document is the issuer's, the address in its member `endpoint`.
fn assert_asks_only_what_it_may(document: &[u8], exchanges: &[FetchRequest], endpoint: &str) {
    let [discovery, discovered @ ..] = exchanges else {
        panic!("nothing was asked");
    };
    assert_eq!(discovery.reach, Reach::Configured);
    assert!(discovery.url.as_str().starts_with(ISSUER));
    assert!(discovered.len() <= 1, "one document, one question");
    for exchange in discovered {
        let members = object(document).expect("an object");
        assert!(member_names(document).are_unique());
        assert_eq!(members.get("issuer"), Some(&Value::from(ISSUER)));
        let url = &exchange.url;
        let written = members.get(endpoint).and_then(Value::as_str);
        assert_eq!(Url::parse(written.expect("an address")).as_ref(), Ok(url));
        let is_own = url.origin() == discovery.url.origin();
        let reach = if is_own {
            Reach::Configured
        } else {
            Reach::Discovered
        };
        assert_eq!((url.scheme(), exchange.reach), ("https", reach));
        assert!(url.username().is_empty() && url.password().is_none() && url.fragment().is_none());
    }
}

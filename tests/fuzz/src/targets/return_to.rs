//! The address to which a person returns after a login.

use gateway_domain::session::ReturnTo;
use url::Url;

use super::signed_in::{BASES, settings};

pub(crate) fn check(input: &[u8]) {
    let Ok(text) = str::from_utf8(input) else {
        return;
    };
    for base in BASES {
        let public_url = settings(base).public_url.expect("a public URL");
        let parsed = ReturnTo::parse(text, &public_url);
        assert!(parsed.as_str() == text || parsed == ReturnTo::home());
        assert_eq!(ReturnTo::parse(parsed.as_str(), &public_url), parsed);
        let address = parsed.address(&public_url);
        // What a browser makes of it in `Location` is what was written, below the endpoint.
        let judged = Url::parse(&address).expect("a URL");
        assert_eq!(judged.as_str(), address);
        let path = judged
            .as_str()
            .strip_prefix(base)
            .expect("below the endpoint");
        assert!(path.starts_with('/') && !path.starts_with("//"));
        assert!(!path.starts_with("/auth/") && !path.starts_with("/assets/"));
    }
}

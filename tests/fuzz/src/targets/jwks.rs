//! A key set as an identity provider sends it.

use gateway_domain::jose::{Algorithm, Header, JwkSet, NoKey};

pub(crate) fn check(input: &[u8]) {
    let Ok(keys) = JwkSet::parse(input) else {
        return;
    };
    assert!(keys.keys().count() + keys.skipped() <= 100);
    for key in keys.keys() {
        // SHA-256 in base64url.
        assert_eq!(key.thumbprint().len(), 43);
        assert!(key.algorithms().next().is_some());
    }
    assert_answers_to_its_own_ids(&keys, &String::from_utf8_lossy(input));
}

fn assert_answers_to_its_own_ids(keys: &JwkSet, text: &str) {
    let absent = format!("{text}x");
    for algorithm in Algorithm::ALL {
        let mut header = Header {
            algorithm,
            key_id: Some(absent.clone()),
            media_type: None,
        };
        let found = keys.select(&header, "https://a.example").err();
        assert_eq!(found, Some(NoKey::Unknown), "a `kid` that no key has");
        header.key_id = None;
        if let Ok(key) = keys.select(&header, "https://a.example") {
            assert!(key.algorithms().any(|own| own == algorithm));
        }
    }
}

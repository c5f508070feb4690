//! `user_claim` and every other path: a line with the path, then the claims as JSON.

use gateway_domain::claims::{ClaimPath, Claims};

use crate::reading::{object, two_lines};

pub(crate) fn check(input: &[u8]) {
    let Some((text, json)) = two_lines(input) else {
        return;
    };
    let Ok(path) = ClaimPath::parse(text) else {
        return;
    };
    assert_eq!(
        ClaimPath::parse(path.as_str()),
        Ok(path.clone()),
        "what is shown is what was meant"
    );
    assert!(!path.as_literal().trim().is_empty());
    let Some(members) = object(json.as_bytes()) else {
        return;
    };
    let claims = Claims::new(members.clone());
    if let Some(literal) = members
        .get(path.as_literal())
        .filter(|value| !value.is_null())
    {
        assert_eq!(claims.at(&path), Some(literal), "the literal name is first");
    }
    assert_ne!(
        claims.at(&path),
        Some(&serde_json::Value::Null),
        "null is absent"
    );
    if claims.at(&path).is_some() {
        let first = members
            .keys()
            .any(|name| path.as_literal().starts_with(name));
        assert!(first, "a path begins with a claim");
    }
}

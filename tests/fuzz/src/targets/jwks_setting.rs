//! The setting `jwks`: a key set, a key or PEM.

use gateway_domain::jose::JwkSet;
use serde_json::{Map, Value};

use crate::reading::object;

pub(crate) fn check(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else {
        return;
    };
    let Ok(keys) = JwkSet::parse_setting(text) else {
        return;
    };
    assert!(
        keys.keys().next().is_some(),
        "a setting that is set has a key"
    );
    let Some(members) = object(text.trim().as_bytes()) else {
        assert!(!text.contains("PRIVATE KEY-----"), "public keys only");
        return;
    };
    let listed = members.get("keys").and_then(Value::as_array);
    let mut written: Vec<&Map<String, Value>> = vec![&members];
    if let Some(listed) = listed {
        written = listed.iter().filter_map(Value::as_object).collect();
    }
    for key in written {
        assert!(
            !key.contains_key("d") && !key.contains_key("k"),
            "public keys only"
        );
    }
}

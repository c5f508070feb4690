//! Project Wycheproof's attacks on signatures and keys; `wycheproof/README.md` names their source.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::jose::header::{self, Header};
use crate::jose::{Algorithm, JwkSet, UnverifiedToken, base64url};

const KEYS: &str = include_str!("wycheproof/json_web_key.json");
const P521: &str = include_str!("wycheproof/ecdsa_p521.json");
const SIGNATURES: &str = include_str!("wycheproof/json_web_signature.json");

#[derive(Deserialize)]
struct Group<T> {
    public: Value,
    tests: Vec<T>,
}

#[derive(Deserialize)]
struct JwsTest {
    #[serde(rename = "tcId")]
    id: u32,
    comment: String,
    jws: String,
    result: String,
}

#[derive(Deserialize)]
struct SignatureTest {
    #[serde(rename = "tcId")]
    id: u32,
    comment: String,
    msg: String,
    sig: String,
    result: String,
}

fn set_of(public: &Value) -> JwkSet {
    let document = if public.get("keys").is_some() {
        public.clone()
    } else {
        json!({"keys": [public]})
    };
    JwkSet::parse(document.to_string().as_bytes()).expect("a set")
}

/// Whether the signature of any payload is accepted. Most vectors sign texts that are not claims, so the payload is
/// not parsed here.
fn is_signed(keys: &JwkSet, jws: &str) -> bool {
    let parts: Vec<&str> = jws.split('.').collect();
    let [header, payload, signature] = parts.as_slice() else {
        return false;
    };
    let header = header::decode(header).and_then(|members| Header::from_members(&members));
    let Ok(header) = header else {
        return false;
    };
    let (Some(_), Some(signature)) = (base64url::decode(payload), base64url::decode(signature))
    else {
        return false;
    };
    let input = jws.rsplit_once('.').expect("three parts").0;
    keys.select(&header, "https://id.example")
        .is_ok_and(|key| key.has_signed(header.algorithm, input.as_bytes(), &signature))
}

/// Whether it is accepted as a token.
fn is_accepted(keys: &JwkSet, jws: &str) -> bool {
    let Ok(token) = UnverifiedToken::parse(jws) else {
        return false;
    };
    keys.select(&token.header, "https://id.example")
        .is_ok_and(|key| key.verify(&token).is_ok())
}

/// Why the keys do not serve: the one that was left out, or what the one that was not is for.
fn reason(keys: &JwkSet) -> String {
    let algorithms = keys.keys().flat_map(|key| key.algorithms());
    let only = algorithms.map(|algorithm| format!("its key is for {}", algorithm.as_str()));
    keys.why_skipped()
        .chain(only)
        .collect::<Vec<_>>()
        .join("; ")
}

/// Judges every vector of a file, and returns why the valid ones are refused that are.
fn judge(text: &str) -> BTreeMap<u32, String> {
    let groups: Vec<Group<JwsTest>> = serde_json::from_str(text).expect("vectors");
    let mut refused = BTreeMap::new();
    for Group { public, tests } in &groups {
        let keys = set_of(public);
        for test in tests {
            let case = format!("{} {}", test.id, test.comment);
            let (signed, accepted) = (is_signed(&keys, &test.jws), is_accepted(&keys, &test.jws));
            match test.result.as_str() {
                "invalid" => assert!(!signed && !accepted, "{case}"),
                "valid" if signed => {}
                "valid" => {
                    refused.insert(test.id, reason(&keys));
                }
                other => panic!("{case}: {other}"),
            }
        }
    }
    refused
}

/// The `alg` of these keys is not that of their tokens: RFC 7520 §4.2 signs with PS384, and RFC 7518 §3.4 knows no
/// `ES521`. A key serves only the algorithm that it names (RFC 7517 §4.4).
const OTHER_ALGORITHM: [(u32, &str); 4] = [
    (346, "its key is for PS256"),
    (347, NO_ALGORITHM),
    (350, "its key is for PS256"),
    (351, NO_ALGORITHM),
];
const NO_ALGORITHM: &str = "its `alg` is not one that the gateway accepts, or not one of its `kty`";

#[test]
fn no_invalid_signature_is_accepted_and_a_valid_one_is_refused_only_for_its_keys_algorithm() {
    let expected = OTHER_ALGORITHM.map(|(id, reason)| (id, reason.to_owned()));
    assert_eq!(judge(SIGNATURES), BTreeMap::from(expected));
    // With the right name of the algorithm they are accepted.
    let corrected = SIGNATURES
        .replace(r#""alg":"ES521""#, r#""alg":"ES512""#)
        .replace(
            r#""alg":"PS256","kid":"bilbo"#,
            r#""alg":"PS384","kid":"bilbo"#,
        );
    assert_eq!(judge(&corrected), BTreeMap::new());
}

#[test]
fn no_invalid_key_verifies_and_every_valid_one_does() {
    assert_eq!(judge(KEYS), BTreeMap::new());
}

#[test]
fn a_key_of_the_roca_family_is_left_out_and_named() {
    let groups: Vec<Group<JwsTest>> = serde_json::from_str(KEYS).expect("vectors");
    let group = groups
        .iter()
        .find(|group| group.tests.iter().any(|test| test.id == 7))
        .expect("tcId 7");
    let why: Vec<String> = set_of(&group.public).why_skipped().collect();
    let roca = "its private key can be computed from its modulus (ROCA, CVE-2017-15361): have the provider make a new \
        key";
    assert_eq!(why, [roca]);
}

#[test]
fn es512_accepts_every_valid_signature_and_no_invalid_one() {
    let groups: Vec<Group<SignatureTest>> = serde_json::from_str(P521).expect("vectors");
    for Group { public, tests } in &groups {
        let keys = set_of(public);
        let key = keys.keys().next().expect("a usable key");
        for test in tests {
            let decode = |text: &str| base64url::decode(text).expect("base64url");
            let accepted = key.has_signed(Algorithm::Es512, &decode(&test.msg), &decode(&test.sig));
            let case = format!("{} {}", test.id, test.comment);
            assert_eq!(accepted, test.result == "valid", "{case}");
        }
    }
}

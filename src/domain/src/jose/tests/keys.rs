//! What of a JWK set is usable.

use jwt_simple::prelude::{
    ECDSAP256PublicKeyLike, ECDSAP384PublicKeyLike, ES256KeyPair, ES384KeyPair, Ed25519KeyPair,
    EdDSAPublicKeyLike,
};
use serde_json::{Value, json};

use super::encode;
use crate::jose::{Algorithm, JwkSet};

/// A modulus of `bits` bits; whether anybody knows its factors is of no interest here.
fn modulus(bits: usize) -> String {
    let mut bytes = vec![0xff; bits.div_ceil(8)];
    bytes[0] >>= bytes.len() * 8 - bits;
    encode(bytes)
}

fn rsa() -> Value {
    json!({"kty": "RSA", "n": modulus(2048), "e": "AQAB"})
}

fn p256() -> Value {
    let point = ES256KeyPair::generate()
        .public_key()
        .public_key()
        .to_bytes_uncompressed();
    json!({"kty": "EC", "crv": "P-256", "x": encode(&point[1..33]), "y": encode(&point[33..])})
}

fn p384() -> Value {
    let point = ES384KeyPair::generate()
        .public_key()
        .public_key()
        .to_bytes_uncompressed();
    json!({"kty": "EC", "crv": "P-384", "x": encode(&point[1..49]), "y": encode(&point[49..])})
}

/// The key of RFC 7520 §3.1, whose x begins with a zero octet.
fn p521() -> Value {
    json!({
        "kty": "EC",
        "crv": "P-521",
        "x": "AHKZLLOsCOzz5cY97ewNUajB957y-C-U88c3v13nmGZx6sYl_oJXu9A5RkTKqjqvjyekWF-7ytDyRXYgCF5cj0Kt",
        "y": "AdymlHvOiLxXkEhayXQnNCvDX4h9htZaCJN34kfmC6pV5OhQHiraVySsUdaQkAgDPrwQrJmbnX9cwlGfP-HqHZR1",
    })
}

fn ed25519() -> Value {
    let key = Ed25519KeyPair::generate().public_key();
    json!({"kty": "OKP", "crv": "Ed25519", "x": encode(key.public_key().to_bytes())})
}

/// An encoded point by the first, the inner and the last bytes of its y.
fn point_25519(first: u8, inner: u8, last: u8) -> Vec<u8> {
    [vec![first], vec![inner; 30], vec![last]].concat()
}

/// `key` with `changes` over it; `null` removes a member.
fn with(key: Value, changes: Value) -> Value {
    let mut key = key.as_object().unwrap().clone();
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => key.remove(name),
            value => key.insert(name.clone(), value.clone()),
        };
    }
    Value::Object(key)
}

fn parse(keys: &[Value]) -> JwkSet {
    JwkSet::parse(json!({"keys": keys}).to_string().as_bytes()).expect("a set")
}

fn algorithms(key: &Value) -> Vec<Algorithm> {
    let set = parse(std::slice::from_ref(key));
    set.keys()
        .flat_map(|key| key.algorithms().collect::<Vec<_>>())
        .collect()
}

#[test]
fn a_key_serves_the_algorithm_that_it_names_or_every_one_of_its_kind() {
    use Algorithm::{EdDsa, Es256, Es384, Es512, Ps256, Ps384, Ps512, Rs256, Rs384, Rs512};
    let every_rsa = vec![Ps256, Ps384, Ps512, Rs256, Rs384, Rs512];
    let rows = [
        (rsa(), every_rsa.clone()),
        (with(rsa(), json!({"alg": "RS256"})), vec![Rs256]),
        (with(rsa(), json!({"alg": "RS384"})), vec![Rs384]),
        (with(rsa(), json!({"alg": "RS512"})), vec![Rs512]),
        (with(rsa(), json!({"alg": "PS256"})), vec![Ps256]),
        (with(rsa(), json!({"alg": "PS384"})), vec![Ps384]),
        (with(rsa(), json!({"alg": "PS512"})), vec![Ps512]),
        (p256(), vec![Es256]),
        (with(p256(), json!({"alg": "ES256"})), vec![Es256]),
        (p384(), vec![Es384]),
        (with(p384(), json!({"alg": "ES384"})), vec![Es384]),
        (p521(), vec![Es512]),
        (with(p521(), json!({"alg": "ES512"})), vec![Es512]),
        (ed25519(), vec![EdDsa]),
        (with(ed25519(), json!({"alg": "EdDSA"})), vec![EdDsa]),
        (with(ed25519(), json!({"alg": "Ed25519"})), vec![EdDsa]),
        (with(rsa(), json!({"use": "sig"})), every_rsa.clone()),
        (
            with(rsa(), json!({"key_ops": ["verify"]})),
            every_rsa.clone(),
        ),
        (
            with(rsa(), json!({"key_ops": ["sign", "verify"]})),
            every_rsa.clone(),
        ),
        (
            with(rsa(), json!({"x5c": ["MII"], "x5t": "AA", "acr": "1"})),
            every_rsa.clone(),
        ),
        (with(rsa(), json!({"n": modulus(4096)})), every_rsa.clone()),
        // PayPal writes the sign byte of ASN.1 before the modulus.
        (
            with(
                rsa(),
                json!({"n": encode([vec![0], vec![0xff; 256]].concat())}),
            ),
            every_rsa,
        ),
    ];
    for (key, expected) in rows {
        assert_eq!(algorithms(&key), expected, "{key}");
    }
}

#[test]
fn a_key_that_is_weak_unsound_or_for_something_else_is_left_out_and_counted() {
    let other_point = p256();
    let rows = [
        ("RSA of 1024 bits", with(rsa(), json!({"n": modulus(1024)}))),
        ("RSA of 2047 bits", with(rsa(), json!({"n": modulus(2047)}))),
        ("RSA of 4097 bits", with(rsa(), json!({"n": modulus(4097)}))),
        (
            "RSA of 16384 bits",
            with(rsa(), json!({"n": modulus(16384)})),
        ),
        (
            "an even modulus",
            with(rsa(), json!({"n": encode(vec![0xfe; 256])})),
        ),
        ("exponent 1", with(rsa(), json!({"e": "AQ"}))),
        ("exponent 3", with(rsa(), json!({"e": "Aw"}))),
        (
            "an even exponent",
            with(rsa(), json!({"e": encode([1, 0, 0])})),
        ),
        ("exponent 0", with(rsa(), json!({"e": "AA"}))),
        ("no exponent", with(rsa(), json!({"e": null}))),
        ("no modulus", with(rsa(), json!({"n": null}))),
        ("a modulus of no bytes", with(rsa(), json!({"n": ""}))),
        (
            "a modulus that is not a string",
            with(rsa(), json!({"n": 5})),
        ),
        ("no base64", with(rsa(), json!({"n": "?"}))),
        ("bits that no octet has", with(rsa(), json!({"e": "AQAC="}))),
        ("only a certificate", json!({"kty": "RSA", "x5c": ["MII"]})),
        (
            "a point off the curve",
            with(p256(), json!({"y": other_point["y"].clone()})),
        ),
        (
            "the origin",
            with(p256(), json!({"x": encode([0; 32]), "y": encode([0; 32])})),
        ),
        (
            "a short coordinate off the curve",
            with(p256(), json!({"x": encode([1; 31])})),
        ),
        (
            "a long coordinate",
            with(p256(), json!({"x": encode([1; 33])})),
        ),
        ("no y", with(p256(), json!({"y": null}))),
        (
            "a point of another curve",
            with(p256(), json!({"crv": "P-384"})),
        ),
        (
            "a point of P-256 that says P-521",
            with(p256(), json!({"crv": "P-521"})),
        ),
        ("secp256k1", with(p256(), json!({"crv": "secp256k1"}))),
        ("no curve", with(p256(), json!({"crv": null}))),
        ("Ed448", with(ed25519(), json!({"crv": "Ed448"}))),
        ("X25519", with(ed25519(), json!({"crv": "X25519"}))),
        (
            "an Ed25519 key of order 4",
            with(ed25519(), json!({"x": encode([0; 32])})),
        ),
        (
            "the Ed25519 key of order 1",
            with(ed25519(), json!({"x": encode(point_25519(1, 0, 0))})),
        ),
        (
            "the Ed25519 key of order 2",
            with(
                ed25519(),
                json!({"x": encode(point_25519(0xec, 0xff, 0x7f))}),
            ),
        ),
        (
            "an Ed25519 key whose y is beyond the field",
            with(
                ed25519(),
                json!({"x": encode(point_25519(0xee, 0xff, 0x7f))}),
            ),
        ),
        (
            "an Ed25519 key of 31 bytes",
            with(ed25519(), json!({"x": encode([1; 31])})),
        ),
        ("no kty", with(rsa(), json!({"kty": null}))),
        ("kty of another case", with(rsa(), json!({"kty": "rsa"}))),
        (
            "AKP",
            json!({"kty": "AKP", "alg": "ML-DSA-44", "pub": "AA"}),
        ),
        ("a shared key", json!({"kty": "oct", "k": "AAAA"})),
        (
            "a shared key that says RSA",
            with(rsa(), json!({"k": "AAAA"})),
        ),
        ("a private RSA key", with(rsa(), json!({"d": "AQ"}))),
        ("a prime of an RSA key", with(rsa(), json!({"p": "AQ"}))),
        ("a private EC key", with(p256(), json!({"d": "AQ"}))),
        ("a private OKP key", with(ed25519(), json!({"d": "AQ"}))),
        ("for encryption", with(rsa(), json!({"use": "enc"}))),
        (
            "a use that is not a string",
            with(rsa(), json!({"use": ["sig"]})),
        ),
        (
            "operations without verify",
            with(rsa(), json!({"key_ops": ["encrypt"]})),
        ),
        (
            "operations that are not a list",
            with(rsa(), json!({"key_ops": "verify"})),
        ),
        ("RSA-OAEP", with(rsa(), json!({"alg": "RSA-OAEP"}))),
        ("HS256", with(rsa(), json!({"alg": "HS256"}))),
        (
            "an algorithm of another kty",
            with(rsa(), json!({"alg": "ES256"})),
        ),
        (
            "an algorithm of another curve",
            with(p256(), json!({"alg": "ES384"})),
        ),
        (
            "an algorithm that is not a string",
            with(rsa(), json!({"alg": 256})),
        ),
        ("a kid that is not a string", with(rsa(), json!({"kid": 1}))),
        (
            "an issuer that is not a string",
            with(rsa(), json!({"issuer": {}})),
        ),
        ("no object", json!("key")),
    ];
    for (case, key) in rows {
        let set = parse(&[key, ed25519()]);
        assert_eq!((set.keys().count(), set.skipped()), (1, 1), "{case}");
    }
}

/// `key` with the member `name` as it is, null included.
fn with_member(mut key: Value, name: &str, value: &Value) -> Value {
    key[name] = value.clone();
    key
}

#[test]
fn a_member_that_is_null_or_empty_is_absent() {
    let names = [
        "alg", "d", "dp", "dq", "issuer", "k", "key_ops", "kid", "oth", "p", "q", "qi", "use",
        "x5c", "x5t", "x5u",
    ];
    let plain = parse(&[rsa()]);
    let expected = plain.keys().next().expect("a key");
    for name in names {
        for nothing in [json!(null), json!([]), json!("")] {
            let key = with_member(rsa(), name, &nothing);
            let set = parse(std::slice::from_ref(&key));
            let found = set
                .keys()
                .next()
                .unwrap_or_else(|| panic!("left out: {key}"));
            assert_eq!(found.thumbprint(), expected.thumbprint(), "{key}");
            assert_eq!(found.key_id(), expected.key_id(), "{key}");
            assert!(found.algorithms().eq(expected.algorithms()), "{key}");
        }
    }
    for name in ["kty", "n", "e"] {
        let key = with_member(rsa(), name, &Value::Null);
        let why: Vec<String> = parse(&[key]).why_skipped().collect();
        assert_eq!(why, [format!("`{name}` is missing or not a string")]);
    }
}

#[test]
fn a_private_value_that_is_really_there_disqualifies_the_key() {
    for name in ["d", "dp", "dq", "k", "oth", "p", "q", "qi"] {
        for value in [json!("AQ"), json!(1), json!([{}]), json!({}), json!(false)] {
            let key = with_member(rsa(), name, &value);
            let why: Vec<String> = parse(std::slice::from_ref(&key)).why_skipped().collect();
            assert_eq!(why, ["it holds a private or shared key"], "{key}");
        }
    }
}

/// base64 with padding, in both alphabets, and numbers without their leading zero octets or with one more: all of them
/// are the same key.
#[test]
fn a_public_number_is_understood_in_every_spelling_that_means_one_thing() {
    let padded = |text: &str| text.to_owned() + ["", "", "==", "="][text.len() % 4];
    let standard = |text: &str| padded(text).replace('-', "+").replace('_', "/");
    let spelled = |key: &Value, name: &str, spell: &dyn Fn(&str) -> String| {
        let text = key[name].as_str().expect("a number");
        with_member(key.clone(), name, &spell(text).into())
    };
    let octets = |text: &str| crate::jose::base64url::decode(text).expect("base64url");
    let shortened = |text: &str| {
        let zeros = octets(text).iter().take_while(|octet| **octet == 0).count();
        encode(&octets(text)[zeros..])
    };
    let signed = |text: &str| encode([vec![0], octets(text)].concat());
    let mut rows = Vec::new();
    for (key, names) in [
        (rsa(), ["n", "e"]),
        (p256(), ["x", "y"]),
        (p384(), ["x", "y"]),
        (p521(), ["x", "y"]),
    ] {
        for name in names {
            for spell in [
                &padded as &dyn Fn(&str) -> String,
                &standard,
                &shortened,
                &signed,
            ] {
                rows.push((key.clone(), spelled(&key, name, spell)));
            }
        }
    }
    let key = ed25519();
    rows.push((key.clone(), spelled(&key, "x", &padded)));
    rows.push((key.clone(), spelled(&key, "x", &standard)));
    for (key, spelled) in rows {
        let thumbprint = |key: &Value| {
            let set = parse(std::slice::from_ref(key));
            set.keys().next().map(|key| key.thumbprint().to_owned())
        };
        let expected = thumbprint(&key);
        assert!(expected.is_some(), "{key}");
        assert_eq!(thumbprint(&spelled), expected, "{spelled}");
    }
}

#[test]
fn a_key_with_a_member_twice_is_left_out_and_the_others_stay() {
    let text = format!(
        r#"{{"keys":[{{"kty":"RSA","kty":"EC","n":"AA","e":"AQAB"}},{}]}}"#,
        ed25519()
    );
    let set = JwkSet::parse(text.as_bytes()).expect("a set");
    assert_eq!((set.keys().count(), set.skipped()), (1, 1));
}

#[test]
fn a_document_that_is_not_a_set_is_refused_whole() {
    let many = json!({"keys": vec![json!({}); 101]}).to_string();
    let large = format!(r#"{{"keys":[],"x":"{}"}}"#, "x".repeat(1024 * 1024));
    let no_set = "it is not a JWK set, an object with the array `keys`:";
    let rows: [(&[u8], String); 9] = [
        (b"[[]]", format!("{no_set} it does not begin with a brace")),
        (
            b"{}",
            format!("{no_set} missing field `keys` at line 1 column 2"),
        ),
        (
            br#"{"keys":{}}"#,
            format!("{no_set} invalid type: map, expected a sequence at line 1 column 8"),
        ),
        (
            br#"{"keys":[],"keys":[]}"#,
            format!("{no_set} duplicate field `keys` at line 1 column 17"),
        ),
        (
            b"{\"keys\":[]} x",
            format!("{no_set} trailing characters at line 1 column 13"),
        ),
        (
            b"<html>",
            format!("{no_set} it does not begin with a brace"),
        ),
        (b"\xff", format!("{no_set} it is not UTF-8")),
        (
            many.as_bytes(),
            "the JWK set has 101 keys; at most 100 are accepted".to_owned(),
        ),
        (
            large.as_bytes(),
            "the JWK set is 1048594 bytes long; at most 1048576 are accepted".to_owned(),
        ),
    ];
    for (document, message) in rows {
        let error = JwkSet::parse(document).expect_err(&message);
        assert_eq!(error.to_string(), message);
    }
}

#[test]
fn an_empty_set_is_a_set() {
    let set = parse(&[]);
    assert_eq!((set.keys().count(), set.skipped()), (0, 0));
}

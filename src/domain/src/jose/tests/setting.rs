//! The setting `jwks` as people write it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jwt_simple::prelude::{
    ECDSAP256PublicKeyLike, ECDSAP384PublicKeyLike, ES256KeyPair, ES384KeyPair, Ed25519KeyPair,
    EdDSAPublicKeyLike, RS256KeyPair,
};
use serde_json::json;

use super::encode;
use crate::jose::{Algorithm, Header, JwkSet};

/// `openssl ecparam -name secp521r1 -genkey -noout | openssl ec -pubout`.
const P521_PEM: &str = "\
-----BEGIN PUBLIC KEY-----\n\
MIGbMBAGByqGSM49AgEGBSuBBAAjA4GGAAQAdJ8MeltJayNQH0rr66U3DW4MtadG\n\
/e1IWBZH+Ps0biUvsIgIIMI/yGmox0S3vuoMAhzIXzQHClIuXuSP/h6zHz8B7Coi\n\
dIN3hrxkQ31l5aua28ABa50nmErR9TjXwbWcBOLKXwYEi+OQ2AFv0ixg6sXduOGC\n\
22R+s8CnjIeh9qCuzvI=\n\
-----END PUBLIC KEY-----\n";

fn error_of(text: &str) -> String {
    JwkSet::parse_setting(text)
        .err()
        .unwrap_or_else(|| panic!("taken: {text}"))
        .to_string()
}

fn algorithms(text: &str) -> Vec<Algorithm> {
    let set = JwkSet::parse_setting(text).unwrap_or_else(|error| panic!("{error}: {text}"));
    set.keys()
        .flat_map(|key| key.algorithms().collect::<Vec<_>>())
        .collect()
}

fn ed25519_pem() -> String {
    Ed25519KeyPair::generate().public_key().to_pem()
}

fn es256_pem() -> String {
    ES256KeyPair::generate()
        .public_key()
        .public_key()
        .to_pem()
        .unwrap()
}

#[test]
fn pem_of_every_kind_is_taken_with_every_line_break_that_a_form_makes_of_it() {
    let rsa = super::signature::rsa_pair().public_key().to_pem().unwrap();
    let es384 = ES384KeyPair::generate()
        .public_key()
        .public_key()
        .to_pem()
        .unwrap();
    let rows = [
        (ed25519_pem(), 1),
        (es256_pem(), 1),
        (es384, 1),
        (P521_PEM.to_owned(), 1),
        (rsa, 6),
        (format!("{}\n{}", ed25519_pem(), es256_pem()), 2),
    ];
    for (pem, expected) in rows {
        let forms = [
            pem.clone(),
            pem.replace('\n', "\r\n"),
            pem.replace('\n', " "),
            pem.replace('\n', "\\n"),
            pem.replace('\n', "\\r\\n"),
            pem.replace('\n', ""),
            format!("\n  {pem}  \n"),
        ];
        for form in forms {
            assert_eq!(algorithms(&form).len(), expected, "{form}");
        }
    }
}

#[test]
fn an_rsa_key_of_pkcs_1_is_taken() {
    let spki = super::signature::rsa_pair().public_key().to_der().unwrap();
    // The RSA key is the bit string at the end of the SubjectPublicKeyInfo, after 24 bytes of header.
    let body = STANDARD.encode(&spki[24..]);
    let pem = format!("-----BEGIN RSA PUBLIC KEY-----\n{body}\n-----END RSA PUBLIC KEY-----");
    assert_eq!(algorithms(&pem).len(), 6);
}

#[test]
fn a_pem_key_answers_to_every_kid() {
    let set = JwkSet::parse_setting(&es256_pem()).expect("a key");
    for key_id in [None, Some("k".to_owned())] {
        let header = Header {
            algorithm: Algorithm::Es256,
            key_id,
            media_type: None,
        };
        assert!(
            set.select(&header, "https://id.example").is_ok(),
            "{header:?}"
        );
    }
}

#[test]
fn json_is_a_set_or_one_key_and_keys_for_encryption_beside_it_do_not_matter() {
    let x = encode(
        Ed25519KeyPair::generate()
            .public_key()
            .public_key()
            .to_bytes(),
    );
    let key = json!({"kty": "OKP", "crv": "Ed25519", "x": x, "kid": "k"});
    let encryption = json!({"kty": "RSA", "use": "enc", "alg": "RSA-OAEP", "n": "AA", "e": "AQAB"});
    for text in [
        key.to_string(),
        json!({"keys": [key]}).to_string(),
        json!({"keys": [encryption, key]}).to_string(),
        format!(" \n{key}\n"),
    ] {
        assert_eq!(algorithms(&text), [Algorithm::EdDsa], "{text}");
    }
}

#[test]
fn what_cannot_verify_anything_is_refused_with_what_to_write() {
    let numbers = "its numbers are not a public key: RSA has 2048 to 4096 bits and the exponent 65537, a point lies on \
        its curve, and all are base64url";
    let block =
        |label: &str, body: &str| format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----");
    let neither = "it is neither JSON (a JWK set or a JWK) nor PEM (`-----BEGIN PUBLIC KEY-----`)";
    let private = "it holds a private or shared key: write public keys only";
    let rows = [
        ("".to_owned(), neither.to_owned()),
        ("https://id.example/jwks".to_owned(), neither.to_owned()),
        ("[]".to_owned(), neither.to_owned()),
        (r#"{"keys":[]}"#.to_owned(), "it holds no key".to_owned()),
        (
            r#"{"keys":[{"kty":"AKP"},{"kty":"RSA","use":"enc"}]}"#.to_owned(),
            "it holds no usable key: its `kty` or `crv` is not one that the gateway accepts (RSA, P-256, P-384, P-521, Ed25519); \
             it is not for signatures: `use` says so"
                .to_owned(),
        ),
        (
            r#"{"kty":"RSA","e":"AQAB"}"#.to_owned(),
            "it holds no usable key: `n` is missing or not a string".to_owned(),
        ),
        (r#"{"kty":"oct","k":"AAAA"}"#.to_owned(), private.to_owned()),
        (r#"{"kty":"RSA","n":"AA","e":"AQAB","d":"AA"}"#.to_owned(), private.to_owned()),
        (
            r#"{"kty":"RSA""#.to_owned(),
            "it begins like JSON, but it is not JSON: EOF while parsing an object at line 1 column 12".to_owned(),
        ),
        (
            r#"{"kty":"RSA","kty":"EC"}"#.to_owned(),
            "it begins like JSON, but the member `kty` occurs twice".to_owned(),
        ),
        (block("PRIVATE KEY", "AAAA"), private.to_owned()),
        (block("RSA PRIVATE KEY", "AAAA"), private.to_owned()),
        (block("ENCRYPTED PRIVATE KEY", "AAAA"), private.to_owned()),
        (block("PUBLIC KEY", "AAAA"), format!("it holds no usable key: {numbers}")),
        (block("PUBLIC KEY", "?"), "a PEM block is not base64".to_owned()),
        (
            block("CERTIFICATE", "AAAA"),
            "it is a certificate: write the public key in it, which `openssl x509 -in certificate.pem -noout -pubkey` \
             prints"
                .to_owned(),
        ),
        (block("CERTIFICATE REQUEST", "AAAA"), "a PEM block is not a `PUBLIC KEY`".to_owned()),
        (
            "-----BEGIN PUBLIC KEY-----\nAAAA".to_owned(),
            "a PEM block has no `-----END PUBLIC KEY-----`".to_owned(),
        ),
        (
            "-----BEGIN PUBLIC KEY".to_owned(),
            "a PEM block's first line does not end with five dashes".to_owned(),
        ),
        (
            format!("{}\n{}", es256_pem(), es256_pem()),
            "two keys without `kid` both verify ES256: write a JWK set in which each key has the `kid` of its tokens"
                .to_owned(),
        ),
    ];
    for (text, message) in rows {
        assert_eq!(error_of(&text), message, "{text}");
    }
}

#[test]
fn a_private_key_is_seen_also_where_the_lines_around_it_are_damaged() {
    for rest in [
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
        "--BEGIN EC PRIVATE KEY-----\nAAAA",
        "AAAA\n-----END PRIVATE KEY-----",
    ] {
        for text in [
            format!("{}{rest}", es256_pem()),
            format!("{rest}{}", es256_pem()),
        ] {
            assert_eq!(
                error_of(&text),
                "it holds a private or shared key: write public keys only",
                "{rest}"
            );
        }
    }
}

#[test]
fn a_private_key_beside_a_public_one_is_refused_and_not_repeated() {
    let secret = RS256KeyPair::from_pem(&super::signature::rsa_pair().to_pem().unwrap())
        .unwrap()
        .to_jwk();
    let text = format!(r#"{{"keys":[{secret},{}]}}"#, json!({"kty": "RSA"}));
    assert_eq!(
        error_of(&text),
        "it holds a private or shared key: write public keys only"
    );
}

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jwt_simple::prelude::{ES256KeyPair, ES384KeyPair};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use rsa::RsaPrivateKey;
use rsa::pkcs8::EncodePrivateKey;
use rsa::traits::{PrivateKeyParts, PublicKeyParts};
use serde_json::{Value, json};

use super::encode;
use crate::jose::{Algorithm, ClientKey, JwkSet, UnverifiedToken};

fn rsa_key(bits: usize) -> RsaPrivateKey {
    RsaPrivateKey::new(&mut ChaCha20Rng::from_seed([7; 32]), bits).expect("a key")
}

fn pem(label: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines: Vec<&str> = text
        .as_bytes()
        .chunks(64)
        .map(|line| str::from_utf8(line).expect("ASCII"))
        .collect();
    format!(
        "-----BEGIN {label}-----\n{}\n-----END {label}-----\n",
        lines.join("\n")
    )
}

fn private_pem(der: &[u8]) -> String {
    pem("PRIVATE KEY", der)
}

fn rsa_der(key: &RsaPrivateKey) -> Vec<u8> {
    key.to_pkcs8_der().expect("DER").as_bytes().to_vec()
}

fn rsa_jwk(key: &RsaPrivateKey, changes: &Value) -> Value {
    let primes = key.primes();
    merged(
        json!({
            "kty": "RSA",
            "n": encode(key.n().to_bytes_be()),
            "e": encode(key.e().to_bytes_be()),
            "d": encode(key.d().to_bytes_be()),
            "p": encode(primes[0].to_bytes_be()),
            "q": encode(primes[1].to_bytes_be()),
        }),
        changes,
    )
}

/// RFC 7517 appendix A.2.
fn ec_jwk(changes: &Value) -> Value {
    let key = json!({
        "kty": "EC",
        "crv": "P-256",
        "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
        "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM",
        "d": "870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE",
    });
    merged(key, changes)
}

/// RFC 8037 appendix A.1; its thumbprint is in A.3.
fn ed25519_jwk(changes: &Value) -> Value {
    let key = json!({
        "kty": "OKP",
        "crv": "Ed25519",
        "d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
        "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
    });
    merged(key, changes)
}

fn merged(mut key: Value, changes: &Value) -> Value {
    let members = key.as_object_mut().expect("an object");
    members.extend(changes.as_object().expect("an object").clone());
    members.retain(|_, value| value != "absent");
    key
}

/// The JWK of the public half.
fn public_half(jwk: &Value) -> String {
    let mut public = jwk.clone();
    let members = public.as_object_mut().expect("an object");
    for name in ["d", "p", "q", "alg"] {
        members.remove(name);
    }
    public.to_string()
}

#[test]
fn a_key_signs_with_its_algorithm_and_the_public_half_verifies() {
    let rsa = rsa_key(2048);
    let without_primes = json!({"p": "absent", "q": "absent", "alg": "RS256"});
    let scalar = URL_SAFE_NO_PAD
        .decode("870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE")
        .expect("bytes");
    let ec_der = ES256KeyPair::from_bytes(&scalar)
        .expect("a key")
        .to_der()
        .expect("DER");
    let rows = [
        (
            private_pem(&rsa_der(&rsa)),
            rsa_jwk(&rsa, &json!({})),
            Algorithm::Rs256,
        ),
        (
            rsa_jwk(&rsa, &json!({})).to_string(),
            rsa_jwk(&rsa, &json!({})),
            Algorithm::Rs256,
        ),
        (
            rsa_jwk(&rsa, &without_primes).to_string(),
            rsa_jwk(&rsa, &json!({})),
            Algorithm::Rs256,
        ),
        (
            rsa_jwk(&rsa, &json!({"alg": "PS256"})).to_string(),
            rsa_jwk(&rsa, &json!({})),
            Algorithm::Ps256,
        ),
        (private_pem(&ec_der), ec_jwk(&json!({})), Algorithm::Es256),
        (
            ec_jwk(&json!({"alg": "ES256"})).to_string(),
            ec_jwk(&json!({})),
            Algorithm::Es256,
        ),
        (
            ed25519_jwk(&json!({})).to_string(),
            ed25519_jwk(&json!({})),
            Algorithm::EdDsa,
        ),
        (
            ed25519_jwk(&json!({"alg": "Ed25519"})).to_string(),
            ed25519_jwk(&json!({})),
            Algorithm::EdDsa,
        ),
    ];
    for (written, jwk, algorithm) in rows {
        let key =
            ClientKey::parse(&written).unwrap_or_else(|error| panic!("{algorithm:?}: {error}"));
        let compact = key
            .sign(&json!({"sub": "chat"}), [1; 32])
            .expect("a signature");
        let token = UnverifiedToken::parse(&compact).expect("a token");
        assert_eq!(token.header.algorithm, algorithm);
        assert_eq!(token.header.key_id, None);
        assert_eq!(token.header.media_type.as_deref(), Some("jwt"));
        let keys = JwkSet::parse_setting(&public_half(&jwk)).expect("a public key");
        let chosen = keys.select(&token.header, "chat").expect("the key");
        chosen.verify(&token).expect("a good signature");
    }
}

#[test]
fn the_salt_of_a_signature_comes_from_the_seed() {
    let rsa = rsa_key(2048);
    let key =
        ClientKey::parse(&rsa_jwk(&rsa, &json!({"alg": "PS256"})).to_string()).expect("a key");
    let sign = |seed| key.sign(&json!({}), [seed; 32]).expect("a signature");
    assert_eq!(sign(1), sign(1));
    assert_ne!(sign(1), sign(2));
}

#[test]
fn an_assertion_names_the_kid_of_the_key_and_no_other() {
    let rows = [
        (json!({}), None, "no kid"),
        (json!({"kid": "1"}), Some("1"), "1"),
        (json!({"kid": ""}), None, "no kid"),
    ];
    for (changes, expected, shown) in rows {
        let key = ClientKey::parse(&ed25519_jwk(&changes).to_string()).expect("a key");
        let compact = key.sign(&json!({}), [1; 32]).expect("a signature");
        let token = UnverifiedToken::parse(&compact).expect("a token");
        assert_eq!(token.header.key_id.as_deref(), expected, "{changes}");
        assert_eq!(
            format!("{key:?}"),
            format!("ClientKey({shown}, EdDSA, redacted)")
        );
    }
}

#[test]
fn a_pem_may_have_lost_its_line_breaks() {
    // RFC 8410 §7: the head of an Ed25519 key, before its seed.
    let head = b"\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20".to_vec();
    let seed = URL_SAFE_NO_PAD
        .decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A")
        .expect("bytes");
    let text = private_pem(&[head, seed].concat());
    let rows = [
        text.clone(),
        text.replace('\n', " "),
        text.replace('\n', "\\n"),
        text.replace('\n', "\r\n"),
    ];
    for written in rows {
        let key = ClientKey::parse(&written).unwrap_or_else(|error| panic!("{written}: {error}"));
        let compact = key.sign(&json!({}), [1; 32]).expect("a signature");
        let token = UnverifiedToken::parse(&compact).expect("a token");
        let public = public_half(&ed25519_jwk(&json!({})));
        let keys = JwkSet::parse_setting(&public).expect("a public key");
        let chosen = keys.select(&token.header, "chat").expect("the key");
        chosen.verify(&token).expect("a good signature");
    }
}

#[test]
fn what_is_no_private_key_is_refused_with_what_to_write() {
    const PUBLIC: &str = "it is the public half: write the private key here, and give the public half to the identity provider";
    const NO_D: &str = "it is the public half (it has no `d`): write the private key here, and give the public half to the identity provider";
    const OLDER: &str =
        "it is in an older form: write what `openssl pkcs8 -topk8 -nocrypt -in key.pem` prints";
    const NEITHER: &str =
        "it is neither PEM (`-----BEGIN PRIVATE KEY-----`) nor a private JWK (`{\"kty\": …}`)";
    const NUMBERS: &str =
        "its numbers are not a key: they do not belong together, or are not base64url";
    const ALGORITHM: &str = "its `alg` is not one that it can sign with here: RS256 or PS256 with RSA, ES256 with P-256, EdDSA with Ed25519";
    const KIND: &str = "it is not a key of RSA, P-256 or Ed25519, whose signatures are RS256, PS256, ES256 and EdDSA";
    let short = rsa_key(1024);
    let p384 = ES384KeyPair::from_bytes(&[1; 48])
        .expect("a key")
        .to_der()
        .expect("DER");
    let other_point = json!({"x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"});
    let rows = [
        ("secret".to_owned(), NEITHER),
        (String::new(), NEITHER),
        (
            "-----BEGIN PRIVATE KEY-----\nMC4C".to_owned(),
            "a PEM block has no `-----END PRIVATE KEY-----`",
        ),
        (private_pem(b"nonsense"), KIND),
        (private_pem(&p384), KIND),
        (
            private_pem(&rsa_der(&short)),
            "it is an RSA key of 1024 bits: make one of 2048 to 4096 bits with the exponent 65537",
        ),
        (
            rsa_jwk(&short, &json!({})).to_string(),
            "it is an RSA key of 1024 bits: make one of 2048 to 4096 bits with the exponent 65537",
        ),
        (pem("PUBLIC KEY", b"x"), PUBLIC),
        (pem("CERTIFICATE", b"x"), PUBLIC),
        (pem("RSA PRIVATE KEY", b"x"), OLDER),
        (pem("EC PRIVATE KEY", b"x"), OLDER),
        (
            pem("ENCRYPTED PRIVATE KEY", b"x"),
            "it is encrypted: write what `openssl pkcs8 -in key.pem` prints after it has asked for the password",
        ),
        (
            pem("OPENSSH PRIVATE KEY", b"x"),
            "its PEM block is not a `PRIVATE KEY`",
        ),
        (
            pem("PUBLIC KEY", b"x") + &pem("PRIVATE KEY", b"x"),
            "it has several PEM blocks: write the one private key alone",
        ),
        (ed25519_jwk(&json!({"d": "absent"})).to_string(), NO_D),
        (rsa_jwk(&short, &json!({"d": "absent"})).to_string(), NO_D),
        (ec_jwk(&json!({"d": "absent"})).to_string(), NO_D),
        (
            json!({"keys": [ed25519_jwk(&json!({}))]}).to_string(),
            "it is a JWK set: write the one private JWK of it that the client signs with",
        ),
        (
            "{".to_owned(),
            "it begins like a JWK, but it is not JSON: EOF while parsing an object at line 1 column 1",
        ),
        (
            json!({"d": "x"}).to_string(),
            "`kty` is missing or not a string",
        ),
        (json!({"kty": "oct", "k": "x", "d": "x"}).to_string(), KIND),
        (ec_jwk(&json!({"crv": "P-384"})).to_string(), KIND),
        (ec_jwk(&other_point).to_string(), NUMBERS),
        (ec_jwk(&json!({"d": "AA"})).to_string(), NUMBERS),
        (ed25519_jwk(&json!({"x": "AA"})).to_string(), NUMBERS),
        (
            ed25519_jwk(&json!({"d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2B"})).to_string(),
            NUMBERS,
        ),
        (rsa_jwk(&short, &json!({"d": "AQAB"})).to_string(), NUMBERS),
        (ec_jwk(&json!({"alg": "RS256"})).to_string(), ALGORITHM),
        (ed25519_jwk(&json!({"alg": "HS256"})).to_string(), ALGORITHM),
        (
            ed25519_jwk(&json!({"kid": 7})).to_string(),
            "`kid` is missing or not a string",
        ),
        (
            ed25519_jwk(&json!({"key_ops": ["verify"]})).to_string(),
            "it is not for signatures: `key_ops` says so",
        ),
        (
            ed25519_jwk(&json!({"use": "enc"})).to_string(),
            "it is not for signatures: `use` says so",
        ),
    ];
    for (written, message) in rows {
        let error = ClientKey::parse(&written).expect_err(&written);
        assert_eq!(error.to_string(), message, "{written}");
    }
}

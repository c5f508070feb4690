//! What the library is asked, whether a key made a signature, and that it is asked nothing else.

use std::sync::LazyLock;

use jwt_simple::prelude::{
    Claims as SignedClaims, Duration, ECDSAP256KeyPairLike, ECDSAP384KeyPairLike, ES256KeyPair,
    ES384KeyPair, Ed25519KeyPair, EdDSAKeyPairLike, JWTClaims, NoCustomClaims, PS256KeyPair,
    PS384KeyPair, PS512KeyPair, RS256KeyPair, RS384KeyPair, RS512KeyPair, RSAKeyPairLike,
};
use p521::ecdsa::signature::Signer;
use serde_json::json;

use super::encode;
use crate::jose::{Algorithm, Error, JwkSet, UnverifiedToken, base64url};

/// One RSA key for all tests: making one takes seconds.
pub(super) fn rsa_pair() -> &'static RS256KeyPair {
    static PAIR: LazyLock<RS256KeyPair> =
        LazyLock::new(|| RS256KeyPair::generate(2048).expect("a key"));
    &PAIR
}

fn claims() -> JWTClaims<NoCustomClaims> {
    SignedClaims::create(Duration::from_secs(60)).with_subject("alice")
}

/// Whether the only key of `jwk` made the signature.
fn verifies(jwk: &str, token: &str) -> bool {
    let set = JwkSet::parse(format!(r#"{{"keys":[{jwk}]}}"#).as_bytes()).expect("a set");
    let token = UnverifiedToken::parse(token).unwrap_or_else(|error| panic!("{error}"));
    let key = set
        .select(&token.header, "https://id.example")
        .expect("a key");
    match key.verify(&token) {
        Ok(()) => true,
        Err(error) => {
            assert_eq!(error, Error::Signature);
            false
        }
    }
}

/// `jwt-simple` does not sign with P-521.
fn es512() -> (String, String) {
    // A scalar must be below the order, whose first octet is 1.
    let scalar = [[0].as_slice(), &[7; 65]].concat();
    let pair = p521::ecdsa::SigningKey::from_slice(&scalar).expect("a key");
    let point = pair.verifying_key().to_sec1_point(false);
    let jwk = json!({"kty": "EC", "crv": "P-521", "x": encode(point.x().unwrap()), "y": encode(point.y().unwrap())});
    let input = format!(
        "{}.{}",
        encode(r#"{"alg":"ES512"}"#),
        encode(r#"{"sub":"alice"}"#)
    );
    let signature: p521::ecdsa::Signature = pair.sign(input.as_bytes());
    (
        jwk.to_string(),
        format!("{input}.{}", encode(signature.to_bytes())),
    )
}

/// A token of each algorithm, with the public key that made it.
fn tokens() -> Vec<(Algorithm, String, String)> {
    let pem = rsa_pair().to_pem().unwrap();
    let rsa = {
        let numbers = rsa_pair().public_key().to_components();
        json!({"kty": "RSA", "n": encode(numbers.n), "e": encode(numbers.e)}).to_string()
    };
    let (p256, p384, ed) = (
        ES256KeyPair::generate(),
        ES384KeyPair::generate(),
        Ed25519KeyPair::generate(),
    );
    let (p521, es512_token) = es512();
    vec![
        (Algorithm::Es512, p521, es512_token),
        (
            Algorithm::EdDsa,
            ed.public_key().to_jwk(),
            ed.sign(claims()).unwrap(),
        ),
        (
            Algorithm::Es256,
            p256.public_key().to_jwk(),
            p256.sign(claims()).unwrap(),
        ),
        (
            Algorithm::Es384,
            p384.public_key().to_jwk(),
            p384.sign(claims()).unwrap(),
        ),
        (
            Algorithm::Ps256,
            rsa.clone(),
            PS256KeyPair::from_pem(&pem)
                .unwrap()
                .sign(claims())
                .unwrap(),
        ),
        (
            Algorithm::Ps384,
            rsa.clone(),
            PS384KeyPair::from_pem(&pem)
                .unwrap()
                .sign(claims())
                .unwrap(),
        ),
        (
            Algorithm::Ps512,
            rsa.clone(),
            PS512KeyPair::from_pem(&pem)
                .unwrap()
                .sign(claims())
                .unwrap(),
        ),
        (
            Algorithm::Rs256,
            rsa.clone(),
            rsa_pair().sign(claims()).unwrap(),
        ),
        (
            Algorithm::Rs384,
            rsa.clone(),
            RS384KeyPair::from_pem(&pem)
                .unwrap()
                .sign(claims())
                .unwrap(),
        ),
        (
            Algorithm::Rs512,
            rsa,
            RS512KeyPair::from_pem(&pem)
                .unwrap()
                .sign(claims())
                .unwrap(),
        ),
    ]
}

#[test]
fn each_algorithm_verifies_what_its_key_signed_and_nothing_that_was_changed() {
    for (algorithm, jwk, token) in tokens() {
        assert_eq!(
            UnverifiedToken::parse(&token)
                .ok()
                .unwrap()
                .header
                .algorithm,
            algorithm
        );
        assert!(verifies(&jwk, &token), "{algorithm:?}");
        let parts: Vec<&str> = token.split('.').collect();
        let other_payload = encode(r#"{"sub":"mallory"}"#);
        let truncated = parts[2].get(..parts[2].len() / 8 * 4).unwrap();
        let zero = encode(vec![0; parts[2].len() * 3 / 4]);
        for changed in [
            format!("{}.{other_payload}.{}", parts[0], parts[2]),
            format!("{}.{}.{truncated}", parts[0], parts[1]),
            format!(
                "{}.{}.{}AAAA",
                parts[0],
                parts[1],
                parts[2].get(..parts[2].len() / 4 * 4).unwrap()
            ),
            format!("{}.{}.{zero}", parts[0], parts[1]),
            format!("{}.{}.AA", parts[0], parts[1]),
        ] {
            assert!(!verifies(&jwk, &changed), "{algorithm:?}: {changed}");
        }
    }
}

/// One RSA key serves six algorithms: which of them counts is the header's word, and no other is tried.
#[test]
fn a_signature_of_another_algorithm_of_the_same_key_does_not_verify() {
    let tokens = tokens();
    let of_rsa = || tokens.iter().filter(|(_, jwk, _)| jwk.contains("RSA"));
    for (algorithm, jwk, token) in of_rsa() {
        let set = JwkSet::parse(format!(r#"{{"keys":[{jwk}]}}"#).as_bytes()).expect("a set");
        let key = set.keys().next().expect("a key");
        let (input, signature) = token.rsplit_once('.').expect("a signature");
        let signature = base64url::decode(signature).expect("base64url");
        for (other, _, _) in of_rsa() {
            let accepted = key.has_signed(*other, input.as_bytes(), &signature);
            assert_eq!(accepted, other == algorithm, "{algorithm:?} as {other:?}");
        }
    }
}

#[test]
fn another_key_of_the_same_kind_does_not_verify() {
    let other = Ed25519KeyPair::generate().public_key().to_jwk();
    let token = Ed25519KeyPair::generate().sign(claims()).unwrap();
    assert!(!verifies(&other, &token));
}

/// A token with exactly these texts in it, truly signed.
fn signed(pair: &Ed25519KeyPair, header: &str, payload: &str) -> String {
    let input = format!("{}.{}", encode(header), encode(payload));
    let signature = pair.key_pair().as_ref().sk.sign(&input, None);
    format!("{input}.{}", encode(signature.as_ref()))
}

#[test]
fn the_library_judges_neither_times_nor_types_nor_claims_of_a_genuine_token() {
    let pair = Ed25519KeyPair::generate();
    let jwk = pair.public_key().to_jwk();
    let header = r#"{"alg":"EdDSA"}"#;
    let rows = [
        (header, "{}"),
        (header, r#"{"exp":1}"#),
        (header, r#"{"exp":1.5,"nbf":1.25,"iat":0.5}"#),
        (header, r#"{"exp":1e300}"#),
        (header, r#"{"exp":18446744073709551615}"#),
        (header, r#"{"exp":9999999999}"#),
        (header, r#"{"exp":0}"#),
        (header, r#"{"exp":-0.0}"#),
        (
            header,
            r#"{"nbf":18446744073709551615,"iat":18446744073709551615}"#,
        ),
        (header, r#"{"aud":"a"}"#),
        (header, r#"{"aud":[]}"#),
        (header, r#"{"aud":["a","a","b"]}"#),
        (header, r#"{"nonce":"n","jti":"j","sub":"s","iss":"i"}"#),
        (
            header,
            r#"{"kid":5,"azp":null,"scope":["a"],"email":{"x":[[[[1]]]]}}"#,
        ),
        (
            header,
            r#"{"iss":5,"sub":[],"aud":null,"jti":5,"nonce":{},"exp":"1","nbf":true}"#,
        ),
        (
            r#"{"alg":"EdDSA","jwk":{"kty":"oct"},"jku":[1],"x5u":5,"x5c":"MII","x5t":{}}"#,
            "{}",
        ),
        (
            r#"{"alg":"EdDSA","kid":null,"typ":null,"cty":null,"salt":5}"#,
            "{}",
        ),
        (r#"{"alg":"Ed25519"}"#, "{}"),
        (
            r#"{"alg":"EdDSA","typ":"JWT","x5t":"a","x5t#S256":"b"}"#,
            "{}",
        ),
        (r#"{"alg":"EdDSA","typ":"at+jwt"}"#, "{}"),
        (r#"{"alg":"EdDSA","typ":"application/at+jwt"}"#, "{}"),
        (r#"{"alg":"EdDSA","typ":"application/JWT"}"#, "{}"),
        (r#"{"alg":"EdDSA","typ":"jwt"}"#, "{}"),
        (r#"{"alg":"EdDSA","typ":"JOSE"}"#, "{}"),
        (r#"{"alg":"EdDSA","cty":"text/plain","unknown":[1]}"#, "{}"),
        ("{ \"alg\" : \"EdDSA\" }", "{ }"),
    ];
    for (header, payload) in rows {
        assert!(
            verifies(&jwk, &signed(&pair, header, payload)),
            "{header} {payload}"
        );
    }
}

#[test]
fn a_token_near_the_size_limit_verifies() {
    let pair = Ed25519KeyPair::generate();
    let payload = format!(r#"{{"groups":["{}"]}}"#, "g".repeat(11_000));
    assert!(verifies(
        &pair.public_key().to_jwk(),
        &signed(&pair, r#"{"alg":"EdDSA"}"#, &payload)
    ));
}

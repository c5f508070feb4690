//! Which key of a set is the one: exactly one that fits, or none.

use jwt_simple::prelude::{Ed25519KeyPair, EdDSAPublicKeyLike};
use serde_json::{Value, json};

use super::encode;
use crate::jose::{Algorithm, Header, JwkSet, NoKey};

const ISSUER: &str = "https://id.example";
const TENANT: &str = "https://login.microsoftonline.com/72f988bf-86f1-41af-91ab-2d7cd011db47/v2.0";

fn key() -> String {
    encode(
        Ed25519KeyPair::generate()
            .public_key()
            .public_key()
            .to_bytes(),
    )
}

fn jwk(x: &str, kid: Option<&str>) -> Value {
    match kid {
        None => json!({"kty": "OKP", "crv": "Ed25519", "x": x}),
        Some(kid) => json!({"kty": "OKP", "crv": "Ed25519", "x": x, "kid": kid}),
    }
}

fn header(algorithm: Algorithm, kid: Option<&str>) -> Header {
    Header {
        algorithm,
        key_id: kid.map(str::to_owned),
        media_type: None,
    }
}

fn parse(keys: &[Value]) -> JwkSet {
    JwkSet::parse(json!({"keys": keys}).to_string().as_bytes()).expect("a set")
}

/// The index of the chosen key.
fn chosen(
    keys: &[Value],
    algorithm: Algorithm,
    kid: Option<&str>,
    issuer: &str,
) -> Result<usize, NoKey> {
    let set = parse(keys);
    let found = set.select(&header(algorithm, kid), issuer)?;
    let position = set
        .keys()
        .position(|key| key.thumbprint() == found.thumbprint());
    Ok(position.expect("of this set"))
}

#[test]
fn the_key_id_decides_and_without_one_only_a_single_fitting_key_is_taken() {
    use Algorithm::{EdDsa, Rs256};
    let (a, b) = (key(), key());
    let rsa = json!({"kty": "RSA", "kid": "a", "n": encode([0xff; 256]), "e": "AQAB"});
    let rows = [
        (
            "by kid",
            vec![jwk(&a, Some("a")), jwk(&b, Some("b"))],
            Some("b"),
            Ok(1),
        ),
        (
            "unknown kid",
            vec![jwk(&a, Some("a"))],
            Some("b"),
            Err(NoKey::Unknown),
        ),
        (
            "kid of other case",
            vec![jwk(&a, Some("a"))],
            Some("A"),
            Err(NoKey::Unknown),
        ),
        (
            "kid of a key without one",
            vec![jwk(&a, None)],
            Some("a"),
            Err(NoKey::Unknown),
        ),
        (
            "kid of a key of another kty",
            vec![rsa.clone()],
            Some("a"),
            Err(NoKey::Unknown),
        ),
        (
            "kid of two kinds",
            vec![rsa.clone(), jwk(&b, Some("a"))],
            Some("a"),
            Ok(1),
        ),
        (
            "kid twice",
            vec![jwk(&a, Some("k")), jwk(&b, Some("k"))],
            Some("k"),
            Err(NoKey::Ambiguous),
        ),
        (
            "the same key twice",
            vec![jwk(&a, Some("k")), jwk(&a, Some("k"))],
            Some("k"),
            Ok(0),
        ),
        ("no kid, one key", vec![jwk(&a, Some("a"))], None, Ok(0)),
        (
            "no kid, one fits",
            vec![rsa.clone(), jwk(&b, None)],
            None,
            Ok(1),
        ),
        (
            "no kid, two fit",
            vec![jwk(&a, Some("a")), jwk(&b, Some("b"))],
            None,
            Err(NoKey::Ambiguous),
        ),
        ("empty set", vec![], None, Err(NoKey::Unknown)),
    ];
    for (case, keys, kid, expected) in rows {
        assert_eq!(chosen(&keys, EdDsa, kid, ISSUER), expected, "{case}");
    }
    assert_eq!(
        chosen(&[jwk(&a, Some("a"))], Rs256, Some("a"), ISSUER),
        Err(NoKey::Unknown)
    );
    let only_ps = json!({"kty": "RSA", "alg": "PS256", "n": encode([0xff; 256]), "e": "AQAB"});
    assert_eq!(chosen(&[only_ps], Rs256, None, ISSUER), Err(NoKey::Unknown));
}

#[test]
fn a_key_is_taken_only_for_the_issuer_that_it_names() {
    let (a, b) = (key(), key());
    let with_issuer = |x: &str, issuer: &str| {
        let mut jwk = jwk(x, Some("k"));
        jwk["issuer"] = json!(issuer);
        jwk
    };
    let template = "https://login.microsoftonline.com/{tenantid}/v2.0";
    let consumers = "https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0";
    let rows = [
        ("template", vec![with_issuer(&a, template)], TENANT, Ok(0)),
        ("same tenant", vec![with_issuer(&a, TENANT)], TENANT, Ok(0)),
        (
            "other tenant",
            vec![with_issuer(&a, consumers)],
            TENANT,
            Err(NoKey::Unknown),
        ),
        (
            "other provider",
            vec![with_issuer(&a, template)],
            ISSUER,
            Err(NoKey::Unknown),
        ),
        (
            "same kid, other tenant",
            vec![with_issuer(&a, consumers), with_issuer(&b, template)],
            TENANT,
            Ok(1),
        ),
        (
            "one key for two issuers",
            vec![with_issuer(&a, consumers), with_issuer(&a, template)],
            consumers,
            Ok(0),
        ),
    ];
    for (case, keys, issuer, expected) in rows {
        assert_eq!(
            chosen(&keys, Algorithm::EdDsa, Some("k"), issuer),
            expected,
            "{case}"
        );
    }
}

#[test]
fn a_key_that_the_administrator_wrote_without_kid_answers_to_every_kid_that_no_other_has() {
    let (a, b) = (key(), key());
    let text = json!({"keys": [jwk(&a, Some("named")), jwk(&b, None)]}).to_string();
    let set = JwkSet::parse_setting(&text).expect("keys");
    let thumbprints: Vec<&str> = set.keys().map(|key| key.thumbprint()).collect();
    for (kid, expected) in [("named", thumbprints[0]), ("whatever", thumbprints[1])] {
        let found = set
            .select(&header(Algorithm::EdDsa, Some(kid)), ISSUER)
            .expect(kid);
        assert_eq!(found.thumbprint(), expected, "{kid}");
    }
    let without = set.select(&header(Algorithm::EdDsa, None), ISSUER);
    assert_eq!(without.err(), Some(NoKey::Ambiguous));
}

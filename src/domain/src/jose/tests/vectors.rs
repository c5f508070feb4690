//! The examples of the standards. Those of RFC 7520 and RFC 8037 sign plain texts, which are not claims.

use crate::jose::{Algorithm, Error, JwkSet, Part, UnverifiedToken, base64url};

const JOE: &str = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";

/// RFC 7515 A.2.
const RS256_KEY: &str = r#"{"kty":"RSA","e":"AQAB","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"}"#;
const RS256_SIGNATURE: &str = "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";

/// RFC 7515 A.3.
const ES256_KEY: &str = r#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#;
const ES256_SIGNATURE: &str =
    "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

/// RFC 7517 A.1: an encryption key and a signature key.
const TWO_KEYS: &str = r#"{"keys":[
    {"kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM","use":"enc","kid":"1"},
    {"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS256","kid":"2011-04-29"}]}"#;

/// RFC 7520 §3.3.
const BILBO_KEY: &str = r#"{"kty":"RSA","kid":"bilbo.baggins@hobbiton.example","use":"sig","n":"n4EPtAOCc9AlkeQHPzHStgAbgs7bTZLwUBZdR8_KuKPEHLd4rHVTeT-O-XV2jRojdNhxJWTDvNd7nqQ0VEiZQHz_AJmSCpMaJMRBSFKrKb2wqVwGU_NsYOYL-QtiWN2lbzcEe6XC0dApr5ydQLrHqkHHig3RBordaZ6Aj-oBHqFEHYpPe7Tpe-OfVfHd1E6cS6M1FZcD1NNLYD5lFHpPI9bTwJlsde3uhGqC0ZCuEHg8lhzwOHrtIQbS0FVbb9k3-tVTU4fg_3L_vniUFAKwuCLqKnS2BYwdq_mzSnbLY7h_qixoR7jig3__kRhuaxwUkRz5iaiQkqgc5gHdrNP5zw","e":"AQAB"}"#;
const BILBO_PAYLOAD: &str = "SXTigJlzIGEgZGFuZ2Vyb3VzIGJ1c2luZXNzLCBGcm9kbywgZ29pbmcgb3V0IHlvdXIgZG9vci4gWW91IHN0ZXAgb250byB0aGUgcm9hZCwgYW5kIGlmIHlvdSBkb24ndCBrZWVwIHlvdXIgZmVldCwgdGhlcmXigJlzIG5vIGtub3dpbmcgd2hlcmUgeW91IG1pZ2h0IGJlIHN3ZXB0IG9mZiB0by4";
/// RFC 7520 §4.1.
const BILBO_RS256: [&str; 2] = [
    "eyJhbGciOiJSUzI1NiIsImtpZCI6ImJpbGJvLmJhZ2dpbnNAaG9iYml0b24uZXhhbXBsZSJ9",
    "MRjdkly7_-oTPTS3AXP41iQIGKa80A0ZmTuV5MEaHoxnW2e5CZ5NlKtainoFmKZopdHM1O2U4mwzJdQx996ivp83xuglII7PNDi84wnB-BDkoBwA78185hX-Es4JIwmDLJK3lfWRa-XtL0RnltuYv746iYTh_qHRD68BNt1uSNCrUCTJDt5aAE6x8wW1Kt9eRo4QPocSadnHXFxnt8Is9UzpERV0ePPQdLuW3IS_de3xyIrDaLGdjluPxUAhb6L2aXic1U12podGU0KLUQSE_oI-ZnmKJ3F4uOZDnd6QZWJushZ41Axf_fcIe8u9ipH84ogoree7vjbU5y18kDquDg",
];
/// RFC 7520 §4.2.
const BILBO_PS384: [&str; 2] = [
    "eyJhbGciOiJQUzM4NCIsImtpZCI6ImJpbGJvLmJhZ2dpbnNAaG9iYml0b24uZXhhbXBsZSJ9",
    "cu22eBqkYDKgIlTpzDXGvaFfz6WGoz7fUDcfT0kkOy42miAh2qyBzk1xEsnk2IpN6-tPid6VrklHkqsGqDqHCdP6O8TTB5dDDItllVo6_1OLPpcbUrhiUSMxbbXUvdvWXzg-UD8biiReQFlfz28zGWVsdiNAUf8ZnyPEgVFn442ZdNqiVJRmBqrYRXe8P_ijQ7p8Vdz0TTrxUeT3lm8d9shnr2lfJT8ImUjvAA2Xez2Mlp8cBE5awDzT0qI0n6uiP1aCN_2_jLAeQTlqRHtfa64QQSUmFAAjVKPbByi7xho0uTOcbH510a6GYmJUAfmWjwZ6oD4ifKo8DYM-X72Eaw",
];

/// RFC 7520 §3.1.
const BILBO_P521: &str = r#"{"kty":"EC","kid":"bilbo.baggins@hobbiton.example","use":"sig","crv":"P-521","x":"AHKZLLOsCOzz5cY97ewNUajB957y-C-U88c3v13nmGZx6sYl_oJXu9A5RkTKqjqvjyekWF-7ytDyRXYgCF5cj0Kt","y":"AdymlHvOiLxXkEhayXQnNCvDX4h9htZaCJN34kfmC6pV5OhQHiraVySsUdaQkAgDPrwQrJmbnX9cwlGfP-HqHZR1"}"#;
const BILBO_P521_THUMBPRINT: &str = "dHri3SADZkrush5HU_50AoRhcKFryN-PI6jPBtPL55M";
/// RFC 7520 §4.3.
const BILBO_ES512: [&str; 2] = [
    "eyJhbGciOiJFUzUxMiIsImtpZCI6ImJpbGJvLmJhZ2dpbnNAaG9iYml0b24uZXhhbXBsZSJ9",
    "AE_R_YZCChjn4791jSQCrdPZCNYqHXCTZH0-JZGYNlaAjP2kqaluUIIUnC9qvbu9Plon7KRTzoNEuT4Va2cmL1eJAQy3mtPBu_u_sDDyYjnAMDxXPn7XrT0lw-kvAD890jl8e2puQens_IEKBpHABlsbEPX6sFY8OcGDqoRuBomu9xQ2",
];

/// RFC 8037 A.2 and A.4.
const ED25519_KEY: &str =
    r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
const ED25519_TOKEN: &str = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";

fn set_of(key: &str) -> JwkSet {
    JwkSet::parse(format!(r#"{{"keys":[{key}]}}"#).as_bytes()).expect("a set")
}

#[test]
fn rfc_7515_signatures_over_claims_verify_and_changed_ones_do_not() {
    let rows = [
        ("A.2", "eyJhbGciOiJSUzI1NiJ9", RS256_SIGNATURE, RS256_KEY),
        ("A.3", "eyJhbGciOiJFUzI1NiJ9", ES256_SIGNATURE, ES256_KEY),
    ];
    for (example, header, signature, key) in rows {
        let set = set_of(key);
        let check = |signature: &str| {
            let token = format!("{header}.{JOE}.{signature}");
            let token = UnverifiedToken::parse(&token).expect(example);
            set.select(&token.header, "joe")
                .expect(example)
                .verify(&token)
        };
        assert_eq!(check(signature), Ok(()), "{example}");
        let changed = signature.replacen('D', "E", 1);
        assert_eq!(check(&changed), Err(Error::Signature), "{example}");
    }
}

#[test]
fn rfc_7515_private_keys_are_left_out() {
    let private = ES256_KEY.replace(
        '}',
        r#","d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}"#,
    );
    assert_eq!(
        (set_of(&private).keys().count(), set_of(&private).skipped()),
        (0, 1)
    );
}

#[test]
fn rfc_7515_plain_text_and_shared_secret_examples_are_refused() {
    let hs256 = format!(
        "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.{JOE}.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    );
    let none = format!("eyJhbGciOiJub25lIn0.{JOE}.");
    for (example, token, name) in [("A.1", hs256, "HS256"), ("A.5", none, "none")] {
        let error = UnverifiedToken::parse(&token).err();
        assert_eq!(error, Some(Error::Algorithm(name.into())), "{example}");
    }
}

#[test]
fn rfc_7517_set_gives_its_signature_key_with_the_thumbprint_of_rfc_7638() {
    let set = JwkSet::parse(TWO_KEYS.as_bytes()).expect("a set");
    let thumbprints: Vec<&str> = set.keys().map(|key| key.thumbprint()).collect();
    assert_eq!(thumbprints, ["NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"]);
    assert_eq!(set.skipped(), 1);
}

#[test]
fn rfc_8037_key_has_its_thumbprint() {
    let set = set_of(ED25519_KEY);
    let thumbprints: Vec<&str> = set.keys().map(|key| key.thumbprint()).collect();
    assert_eq!(thumbprints, ["kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"]);
}

/// Whether the key made the signature over a payload that is not a set of claims.
fn has_signed(key: &str, algorithm: Algorithm, token: &str) -> bool {
    let (input, signature) = token.rsplit_once('.').expect("a signature");
    let signature = base64url::decode(signature).expect("base64url");
    set_of(key)
        .keys()
        .any(|key| key.has_signed(algorithm, input.as_bytes(), &signature))
}

#[test]
fn rfc_7520_and_rfc_8037_signatures_over_texts_verify_but_texts_are_not_tokens() {
    let of_bilbo = |[header, signature]: [&str; 2]| format!("{header}.{BILBO_PAYLOAD}.{signature}");
    let rows = [
        (
            "RFC 7520 §4.1",
            BILBO_KEY,
            Algorithm::Rs256,
            of_bilbo(BILBO_RS256),
        ),
        (
            "RFC 7520 §4.2",
            BILBO_KEY,
            Algorithm::Ps384,
            of_bilbo(BILBO_PS384),
        ),
        (
            "RFC 7520 §4.3",
            BILBO_P521,
            Algorithm::Es512,
            of_bilbo(BILBO_ES512),
        ),
        (
            "RFC 8037 A.4",
            ED25519_KEY,
            Algorithm::EdDsa,
            ED25519_TOKEN.to_owned(),
        ),
    ];
    for (example, key, algorithm, token) in rows {
        assert!(has_signed(key, algorithm, &token), "{example}");
        let (input, signature) = token.rsplit_once('.').unwrap();
        let other_first = if signature.starts_with('A') { "B" } else { "A" };
        let changed = format!("{input}.{other_first}{}", signature.get(1..).unwrap());
        assert!(!has_signed(key, algorithm, &changed), "{example}");
        let error = UnverifiedToken::parse(&token).err();
        assert!(
            matches!(error, Some(Error::Json(Part::Payload, _))),
            "{example}: {error:?}"
        );
    }
}

#[test]
fn a_p_521_key_has_the_thumbprint_of_rfc_7638() {
    // SHA-256 of `{"crv":"P-521","kty":"EC","x":…,"y":…}` with the numbers of RFC 7520 §3.1.
    let set = set_of(BILBO_P521);
    let thumbprints: Vec<&str> = set.keys().map(|key| key.thumbprint()).collect();
    assert_eq!(thumbprints, [BILBO_P521_THUMBPRINT]);
}

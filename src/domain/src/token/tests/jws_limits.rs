//! How many parts and bytes a token has, and what is not a token at all.

use super::jws::{GOOD_HEADER, GOOD_PAYLOAD, assert_refused, malformed, refusal_of};
use super::{encode, unsigned};
use crate::error::Code;
use crate::token::parse;

#[test]
fn a_token_has_three_parts_and_five_are_an_encrypted_one() {
    let header = encode(GOOD_HEADER);
    let parts = |count: usize| {
        malformed(&format!(
            "it has {count} parts; a signed JWT has three, separated by dots"
        ))
    };
    for (token, message) in [
        (format!("{header}.e30"), parts(2)),
        (format!("{header}.e30.AA.AA"), parts(4)),
        (format!("{header}.e30.AA.AA.AA.AA"), parts(6)),
    ] {
        assert_refused(&token, Code::TokenMalformed, &message);
    }
    let message = "The token is encrypted (a JWE, five parts), and the gateway has no key for it. Auth0 sends one where \
        the client asks for no `audience`: ask for your API's identifier. Elsewhere turn off the encryption of access \
        tokens.";
    for token in [
        format!("{header}.AA.AA.AA.AA"),
        format!("{header}..AA.AA.AA"),
    ] {
        assert_refused(&token, Code::TokenEncrypted, message);
    }
}

#[test]
fn an_opaque_token_is_called_opaque_with_the_remedy_of_its_provider() {
    let opaque = "The token is opaque, not a JWT, so no key can verify it.";
    let general = format!(
        "{opaque} Have the identity provider issue JWTs (Auth0: ask for your API's `audience`; Zitadel: set the \
         application's token type to JWT), or set `client_secret` so that tokens are introspected."
    );
    let google = format!(
        "{opaque} Google's access tokens are never JWTs: send the ID token and set `token_kind` to `id`."
    );
    for (token, message) in [
        ("ya29.a0AfB_byC", &google),
        ("gho_16C7e42F292c6912E7710c838347Ae178B4a", &general),
        ("a.b.c", &general),
        ("EwBAA8l6BAAU.x", &general),
        ("eyJhbGciOiJSUzI1NiJ9", &general),
        ("", &general),
    ] {
        assert_refused(token, Code::TokenOpaque, message);
    }
}

#[test]
fn sixteen_kibibytes_are_taken_and_one_byte_more_is_not() {
    let around = unsigned(GOOD_HEADER, "").len();
    // Four bytes of base64url carry three of the payload.
    let of_length = |wanted: usize| {
        let payload_bytes = (wanted - around) / 4 * 3;
        let filler = "g".repeat(payload_bytes - r#"{"a":""}"#.len());
        unsigned(GOOD_HEADER, &format!(r#"{{"a":"{filler}"}}"#))
    };
    let largest = of_length(16 * 1024);
    assert!(
        largest.len() > 16 * 1024 - 4 && largest.len() <= 16 * 1024,
        "{}",
        largest.len()
    );
    assert!(parse(&largest).is_ok());
    let padded = largest.clone() + &"A".repeat(16 * 1024 + 1 - largest.len());
    assert_refused(
        &padded,
        Code::TokenTooLarge,
        "The token is too large: it is 16385 bytes long; at most 16384 are accepted. Have the identity provider put fewer groups or roles \
         into it.",
    );
}

#[test]
fn a_header_has_at_most_four_kibibytes() {
    let header = |length: usize| format!(r#"{{"alg":"RS256","x":"{}"}}"#, "a".repeat(length));
    let around = header(0).len();
    assert!(parse(&unsigned(&header(3072 - around), "{}")).is_ok());
    assert_refused(
        &unsigned(&header(3073 - around), "{}"),
        Code::TokenTooLarge,
        "The token is too large: its header is 4098 bytes long; at most 4096 are accepted.",
    );
}

#[test]
fn no_refusal_repeats_the_token() {
    let secret = "c2VjcmV0LXBhcnQtb2YtdGhlLXRva2Vu";
    for token in [
        secret.to_owned(),
        format!("ey.{secret}.{secret}"),
        format!("{}.{secret}=.{secret}", encode(GOOD_HEADER)),
        format!("{}.{}.{secret}=", encode(GOOD_HEADER), encode(GOOD_PAYLOAD)),
        format!(
            "{}.{secret}.{secret}.{secret}.{secret}",
            encode(GOOD_HEADER)
        ),
    ] {
        let refusal = refusal_of(&token);
        assert!(!format!("{refusal:?}").contains(secret), "{refusal:?}");
    }
}

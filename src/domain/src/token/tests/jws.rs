//! The form of a token, without any cryptography.

use jwt_simple::prelude::Ed25519KeyPair;
use serde_json::json;

use super::{encode, unsigned};
use crate::error::{Code, Refusal};
use crate::jose::{Algorithm, Header, JwkSet};
use crate::token::{check_signature, parse};

pub(super) const GOOD_HEADER: &str = r#"{"alg":"RS256","kid":"k1","typ":"JWT"}"#;
pub(super) const GOOD_PAYLOAD: &str = r#"{"iss":"https://id.example","sub":"alice"}"#;
const ACCEPTED: &str =
    "Accepted are EdDSA, ES256, ES384, ES512, PS256, PS384, PS512, RS256, RS384, RS512.";

/// The message of a malformed token.
pub(super) fn malformed(why: &str) -> String {
    format!("The token is malformed: {why}. Send it exactly as the identity provider issued it.")
}

pub(super) fn refusal_of(token: &str) -> Refusal {
    parse(token)
        .err()
        .unwrap_or_else(|| panic!("taken: {token}"))
}

pub(super) fn assert_refused(token: &str, code: Code, message: &str) {
    let refusal = refusal_of(token);
    assert_eq!(
        (refusal.code(), refusal.message()),
        (code, message),
        "{token}"
    );
}

#[test]
fn a_token_in_the_strict_form_is_read_whole() {
    let token = unsigned(GOOD_HEADER, GOOD_PAYLOAD);
    let parsed = parse(&token).expect("right form");
    let expected = Header {
        algorithm: Algorithm::Rs256,
        key_id: Some("k1".to_owned()),
        media_type: Some("jwt".to_owned()),
    };
    assert_eq!(parsed.header, expected);
    assert_eq!(
        serde_json::to_string(parsed.claims.members()).unwrap(),
        GOOD_PAYLOAD
    );
}

#[test]
fn every_algorithm_is_known_by_its_exact_name() {
    let names = [
        ("EdDSA", Algorithm::EdDsa),
        ("Ed25519", Algorithm::EdDsa),
        ("ES256", Algorithm::Es256),
        ("ES384", Algorithm::Es384),
        ("ES512", Algorithm::Es512),
        ("PS256", Algorithm::Ps256),
        ("PS384", Algorithm::Ps384),
        ("PS512", Algorithm::Ps512),
        ("RS256", Algorithm::Rs256),
        ("RS384", Algorithm::Rs384),
        ("RS512", Algorithm::Rs512),
    ];
    for (name, algorithm) in names {
        let token = unsigned(&format!(r#"{{"alg":"{name}"}}"#), GOOD_PAYLOAD);
        let parsed = parse(&token).expect(name);
        assert_eq!(parsed.header.algorithm, algorithm, "{name}");
    }
}

#[test]
fn the_type_is_compared_without_case_and_without_application() {
    let rows = [
        ("JWT", "jwt"),
        ("at+jwt", "at+jwt"),
        ("AT+JWT", "at+jwt"),
        ("application/at+jwt", "at+jwt"),
        ("Application/AT+JWT", "at+jwt"),
        ("logout+jwt", "logout+jwt"),
    ];
    for (sent, expected) in rows {
        let token = unsigned(
            &format!(r#"{{"alg":"ES256","typ":"{sent}"}}"#),
            GOOD_PAYLOAD,
        );
        let parsed = parse(&token).expect(sent);
        assert_eq!(
            parsed.header.media_type.as_deref(),
            Some(expected),
            "{sent}"
        );
    }
}

#[test]
fn no_shared_secret_no_missing_signature_and_no_unknown_algorithm_is_taken() {
    let unsigned_at_all = format!(", so it is not signed at all. {ACCEPTED}");
    let shared = format!(
        ", and anyone who can verify such a token can also forge it. Choose an asymmetric signing key in the identity provider \
         (Authentik: select a signing key in the provider's settings). {ACCEPTED}"
    );
    let neither = format!(". {ACCEPTED}");
    let rows = [
        (r#""none""#, &unsigned_at_all),
        (r#""None""#, &unsigned_at_all),
        (r#""nOnE""#, &unsigned_at_all),
        (r#""HS256""#, &shared),
        (r#""HS512""#, &shared),
        (r#""hs256""#, &shared),
        (r#""ES512K""#, &neither),
        (r#""ES256K""#, &neither),
        (r#""rs256""#, &neither),
        (r#"" RS256""#, &neither),
        (r#""RSA-OAEP""#, &neither),
        (r#""""#, &neither),
        ("256", &neither),
        (r#"["RS256"]"#, &neither),
        ("null", &neither),
    ];
    for (algorithm, rest) in rows {
        let token = unsigned(&format!(r#"{{"alg":{algorithm}}}"#), GOOD_PAYLOAD);
        let message = format!("The token is refused: its `alg` is {algorithm}{rest}");
        assert_refused(&token, Code::TokenAlgorithmRefused, &message);
    }
}

#[test]
fn an_unsigned_token_is_called_unsigned_although_its_signature_is_empty() {
    let token = format!("{}.{}.", encode(r#"{"alg":"none"}"#), encode(GOOD_PAYLOAD));
    assert_eq!(refusal_of(&token).code(), Code::TokenAlgorithmRefused);
}

#[test]
fn a_header_member_that_must_be_understood_is_refused_by_name() {
    let encrypted = "belongs to encrypted tokens (RFC 7516), and the gateway has no key for one";
    let crit =
        "names extensions that must be understood (RFC 7515 §4.1.11), and the gateway has none";
    let payload =
        "says that the payload is not base64url (RFC 7797), unlike that of every access token";
    let rows = [
        (r#""crit":["exp"]"#, "crit", crit),
        (r#""crit":[]"#, "crit", crit),
        (r#""crit":null"#, "crit", crit),
        (r#""cr\u0069t":["b64"],"b64":false"#, "crit", crit),
        (r#""b64":false"#, "b64", payload),
        (r#""b64":true"#, "b64", payload),
        (r#""enc":"A128GCM""#, "enc", encrypted),
        (r#""zip":"DEF""#, "zip", encrypted),
    ];
    for (member, name, why) in rows {
        let token = unsigned(&format!(r#"{{"alg":"RS256",{member}}}"#), GOOD_PAYLOAD);
        let message = format!("The token is refused: its header has `{name}`, which {why}.");
        assert_refused(&token, Code::TokenHeaderRefused, &message);
    }
}

#[test]
fn a_header_member_that_brings_or_names_a_key_changes_nothing() {
    let plain = r#"{"alg":"RS256","kid":"k1"}"#;
    let expected = parse(&unsigned(plain, GOOD_PAYLOAD))
        .expect("a good form")
        .header;
    let rows = [
        r#""jwk":{"kty":"oct","k":"AA"}"#,
        r#""jwk":"text""#,
        r#""jku":"https://evil.example""#,
        r#""jku":["https://evil.example"]"#,
        r#""x5u":"https://evil.example""#,
        r#""x5c":["MII"]"#,
        r#""x5c":[]"#,
        r#""x5t":"AA""#,
        r#""x5t":1"#,
        r#""x5t#S256":null"#,
        r#""salt":"AA""#,
        r#""unknown":[1]"#,
    ];
    for member in rows {
        let header = format!(r#"{{"alg":"RS256","kid":"k1",{member}}}"#);
        let token = unsigned(&header, GOOD_PAYLOAD);
        let header = parse(&token).map(|token| token.header);
        assert_eq!(header.as_ref(), Ok(&expected), "{member}");
    }
}

#[test]
fn a_header_member_that_is_null_or_empty_is_absent() {
    for member in [
        r#""kid":null"#,
        r#""kid":"""#,
        r#""typ":null"#,
        r#""cty":null"#,
    ] {
        let token = unsigned(&format!(r#"{{"alg":"RS256",{member}}}"#), GOOD_PAYLOAD);
        let header = parse(&token).map(|token| token.header);
        let expected = Header {
            algorithm: Algorithm::Rs256,
            key_id: None,
            media_type: None,
        };
        assert_eq!(header, Ok(expected), "{member}");
    }
}

#[test]
fn a_token_inside_a_token_is_refused() {
    for cty in ["JWT", "jwt", "application/jwt"] {
        let token = unsigned(&format!(r#"{{"alg":"RS256","cty":"{cty}"}}"#), GOOD_PAYLOAD);
        let message = "The token is refused: its header has `cty` \"JWT\": it is a token inside a token (RFC 7519 §5.2). \
            Send the inner one.";
        assert_refused(&token, Code::TokenHeaderRefused, message);
    }
}

#[test]
fn a_token_for_microsoft_graph_is_explained_and_only_there_is_nonce_refused() {
    let header = r#"{"alg":"RS256","nonce":"x"}"#;
    for issuer in [
        "https://sts.windows.net/t/",
        "https://login.microsoftonline.com/t/v2.0",
    ] {
        let token = unsigned(header, &format!(r#"{{"iss":"{issuer}"}}"#));
        let message = "The token's header has `nonce`: Entra puts it into tokens for Microsoft Graph and other \
            services of Microsoft, which nobody else can verify. Ask for a token for your own API, with a scope such \
            as `api://<client ID>/<scope>`.";
        assert_refused(&token, Code::TokenHeaderRefused, message);
    }
    assert!(parse(&unsigned(header, GOOD_PAYLOAD)).is_ok());
}

#[test]
fn a_header_or_payload_that_is_not_a_strict_json_object_is_malformed() {
    let header = |why: &str| malformed(&format!("its header cannot be read ({why})"));
    let payload = |why: &str| malformed(&format!("its payload cannot be read ({why})"));
    let member = |name: &str, value: &str| {
        malformed(&format!(
            "its header has `{name}` {value}, which must be a string"
        ))
    };
    let rows = [
        (
            r#"{"alg":"RS256","alg":"none"}"#,
            "{}",
            header("the member `alg` occurs twice"),
        ),
        (
            r#"{"alg":"RS256","\u0061lg":"RS256"}"#,
            "{}",
            header("the member `alg` occurs twice"),
        ),
        (
            r#"{"alg":"RS256","x":[[[[1]]]]}"#,
            "{}",
            header("it is nested deeper than 4 levels"),
        ),
        ("{ }", "{}", malformed("its header has no `alg`")),
        (r#"{"alg":"RS256","kid":5}"#, "{}", member("kid", "5")),
        (
            r#"{"alg":"RS256","typ":["JWT"]}"#,
            "{}",
            member("typ", r#"["JWT"]"#),
        ),
        (r#"{"alg":"RS256","cty":{}}"#, "{}", member("cty", "{}")),
        (GOOD_HEADER, "[]", payload("it is not a JSON object")),
        (GOOD_HEADER, r#""text""#, payload("it is not a JSON object")),
        (
            GOOD_HEADER,
            r#"{"sub":"a","sub":"b"}"#,
            payload("the member `sub` occurs twice"),
        ),
        (
            GOOD_HEADER,
            r#"{"a":{"x":1,"\u0078":2}}"#,
            payload("the member `x` occurs twice"),
        ),
    ];
    for (header, payload, message) in rows {
        assert_refused(&unsigned(header, payload), Code::TokenMalformed, &message);
    }
}

#[test]
fn a_payload_is_at_most_32_levels_deep() {
    let nested =
        |levels: usize| format!(r#"{{"a":{}1{}}}"#, "[".repeat(levels), "]".repeat(levels));
    assert!(parse(&unsigned(GOOD_HEADER, &nested(31))).is_ok());
    assert_refused(
        &unsigned(GOOD_HEADER, &nested(32)),
        Code::TokenMalformed,
        &malformed("its payload cannot be read (it is nested deeper than 32 levels)"),
    );
}

#[test]
fn base64url_is_taken_in_its_one_spelling_only() {
    let (header, payload) = (encode(GOOD_HEADER), encode(GOOD_PAYLOAD));
    let refused = |part: &str| malformed(&format!("its {part} is not base64url without padding"));
    // `e30` is `{}`; `e31` decodes to the same bytes with a bit left over that nobody reads.
    let rows = [
        (format!("{header}=.{payload}.AAAA"), refused("header")),
        (format!("{header} .{payload}.AAAA"), refused("header")),
        (format!("ey+.{payload}.AAAA"), refused("header")),
        (format!("{header}.e30=.AAAA"), refused("payload")),
        (format!("{header}.e31.AAAA"), refused("payload")),
        (format!("{header}.e3\n0.AAAA"), refused("payload")),
        (format!("{header}.{payload}.AA=="), refused("signature")),
        (format!("{header}.{payload}.AB"), refused("signature")),
        (format!("{header}.{payload}.A"), refused("signature")),
        (format!("{header}.{payload}.a+/b"), refused("signature")),
        (format!("{header}..AAAA"), malformed("its payload is empty")),
        (
            format!("{header}.{payload}."),
            malformed("its signature is empty"),
        ),
    ];
    for (token, message) in rows {
        assert_refused(&token, Code::TokenMalformed, &message);
    }
}

#[test]
fn the_refusal_says_what_happened_and_what_entra_users_usually_did() {
    let pair = Ed25519KeyPair::generate();
    let set = JwkSet::parse(format!(r#"{{"keys":[{}]}}"#, pair.public_key().to_jwk()).as_bytes())
        .unwrap();
    let general = "The issuer's key did not make this token's signature: the token was changed, or somebody else \
        signed it.";
    let entra = format!(
        "{general} Entra: tokens for Microsoft Graph cannot be verified by anybody else, so ask for a scope of your \
         own API; where the app has claims mapping, its keys are in a document of their own: write it into \
         `discovery_url`, with `?appid=<client ID>`."
    );
    for (issuer, message) in [
        ("https://id.example", general),
        ("https://sts.windows.net/t/", &entra),
    ] {
        let token = unsigned(r#"{"alg":"EdDSA"}"#, &json!({"iss": issuer}).to_string());
        let token = parse(&token).unwrap();
        let key = set.select(&token.header, issuer).unwrap();
        let refusal = check_signature(key, &token).unwrap_err();
        assert_eq!(refusal.code(), Code::TokenSignatureInvalid);
        assert_eq!(refusal.message(), message);
    }
}

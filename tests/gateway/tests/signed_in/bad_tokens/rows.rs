//! Credentials that are refused, each with its refusal.

use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use harness::{Algorithm, Keys, TestIssuer};
use serde_json::{Value, json};

const ACCEPTED: &str =
    "Accepted are EdDSA, ES256, ES384, ES512, PS256, PS384, PS512, RS256, RS384, RS512.";
const FORGED: &str = "The issuer's key did not make this token's signature: the token was changed, or somebody else signed it.";

const UNSIGNED: &str = ", so it is not signed at all";
const SYMMETRIC: &str = ", and anyone who can verify such a token can also forge it. Choose an asymmetric signing key in the \
    identity provider (Authentik: select a signing key in the provider's settings)";
const OPAQUE: &str = "The token is opaque, not a JWT, so no key can verify it. Have the identity provider issue JWTs \
    (Auth0: ask for your API's `audience`; Zitadel: set the application's token type to JWT), or set `client_secret` so \
    that tokens are introspected.";
const ENCRYPTED: &str = "The token is encrypted (a JWE, five parts), and the gateway has no key for it. Auth0 sends one \
    where the client asks for no `audience`: ask for your API's identifier. Elsewhere turn off the encryption of access \
    tokens.";
const TOO_LARGE: &str = "The token is too large: it is 17413 bytes long; at most 16384 are accepted. Have the identity provider put fewer \
    groups or roles into it.";
const ID_TOKEN: &str = "The token is of the wrong kind: it is an ID token: it has `at_hash`. Send the access token, or \
    set `token_kind`.";
const BOUND: &str = "The token is bound to a key of its client (`cnf`: DPoP or mutual TLS), and the gateway cannot check \
    that the sender holds it. Have the client ask for a plain bearer token.";

/// A credential and its refusal.
pub(super) struct Row {
    pub(super) name: &'static str,
    pub(super) authorization: String,
    pub(super) status: u16,
    pub(super) code: &'static str,
    pub(super) message: String,
}

fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_secs()
}

fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn with(mut claims: Value, name: &str, value: Value) -> Value {
    claims[name] = value;
    claims
}

fn header(keys: &Keys, algorithm: &str) -> String {
    json!({"alg": algorithm, "typ": "at+jwt", "kid": keys.key_id(Algorithm::Rs256)}).to_string()
}

/// The `index`th part of a compact token changed.
fn changed(token: &str, index: usize, change: impl FnOnce(&str) -> String) -> String {
    let mut parts: Vec<String> = token.split('.').map(str::to_owned).collect();
    parts[index] = change(&parts[index]);
    parts.join(".")
}

fn flipped(part: &str) -> String {
    let mut bytes = URL_SAFE_NO_PAD.decode(part).unwrap();
    bytes[7] ^= 1;
    encode(bytes)
}

pub(super) fn credentials() -> Vec<Row> {
    let missing = |why: &str| format!("No token: {why}. Send `Authorization: Bearer <token>`.");
    let malformed = |why: &str| {
        format!("`Authorization` is malformed: {why}. Send `Authorization: Bearer <token>`, once.")
    };
    let none = "the request has no `Authorization`";
    let scheme = "`Authorization` has another scheme than `Bearer`";
    [
        ("none", "", 401, "token_missing", missing(none)),
        (
            "another scheme",
            "Basic YWxpY2U6eA==",
            401,
            "token_missing",
            missing(scheme),
        ),
        (
            "a scheme alone",
            "Bearer",
            400,
            "authorization_malformed",
            malformed("no token follows `Bearer`"),
        ),
        (
            "two words",
            "Bearer a b",
            400,
            "authorization_malformed",
            malformed("it holds more than one token"),
        ),
        (
            "odd characters",
            "Bearer a\"b",
            400,
            "authorization_malformed",
            malformed("the token has characters that no token may have (RFC 6750 §2.1)"),
        ),
    ]
    .map(|(name, authorization, status, code, message)| Row {
        name,
        authorization: authorization.to_owned(),
        status,
        code,
        message,
    })
    .into()
}

pub(super) fn malformed(good: &str) -> Vec<Row> {
    let malformed = |why: &str| {
        format!(
            "The token is malformed: {why}. Send it exactly as the identity provider issued it."
        )
    };
    let unreadable =
        |part: &str, why: &str| malformed(&format!("its {part} cannot be read ({why})"));
    let truncated = "it is not JSON: EOF while parsing a string at line 1 column 3";
    let no_json = "it is not JSON: expected value at line 1 column 1";
    let two_parts = malformed("it has 2 parts; a signed JWT has three, separated by dots");
    [
        (
            "opaque",
            "0123456789abcdef".to_owned(),
            "token_opaque",
            OPAQUE.to_owned(),
        ),
        (
            "two parts",
            good.rsplit_once('.').unwrap().0.to_owned(),
            "token_malformed",
            two_parts,
        ),
        (
            "five parts",
            format!("{good}.a.b"),
            "token_encrypted",
            ENCRYPTED.to_owned(),
        ),
        (
            "header is not JSON",
            changed(good, 0, |_| "eyJ9".to_owned()),
            "token_malformed",
            unreadable("header", truncated),
        ),
        (
            "payload is not JSON",
            changed(good, 1, |_| encode("alice")),
            "token_malformed",
            unreadable("payload", no_json),
        ),
        (
            "payload is an array",
            changed(good, 1, |_| encode("[]")),
            "token_malformed",
            unreadable("payload", "it is not a JSON object"),
        ),
        (
            "signature is padded",
            format!("{good}=="),
            "token_malformed",
            malformed("its signature is not base64url without padding"),
        ),
        (
            "no signature",
            changed(good, 2, |_| String::new()),
            "token_malformed",
            malformed("its signature is empty"),
        ),
        (
            "17 KiB",
            format!("ey.{}.x", "a".repeat(17 * 1024)),
            "token_too_large",
            TOO_LARGE.to_owned(),
        ),
    ]
    .map(|(name, token, code, message)| refused(name, &token, code, message))
    .into()
}

pub(super) fn claims(issuer: &TestIssuer, stranger: &TestIssuer) -> Vec<Row> {
    let good = || issuer.claims("alice");
    let (past, future) = (now() - 3600, now() + 3600);
    let mut eternal = good();
    eternal.as_object_mut().unwrap().remove("exp");
    let slash = format!("{}/", issuer.issuer());
    let strange = stranger.issuer();
    let expired = format!("The token's `exp`, {past}, passed N seconds ago. Get a new token.");
    let early = format!(
        "The token's `nbf`, {future}, is N seconds in the future. Compare the clocks of the identity provider and of the gateway."
    );
    let unknown = |issuer: &str| {
        format!(
            "The token's `iss` is \"{issuer}\", which is not exactly an `issuer` of this endpoint; every character counts, a closing slash too."
        )
    };
    let audience = |found: &str| {
        format!("The token's `aud` is {found}; this endpoint accepts tokens for dify-web.")
    };
    [
        (
            "expired",
            with(good(), "exp", json!(past)),
            "token_expired",
            expired,
        ),
        (
            "not yet valid",
            with(good(), "nbf", json!(future)),
            "token_not_yet_valid",
            early,
        ),
        (
            "without exp",
            eternal,
            "token_claim_invalid",
            "The token has no `exp`, so it would be valid for ever.".to_owned(),
        ),
        (
            "exp is text",
            with(good(), "exp", json!("2030-01-01")),
            "token_claim_invalid",
            "The token's claim `exp` is \"2030-01-01\"; it must be a number N seconds since 1970."
                .to_owned(),
        ),
        (
            "another issuer",
            with(good(), "iss", json!(strange)),
            "token_issuer_unknown",
            unknown(strange),
        ),
        (
            "the issuer with a slash",
            with(good(), "iss", json!(slash)),
            "token_issuer_unknown",
            unknown(&slash),
        ),
        (
            "another audience",
            with(good(), "aud", json!("other")),
            "token_audience_refused",
            audience("\"other\""),
        ),
        (
            "other audiences",
            with(good(), "aud", json!(["a", "dify-web2"])),
            "token_audience_refused",
            audience("[\"a\",\"dify-web2\"]"),
        ),
        (
            "an ID token",
            with(good(), "at_hash", json!("x")),
            "token_type_refused",
            ID_TOKEN.to_owned(),
        ),
        (
            "bound to a key",
            with(good(), "cnf", json!({"jkt": "x"})),
            "token_bound",
            BOUND.to_owned(),
        ),
    ]
    .map(|(name, claims, code, message)| {
        refused(
            name,
            &issuer.token(Algorithm::Es256, &claims),
            code,
            message,
        )
    })
    .into()
}

pub(super) fn signatures(issuer: &TestIssuer) -> Vec<Row> {
    let keys = issuer.keys();
    let claims = issuer.claims("alice").to_string();
    let good = issuer.token(Algorithm::Rs256, &issuer.claims("alice"));
    let signed = |algorithm: &str| keys.sign(Algorithm::Rs256, &header(&keys, algorithm), &claims);
    let unsigned = format!("{}.", signed("None").rsplit_once('.').unwrap().0);
    let others = Keys::generate();
    let forged = |key: &Keys| others.sign(Algorithm::Rs256, &header(key, "RS256"), &claims);
    let bob = encode(issuer.claims("bob").to_string());
    let algorithm = |name: &str, why: &str| {
        format!("The token is refused: its `alg` is \"{name}\"{why}. {ACCEPTED}")
    };
    let unknown = |key: &Keys, algorithm: &str| {
        let (kid, issuer) = (key.key_id(Algorithm::Rs256), issuer.issuer());
        format!(
            "The token names the key `kid` \"{kid}\" for {algorithm}, and no key of `{issuer}` fits. Sign in again: the provider may have withdrawn the key."
        )
    };
    let refused_algorithm = "token_algorithm_refused";
    [
        (
            "none",
            signed("none"),
            refused_algorithm,
            algorithm("none", UNSIGNED),
        ),
        (
            "None without signature",
            unsigned,
            refused_algorithm,
            algorithm("None", UNSIGNED),
        ),
        (
            "HS256 with the public key",
            shared_secret(&keys, &claims),
            refused_algorithm,
            algorithm("HS256", SYMMETRIC),
        ),
        (
            "ES256K",
            signed("ES256K"),
            refused_algorithm,
            algorithm("ES256K", ""),
        ),
        (
            "an EC algorithm for an RSA key",
            signed("ES256"),
            "token_key_unknown",
            unknown(&keys, "ES256"),
        ),
        (
            "PS256 said, RS256 done",
            signed("PS256"),
            "token_signature_invalid",
            FORGED.to_owned(),
        ),
        (
            "another user in the payload",
            changed(&good, 1, |_| bob),
            "token_signature_invalid",
            FORGED.to_owned(),
        ),
        (
            "a bit of the signature",
            changed(&good, 2, flipped),
            "token_signature_invalid",
            FORGED.to_owned(),
        ),
        (
            "another key of the same name",
            forged(&keys),
            "token_signature_invalid",
            FORGED.to_owned(),
        ),
        (
            "a key that nobody knows",
            forged(&others),
            "token_key_unknown",
            unknown(&others, "RS256"),
        ),
    ]
    .map(|(name, token, code, message)| refused(name, &token, code, message))
    .into()
}

/// The classic confusion: the public key, which everybody has, as the secret of an HMAC.
fn shared_secret(keys: &Keys, claims: &str) -> String {
    let input = format!("{}.{}", encode(header(keys, "HS256")), encode(claims));
    let secret = keys.public_jwks()[0]["n"].as_str().unwrap().to_owned();
    format!(
        "{input}.{}",
        encode(hmac_sha256::HMAC::mac(input.as_bytes(), secret))
    )
}

fn refused(name: &'static str, token: &str, code: &'static str, message: impl Into<String>) -> Row {
    Row {
        name,
        authorization: format!("Bearer {token}"),
        status: 401,
        code,
        message: message.into(),
    }
}

//! `Authorization`, one credential only.

use http::{HeaderMap, HeaderValue, header};

use crate::error::{Code, Refusal};
use crate::settings::AppKey;
use crate::token::AccessToken;

fn headers(values: &[&[u8]]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for value in values {
        headers.append(
            header::AUTHORIZATION,
            HeaderValue::from_bytes(value).expect("a value"),
        );
    }
    headers
}

#[test]
fn the_token_is_what_follows_the_scheme_in_any_case_after_any_number_of_spaces() {
    for (value, token) in [
        ("Bearer abc", "abc"),
        ("bearer abc", "abc"),
        ("BEARER abc", "abc"),
        ("BeArEr    abc", "abc"),
        ("Bearer a-b.c_d~e+f/g==", "a-b.c_d~e+f/g=="),
    ] {
        let credential = AccessToken::from_headers(&headers(&[value.as_bytes()]));
        assert_eq!(credential.expect(value).reveal(), token, "{value}");
    }
}

#[test]
fn a_request_without_a_bearer_token_is_told_how_to_send_one() {
    let send = "Send `Authorization: Bearer <token>`.";
    let absent = format!("No token: the request has no `Authorization`. {send}");
    let other = format!("No token: `Authorization` has another scheme than `Bearer`. {send}");
    let rows: [(&[&[u8]], &str); 8] = [
        (&[], &absent),
        (&[b""], &absent),
        (&[b"Basic YTpi"], &other),
        (&[b"DPoP abc"], &other),
        (&[b"Digest username=\"bearer\", realm=\"x\""], &other),
        (&[b"abc"], &other),
        (&[b"Bearerabc"], &other),
        (&[b"Bearer:abc"], &other),
    ];
    for (values, message) in rows {
        let refusal = AccessToken::from_headers(&headers(values)).expect_err(message);
        assert_eq!(
            (refusal.code(), refusal.message()),
            (Code::TokenMissing, message)
        );
    }
}

#[test]
fn what_is_not_exactly_one_token_is_malformed() {
    let rows: [(&[&[u8]], &str); 13] = [
        (&[b"Bearer abc", b"Bearer abc"], "it was sent twice"),
        (&[b"Basic YTpi", b"Bearer abc"], "it was sent twice"),
        (&[b"Bearer abc, Bearer def"], "it holds more than one token"),
        (&[b"Bearer abc,def"], "it holds more than one token"),
        (&[b"Bearer abc def"], "it holds more than one token"),
        (&[b"Bearer abc "], "it holds more than one token"),
        (&[b"Basic YTpi, Bearer abc"], "it holds several credentials"),
        (&[b"Bearer"], "no token follows `Bearer`"),
        (&[b"Bearer "], "no token follows `Bearer`"),
        (
            &[b"Bearer \tabc"],
            "the token has characters that no token may have (RFC 6750 §2.1)",
        ),
        (
            &[b"Bearer ab=c"],
            "the token has characters that no token may have (RFC 6750 §2.1)",
        ),
        (
            &[b"Bearer ="],
            "the token has characters that no token may have (RFC 6750 §2.1)",
        ),
        (
            &[b"Bearer \xc3\xa4"],
            "it has characters that are not ASCII",
        ),
    ];
    for (values, why) in rows {
        let refusal = AccessToken::from_headers(&headers(values)).expect_err(why);
        let message = format!(
            "`Authorization` is malformed: {why}. Send `Authorization: Bearer <token>`, once."
        );
        assert_eq!(
            (refusal.code(), refusal.message()),
            (Code::AuthorizationMalformed, &*message)
        );
    }
}

#[test]
fn what_a_client_sends_by_mistake_is_named() {
    let instead = |text: &str| {
        format!(
            "The client sent the text `{text}` instead of a token: it had none when it made the request. Have it wait \
             for the sign-in and send the access token."
        )
    };
    let texts = [
        "undefined",
        "null",
        "NULL",
        "None",
        "nil",
        "NaN",
        "false",
        "true",
        "[object Object]",
        "[object Promise]",
        "\"\"",
        "''",
        "\"undefined\"",
        "'null'",
        "\"[object Object]\"",
    ];
    let twice =
        "The client sent the word `Bearer` twice. Have it add the scheme once, before the token.";
    let quoted =
        "The client sent the token in quotation marks. Have it send the token without them.";
    let others = [
        ("Bearer", twice),
        ("Bearer abc", twice),
        ("bearer  eyJh.e30.AAAA", twice),
        ("\"Bearer abc\"", twice),
        ("\"abc\"", quoted),
        ("'eyJh.e30.AAAA'", quoted),
    ];
    let rows = texts.iter().map(|text| (*text, instead(text)));
    let rows = rows.chain(others.map(|(text, message)| (text, message.to_owned())));
    for (text, message) in rows {
        let value = format!("Bearer {text}");
        let refusal = AccessToken::from_headers(&headers(&[value.as_bytes()])).expect_err(text);
        assert_eq!(
            (refusal.code(), refusal.message()),
            (Code::TokenMalformed, &*message),
            "{text}"
        );
    }
    for token in ["undefined1", "nullable", "nonesuch", "bearer-token", "app"] {
        let value = format!("Bearer {token}");
        assert!(
            AccessToken::from_headers(&headers(&[value.as_bytes()])).is_ok(),
            "{token}"
        );
    }
}

#[test]
fn a_key_of_dify_is_told_as_that_and_never_repeated() {
    let own = AppKey::new("app-own".to_owned());
    let message = "The client sent a key of Dify instead of a token. The gateway adds the app key itself: have the \
        client send the access token that it got from the identity provider. Keep the key out of clients, because \
        anyone who has it can act as every user; make a new one if a client had it.";
    for (token, is_key) in [
        ("app-own", true),
        ("app-ABCDEFGHIJKLabcdefghijkl", true),
        ("dataset-0123456789ABCDEFghijklmn", true),
        ("app-ABCDEFGHIJKLabcdefghijk", false),
        ("app-ABCDEFGHIJKLabcdefghijklm", false),
        ("app-ABCDEFGHIJKLabcdefghij.l", false),
        ("own", false),
    ] {
        let value = format!("Bearer {token}");
        let credential = AccessToken::from_headers(&headers(&[value.as_bytes()])).expect(token);
        let expected = Refusal::new(Code::TokenMalformed, message);
        let expected = if is_key { Err(expected) } else { Ok(()) };
        assert_eq!(credential.refuse_dify_key(&own), expected, "{token}");
    }
}

#[test]
fn an_opaque_token_has_the_same_limit_as_a_jwt() {
    let value = format!("Bearer {}", "a".repeat(16 * 1024));
    assert!(AccessToken::from_headers(&headers(&[value.as_bytes()])).is_ok());
    let value = format!("{value}a");
    let refusal = AccessToken::from_headers(&headers(&[value.as_bytes()])).expect_err("too long");
    assert_eq!(refusal.code(), Code::TokenTooLarge);
}

#[test]
fn no_token_is_taken_from_anywhere_else() {
    let mut headers = HeaderMap::new();
    for name in [
        "cookie",
        "x-access-token",
        "proxy-authorization",
        "x-authorization",
        "x-forwarded-access-token",
    ] {
        headers.insert(name, HeaderValue::from_static("Bearer abc"));
    }
    let refusal = AccessToken::from_headers(&headers).expect_err("no Authorization");
    assert_eq!(refusal.code(), Code::TokenMissing);
}

#[test]
fn a_token_is_never_printed() {
    let token = AccessToken::from_headers(&headers(&[b"Bearer s3cr3t"])).expect("a token");
    assert_eq!(format!("{token:?}"), "AccessToken(redacted)");
    for value in [
        "Bearer s3cr3t s3cr3t",
        "Bearer \"s3cr3t\"",
        "Basic s3cr3t",
        "s3cr3t",
    ] {
        let refusal = AccessToken::from_headers(&headers(&[value.as_bytes()])).expect_err(value);
        assert!(!format!("{refusal:?}").contains("s3cr3t"), "{refusal:?}");
    }
}

//! Dify's `user`.

use serde_json::{Value, json};

use super::{assert_refused, judged, refused};
use crate::error::Code;

fn user(changed_claims: &Value, changed_settings: &Value) -> String {
    let caller = judged(changed_claims, changed_settings);
    caller
        .unwrap_or_else(|refusal| panic!("{changed_claims}: {refusal:?}"))
        .user
        .as_str()
        .to_owned()
}

#[test]
fn the_first_claim_that_the_token_has_is_the_user_as_it_is() {
    let rows = [
        (json!({}), "sub", "alice"),
        (json!({"uid": "u1"}), "uid sub", "u1"),
        (json!({}), "uid sub", "alice"),
        (json!({"uid": null}), "uid sub", "alice"),
        (json!({"uid": {"id": null}}), "uid.id sub", "alice"),
        (json!({"employee": 42}), "employee", "42"),
        (json!({"employee": -7}), "employee", "-7"),
        (
            json!({"employee": u64::MAX}),
            "employee",
            "18446744073709551615",
        ),
        (json!({"user": {"id": "n1"}}), "user.id", "n1"),
        (
            json!({"https://x.example/id": "n2"}),
            "https://x.example/id",
            "n2",
        ),
        (json!({"sub": " alice "}), "sub", " alice "),
        (json!({"sub": "Default-User"}), "sub", "Default-User"),
        (
            json!({"sub": "auth0|{1}\\\"'<>%00"}),
            "sub",
            "auth0|{1}\\\"'<>%00",
        ),
        (json!({"sub": "山田 太郎"}), "sub", "山田 太郎"),
        (json!({"sub": "e\u{301}"}), "sub", "e\u{301}"),
        (json!({"sub": "\u{939}\u{93f}"}), "sub", "\u{939}\u{93f}"),
        (json!({"sub": "😀"}), "sub", "😀"),
        (json!({"sub": "service:x"}), "sub", "service:x"),
    ];
    for (claims, user_claim, expected) in rows {
        assert_eq!(
            user(&claims, &json!({"user_claim": user_claim})),
            expected,
            "{claims}"
        );
    }
}

#[test]
fn length_is_counted_in_characters_as_postgresql_does() {
    for text in ["a".repeat(255), "ä".repeat(255), "😀".repeat(255)] {
        assert_eq!(user(&json!({"sub": text}), &json!({})), text);
    }
    for text in ["a".repeat(256), "😀".repeat(256)] {
        assert_eq!(
            refused(&json!({"sub": text}), &json!({})).code(),
            Code::UserClaimUnusable
        );
    }
}

#[test]
fn a_claim_that_cannot_be_a_user_is_refused_and_never_changed_or_skipped() {
    let unseen = "has invisible characters";
    let rows = [
        (json!(""), "is blank"),
        (json!("  "), "is blank"),
        (json!("\u{3000}"), "is blank"),
        (
            json!("DEFAULT-USER"),
            "is `DEFAULT-USER`, which Dify uses for callers without a user",
        ),
        (json!("x".repeat(300)), "has 300 characters, more than 255"),
        (json!("a\nb"), unseen),
        (json!("a\u{0}b"), unseen),
        (json!("a\u{7f}b"), unseen),
        (json!("a\u{85}b"), unseen),
        (json!("a\u{200b}b"), unseen),
        (json!("\u{feff}alice"), unseen),
        (json!("\u{202e}alice"), unseen),
        (json!("a\u{2066}b"), unseen),
        (json!("a\u{ad}b"), unseen),
        (json!("a\u{2028}b"), unseen),
        (json!("a\u{a0}b"), unseen),
        (json!("a\u{e0041}b"), unseen),
        (json!("a\u{e000}b"), unseen),
        (json!(1.5), "is 1.5, neither a string nor an integer"),
        (json!(1.0), "is 1.0, neither a string nor an integer"),
        (json!(true), "is true, neither a string nor an integer"),
        (
            json!(["alice"]),
            "is [\"alice\"], neither a string nor an integer",
        ),
        (
            json!({"id": "alice"}),
            "is {\"id\":\"alice\"}, neither a string nor an integer",
        ),
    ];
    for (value, why) in rows {
        let message = format!(
            "The token's claim `uid` {why}, so it cannot be a Dify user. It is never changed to fit: write another \
             claim into `user_claim`, or have the identity provider change it."
        );
        let settings = json!({"user_claim": "uid sub"});
        assert_refused(&[(
            json!({"uid": value}),
            settings,
            Code::UserClaimUnusable,
            &message,
        )]);
    }
}

#[test]
fn without_any_of_the_claims_nobody_is_let_in() {
    assert_refused(&[
        (
            json!({"sub": "absent"}),
            json!({}),
            Code::UserClaimMissing,
            "The token has none of the claims that say who the person is: sub.",
        ),
        (
            json!({}),
            json!({"user_claim": "oid, profile.id"}),
            Code::UserClaimMissing,
            "The token has none of the claims that say who the person is: oid, profile.id.",
        ),
    ]);
}

#[test]
fn an_address_that_nobody_verified_is_nobody() {
    let settings = json!({"user_claim": "email"});
    let with = |verified: Value| json!({"email": "alice@example.com", "email_verified": verified});
    for verified in [json!(true), json!("true"), json!("absent"), json!(null)] {
        assert_eq!(user(&with(verified), &settings), "alice@example.com");
    }
    for verified in [
        json!(false),
        json!("false"),
        json!(0),
        json!("no"),
        json!(1),
    ] {
        let message = format!(
            "The endpoint identifies people by `email`, and the token's `email_verified` is {verified}. Have the person \
             verify the address, or use `sub` in `user_claim`."
        );
        assert_refused(&[(
            with(verified),
            settings.clone(),
            Code::EmailNotVerified,
            &message,
        )]);
    }
    assert_eq!(user(&with(json!(false)), &json!({})), "alice");
}

fn hashed(changed_claims: &Value, user_claim: &str, key: &str) -> String {
    let settings = json!({"user_claim": user_claim, "user_format": "hashed", "user_hash_key": key});
    user(changed_claims, &settings)
}

#[test]
fn a_hashed_user_is_the_keyed_hash_of_issuer_path_and_value() {
    const KEY: &str = "0123456789abcdef";
    // HMAC-SHA-256 over 8-byte lengths and values of "https://id.example", "sub", "alice".
    assert_eq!(
        hashed(&json!({}), "sub", KEY),
        "u_xdPnBh_qKYeVsY92Nx65_xALKrgwcDw0yVmYVGAJK0M"
    );
    let all = [
        hashed(&json!({}), "sub", KEY),
        hashed(&json!({}), "sub", "0123456789abcdeF"),
        hashed(&json!({"sub": "bob"}), "sub", KEY),
        hashed(&json!({"uid": "alice"}), "uid", KEY),
        hashed(&json!({"suba": "lice"}), "suba", KEY),
    ];
    for (index, one) in all.iter().enumerate() {
        assert!(
            all.iter().skip(index + 1).all(|other| other != one),
            "{one}"
        );
    }
}

#[test]
fn a_claim_that_cannot_be_a_user_is_refused_before_it_is_hashed() {
    let settings = json!({"user_format": "hashed", "user_hash_key": "0123456789abcdef"});
    for value in ["", "DEFAULT-USER", "a\nb"] {
        assert_eq!(
            refused(&json!({"sub": value}), &settings).code(),
            Code::UserClaimUnusable,
            "{value:?}"
        );
    }
}

//! What opens a cookie, and what does not.

use proptest::prelude::*;
use serde_json::json;

use super::support::{
    LIMITS, NONCE, NOW, SHARED, keys, names, other_keys, public_url, session, settings,
};
use crate::issuer::Issuer;
use crate::session::keys::KeyMaterial;
use crate::session::{Keys, ReturnTo, SealedSession, Session, Slot, Transaction};

const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=+/. \0";

fn sealed(keys: &Keys) -> SealedSession {
    session("alice", 1).seal(keys, &names(), &NONCE).unwrap()
}

fn transaction(keys: &Keys) -> String {
    let transaction = Transaction::new([1; 32], ReturnTo::home(), None, 0, NOW);
    transaction.seal(keys, Slot::FIRST, &NONCE).unwrap()
}

#[test]
fn a_cookie_of_anything_else_does_not_open() {
    type Change = fn(&mut KeyMaterial<'static>);
    let same = other_keys(|_| ());
    let (session, login) = (sealed(&same), transaction(&same));
    let url = public_url(SHARED);
    assert!(Session::open(session.value(), &same).is_some());
    assert!(Transaction::open(&login, &same, Slot::FIRST, &url).is_some());
    let rows: [(&str, Change); 8] = [
        ("app key", |of| of.app_key = "app-0123456789abcdefghiJ"),
        ("client secret", |of| of.client_secret = b"another"),
        ("no client secret", |of| of.client_secret = b""),
        ("endpoint", |of| of.endpoint = "endpoint-2"),
        ("issuer", |of| {
            of.issuer = Box::leak(Box::new(Issuer::new("https://id2.example")));
        }),
        ("client", |of| of.client_id = "gateway2"),
        ("public URL", |of| {
            of.public_url = "https://dify.example/e/other"
        }),
        ("policy", |of| of.policy_digest = &[2; 32]),
    ];
    for (what, change) in rows {
        let other = other_keys(change);
        assert!(Session::open(session.value(), &other).is_none(), "{what}");
        assert!(
            Transaction::open(&login, &other, Slot::FIRST, &url).is_none(),
            "{what}"
        );
    }
}

#[test]
fn fields_of_a_key_cannot_take_over_from_their_neighbours() {
    let keys = other_keys(|of| (of.app_key, of.client_secret) = ("app-12", b"3"));
    let shifted = other_keys(|of| (of.app_key, of.client_secret) = ("app-1", b"23"));
    assert!(Session::open(sealed(&keys).value(), &shifted).is_none());
    let keys = other_keys(|of| (of.endpoint, of.client_id) = ("a", "bc"));
    let shifted = other_keys(|of| (of.endpoint, of.client_id) = ("ab", "c"));
    assert!(Session::open(sealed(&keys).value(), &shifted).is_none());
}

#[test]
fn a_session_is_no_transaction_and_a_transaction_no_session() {
    let (keys, url) = (keys(), public_url(SHARED));
    assert!(Session::open(&transaction(&keys), &keys).is_none());
    for slot in Slot::ALL {
        assert!(Transaction::open(sealed(&keys).value(), &keys, slot, &url).is_none());
    }
}

#[test]
fn what_the_policy_is_made_of_ends_sessions_and_nothing_else_does() {
    let opens_after = |changes| {
        let settings = settings(SHARED, changes);
        let other = Keys::new(&settings, settings.sign_in.as_ref().unwrap(), "endpoint-1");
        Session::open(sealed(&keys()).value(), &other).is_some()
    };
    for kept in [
        json!({}),
        json!({"log_level": "debug"}),
        json!({"session_limits": "hours=1 idle=20 check=5"}),
        json!({"page_origins": "https://cdn.example"}),
        json!({"login_scopes": "openid"}),
    ] {
        assert!(opens_after(kept.clone()), "{kept}");
    }
    for ended in [
        json!({"app_key": "app-9876543210abcdefghij"}),
        json!({"client_secret": "another-secret-0123456789"}),
        json!({"issuer": "https://id2.example"}),
        json!({"client_id": "gateway2"}),
        json!({"required_claims": "department=physics"}),
        json!({"admin_claims": "department=physics"}),
        json!({"user_claim": "email"}),
        json!({"input_claims": "department"}),
    ] {
        assert!(!opens_after(ended.clone()), "{ended}");
    }
}

#[test]
fn two_seals_of_the_same_session_differ_in_every_block() {
    let (first, second) = (
        sealed(&keys()),
        session("alice", 1)
            .seal(&keys(), &names(), &[8; 24])
            .unwrap(),
    );
    assert_eq!(first.value().len(), second.value().len());
    for (a, b) in first
        .value()
        .as_bytes()
        .chunks(22)
        .zip(second.value().as_bytes().chunks(22))
    {
        assert_ne!(a, b);
    }
}

#[test]
fn nothing_of_the_session_can_be_read_in_its_cookie_or_in_a_log() {
    let sealed = sealed(&keys());
    let shown = format!("{:?}", sealed.session());
    for secret in ["refresh-token", "01010101", "[1, 1"] {
        assert!(!shown.contains(secret), "{shown}");
    }
    for keys in [format!("{:?}", keys()), format!("{sealed:?}")] {
        assert!(
            !keys.contains("client-secret") && !keys.contains("refresh-token"),
            "{keys}"
        );
    }
    assert!(sealed.session().expires_in(NOW, &LIMITS) == LIMITS.lifetime);
}

#[test]
fn a_cookie_that_was_changed_in_any_character_or_cut_does_not_open() {
    let (keys, url) = (keys(), public_url(SHARED));
    let (session, login) = (sealed(&keys).value().to_owned(), transaction(&keys));
    let opens = |text: &str| {
        Session::open(text, &keys).is_some()
            || Transaction::open(text, &keys, Slot::FIRST, &url).is_some()
    };
    for text in [session, login] {
        assert!(opens(&text));
        for at in 0..text.len() {
            assert!(!opens(text.get(..at).unwrap()), "cut at {at}");
            for bit in 0..7 {
                let mut bytes = text.clone().into_bytes();
                bytes[at] ^= 1 << bit;
                let changed = String::from_utf8(bytes).unwrap();
                assert!(!opens(&changed), "bit {bit} of character {at}");
            }
        }
        for last in ALPHABET {
            let extended = format!("{text}{}", char::from(*last));
            assert!(!opens(&extended), "{extended:?}");
        }
        assert!(!opens(&format!("{text}{text}")));
    }
}

proptest! {
    #[test]
    fn nothing_that_was_not_sealed_opens(text in ".{0,400}", bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        use base64::Engine;
        let encoded = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes);
        for text in [text, encoded] {
            prop_assert!(Session::open(&text, &keys_once()).is_none());
        }
    }
}

fn keys_once() -> Keys {
    thread_local!(static KEYS: Keys = keys());
    KEYS.with(Clone::clone)
}

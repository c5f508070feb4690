//! What a session holds, and that it always fits.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::support::{
    HOOK, LOCAL, NONCE, NOW, OWN, SHARED, keys, login, names, person, public_url, refresh_token,
    session,
};
use crate::claims::Claims;
use crate::error::Code;
use crate::limits;
use crate::oauth::{AccessToken, NonceHash};
use crate::session::{
    Check, CookieNames, KeptToken, Keys, Login, LoginMark, PageSecret, PageToken, Session,
    SessionId, TokenFate,
};
use crate::time::UnixTime;

/// Every field of both is the same: what is sealed, and the caller that is made of it.
fn same(a: &Session, b: &Session) -> bool {
    let caller = |session: &Session| {
        let caller = session.caller();
        let texts = (caller.user, caller.issuer, caller.claims, caller.scopes);
        (texts, caller.is_admin, caller.is_service_account)
    };
    a.encoded() == b.encoded() && caller(a) == caller(b)
}

#[test]
fn a_session_comes_back_whole() {
    let minimal = Login {
        nonce: None,
        auth_time: None,
        id_token_issued: None,
        token: None,
        ..login("bob")
    };
    let minimal = Session::begin(
        minimal,
        SessionId::new([2; 16]),
        PageSecret::new([3; 16]),
        NOW,
    );
    for session in [
        session("alice", 1),
        session("alice", 1).unchecked(NOW).used(NOW),
        minimal,
    ] {
        let sealed = session.clone().seal(&keys(), &names(), &NONCE).unwrap();
        let opened = Session::open(sealed.value(), &keys()).unwrap();
        assert!(same(&opened, &session), "{opened:?}");
        let has_token = session.token().is_some();
        let fate = if has_token {
            TokenFate::Kept
        } else {
            TokenFate::Missing
        };
        assert_eq!(sealed.token_fate(), fate);
    }
}

#[test]
fn what_requests_need_of_the_person_is_in_the_caller() {
    let sealed = session("alice", 1).seal(&keys(), &names(), &NONCE).unwrap();
    let caller = Session::open(sealed.value(), &keys()).unwrap().caller();
    assert_eq!(caller.user.as_str(), "alice");
    assert_eq!(caller.issuer.as_str(), "https://id.example");
    assert_eq!(caller.claims.get("department"), Some(&json!("physics")));
    assert_eq!(caller.scopes, ["openid", "email"]);
}

#[test]
fn a_check_brings_the_person_up_to_date_and_keeps_the_rest() {
    let before = session("alice", 1).unchecked(NOW);
    let later = UnixTime::from_secs(NOW.as_secs() + 900);
    let mut renamed = person("alice");
    renamed.name = Some("Alice Changed".to_owned());
    let after = before.clone().checked(
        Check {
            person: renamed,
            auth_time: None,
            token: None,
        },
        later,
    );
    assert_eq!(after.person().name.as_deref(), Some("Alice Changed"));
    assert_eq!(
        (after.id(), after.page_secret()),
        (before.id(), before.page_secret())
    );
    assert_eq!(after.token(), Some(&refresh_token("refresh-token")));
    assert_eq!((after.auth_time(), after.issued), (before.auth_time(), NOW));
    assert_eq!(
        (after.last_check(), after.provider_is_reachable()),
        (later, true)
    );
    let rotated = after.checked(
        Check {
            person: person("alice"),
            auth_time: Some(later),
            token: Some(refresh_token("rotated")),
        },
        later,
    );
    assert_eq!(rotated.token(), Some(&refresh_token("rotated")));
    assert_eq!(rotated.auth_time(), Some(later));
}

#[test]
fn a_token_without_room_is_left_out_before_the_name_and_both_before_a_refusal() {
    // (bytes of the token, bytes of the claim, what became of the token, the name kept; `None` for a refusal)
    type Kept = Option<(TokenFate, bool)>;
    let left_out = |length| TokenFate::LeftOut { length };
    let rows: [(usize, usize, Kept); 5] = [
        (1500, 100, Some((TokenFate::Kept, true))),
        (4000, 100, Some((left_out(4000), true))),
        (100, 1880, Some((left_out(100), true))),
        (100, 1980, Some((left_out(100), false))),
        (100, 5000, None),
    ];
    for (token, claim, expected) in rows {
        let mut login = login("alice");
        login.person.name = Some("n".repeat(64));
        login.token = Some(refresh_token(&"!".repeat(token)));
        let claims = json!({"about": "a".repeat(claim)});
        login.person.caller.claims = Claims::new(claims.as_object().unwrap().clone());
        let session = Session::begin(
            login,
            SessionId::new([1; 16]),
            PageSecret::new([1; 16]),
            NOW,
        );
        let sealed = session.seal(&keys(), &names(), &NONCE).ok();
        let found = sealed.map(|sealed| {
            let name = sealed.session().person().name.is_some();
            (sealed.token_fate(), name)
        });
        assert_eq!(found, expected, "{token} {claim}");
    }
}

#[test]
fn a_claim_that_does_not_fit_is_named() {
    type Change = fn(&mut Login);
    let rows: [(&str, Change, usize); 4] = [
        (
            "about",
            |of| of.person.caller.claims = claims("about", 5000),
            5002,
        ),
        ("sub", |of| of.person.subject = "s".repeat(4000), 4000),
        (
            "sid",
            |of| of.person.provider_session = Some("s".repeat(3000)),
            3000,
        ),
        (
            "scope",
            |of| of.person.caller.scopes = vec!["chat".to_owned(); 1000],
            5000,
        ),
    ];
    for (name, change, length) in rows {
        let mut login = login("alice");
        change(&mut login);
        let session = Session::begin(
            login,
            SessionId::new([1; 16]),
            PageSecret::new([1; 16]),
            NOW,
        );
        let refusal = session.seal(&keys(), &names(), &NONCE).unwrap_err();
        assert_eq!(refusal.code(), Code::SessionTooLarge);
        assert_eq!(
            refusal.message(),
            format!(
                "The claim `{name}` has {length} bytes, and a session cookie has room for 3000 bytes in all. Choose \
                 fewer or shorter claims in `input_claims`, or have the identity provider shorten this one."
            )
        );
    }
}

fn claims(name: &str, length: usize) -> Claims {
    Claims::new(Map::from_iter([(
        name.to_owned(),
        Value::from("a".repeat(length)),
    )]))
}

#[test]
fn tokens_in_base64url_take_a_quarter_less_and_come_back_as_they_were() {
    let jwt = format!(
        "{}.{}.{}",
        "eyJhbGciOiJIUzUxMiJ9",
        "A".repeat(800),
        "B".repeat(86)
    );
    let entra = format!("1.{}.{}", "AXoA".repeat(20), "-_".repeat(600));
    for text in [
        jwt.as_str(),
        &entra,
        "",
        ".",
        "a",
        "AB",
        "AA",
        "a.b.c",
        "..",
        "é",
        "v1.~x/y+z==",
    ] {
        for token in [
            refresh_token(text),
            KeptToken::Access(AccessToken::new(text.to_owned())),
        ] {
            assert_eq!(token.packed().unpacked(), token, "{text}");
        }
    }
    let size = |token| {
        let login = Login {
            token: Some(token),
            ..login("alice")
        };
        let session = Session::begin(
            login,
            SessionId::new([1; 16]),
            PageSecret::new([1; 16]),
            NOW,
        );
        session.encoded().unwrap().len()
    };
    assert!(
        size(refresh_token(&jwt)) + jwt.len() / 5 < size(refresh_token(&"!".repeat(jwt.len())))
    );
}

#[test]
fn a_name_is_cut_between_characters_and_a_blank_one_is_none() {
    for (name, expected) in [
        ("Alice", Some("Alice".to_owned())),
        (&"ü".repeat(40), Some("ü".repeat(32))),
        (&"漢".repeat(40), Some("漢".repeat(21))),
        ("  ", None),
        ("", None),
    ] {
        let mut login = login("alice");
        login.person.name = Some(name.to_owned());
        let session = Session::begin(
            login,
            SessionId::new([1; 16]),
            PageSecret::new([1; 16]),
            NOW,
        );
        assert_eq!(session.person().name, expected);
    }
}

#[test]
fn a_page_token_is_of_one_page_secret() {
    let token = session("alice", 1).page_token();
    let text = token.to_text();
    assert_eq!(text.len(), 43);
    let parsed = PageToken::parse(&text).unwrap();
    assert!(parsed.is_of(&PageSecret::new([1; 16])));
    assert!(!parsed.is_of(&PageSecret::new([2; 16])));
    for nonsense in [
        "",
        "A",
        text.split_at(1).1,
        &format!("{text}A"),
        &text.replace('-', "+"),
        "=".repeat(43).as_str(),
    ] {
        let opens =
            PageToken::parse(nonsense).is_some_and(|token| token.is_of(&PageSecret::new([1; 16])));
        assert!(!opens || *nonsense == text, "{nonsense}");
    }
    assert_eq!(format!("{parsed:?}"), "PageToken(redacted)");
}

#[test]
fn a_login_mark_is_of_one_state() {
    assert_eq!(LoginMark::of("0abc"), LoginMark::of("0abc"));
    assert_ne!(LoginMark::of("0abc"), LoginMark::of("1abc"));
}

#[test]
fn the_same_person_is_the_same_subject_and_user() {
    let mut other_user = person("alice");
    other_user.caller.user = person("bob").caller.user;
    assert!(person("alice").is(&person("alice")));
    assert!(!person("alice").is(&person("bob")));
    assert!(!person("alice").is(&other_user));
}

fn logins() -> impl Strategy<Value = Login> {
    let claims = prop::collection::btree_map("[a-z_.]{1,12}", ".{0,300}", 0..6);
    let token = prop::option::of(prop_oneof!["[A-Za-z0-9_.-]{0,2500}", ".{0,2500}"]);
    let scopes = prop::collection::vec("[a-z:/.]{1,30}", 0..20);
    let times = (
        any::<Option<u32>>(),
        any::<Option<u32>>(),
        any::<Option<[u8; 8]>>(),
    );
    (
        ".{0,200}",
        ".{0,300}",
        prop::option::of(".{0,100}"),
        claims,
        token,
        scopes,
        times,
        any::<[bool; 3]>(),
    )
        .prop_map(
            |(
                name,
                subject,
                sid,
                claims,
                token,
                scopes,
                (auth_time, issued, nonce),
                [is_admin, is_access, has_name],
            )| {
                let mut login = login("alice");
                login.person.name = has_name.then_some(name);
                login.person.subject = subject;
                login.person.provider_session = sid;
                login.person.caller.is_admin = is_admin;
                login.person.caller.scopes = scopes;
                let members = claims
                    .into_iter()
                    .map(|(name, value)| (name, Value::from(value)));
                login.person.caller.claims = Claims::new(members.collect());
                login.nonce = nonce.map(|nonce| NonceHash::of(&format!("{nonce:?}")));
                login.auth_time = auth_time.map(|time| UnixTime::from_secs(time.into()));
                login.id_token_issued = issued.map(|time| UnixTime::from_secs(time.into()));
                login.token = token.map(|text| {
                    if is_access {
                        KeptToken::Access(AccessToken::new(text))
                    } else {
                        refresh_token(&text)
                    }
                });
                login
            },
        )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn what_the_encoder_accepts_fits_and_comes_back(login in logins(), nonce in any::<[u8; 24]>()) {
        let (keys, all_names) = fixtures();
        for names in &all_names {
            let session = Session::begin(login.clone(), SessionId::new([1; 16]), PageSecret::new([9; 16]), NOW);
            let Ok(sealed) = session.clone().seal(&keys, names, &nonce) else {
                prop_assert!(login.token.is_none() || !fits_without_token(&login, &keys, names));
                continue;
            };
            prop_assert!(names.session().len() + sealed.value().len() <= limits::SESSION_COOKIE);
            let opened = Session::open(sealed.value(), &keys).unwrap();
            prop_assert!(same(&opened, sealed.session()), "{opened:?}");
            let is_left_out = matches!(sealed.token_fate(), TokenFate::LeftOut { .. });
            prop_assert_eq!(!is_left_out, opened.token() == session.token());
        }
    }
}

fn fits_without_token(login: &Login, keys: &Keys, names: &CookieNames) -> bool {
    let mut login = login.clone();
    (login.token, login.person.name) = (None, None);
    let session = Session::begin(
        login,
        SessionId::new([1; 16]),
        PageSecret::new([9; 16]),
        NOW,
    );
    session.seal(keys, names, &NONCE).is_ok()
}

fn fixtures() -> (Keys, Vec<CookieNames>) {
    thread_local!(static FIXTURES: (Keys, Vec<CookieNames>) = {
        let names = [SHARED, OWN, LOCAL].map(|url| CookieNames::new(&public_url(url), HOOK));
        (keys(), names.into())
    });
    FIXTURES.with(Clone::clone)
}

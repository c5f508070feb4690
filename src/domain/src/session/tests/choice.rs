//! Which of several cookies counts.

use std::time::Duration;

use http::header::COOKIE;
use http::{HeaderMap, HeaderValue};

use super::support::{NONCE, NOW, SHARED, keys, names, public_url, session};
use crate::session::{
    OnNavigation, PageSecret, PageToken, RequestCookies, ReturnTo, Session, SessionId, Slot,
    Transaction,
};
use crate::time::UnixTime;

fn sealed(session: Session) -> String {
    let sealed = session.seal(&keys(), &names(), &NONCE).unwrap();
    format!("{}={}", names().session(), sealed.value())
}

fn cookies(pairs: &[String]) -> RequestCookies {
    let field = HeaderValue::from_str(&pairs.join("; ")).unwrap();
    RequestCookies::of(&HeaderMap::from_iter([(COOKIE, field)]), &names())
}

fn junk() -> String {
    format!("{}=planted", names().session())
}

fn token(number: u8) -> PageToken {
    PageToken::of(&PageSecret::new([number; 16]))
}

/// The person of a page's request, or why there is none.
fn for_page(pairs: &[String], number: u8) -> String {
    let opened = cookies(pairs).opened(&keys());
    if opened.is_empty() {
        return "missing".to_owned();
    }
    opened.for_page(&token(number)).map_or_else(
        || "foreign".to_owned(),
        |session| session.person().subject.clone(),
    )
}

fn on_navigation(pairs: &[String]) -> String {
    let ended = SessionId::new([9; 16]);
    let opened = cookies(pairs).opened(&keys());
    match opened.on_navigation(|session| session.id() != ended) {
        OnNavigation::Missing => "missing".to_owned(),
        OnNavigation::Several => "several".to_owned(),
        OnNavigation::One(session) => session.person().subject.clone(),
    }
}

#[test]
fn the_session_of_the_page_token_counts_wherever_it_stands() {
    let (alice, mallory) = (sealed(session("alice", 1)), sealed(session("mallory", 2)));
    let rows: [(&[String], &str); 6] = [
        (&[], "missing"),
        (&[junk()], "missing"),
        (std::slice::from_ref(&mallory), "foreign"),
        (&[alice.clone(), mallory.clone()], "alice"),
        (&[mallory.clone(), alice.clone()], "alice"),
        (&[junk(), mallory.clone(), junk(), alice], "alice"),
    ];
    for (pairs, expected) in rows {
        assert_eq!(for_page(pairs, 1), expected);
    }
}

#[test]
fn eight_planted_cookies_hide_a_session_and_let_nobody_in() {
    let pairs: Vec<String> = (0..8)
        .map(|_| junk())
        .chain([sealed(session("alice", 1))])
        .collect();
    assert_eq!(for_page(&pairs, 1), "missing");
    assert_eq!(on_navigation(&pairs), "missing");
}

#[test]
fn of_two_copies_the_latest_counts() {
    let later = NOW.plus(Duration::from_secs(900));
    let (old, new) = (session("alice", 1), session("alice", 1).renewed(later));
    let tried = session("alice", 1).unchecked(later);
    for (a, b, checked, reachable) in [
        (old.clone(), new.clone(), later, true),
        (new, old.clone(), later, true),
        (tried, old, NOW, false),
    ] {
        let opened = cookies(&[sealed(a), sealed(b)]).opened(&keys());
        let Some(fitting) = opened.for_page(&token(1)) else {
            panic!("none fits");
        };
        assert_eq!(
            (fitting.last_check(), fitting.provider_is_reachable()),
            (checked, reachable)
        );
        let OnNavigation::One(only) = opened.on_navigation(|_| true) else {
            panic!("not one");
        };
        assert_eq!(
            (only.last_check(), only.provider_is_reachable()),
            (checked, reachable)
        );
    }
}

#[test]
fn a_navigation_with_the_sessions_of_two_logins_has_none() {
    let (alice, bob, ended) = (
        sealed(session("alice", 1)),
        sealed(session("bob", 2)),
        sealed(session("carol", 9)),
    );
    let rows: [(&[String], &str); 7] = [
        (&[], "missing"),
        (&[junk()], "missing"),
        (&[alice.clone(), junk()], "alice"),
        (&[alice.clone(), alice.clone()], "alice"),
        (&[alice.clone(), bob], "several"),
        (&[ended.clone(), alice], "alice"),
        (&[ended], "carol"),
    ];
    for (pairs, expected) in rows {
        assert_eq!(on_navigation(pairs), expected);
    }
}

fn slot(slot: usize, started: UnixTime) -> String {
    let transaction = Transaction::new([1; 32], ReturnTo::home(), None, 0, started);
    let sealed = transaction.seal(&keys(), Slot::ALL[slot], &NONCE).unwrap();
    format!("{}={sealed}", names().slot(Slot::ALL[slot]))
}

#[test]
fn a_login_takes_the_first_free_slot_and_else_the_oldest() {
    let at = |minutes: u64| NOW.plus(Duration::from_secs(60 * minutes));
    let misplaced = slot(0, at(1)).replace("_t0=", "_t1=");
    let rows: [(&[String], u8); 7] = [
        (&[], 0),
        (&[slot(0, at(1))], 1),
        (&[slot(1, at(1))], 0),
        (&[slot(0, at(1)), misplaced], 1),
        (&[slot(0, at(1)), slot(1, at(2)), slot(3, at(3))], 2),
        (
            &[
                slot(0, at(4)),
                slot(1, at(2)),
                slot(2, at(3)),
                slot(3, at(5)),
            ],
            1,
        ),
        (
            &[slot(0, at(4)), slot(1, at(5)), slot(2, NOW), slot(3, at(6))],
            2,
        ),
    ];
    let url = public_url(SHARED);
    for (pairs, expected) in rows {
        let free = cookies(pairs).free_slot(&keys(), &url, at(15));
        assert_eq!(free.number(), expected, "{}", pairs.len());
    }
    let found = cookies(&[slot(2, NOW), slot(2, at(1))]);
    assert_eq!(found.transactions(&keys(), Slot::ALL[2], &url).len(), 2);
}

//! What is remembered of logins and logouts.

use std::time::Duration;

use super::support::{LIMITS, NOW, login, session};
use crate::limits;
use crate::session::{
    Login, LogoutMark, Memories, Memory, PageSecret, ReturnTo, Session, SessionId, Transaction,
};
use crate::time::UnixTime;

const HOURS: Duration = LIMITS.lifetime;

fn begun(subject: &str, id_token_issued: UnixTime) -> Session {
    let login = Login {
        id_token_issued: Some(id_token_issued),
        ..login(subject)
    };
    Session::begin(
        login,
        SessionId::new([1; 16]),
        PageSecret::new([1; 16]),
        NOW,
    )
}

fn by_sid(sid: &str) -> LogoutMark<'_> {
    LogoutMark::Session { sid, subject: None }
}

fn after(seconds: u64) -> UnixTime {
    NOW.plus(Duration::from_secs(seconds))
}

#[test]
fn a_transaction_is_used_once_until_it_is_stale() {
    let memory = Memory::default();
    let transaction = |random| Transaction::new([random; 32], ReturnTo::home(), None, 0, NOW);
    assert!(!memory.is_used(&transaction(1), NOW));
    memory.use_up(&transaction(1));
    assert!(memory.is_used(&transaction(1), after(899)));
    assert!(!memory.is_used(&transaction(1), after(900)));
    assert!(!memory.is_used(&transaction(2), NOW));
}

#[test]
fn a_session_that_was_ended_stays_so_for_as_long_as_its_cookie_counts() {
    let memory = Memory::default();
    memory.end(&session("alice", 1), &LIMITS);
    let last = NOW.plus(HOURS - Duration::from_secs(1));
    for (session, now, ended) in [
        (session("alice", 1), NOW, true),
        (session("alice", 1).renewed(after(900)), last, true),
        (session("alice", 1), NOW.plus(HOURS), false),
        (session("alice", 2), NOW, false),
    ] {
        assert_eq!(memory.has_ended(&session, now), ended);
    }
}

#[test]
fn a_logout_token_with_a_sid_ends_that_session_alone() {
    let memory = Memory::default();
    assert!(memory.note_logout("1", &by_sid("sid-alice"), NOW, &LIMITS));
    let other = LogoutMark::Session {
        sid: "sid-bob",
        subject: Some("alice"),
    };
    assert!(memory.note_logout("2", &other, NOW, &LIMITS));
    let mut elsewhere = login("alice");
    elsewhere.person.provider_session = Some("sid-of-another-browser".to_owned());
    let elsewhere = Session::begin(
        elsewhere,
        SessionId::new([3; 16]),
        PageSecret::new([3; 16]),
        NOW,
    );
    assert!(memory.has_ended(&session("alice", 1), NOW));
    assert!(!memory.has_ended(&elsewhere, NOW));
    assert!(
        !memory.has_ended(&session("bob", 2), NOW),
        "the `sub` is another person's"
    );
    let same = LogoutMark::Session {
        sid: "sid-bob",
        subject: Some("bob"),
    };
    assert!(memory.note_logout("3", &same, NOW, &LIMITS));
    assert!(memory.has_ended(&session("bob", 2), NOW));
}

#[test]
fn a_logout_token_with_a_sub_alone_ends_what_began_before_it() {
    let memory = Memory::default();
    let mark = |seconds| LogoutMark::Person {
        subject: "alice",
        issued: after(seconds),
    };
    assert!(memory.note_logout("1", &mark(100), NOW, &LIMITS));
    // One that comes late must not take back what a later one has ended.
    assert!(memory.note_logout("2", &mark(50), NOW, &LIMITS));
    for (session, ended) in [
        (begun("alice", after(99)), true),
        (begun("alice", after(100)), false),
        (begun("alice", after(101)), false),
        (begun("bob", after(99)), false),
    ] {
        assert_eq!(
            memory.has_ended(&session, after(200)),
            ended,
            "{:?}",
            session.began()
        );
    }
    assert!(!memory.has_ended(&begun("alice", after(99)), NOW.plus(HOURS)));
}

#[test]
fn a_logout_token_counts_once() {
    let memory = Memory::default();
    let person = LogoutMark::Person {
        subject: "alice",
        issued: NOW,
    };
    assert!(memory.note_logout("1", &by_sid("a"), NOW, &LIMITS));
    assert!(!memory.note_logout("1", &by_sid("a"), NOW, &LIMITS));
    assert!(!memory.note_logout("1", &person, NOW, &LIMITS));
    assert!(!memory.has_ended(&begun("alice", UnixTime::from_secs(0)), NOW));
}

#[test]
fn twenty_thousand_logout_tokens_keep_the_newest_and_no_more() {
    let memory = Memory::default();
    for number in 0..2 * limits::LOGOUT_MARKS {
        let sid = format!("sid-{number}");
        assert!(memory.note_logout(&sid, &by_sid(&sid), NOW, &LIMITS));
    }
    let of = |number: usize| {
        let mut login = login("alice");
        login.person.provider_session = Some(format!("sid-{number}"));
        Session::begin(
            login,
            SessionId::new([1; 16]),
            PageSecret::new([1; 16]),
            NOW,
        )
    };
    for (number, ended) in [(0, false), (9_999, false), (10_000, true), (19_999, true)] {
        assert_eq!(memory.has_ended(&of(number), NOW), ended, "{number}");
    }
    let shown = format!("{memory:?}");
    assert!(shown.contains("by_sid: Recent(10000 entries)"), "{shown}");
    assert!(shown.contains("seen: Recent(10000 entries)"), "{shown}");
}

#[test]
fn one_policy_neither_sees_nor_pushes_out_what_another_remembers() {
    let memories = Memories::new();
    let (first, second) = (memories.of(&[1; 32]), memories.of(&[2; 32]));
    first.end(&session("alice", 1), &LIMITS);
    for number in 0..20_000_u32 {
        let jti = number.to_string();
        second.note_logout(&jti, &by_sid(&jti), NOW, &LIMITS);
    }
    assert!(!second.has_ended(&session("alice", 1), NOW));
    assert!(memories.of(&[1; 32]).has_ended(&session("alice", 1), NOW));
}

//! How long a session counts.

use std::time::Duration;

use super::support::{LIMITS, NOW, login, session};
use crate::session::{Login, PageSecret, Session, SessionId, Standing};
use crate::time::UnixTime;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;

fn after(seconds: u64) -> UnixTime {
    NOW.plus(Duration::from_secs(seconds))
}

fn without_token() -> Session {
    let login = Login {
        token: None,
        ..login("alice")
    };
    Session::begin(
        login,
        SessionId::new([1; 16]),
        PageSecret::new([1; 16]),
        NOW,
    )
}

#[test]
fn what_a_session_opens_depends_on_its_hours_and_its_last_check() {
    use Standing::{CheckOverdue, Expired, Good, GraceOver};
    let checked = |at| session("alice", 1).renewed(after(at));
    let failed = |at| session("alice", 1).unchecked(after(at));
    let rows = [
        ("fresh", session("alice", 1), 0, Good),
        (
            "before the check is overdue",
            session("alice", 1),
            20 * MINUTE - 1,
            Good,
        ),
        (
            "check overdue",
            session("alice", 1),
            20 * MINUTE,
            CheckOverdue,
        ),
        (
            "check overdue, at the last moment",
            session("alice", 1),
            12 * HOUR - 1,
            CheckOverdue,
        ),
        ("past its hours", session("alice", 1), 12 * HOUR, Expired),
        (
            "past its hours, just checked",
            checked(12 * HOUR - 1),
            12 * HOUR,
            Expired,
        ),
        ("checked again", checked(HOUR), HOUR + 20 * MINUTE - 1, Good),
        ("tried in vain", failed(15 * MINUTE), 20 * MINUTE, Good),
        (
            "tried in vain, and not again",
            failed(15 * MINUTE),
            21 * MINUTE,
            CheckOverdue,
        ),
        (
            "the last minute of grace",
            failed(59 * MINUTE),
            HOUR - 1,
            Good,
        ),
        ("grace over", failed(59 * MINUTE), HOUR, GraceOver),
        (
            "grace over long since",
            failed(59 * MINUTE),
            11 * HOUR,
            GraceOver,
        ),
        (
            "grace over and past its hours",
            failed(59 * MINUTE),
            12 * HOUR,
            Expired,
        ),
        ("without a token", without_token(), HOUR - 1, Good),
        (
            "without a token, after an hour",
            without_token(),
            HOUR,
            Expired,
        ),
        (
            "without a token, renewed",
            without_token().renewed(after(50 * MINUTE)),
            HOUR,
            Expired,
        ),
    ];
    for (what, session, seconds, expected) in rows {
        assert_eq!(
            session.standing(after(seconds), &LIMITS),
            expected,
            "{what}"
        );
    }
}

#[test]
fn another_instance_may_be_a_minute_behind_and_no_more() {
    let started = NOW.as_secs();
    for (back, expected) in [
        (1, Standing::Good),
        (60, Standing::Good),
        (61, Standing::Expired),
    ] {
        let now = UnixTime::from_secs(started - back);
        assert_eq!(
            session("alice", 1).standing(now, &LIMITS),
            expected,
            "{back}"
        );
    }
}

#[test]
fn idle_counts_from_the_last_use() {
    let used = session("alice", 1).used(after(HOUR));
    for (session, seconds, expected) in [
        (session("alice", 1), 2 * HOUR - 1, false),
        (session("alice", 1), 2 * HOUR, true),
        (used.clone(), 3 * HOUR - 1, false),
        (used, 3 * HOUR, true),
    ] {
        assert_eq!(
            session.is_idle(after(seconds), &LIMITS),
            expected,
            "{seconds}"
        );
    }
}

#[test]
fn a_session_that_was_checked_less_than_half_an_interval_ago_is_fresh() {
    let half = 15 * MINUTE / 2;
    for (session, seconds, expected) in [
        (session("alice", 1), half - 1, true),
        (session("alice", 1), half, false),
        (session("alice", 1).unchecked(NOW), 1, false),
    ] {
        assert_eq!(
            session.is_fresh(after(seconds), &LIMITS),
            expected,
            "{seconds}"
        );
    }
}

#[test]
fn the_page_hears_when_to_come_back() {
    // (session, after, until its end, until the next check)
    let rows = [
        (session("alice", 1), 0, 12 * HOUR, 15 * MINUTE),
        (
            session("alice", 1),
            10 * MINUTE,
            12 * HOUR - 10 * MINUTE,
            5 * MINUTE,
        ),
        (session("alice", 1), HOUR, 11 * HOUR, 0),
        (
            session("alice", 1).unchecked(after(HOUR)),
            HOUR,
            11 * HOUR,
            MINUTE,
        ),
        (
            session("alice", 1).renewed(after(12 * HOUR - 30)),
            12 * HOUR - 30,
            30,
            30,
        ),
        (session("alice", 1), 13 * HOUR, 0, 0),
        (without_token(), 0, HOUR, 15 * MINUTE),
        (
            without_token().renewed(after(15 * MINUTE)),
            15 * MINUTE,
            45 * MINUTE,
            15 * MINUTE,
        ),
    ];
    for (session, seconds, expires_in, check_in) in rows {
        let now = after(seconds);
        let found = (
            session.expires_in(now, &LIMITS).as_secs(),
            session.check_in(now, &LIMITS).as_secs(),
        );
        assert_eq!(found, (expires_in, check_in), "{seconds}");
    }
    assert_eq!(session("alice", 1).ends(&LIMITS), after(12 * HOUR));
    assert_eq!(without_token().ends(&LIMITS), after(HOUR));
}

//! What the lines of the log say, to the byte, and which of them are written.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use super::*;
use crate::environment::fake::{FakeEnvironment, START};
use crate::error::{Code, Refusal};

/// Hears of events, and counts them.
#[derive(Default)]
struct Counter(Cell<usize>);

impl Listener for Counter {
    fn heard(&self, _: &Event<'_>) {
        self.0.set(self.0.get() + 1);
    }
}

fn record() -> RequestRecord {
    RequestRecord {
        request_id: "r1".to_owned(),
        endpoint: "e1".to_owned(),
        operation: "get_info".to_owned(),
        method: "GET".to_owned(),
        trace_id: Some("0af7651916cd43dd8448eb211c80319c".to_owned()),
        dify_trace_id: Some("t-1".to_owned()),
        times: None,
        started: START.as_millis() - 20,
        least_level: LogLevel::Debug,
        user: Some("0123".to_owned()),
        issuer: Some("https://id.example.com".to_owned()),
        dify_status: Some(200),
        status: 200,
        code: None,
        detail: None,
        end: None,
        mcp: None,
    }
}

fn refusal() -> Refusal {
    Refusal::new(Code::IdentityProviderInvalid, "It is \"wrong\".").with_log_detail("why")
}

fn fetch(document: &'static str, level: LogLevel) -> ProviderFetch<'static> {
    ProviderFetch::new(
        level,
        document,
        "https://id.example.com",
        Duration::from_millis(7),
    )
}

fn step(step: Step) -> SignInStep<'static> {
    SignInStep::new(step, "r1", "e1", "https://id.example.com")
}

/// The line that `write` leaves in the log.
fn line(write: impl FnOnce(&Events)) -> (LogLevel, String) {
    let environment = FakeEnvironment::new();
    let events = Events::new(environment.clone(), Rc::new(Counter::default()));
    events.set_least_level(LogLevel::Debug);
    write(&events);
    let [line] = &environment.lines()[..] else {
        panic!("not one line: {:?}", environment.lines());
    };
    line.clone()
}

#[test]
fn every_event_is_one_line_whose_bytes_do_not_change() {
    let refusal = refusal();
    let denied = Refusal::new(Code::RequiredClaims, "No.");
    let keys = KeyCounts {
        usable_keys: 2,
        skipped_keys: 1,
    };
    for (event, level, expected) in [
        (
            Event::InputLeftOut(InputLeftOut::new("r1", "e1", "`email` is too long")),
            LogLevel::Info,
            r#"{"detail":"`email` is too long","endpoint":"e1","event":"input_left_out","request_id":"r1"}"#,
        ),
        (
            Event::InputLeftOut(InputLeftOut::new("r1", "e1", "a\r\n{\"event\":\"x\"}\u{0}")),
            LogLevel::Info,
            r#"{"detail":"a\r\n{\"event\":\"x\"}\u0000","endpoint":"e1","event":"input_left_out","request_id":"r1"}"#,
        ),
        (
            Event::ParametersUnknown(ParametersUnknown::new()),
            LogLevel::Warn,
            r#"{"event":"parameters","outcome":"Dify did not say which inputs the app declares"}"#,
        ),
        (
            Event::ProviderFetch(fetch("discovery", LogLevel::Info)),
            LogLevel::Info,
            r#"{"event":"identity_provider_asked","document":"discovery","issuer":"https://id.example.com","outcome":"ok","milliseconds":7}"#,
        ),
        (
            Event::ProviderFetch(fetch("keys", LogLevel::Info).with_keys(keys)),
            LogLevel::Info,
            r#"{"event":"identity_provider_asked","document":"keys","issuer":"https://id.example.com","outcome":"ok","usable_keys":2,"skipped_keys":1,"milliseconds":7}"#,
        ),
        (
            Event::ProviderFetch(
                fetch("introspection", LogLevel::Debug).with_outcome("token_inactive"),
            ),
            LogLevel::Debug,
            r#"{"event":"identity_provider_asked","document":"introspection","issuer":"https://id.example.com","outcome":"token_inactive","milliseconds":7}"#,
        ),
        (
            Event::ProviderFetch(fetch("keys", LogLevel::Info).failed(&refusal)),
            LogLevel::Warn,
            r#"{"event":"identity_provider_asked","document":"keys","issuer":"https://id.example.com","outcome":"identity_provider_invalid","detail":"It is \"wrong\".","further":"why","milliseconds":7}"#,
        ),
        (
            Event::TokenJudged(TokenJudged::new("r1", "e1", "accepted", "RS256", true)),
            LogLevel::Debug,
            r#"{"event":"token_judged","request_id":"r1","endpoint":"e1","verdict":"accepted","algorithm":"RS256","seen":true}"#,
        ),
        (
            Event::SignInStep(step(Step::Login).of_user(Some("0123".to_owned()))),
            LogLevel::Info,
            r#"{"event":"login","request_id":"r1","endpoint":"e1","issuer":"https://id.example.com","user":"0123","outcome":"ok"}"#,
        ),
        (
            Event::SignInStep(step(Step::Check).failed(&refusal)),
            LogLevel::Warn,
            r#"{"event":"session_check","request_id":"r1","endpoint":"e1","issuer":"https://id.example.com","outcome":"identity_provider_invalid","detail":"why"}"#,
        ),
        (
            Event::SignInStep(step(Step::Login).failed(&denied)),
            LogLevel::Info,
            r#"{"event":"login","request_id":"r1","endpoint":"e1","issuer":"https://id.example.com","outcome":"required_claims_not_met","detail":"No."}"#,
        ),
        (
            Event::SignInStep(step(Step::Logout).with_outcome("provider_session_goes_on")),
            LogLevel::Info,
            r#"{"event":"logout","request_id":"r1","endpoint":"e1","issuer":"https://id.example.com","outcome":"provider_session_goes_on"}"#,
        ),
        (
            Event::SignInStep(
                step(Step::BackChannelLogout).with_detail(Some("by `sid`".to_owned())),
            ),
            LogLevel::Info,
            r#"{"event":"back_channel_logout","request_id":"r1","endpoint":"e1","issuer":"https://id.example.com","outcome":"ok","detail":"by `sid`"}"#,
        ),
    ] {
        assert_eq!(
            line(|events| events.write(&event)),
            (level, expected.to_owned())
        );
    }
}

#[test]
fn the_line_of_a_request_says_how_it_ended() {
    let mut refused = record();
    refused.refused(&refusal());
    let broken = RequestRecord {
        end: Some("broken".to_owned()),
        user: None,
        issuer: None,
        trace_id: None,
        dify_trace_id: None,
        times: serde_json::from_str(r#"{"gateway":1200,"dify":17999,"first_event":4000}"#).unwrap(),
        ..record()
    };
    for (record, level, expected) in [
        (
            record(),
            LogLevel::Info,
            r#"{"event":"request","started":1767225599980,"request_id":"r1","endpoint":"e1","operation":"get_info","method":"GET","verdict":"allowed","user":"0123","issuer":"https://id.example.com","status":200,"dify_status":200,"trace_id":"0af7651916cd43dd8448eb211c80319c","dify_trace_id":"t-1","milliseconds":20}"#,
        ),
        (
            refused,
            LogLevel::Error,
            r#"{"event":"request","started":1767225599980,"request_id":"r1","endpoint":"e1","operation":"get_info","method":"GET","verdict":"failed","user":"0123","issuer":"https://id.example.com","status":503,"code":"identity_provider_invalid","dify_status":200,"trace_id":"0af7651916cd43dd8448eb211c80319c","dify_trace_id":"t-1","detail":"why","milliseconds":20}"#,
        ),
        (
            broken,
            LogLevel::Warn,
            r#"{"event":"request","started":1767225599980,"request_id":"r1","endpoint":"e1","operation":"get_info","method":"GET","verdict":"allowed","status":200,"dify_status":200,"end":"broken","milliseconds":20,"dify_milliseconds":17,"first_event_milliseconds":4}"#,
        ),
    ] {
        assert_eq!(
            line(|events| events.write_request(&record)),
            (level, expected.to_owned())
        );
    }
}

#[test]
fn what_is_below_the_level_of_the_settings_is_not_written() {
    let levels = [
        LogLevel::Debug,
        LogLevel::Info,
        LogLevel::Warn,
        LogLevel::Error,
    ];
    for least in levels {
        let environment = FakeEnvironment::new();
        let heard = Rc::new(Counter::default());
        let events = Events::new(environment.clone(), heard.clone());
        events.set_least_level(least);
        for level in levels {
            events.write(&Event::ProviderFetch(fetch("keys", level)));
        }
        let written: Vec<_> = environment
            .lines()
            .iter()
            .map(|(level, _)| *level)
            .collect();
        let expected: Vec<_> = levels.into_iter().filter(|level| *level >= least).collect();
        assert_eq!(written, expected);
        assert_eq!(heard.0.get(), levels.len());
    }
}

#[test]
fn a_request_is_logged_as_its_own_settings_want_also_where_nobody_has_set_the_level() {
    for (least_level, lines) in [(LogLevel::Info, 1), (LogLevel::Warn, 0)] {
        let environment = FakeEnvironment::new();
        let events = Events::new(
            Rc::<FakeEnvironment>::clone(&environment),
            Rc::new(Counter::default()),
        );
        events.write_request(&RequestRecord {
            least_level,
            ..record()
        });
        assert_eq!(environment.lines().len(), lines, "{least_level:?}");
    }
}

use std::time::Duration;

use super::*;
use crate::environment::LogLevel;
use crate::environment::fake::FakeEnvironment;
use crate::error::{Code, Refusal};
use crate::events::{Events, ProviderFetch, RequestRecord, SignInStep, Step, TokenJudged};
use std::rc::Rc;

fn record(operation: &str, status: u16) -> RequestRecord {
    RequestRecord {
        operation: operation.to_owned(),
        status,
        least_level: LogLevel::Error,
        started: crate::environment::fake::START.as_millis() - 30,
        ..RequestRecord::default()
    }
}

/// The text after what `happen` has written.
fn text(happen: impl FnOnce(&Events)) -> String {
    let metrics = Rc::new(Metrics::default());
    let environment = FakeEnvironment::new();
    let events = Events::new(environment.clone(), metrics.clone());
    events.set_least_level(LogLevel::Error);
    happen(&events);
    let mut text = Exposition::default();
    metrics.write(&mut text);
    text.finish()
}

fn assert_lines(text: &str, expected: &[&str]) {
    for line in expected {
        assert!(
            text.lines().any(|found| found == *line),
            "{line} is not in\n{text}"
        );
    }
}

#[test]
fn events_are_counted_whether_they_are_logged_or_not() {
    let refusal = Refusal::new(Code::IdentityProviderInvalid, "It is wrong.");
    let took = Duration::from_millis(7);
    let text = text(|events| {
        let mut refused = record("get_info", 0);
        refused.refused(&Refusal::new(Code::TokenExpired, "It has expired."));
        events.write_request(&refused);
        events.write_request(&record("get_info", 200));
        events.write_request(&record("get_info", 200));
        events.write_request(&record("no_operation_of_ours", 200));
        events.write_request(&RequestRecord {
            code: Some("no_code_of_ours".to_owned()),
            ..record("get_info", 400)
        });
        let fetch = || ProviderFetch::new(LogLevel::Info, "keys", "https://a.example", took);
        events.write(&Event::ProviderFetch(fetch()));
        events.write(&Event::ProviderFetch(fetch().failed(&refusal)));
        let step = SignInStep::new(Step::Login, "r1", "e1", "https://a.example");
        events.write(&Event::SignInStep(step));
        let token = TokenJudged::new("r1", "e1", "accepted", "RS256", true);
        events.write(&Event::TokenJudged(token));
    });
    assert_lines(
        &text,
        &[
            "# TYPE oidc_gateway_requests counter",
            "oidc_gateway_requests_total{operation=\"get_info\",status=\"200\",code=\"\"} 2",
            "oidc_gateway_requests_total{operation=\"get_info\",status=\"401\",code=\"token_expired\"} 1",
            "oidc_gateway_requests_total{operation=\"other\",status=\"200\",code=\"\"} 1",
            "oidc_gateway_requests_total{operation=\"get_info\",status=\"400\",code=\"other\"} 1",
            "oidc_gateway_provider_documents_total{document=\"keys\",outcome=\"ok\"} 1",
            "oidc_gateway_provider_documents_total{document=\"keys\",outcome=\"identity_provider_invalid\"} 1",
            "oidc_gateway_sign_in_steps_total{step=\"login\",outcome=\"ok\"} 1",
            "oidc_gateway_tokens_total{verdict=\"accepted\",algorithm=\"RS256\",seen=\"yes\"} 1",
            "# EOF",
        ],
    );
    for foreign in ["example", "of_ours"] {
        assert!(!text.contains(foreign), "{text}");
    }
}

#[test]
fn durations_are_counted_by_the_bounds_that_they_do_not_exceed() {
    let text = text(|events| {
        events.write_request(&record("get_info", 401));
        let times = r#"{"gateway":1000,"dify":2600000,"first_event":60000}"#;
        events.write_request(&RequestRecord {
            times: serde_json::from_str(times).unwrap(),
            ..record("get_info", 200)
        });
    });
    let own = |bound: &str| {
        format!("oidc_gateway_own_time_seconds_bucket{{operation=\"get_info\",le=\"{bound}\"}}")
    };
    let dify = |bound: &str| {
        format!("oidc_gateway_dify_time_seconds_bucket{{operation=\"get_info\",le=\"{bound}\"}}")
    };
    assert_lines(
        &text,
        &[
            &format!("{} 0", own("0.0005")),
            &format!("{} 1", own("0.001")),
            &format!("{} 1", own("0.025")),
            &format!("{} 2", own("0.05")),
            &format!("{} 2", own("+Inf")),
            "oidc_gateway_own_time_seconds_count{operation=\"get_info\"} 2",
            "oidc_gateway_own_time_seconds_sum{operation=\"get_info\"} 0.031",
            &format!("{} 0", dify("2.5")),
            &format!("{} 1", dify("5.0")),
            "oidc_gateway_dify_time_seconds_count{operation=\"get_info\"} 1",
            "oidc_gateway_first_event_seconds_sum{operation=\"get_info\"} 0.06",
        ],
    );
}

#[test]
fn the_series_are_bounded_whatever_dify_answers() {
    let text = text(|events| {
        for operation in ["get_info", "get_meta", "get_site"] {
            for status in 0..u16::try_from(limits::REQUEST_SERIES).unwrap() {
                events.write_request(&record(operation, status));
            }
        }
    });
    let series = text
        .lines()
        .filter(|line| line.starts_with("oidc_gateway_requests_total"));
    assert_eq!(series.count(), limits::REQUEST_SERIES + 1);
    let rest = limits::REQUEST_SERIES * 2;
    let rest = format!(
        "oidc_gateway_requests_total{{operation=\"other\",status=\"0\",code=\"other\"}} {rest}"
    );
    assert_lines(&text, &[&rest]);
}

#[test]
fn the_value_of_a_label_cannot_leave_its_quotation_marks() {
    let mut text = Exposition::default();
    let mut family = text.family("a_seconds", Kind::Gauge, "Help.");
    family.sample(&[("issuer", "a\"b\\c\nd")], 1);
    let expected = "# TYPE a_seconds gauge\n# UNIT a_seconds seconds\n# HELP a_seconds Help.\n\
                    a_seconds{issuer=\"a\\\"b\\\\c\\nd\"} 1\n# EOF\n";
    assert_eq!(text.finish(), expected);
}

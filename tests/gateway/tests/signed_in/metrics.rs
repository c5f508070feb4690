//! `/metrics` of the packaged plugin, read by the official parser of OpenMetrics.

use std::collections::BTreeMap;
use std::process::Command;

use gateway_tests::{Stage, WholeResponse, checked, further_endpoint};
use harness::HOOK_ID;
use harness::system::Program;
use harness::workspace;
use http::Method;
use serde_json::{Value, json};
use stand_in_dify::AppKind;

const RULES: &str = include_str!("../../../../docs/monitoring/alerts.yml");
const DASHBOARD: &str = include_str!("../../../../docs/monitoring/dashboard.json");

const OPERATION: &str = "post_chat_messages";

/// A sample: its name, its labels, its value.
type Sample = (String, BTreeMap<String, String>, f64);

#[tokio::test(flavor = "multi_thread")]
async fn prometheus_reads_what_the_endpoint_has_done() {
    let stage = Stage::of(AppKind::Chatflow).await;
    let token = stage.token("alice");
    let chat = |mode: &str| json!({"query": "hi", "response_mode": mode, "inputs": {}});
    for mode in ["blocking", "streaming"] {
        let answer = stage.post(&token, "/chat-messages", &chat(mode)).await;
        assert_eq!(answer.status, 200);
    }
    let forged = format!("{}x", token.trim_end_matches(char::is_alphanumeric));
    assert_eq!(stage.get(&forged, "/info").await.status, 401);

    let text = scraped(&stage).await;
    let samples = parsed(&text).await;
    let found = |name: &str, labels: &[(&str, &str)]| value(&samples, name, labels);
    let ok = [("operation", OPERATION), ("status", "200"), ("code", "")];
    assert_eq!(found("oidc_gateway_requests_total", &ok), 2.0);
    let seen = |seen| {
        [
            ("verdict", "accepted"),
            ("algorithm", "ES256"),
            ("seen", seen),
        ]
    };
    assert_eq!(found("oidc_gateway_tokens_total", &seen("no")), 1.0);
    assert_eq!(found("oidc_gateway_tokens_total", &seen("yes")), 1.0);
    let keys = [("document", "keys"), ("outcome", "ok")];
    assert_eq!(found("oidc_gateway_provider_documents_total", &keys), 1.0);
    let of_chat = [("operation", OPERATION)];
    assert_eq!(found("oidc_gateway_dify_time_seconds_count", &of_chat), 2.0);
    assert_eq!(
        found("oidc_gateway_first_event_seconds_count", &of_chat),
        1.0
    );
    let own = found("oidc_gateway_own_time_seconds_sum", &of_chat);
    let dify = found("oidc_gateway_dify_time_seconds_sum", &of_chat);
    let first = found("oidc_gateway_first_event_seconds_sum", &of_chat);
    assert!(
        own > 0.0 && dify > 0.0 && first > 0.0,
        "{own} {dify} {first}"
    );
    assert_eq!(found("oidc_gateway_module_restarts_total", &[]), 0.0);
    assert!(found("process_cpu_seconds_total", &[]) > 0.0);
    assert!(found("process_resident_memory_bytes", &[]) > 10e6);
    let age = found(
        "oidc_gateway_provider_keys_age_seconds",
        &[("issuer", stage.issuer().issuer())],
    );
    assert!((0.0..60.0).contains(&age), "{age}");
    assert_are_asked_for(&text);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_shows_its_own_series_alone_and_its_token_opens_no_other() {
    let endpoint = further_endpoint(0);
    let other = endpoint.id.clone();
    let stage = Stage::with(AppKind::Chatflow, |options| {
        options.further_endpoints = vec![endpoint];
    })
    .await;
    // The same app, with the same key.
    stage.set_settings_of(&other, &json!({}));
    let chat = json!({"query": "hi", "response_mode": "blocking", "inputs": {}});
    let token = stage.token("alice");
    let answer = stage.post(&token, "/chat-messages", &chat).await;
    assert_eq!(answer.status, 200);

    let of_first = metrics_token(&stage, HOOK_ID).await;
    let of_other = metrics_token(&stage, &other).await;
    for (hook_id, token, has_chats) in [(HOOK_ID, &of_first, true), (&other, &of_other, false)] {
        let text = get_at(&stage, hook_id, token, "/metrics").await;
        assert_eq!(text.status, 200);
        assert_eq!(
            text.text().contains(OPERATION),
            has_chats,
            "{}",
            text.text()
        );
        assert_eq!(
            text.text().contains("accepted"),
            has_chats,
            "{}",
            text.text()
        );
    }
    for (hook_id, token) in [(HOOK_ID, &of_other), (&other, &of_first)] {
        let refused = get_at(&stage, hook_id, token, "/metrics").await;
        assert_eq!(refused.refusal().1, "metrics_token_required");
    }
}

/// The rules and the dashboard ask for no series that there is not.
fn assert_are_asked_for(text: &str) {
    let families: Vec<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next())
        .collect();
    let expressions = [RULES.to_owned(), expressions_of_dashboard().join("\n")].concat();
    let names =
        expressions.split(|character: char| !character.is_ascii_alphanumeric() && character != '_');
    let is_of_ours = |name: &&str| name.starts_with("oidc_gateway") || name.starts_with("process_");
    let names: Vec<&str> = names.filter(is_of_ours).collect();
    assert!(names.len() > 20, "{names:?}");
    for name in names {
        let family = ["_total", "_bucket", "_info"]
            .iter()
            .find_map(|suffix| name.strip_suffix(suffix));
        assert!(
            families.contains(&family.unwrap_or(name)),
            "{name} is not among {families:?}"
        );
    }
}

#[test]
fn prometheus_takes_the_scrape_the_rules_and_the_expressions_of_the_dashboard() {
    let name = "prometheus_takes_the_scrape_the_rules_and_the_expressions_of_the_dashboard";
    let Some(promtool) = Program::Promtool.or_skip(name) else {
        return;
    };
    let check = |arguments: &[&str]| {
        let output = Command::new(&promtool)
            .args(arguments)
            .current_dir(workspace::root())
            .output()
            .unwrap();
        let (said, errors) = (
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr),
        );
        assert!(output.status.success(), "{arguments:?}: {said} {errors}");
    };
    check(&[
        "check",
        "config",
        "--syntax-only",
        "docs/monitoring/scrape.yml",
    ]);
    check(&["check", "rules", "docs/monitoring/alerts.yml"]);
    check(&["test", "rules", "tests/gateway/checks/alerts_test.yml"]);
    let directory = tempfile::tempdir().unwrap();
    let rules = directory.path().join("dashboard.json");
    let expressions = expressions_of_dashboard();
    assert!(expressions.len() > 10, "{expressions:?}");
    let recorded = expressions.iter().enumerate().map(|(number, expression)| {
        let expression = expression
            .replace("$__rate_interval", "5m")
            .replace("$job", ".*");
        json!({"record": format!("panel:{number}"), "expr": expression})
    });
    let groups = json!({"groups": [{"name": "dashboard", "rules": recorded.collect::<Vec<_>>()}]});
    std::fs::write(&rules, groups.to_string()).unwrap();
    check(&["check", "rules", rules.to_str().unwrap()]);
}

fn expressions_of_dashboard() -> Vec<String> {
    let dashboard: Value = serde_json::from_str(DASHBOARD).unwrap();
    let panels = dashboard["panels"].as_array().unwrap().iter();
    let targets = panels.flat_map(|panel| panel["targets"].as_array().unwrap());
    let expressions = targets.map(|target| target["expr"].as_str().unwrap().to_owned());
    expressions.collect()
}

/// The text that the metrics token of `/health` gets.
async fn scraped(stage: &Stage) -> String {
    let token = metrics_token(stage, HOOK_ID).await;
    let answer = get_at(stage, HOOK_ID, &token, "/metrics").await;
    assert_eq!(answer.status, 200);
    answer.text().to_owned()
}

async fn metrics_token(stage: &Stage, hook_id: &str) -> String {
    let key = AppKind::Chatflow.key();
    let report = get_at(stage, hook_id, &key, "/health").await.json();
    report["metrics_token"].as_str().unwrap().to_owned()
}

async fn get_at(stage: &Stage, hook_id: &str, token: &str, path: &str) -> WholeResponse {
    let request = stage.request_at(hook_id, Method::GET, path);
    WholeResponse::of(request.bearer_auth(token)).await
}

async fn parsed(text: &str) -> Vec<Sample> {
    let samples = checked("exposition.py", text).await;
    let samples: Vec<Value> = serde_json::from_str(&samples).unwrap();
    samples
        .into_iter()
        .map(|sample| serde_json::from_value(sample).unwrap())
        .collect()
}

/// The value of the one sample with this name and these labels.
fn value(samples: &[Sample], name: &str, labels: &[(&str, &str)]) -> f64 {
    let labels = labels
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let labels: BTreeMap<String, String> = labels.collect();
    let found = samples
        .iter()
        .filter(|(of, with, _)| of == name && *with == labels);
    let [(_, _, value)] = found.collect::<Vec<_>>()[..] else {
        panic!("not one {name} {labels:?} in {samples:?}");
    };
    *value
}

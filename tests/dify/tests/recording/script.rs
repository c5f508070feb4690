//! What the recording does not say of itself: who held which key, what was sent that it cannot
//! write down, what overlapped, and what cannot be replayed.

use std::time::Duration;

use stand_in_dify::{AppKind, Control};

/// Exchanges that are not replayed, with the reason.
const LEFT_OUT: &[(&str, &str)] = &[
    (
        "conversations sort_by",
        "two conversations were made in one second, so their order was chance",
    ),
    (
        "delete chunked body",
        "the conversation that it deletes was made by a request that was not recorded",
    ),
    (
        "redirect host header",
        "the 500 depends on deployment settings that were not recorded",
    ),
    (
        "datasets with app key",
        "the dataset API is not part of the stand-in",
    ),
    (
        "models with app key",
        "the dataset API is not part of the stand-in",
    ),
    (
        "max active: first",
        "an app setting whose counter had a run left from before",
    ),
    (
        "max active: second streaming",
        "an app setting whose counter had a run left from before",
    ),
    (
        "no worker: streaming workflow",
        "Dify's background worker had been stopped",
    ),
    (
        "no worker: streaming workflow 45s",
        "Dify's background worker had been stopped",
    ),
];

/// `Authorization` where it was not the key of the exchange's app; empty where there was none.
const KEYS: &[(&str, &str)] = &[
    ("root-nokey", ""),
    ("nokey GET /info", ""),
    ("wrongkey GET /info", "Bearer app-wrong"),
    ("nokey POST /workflows/run", ""),
    ("wrongkey POST /workflows/run", "Bearer app-wrong"),
    ("nokey+badjson", ""),
    ("auth basic", "Basic YWxpY2U6eA=="),
    ("auth bearer only", "Bearer"),
    ("auth bearer space", "Bearer "),
    ("auth key without scheme", "app-workflow"),
    ("auth lowercase scheme", "bearer app-workflow"),
    ("auth two spaces", "Bearer  app-workflow"),
    ("auth dataset-looking key", "Bearer dataset-x"),
    ("auth key in query", ""),
    ("get 401 with origin", ""),
    ("unknown route GET nokey", ""),
    ("wrong method nokey", ""),
    ("run detail no key", ""),
    ("upload nokey", ""),
    ("hitl form get nokey", ""),
];

/// Bodies that the recording shows decoded or not at all.
const BODIES: &[(&str, &str)] = &[("json null", "null"), ("json string", "\"x\"")];

/// Requests that were under way when another one began, and which.
const EARLY: &[(&str, &str)] = &[
    ("slow wf streaming 25s", "run detail while running"),
    ("events live alice", "run detail while running"),
    ("events live alice snapshot", "run detail while running"),
    ("slow wf stopped by bob", "stop alices wf as bob"),
    ("slow wf stopped by alice", "stop own wf"),
    (
        "slow wf stopped via other app key",
        "stop alices wf via other app key",
    ),
    ("slow wf stop with run id", "stop with run id"),
    (
        "slow chatflow stopped by bob",
        "stop alices chatflow as bob",
    ),
    (
        "slow chatflow stopped via other app key",
        "stop alices chatflow via other app key",
    ),
    (
        "slow chatflow stop via chat app key",
        "stop alices chatflow via chat-mode app key",
    ),
    (
        "slow chatflow 6s stop attempt via chat-mode key",
        "stop slow chatflow via chat-mode key",
    ),
    (
        "slow wf 6s stop attempt via chatflow route",
        "stop slow wf via advanced-chat stop route",
    ),
];

/// Logs that show runs of requests that were not recorded: identities and totals are not compared.
const AFTER_UNRECORDED: &[&str] = &[
    "logs all",
    "logs session alice",
    "logs session empty",
    "logs session repeated",
    "logs user=bob only",
    "logs keyword",
    "logs detail=true",
    "logs for end user id",
];

/// Streams that the client left after what the recording shows.
const LEFT_BY_CLIENT: &[&str] = &[
    "slow wf client disconnects",
    "hitl wf events while paused default",
];

/// Exchanges before which a run had the time to end.
const AFTER_A_RUN: &[&str] = &[
    "run detail after disconnect",
    "hitl2 hitl_workflow detail wait 0.5",
    "hitl2 hitl_chatflow detail wait 0.5",
    "hitl2 hitl_workflow detail wait 6",
    "hitl2 hitl_chatflow detail wait 6",
];

/// One second of a slow app, ten seconds of silence, and the time that a resumed run is queued, in
/// this test.
pub const SLOW_SECOND: Duration = Duration::from_millis(100);
pub const PING_INTERVAL: Duration = Duration::from_millis(1000);
pub const RESUME_DELAY: Duration = Duration::from_millis(500);
const A_RUN: Duration = Duration::from_millis(1000);

pub fn left_out(name: &str) -> Option<&'static str> {
    find(LEFT_OUT, name)
}

pub fn authorization(name: &str) -> Option<&'static str> {
    find(KEYS, name)
}

pub fn body(name: &str) -> Option<&'static str> {
    find(BODIES, name)
}

/// The exchanges that begin before this one.
pub fn begun_before(name: &str) -> impl Iterator<Item = &'static str> {
    EARLY
        .iter()
        .filter(move |(_, before)| *before == name)
        .map(|(early, _)| *early)
}

pub fn follows_unrecorded(name: &str) -> bool {
    AFTER_UNRECORDED.contains(&name)
}

pub fn is_left_by_client(name: &str) -> bool {
    LEFT_BY_CLIENT.contains(&name)
}

/// Waits and switches that came before an exchange.
pub async fn prepare(name: &str, control: &Control) {
    if AFTER_A_RUN.contains(&name) {
        tokio::time::sleep(A_RUN).await;
    }
    match name {
        "api disabled" => control.set_api_enabled(AppKind::AgentChat, false),
        "api re-enabled" => control.set_api_enabled(AppKind::AgentChat, true),
        "temp key after revocation" => control.set_key_revoked(AppKind::AgentChat, true),
        _ => {}
    }
}

/// Every name in the tables.
pub fn names() -> impl Iterator<Item = &'static str> {
    let pairs = [LEFT_OUT, KEYS, BODIES]
        .into_iter()
        .flatten()
        .map(|(name, _)| *name);
    let early = EARLY.iter().flat_map(|(early, before)| [*early, *before]);
    pairs
        .chain(early)
        .chain(LEFT_BY_CLIENT.iter().copied())
        .chain(AFTER_A_RUN.iter().copied())
        .chain(AFTER_UNRECORDED.iter().copied())
}

fn find(table: &[(&str, &'static str)], name: &str) -> Option<&'static str> {
    table
        .iter()
        .find(|(other, _)| *other == name)
        .map(|(_, value)| *value)
}

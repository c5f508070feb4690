//! `GET /workflows/logs`: the runs of everybody, unless the caller filters them.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use http::Uri;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::answer::{numbered_page, ok};
use crate::caller::{self, Key};
use crate::checks::{Checks, Object};
use crate::kind::AppKind;
use crate::refusal::Refusal;
use crate::runs::Run;
use crate::world::{World, now};

/// The account that owns the workspace.
const OWNER: &str = "admin@example.com";

/// One run in the log.
pub(crate) struct LogEntry {
    id: Uuid,
    app: AppKind,
    run: Arc<Run>,
    created_at: i64,
}

/// Notes a run of a workflow app.
pub(crate) fn add(world: &World, run: &Arc<Run>) {
    let entry = LogEntry {
        id: Uuid::new_v4(),
        app: run.app,
        run: Arc::clone(run),
        created_at: now(),
    };
    world.tables().logs.push(entry);
}

/// What the caller wants to see.
struct Filter {
    status: Option<String>,
    keyword: Option<String>,
    session: Option<String>,
    account: Option<String>,
}

pub(crate) async fn list(
    State(world): State<Arc<World>>,
    Key(app): Key,
    uri: Uri,
) -> Result<Response, Refusal> {
    let query = caller::query(uri.query().unwrap_or_default());
    let mut checks = Checks::new("WorkflowLogQuery", &query);
    let status = checks.literal("status", &["succeeded", "failed", "stopped"]);
    let page = checks.count("page", 99_999, 1);
    let limit = checks.count("limit", 100, 20);
    checks.finish()?;
    check_dates(&query)?;
    let filter = Filter::read(&query, status)?;
    let tables = world.tables();
    let of_app = tables.logs.iter().rev().filter(|entry| entry.app == app);
    let entries: Vec<&LogEntry> = of_app.filter(|entry| filter.shows(&entry.run)).collect();
    Ok(ok(&numbered_page(
        page,
        limit,
        entries.iter().map(|entry| entry.shown()),
    )))
}

/// Refuses a date with an impossible year, in the words of Python's parser.
fn check_dates(query: &Object) -> Result<(), Refusal> {
    for name in ["created_at__before", "created_at__after"] {
        let year: String = query
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .chars()
            .take(4)
            .collect();
        if !year.is_empty() && year.parse::<u16>().is_err() {
            return Err(Refusal::invalid_param(format!(
                "invalid literal for int() with base 10: b'{year}'"
            )));
        }
    }
    Ok(())
}

impl Filter {
    /// An empty filter filters nothing.
    fn read(query: &Object, status: Option<String>) -> Result<Self, Refusal> {
        let value = |name: &str| {
            let value = query.get(name).and_then(Value::as_str);
            value.filter(|text| !text.is_empty()).map(str::to_owned)
        };
        let keyword = value("keyword");
        let session = value("created_by_end_user_session_id");
        let account = value("created_by_account");
        // Both join the same table under one alias, which PostgreSQL refuses.
        if keyword.is_some() && session.is_some() {
            return Err(Refusal::unknown());
        }
        if let Some(account) = account.as_ref().filter(|account| *account != OWNER) {
            return Err(Refusal::invalid_param(format!(
                "Account not found: {account}"
            )));
        }
        Ok(Self {
            status,
            keyword,
            session,
            account,
        })
    }

    fn shows(&self, run: &Run) -> bool {
        let state = run.state();
        let has_keyword = |keyword: &String| {
            let inputs = Value::Object(run.all_inputs(true)).to_string();
            inputs.contains(keyword) || state.outputs.to_string().contains(keyword)
        };
        self.account.is_none()
            && self
                .status
                .as_ref()
                .is_none_or(|status| state.status.name() == status)
            && self
                .session
                .as_ref()
                .is_none_or(|session| run.user.session == *session)
            && self.keyword.as_ref().is_none_or(has_keyword)
    }
}

impl LogEntry {
    fn shown(&self) -> Value {
        let run = &self.run;
        let state = run.state();
        json!({
            "id": self.id,
            "workflow_run": {
                "id": run.id,
                "version": "2026-11-21 04:28:41.958282",
                "status": state.status.name(),
                "triggered_from": "app-run",
                "error": state.error,
                "elapsed_time": state.elapsed,
                "total_tokens": 0,
                "total_steps": state.nodes.len(),
                "created_at": run.created_at,
                "finished_at": state.finished_at,
                "exceptions_count": state.exceptions(),
            },
            "details": null,
            "created_from": "service-api",
            "created_by_role": "end_user",
            "created_by_account": null,
            "created_by_end_user": {
                "id": run.user.id,
                "type": "service-api",
                "is_anonymous": false,
                "session_id": run.user.session,
            },
            "created_at": self.created_at,
        })
    }
}

//! The responses that grant.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::CONTENT_TYPE;
use serde_json::{Value, json};

pub(crate) const HTML: &str = "text/html; charset=utf-8";
const JSON: &str = "application/json";

/// JSON as flask-restx sends it.
pub(crate) fn json_answer(status: StatusCode, body: &Value) -> Response {
    (status, [(CONTENT_TYPE, JSON)], format!("{body}\n")).into_response()
}

/// 200 with JSON.
pub(crate) fn ok(body: &Value) -> Response {
    json_answer(StatusCode::OK, body)
}

/// 200 with JSON as Dify's `compact_generate_response` sends the result of a run.
pub(crate) fn run_result(body: &Value) -> Response {
    (
        StatusCode::OK,
        [(CONTENT_TYPE, "application/json; charset=utf-8")],
        body.to_string(),
    )
        .into_response()
}

pub(crate) fn success() -> Response {
    ok(&json!({ "result": "success" }))
}

/// 204, whose type Dify still names.
pub(crate) fn deleted() -> Response {
    (
        StatusCode::NO_CONTENT,
        [(CONTENT_TYPE, JSON)],
        Body::empty(),
    )
        .into_response()
}

/// The rows from `start` on, at most `limit` of them.
pub(crate) fn rows_from(
    start: usize,
    limit: usize,
    rows: impl ExactSizeIterator<Item = Value>,
) -> Value {
    let has_more = rows.len() > start.saturating_add(limit);
    let data: Vec<Value> = rows.skip(start).take(limit).collect();
    json!({ "limit": limit, "has_more": has_more, "data": data })
}

/// A page of rows, counted from 1, with its number and the number of all rows.
pub(crate) fn numbered_page(
    page: usize,
    limit: usize,
    rows: impl ExactSizeIterator<Item = Value>,
) -> Value {
    let total = rows.len();
    let mut shown = rows_from((page - 1).saturating_mul(limit), limit, rows);
    shown["page"] = json!(page);
    shown["total"] = json!(total);
    shown
}

/// `2026-11-21T04:29:00` of a time in seconds since 1970.
pub(crate) fn iso_time(seconds: i64) -> String {
    let time = time::OffsetDateTime::from_unix_timestamp(seconds)
        .unwrap_or(time::OffsetDateTime::UNIX_EPOCH);
    let (year, month, day) = time.to_calendar_date();
    let (hour, minute, second) = time.to_hms();
    format!(
        "{year:04}-{:02}-{day:02}T{hour:02}:{minute:02}:{second:02}",
        u8::from(month)
    )
}

//! The userinfo response of an OAuth 2.0 provider: an object of its own form, at the top level or in `data`, that may
//! be an error although its status is 200.

use http::StatusCode;
use serde_json::{Map, Value};

use super::{PersonFailure, Question, ask};
use crate::claims::Claims;
use crate::environment::FetchResponse;
use crate::json::shown;
use crate::provider::cause::Cause;
use crate::provider::client::Client;
use crate::provider::document::{Document, is_web_page};
use crate::provider::introspection::inactive;

/// Members with the number of an error, which is 0 where there is none (Feishu, WeCom and their like).
const CODES: [&str; 2] = ["code", "errcode"];

/// Feishu's and Lark's codes for a token that is not good (any more), and for a person who has left or is frozen
/// (open.feishu.cn, "Get user information" and "Generic error codes").
const ENDED: [u64; 9] = [
    20005, 20008, 20021, 20022, 20023, 99_991_663, 99_991_664, 99_991_668, 99_991_677,
];

/// Asks who the person is.
pub(super) async fn claims(client: &Client, question: &Question) -> Result<Claims, PersonFailure> {
    let document = Document::Userinfo;
    let read = |response: &FetchResponse| match read(response) {
        Ok(claims) => Ok(Ok(claims)),
        Err(Problem::Ended) => Ok(Err(inactive())),
        Err(Problem::Cause(cause)) => Err(client.failure(document, cause).into()),
    };
    ask(client, document, question, &question.endpoint, read).await
}

enum Problem {
    Ended,
    Cause(Cause),
}

fn read(response: &FetchResponse) -> Result<Claims, Problem> {
    if response.status == StatusCode::UNAUTHORIZED && !is_web_page(response) {
        return Err(Problem::Ended);
    }
    // Feishu sends its codes with statuses of all kinds, so the body is read first.
    let members = Document::Userinfo.members(response);
    let error = members.as_ref().ok().and_then(error_code);
    if let Some(code) = error {
        let is_ended = code.as_u64().is_some_and(|code| ENDED.contains(&code));
        if is_ended {
            return Err(Problem::Ended);
        }
        let remedy = "Look the number up in the provider's documentation.";
        let found = format!("it is the error {}", shown(code));
        return Err(Problem::Cause(Cause::invalid(found, remedy)));
    }
    if response.status != StatusCode::OK {
        return Err(Problem::Cause(Document::Userinfo.wrong_status(response)));
    }
    members
        .map(|members| Claims::new(unwrapped(members)))
        .map_err(Problem::Cause)
}

/// The number of the error that the response is.
fn error_code(members: &Map<String, Value>) -> Option<&Value> {
    let mut codes = CODES.iter().filter_map(|name| members.get(*name));
    codes.find(|code| code.is_number() && code.as_u64() != Some(0))
}

/// The person's own members.
fn unwrapped(mut members: Map<String, Value>) -> Map<String, Value> {
    match members.remove("data") {
        Some(Value::Object(inner)) => inner,
        Some(other) => {
            members.insert("data".to_owned(), other);
            members
        }
        None => members,
    }
}

//! The body of a POST: one JSON-RPC message.

use serde_json::{Map, Value};

use super::failure::Failure;
use super::id::Id;
use crate::json::{self, InvalidJson};
use crate::limits;

/// What a client posts.
#[derive(Clone, Debug, PartialEq)]
pub enum Message {
    /// Wants a response.
    Request(Request),
    /// Wants none.
    Notification(Notification),
    /// Answers a request of the server, which makes none.
    Response,
}

/// A request.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// Which response belongs to it.
    pub id: Id,
    /// What is asked for.
    pub method: String,
    /// How.
    pub params: Map<String, Value>,
}

/// A notification.
#[derive(Clone, Debug, PartialEq)]
pub struct Notification {
    /// What has happened.
    pub method: String,
    /// The details.
    pub params: Map<String, Value>,
}

/// Reads a body. The error has the identity of the request, where that is known.
///
/// # Errors
/// −32700 where it is not JSON, −32600 where it is no single message, −32602 where the parameters are no object.
pub fn read(body: &[u8]) -> Result<Message, (Option<Id>, Failure)> {
    let mut members = object(body).map_err(|failure| (None, failure))?;
    let refuse = |message: &str| (None, Failure::invalid_request(message));
    if members.get("jsonrpc").and_then(Value::as_str) != Some("2.0") {
        return Err(refuse("`jsonrpc` is not \"2.0\"; send JSON-RPC 2.0."));
    }
    let id = match members.get("id") {
        None => None,
        Some(value) => Some(Id::parse(value).ok_or_else(|| {
            refuse(
                "`id` is neither an integer nor a string of at most 256 bytes; a request needs one.",
            )
        })?),
    };
    let Some(method) = members.remove("method") else {
        let is_response = members.contains_key("result") || members.contains_key("error");
        return if is_response {
            Ok(Message::Response)
        } else {
            Err((id, Failure::invalid_request("`method` is missing.")))
        };
    };
    let Value::String(method) = method else {
        return Err((id, Failure::invalid_request("`method` is not a string.")));
    };
    let params = match members.remove("params") {
        None => Map::new(),
        Some(Value::Object(params)) => params,
        Some(_) => {
            return Err((
                id,
                Failure::missing_meta("`params` is not an object, as every method has it."),
            ));
        }
    };
    Ok(match id {
        Some(id) => Message::Request(Request { id, method, params }),
        None => Message::Notification(Notification { method, params }),
    })
}

fn object(body: &[u8]) -> Result<Map<String, Value>, Failure> {
    if body.trim_ascii_start().starts_with(b"[") {
        return Err(Failure::invalid_request(
            "The body is an array. Send one message for each request: the protocol has had no batches since 2025-06-18.",
        ));
    }
    json::parse_small_object(body, limits::MCP_DEPTH, limits::MCP_VALUES).map_err(|invalid| {
        match invalid {
            InvalidJson::Syntax(_) => {
                Failure::parse(format!("The body cannot be read: {invalid}."))
            }
            _ => Failure::invalid_request(format!("The body is no message: {invalid}.")),
        }
    })
}

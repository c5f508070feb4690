//! The JSON lines between daemon and plugin.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::go_json;

/// The call of an endpoint as the plugin reads it, without the line's end (`session_manager/session.go`).
///
/// No field names the tenant: it is only implied in `endpoint_id`.
pub(crate) fn request_line(
    session_id: &str,
    endpoint_id: &str,
    raw_request: &[u8],
    settings: &Value,
) -> Vec<u8> {
    let settings = RawValue::from_string(go_json::to_string(settings)).unwrap_or_default();
    let call = Call {
        session_id,
        conversation_id: (),
        message_id: (),
        app_id: (),
        endpoint_id,
        context: (),
        event: "request",
        data: CallData {
            action: "invoke_endpoint",
            raw_http_request: hex::encode(raw_request),
            settings: &settings,
            r#type: "endpoint",
            user_id: "",
        },
    };
    serde_json::to_vec(&call).unwrap_or_default()
}

#[derive(Serialize)]
struct Call<'a> {
    session_id: &'a str,
    conversation_id: (),
    message_id: (),
    app_id: (),
    endpoint_id: &'a str,
    context: (),
    event: &'a str,
    data: CallData<'a>,
}

/// A map in Go, hence in the order of its keys.
#[derive(Serialize)]
struct CallData<'a> {
    action: &'a str,
    raw_http_request: String,
    settings: &'a RawValue,
    r#type: &'a str,
    user_id: &'a str,
}

/// One line of the plugin (`plugin_entities/event.go`).
#[derive(Debug)]
pub(crate) enum Event {
    /// The SDK's own trouble, for the daemon's log only.
    Error,
    Heartbeat,
    Log {
        level: String,
        message: String,
    },
    /// An event that the daemon does not know, which it ignores.
    Other,
    Session {
        session_id: String,
        message: SessionMessage,
    },
}

/// What one call yields.
#[derive(Debug)]
pub(crate) enum SessionMessage {
    End,
    /// The call has failed; the text is what the daemon shows to the HTTP client.
    Failed(String),
    Stream(Chunk),
}

/// A piece of an endpoint's response (`endpoint_entities/endpoint.go`).
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Chunk {
    pub(crate) status: Option<u16>,
    pub(crate) headers: Option<BTreeMap<String, String>>,
    /// Hexadecimal.
    pub(crate) result: Option<String>,
}

impl Event {
    /// Reads one line; the error says that the line is not a JSON object of the protocol.
    pub(crate) fn parse(line: &[u8]) -> Result<Self, serde_json::Error> {
        let envelope: Envelope<'_> = serde_json::from_slice(line)?;
        let data = envelope.data.map_or("null", RawValue::get);
        Ok(match envelope.event.as_str() {
            "session" => Self::Session {
                session_id: envelope.session_id.unwrap_or_default(),
                message: SessionMessage::parse(data)?,
            },
            "heartbeat" => Self::Heartbeat,
            "log" => {
                let record: LogRecord = serde_json::from_str(data)?;
                Self::Log {
                    level: record.level,
                    message: record.message,
                }
            }
            "error" => Self::Error,
            _ => Self::Other,
        })
    }
}

impl SessionMessage {
    /// `invokePluginOnce` of `io_tunnel/generic.go`.
    fn parse(json: &str) -> Result<Self, serde_json::Error> {
        let message: Message<'_> = serde_json::from_str(json)?;
        let data = message.data.get();
        Ok(match message.r#type.as_str() {
            "stream" => serde_json::from_str(data).map_or_else(
                |error| {
                    Self::failed(
                        "unmarshal_error",
                        &format!("unmarshal json failed: {error}"),
                    )
                },
                Self::Stream,
            ),
            "end" => Self::End,
            "error" => Self::Failed(go_json::to_string(&serde_json::from_str::<PluginError>(
                data,
            )?)),
            // A call of Dify's models, tools, apps or storage.
            "invoke" => Self::failed(
                "invoke_dify_error",
                "invoke dify failed: the stand-in daemon has no Dify behind it",
            ),
            other => Self::failed(
                "unknown_stream_message_type",
                &format!("unknown stream message type: {other}"),
            ),
        })
    }

    fn failed(error_type: &str, message: &str) -> Self {
        Self::Failed(go_json::to_string(&BTreeMap::from([
            ("error_type", error_type),
            ("message", message),
        ])))
    }
}

#[derive(Deserialize)]
struct Envelope<'a> {
    session_id: Option<String>,
    event: String,
    #[serde(borrow)]
    data: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct LogRecord {
    level: String,
    message: String,
}

#[derive(Deserialize)]
struct Message<'a> {
    r#type: String,
    #[serde(borrow)]
    data: &'a RawValue,
}

/// `ErrorResponse`, whose text Go writes from a map, in the order of its keys.
#[derive(Deserialize, Serialize)]
struct PluginError {
    args: Option<BTreeMap<String, Value>>,
    error_type: String,
    message: String,
}

#[cfg(test)]
mod tests;

//! The storage that Dify lends a plugin (`backwards_invocation/task.go`, `persistence/persistence.go`).
//!
//! It outlives the plugin's process, not the daemon. The manifest's permission and size are not looked at.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use serde::Deserialize;
use serde_json::{Value, json};

use crate::go_json;

const LONGEST_KEY: usize = 256;

/// What an invocation has in its first bytes: other lines, which may be megabytes long, are not parsed for one.
const MARK: &[u8] = b"\"type\":\"invoke\"";
const BEGINNING: usize = 256;

/// What was stored, hexadecimal as it came.
#[derive(Debug, Default)]
pub(crate) struct Storage(Mutex<HashMap<String, String>>);

/// A plugin's call for the storage, out of one of its lines.
#[derive(Debug, Deserialize)]
pub(crate) struct StorageCall {
    session_id: String,
    data: Invocation,
}

#[derive(Debug, Deserialize)]
struct Invocation {
    data: BackwardsCall,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum BackwardsCall {
    Storage {
        backwards_request_id: String,
        request: Request,
    },
}

#[derive(Debug, Deserialize)]
struct Request {
    opt: Operation,
    key: String,
    #[serde(default)]
    value: String,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Operation {
    Del,
    Exist,
    Get,
    Set,
}

impl StorageCall {
    /// The call that this line is, if it is one.
    pub(crate) fn of(line: &[u8]) -> Option<Self> {
        let beginning = line.get(..BEGINNING).unwrap_or(line);
        let is_invocation = beginning.windows(MARK.len()).any(|window| window == MARK);
        is_invocation.then(|| serde_json::from_slice(line).ok())?
    }
}

impl Storage {
    /// The lines that answer `call`, without the last one's end.
    pub(crate) fn answer(&self, call: &StorageCall) -> Vec<u8> {
        let BackwardsCall::Storage {
            backwards_request_id,
            request,
        } = &call.data.data;
        let line = |event: &str, message: &str, data: Value| {
            go_json::to_string(&json!({
                "session_id": call.session_id,
                "event": "backwards_response",
                "data": {
                    "backwards_request_id": backwards_request_id,
                    "event": event, "message": message, "data": data,
                },
            }))
        };
        let first = match self.carry_out(request) {
            Ok(data) => line("response", "struct", data),
            Err(message) => line("error", message, Value::Null),
        };
        format!("{first}\n{}", line("end", "", Value::Null)).into_bytes()
    }

    fn carry_out(&self, request: &Request) -> Result<Value, &'static str> {
        let Request { opt, key, value } = request;
        if key.len() > LONGEST_KEY {
            return Err("save data failed: key length must be less than 256 characters");
        }
        let mut stored = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match opt {
            Operation::Del => {
                let deleted = u8::from(stored.remove(key).is_some());
                Ok(json!({"data": "ok", "deleted_num": deleted}))
            }
            Operation::Exist => {
                let exists = stored.contains_key(key);
                Ok(json!({"data": exists, "exist_num": u8::from(exists)}))
            }
            Operation::Get => stored.get(key).map(|value| json!({"data": value})).ok_or(
                "load data failed, please check if the key is correct or you have not set it",
            ),
            Operation::Set => {
                stored.insert(key.clone(), value.clone());
                Ok(json!({"data": "ok"}))
            }
        }
    }
}

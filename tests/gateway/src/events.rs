//! Server-sent events as Dify sends them.

use serde_json::{Value, json};

/// The events of whole frames; a ping has no data.
pub fn events(frames: &[u8]) -> Vec<Value> {
    let frames = str::from_utf8(frames).unwrap().strip_suffix("\n\n");
    let frames = frames.expect("a frame is cut").split("\n\n");
    let event = |frame: &str| match frame.strip_prefix("data: ") {
        Some(data) => serde_json::from_str(data).unwrap(),
        None => json!({"event": frame.strip_prefix("event: ").unwrap()}),
    };
    frames.map(event).collect()
}

//! The session of the legacy era (2025-11-25, Transports, «Session Management»).

use http::{HeaderMap, HeaderName, HeaderValue};

use crate::environment::Environment;
use crate::limits;

const SESSION: HeaderName = HeaderName::from_static("mcp-session-id");

/// Gives the client a new name for its session. Nothing is kept of it.
pub fn begin(environment: &dyn Environment, headers: &mut HeaderMap) {
    let bytes: [u8; 16] = environment.random_bytes();
    let name: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    if let Ok(name) = HeaderValue::from_str(&name) {
        headers.insert(SESSION, name);
    }
}

/// The name that the client repeats.
pub fn of(headers: &HeaderMap) -> Option<String> {
    let name = headers.get(SESSION)?.to_str().ok()?;
    (name.len() <= limits::MCP_ID).then(|| name.to_owned())
}

//! What the server says of itself.

use serde_json::{Map, Value, json};

use super::app::App;
use super::failure::Failure;
use super::name::GET_RESULT;
use super::tools::lifetime;
use super::version::{SUPPORTED, negotiated};

const NAME: &str = "dify-oidc-gateway";
const SERVER_INFO: &str = "io.modelcontextprotocol/serverInfo";

/// What is known of the server.
#[derive(Clone, Copy, Debug)]
pub struct Server<'a> {
    /// The app behind it, if Dify has said.
    pub app: Option<&'a App>,
}

impl Server<'_> {
    fn info(self) -> Value {
        let version = env!("CARGO_PKG_VERSION");
        match self.app {
            Some(app) => json!({ "name": NAME, "version": version, "title": app.name }),
            None => json!({ "name": NAME, "version": version }),
        }
    }

    /// What a model should know before it uses the tools.
    fn instructions(self) -> Option<String> {
        let app = self.app?;
        if let Some(reason) = &app.unusable {
            return Some(reason.clone());
        }
        let mut sentences = Vec::new();
        if app.mode.is_chat() {
            sentences.push(format!(
                "To continue a conversation, call `{}` with the `conversation_id` of its last result.",
                app.tool
            ));
        }
        if app.mode.has_run() {
            sentences.push(format!(
                "If the status of a result is `running`, call `{GET_RESULT}` with its `workflow_run_id`."
            ));
        }
        (!sentences.is_empty()).then(|| sentences.join(" "))
    }

    fn add_instructions(self, result: &mut Value) {
        if let (Value::Object(result), Some(instructions)) = (result, self.instructions()) {
            result.insert("instructions".to_owned(), instructions.into());
        }
    }
}

/// The result of `initialize`.
///
/// # Errors
/// −32602 without a revision.
pub fn initialized(params: &Map<String, Value>, server: Server<'_>) -> Result<Value, Failure> {
    let version = params.get("protocolVersion").and_then(Value::as_str);
    let version = version.ok_or_else(|| {
        Failure::invalid_params(
            "`params.protocolVersion` is missing; it names a revision of the protocol.",
        )
    })?;
    let mut result = json!({
        "protocolVersion": negotiated(version),
        "capabilities": { "tools": {} },
        "serverInfo": server.info(),
    });
    server.add_instructions(&mut result);
    Ok(result)
}

/// The result of `server/discover`.
pub fn discovered(server: Server<'_>) -> Value {
    let mut result = json!({
        "resultType": "complete",
        "supportedVersions": SUPPORTED,
        "capabilities": { "tools": {} },
        "ttlMs": lifetime(),
        "cacheScope": "private",
        "_meta": { SERVER_INFO: server.info() },
    });
    server.add_instructions(&mut result);
    result
}

//! Which era a request is of, and whether its header fields say what its body says.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use serde_json::{Map, Value};

use super::failure::Failure;
use super::message::Request;
use super::progress::ProgressToken;
use super::version::{self, Era};
use crate::limits;

const VERSION: &str = "mcp-protocol-version";
const METHOD: &str = "mcp-method";
const NAME: &str = "mcp-name";

const META: &str = "_meta";
const META_VERSION: &str = "io.modelcontextprotocol/protocolVersion";
const META_CAPABILITIES: &str = "io.modelcontextprotocol/clientCapabilities";
const META_CLIENT: &str = "io.modelcontextprotocol/clientInfo";

/// What a request says of itself, checked.
#[derive(Clone, Debug, PartialEq)]
pub struct Protocol {
    /// Its era.
    pub era: Era,
    /// The client's name for the log, in printable characters.
    pub client: Option<String>,
    /// With what its progress is reported, if it is to be.
    pub progress: Option<ProgressToken>,
}

/// The name of the tool that a call is for, of the parameters of `tools/call`.
///
/// # Errors
/// −32602 where it is missing.
pub fn called_tool(params: &Map<String, Value>) -> Result<&str, Failure> {
    let name = params.get("name").and_then(Value::as_str);
    name.ok_or_else(|| Failure::invalid_params("`params.name` is missing; it names the tool."))
}

/// Finds out the era of a request and checks what that asks of it.
///
/// # Errors
/// −32602 where a modern request does not say what it must, −32020 where a field contradicts it, −32022 for a revision
/// that is not spoken, −32600 for a legacy one.
pub fn judge(headers: &HeaderMap, request: &Request) -> Result<Protocol, Failure> {
    let meta = request.params.get(META).and_then(Value::as_object);
    let in_meta = meta.and_then(|meta| meta.get(META_VERSION));
    let in_header = field(headers, VERSION);
    let is_modern = in_meta.is_some()
        || in_header.is_some_and(version::is_modern)
        || request.method == "server/discover";
    let progress = meta.and_then(ProgressToken::of);
    if is_modern {
        let meta = check_meta(meta, in_meta)?;
        check_fields(headers, request, in_meta)?;
        return Ok(Protocol {
            era: Era::Modern,
            client: client(meta.get(META_CLIENT)),
            progress,
        });
    }
    // 2025-11-25, Transports: an absent field means 2025-03-26. The first request cannot know yet.
    let is_known = in_header.is_none_or(version::is_legacy);
    if !is_known && request.method != "initialize" {
        let message = format!(
            "`MCP-Protocol-Version` is none of those that this server speaks: {}.",
            version::SUPPORTED.join(", ")
        );
        return Err(Failure::invalid_request(message));
    }
    Ok(Protocol {
        era: Era::Legacy,
        client: client(request.params.get("clientInfo")),
        progress,
    })
}

/// 2026-07-28, Base Protocol, «Per-request metadata».
fn check_meta<'a>(
    meta: Option<&'a Map<String, Value>>,
    version: Option<&Value>,
) -> Result<&'a Map<String, Value>, Failure> {
    let missing = |member: &str| {
        Failure::missing_meta(format!(
            "`params._meta` has no `{member}`, which every request of revision {} needs.",
            version::MODERN
        ))
    };
    let (Some(meta), Some(version)) = (meta, version) else {
        return Err(missing(META_VERSION));
    };
    let version = version.as_str().ok_or_else(|| missing(META_VERSION))?;
    if version != version::MODERN {
        let shown: String = version.chars().take(limits::QUOTED_NAME).collect();
        return Err(Failure::unsupported_version(&shown));
    }
    match meta.get(META_CAPABILITIES) {
        Some(Value::Object(_)) => Ok(meta),
        _ => Err(missing(META_CAPABILITIES)),
    }
}

/// 2026-07-28, Transports, «Server Validation»: what stands between client and server routes by the fields.
fn check_fields(
    headers: &HeaderMap,
    request: &Request,
    version: Option<&Value>,
) -> Result<(), Failure> {
    let version = version.and_then(Value::as_str).unwrap_or_default();
    expect(field(headers, VERSION), version, "MCP-Protocol-Version")?;
    expect(field(headers, METHOD), &request.method, "Mcp-Method")?;
    let name = request.params.get("name").and_then(Value::as_str);
    match name.filter(|_| request.method == "tools/call") {
        Some(name) => expect(
            field(headers, NAME).and_then(decoded).as_deref(),
            name,
            "Mcp-Name",
        ),
        None => Ok(()),
    }
}

fn expect(found: Option<&str>, expected: &str, name: &str) -> Result<(), Failure> {
    if found == Some(expected) {
        return Ok(());
    }
    Err(Failure::header_mismatch(format!(
        "The header field `{name}` is missing or does not say what the body says."
    )))
}

fn field<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// `=?base64?…?=` is a name that a field cannot hold as it is.
fn decoded(value: &str) -> Option<String> {
    let encoded = value
        .strip_prefix("=?base64?")
        .and_then(|rest| rest.strip_suffix("?="));
    match encoded {
        Some(encoded) => String::from_utf8(STANDARD.decode(encoded).ok()?).ok(),
        None => Some(value.to_owned()),
    }
}

/// `clientInfo.name`, for the log alone.
fn client(info: Option<&Value>) -> Option<String> {
    let name = info?.get("name")?.as_str()?;
    let printable = |character: char| {
        if character.is_control() {
            '?'
        } else {
            character
        }
    };
    Some(
        name.chars()
            .take(limits::MCP_CLIENT_NAME)
            .map(printable)
            .collect(),
    )
}

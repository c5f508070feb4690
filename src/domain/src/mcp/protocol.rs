//! Which era a request is of, and whether its header fields say what its body says.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use serde_json::{Map, Value};

use super::failure::Failure;
use super::message::{Notification, Request};
use super::progress::ProgressToken;
use super::version::{self, Era};
use crate::limits;
use crate::text::cut;

const VERSION: Field = Field("MCP-Protocol-Version");
const METHOD: Field = Field("Mcp-Method");
const NAME: Field = Field("Mcp-Name");

const META: &str = "_meta";
const META_VERSION: &str = "io.modelcontextprotocol/protocolVersion";
const META_CAPABILITIES: &str = "io.modelcontextprotocol/clientCapabilities";
const META_CLIENT: &str = "io.modelcontextprotocol/clientInfo";

/// A header field of the protocol, by its name.
struct Field(&'static str);

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
    let in_header = VERSION.of(headers)?;
    let is_modern = in_meta.is_some()
        || in_header.is_some_and(version::is_modern)
        || request.method == "server/discover";
    let progress = meta.and_then(ProgressToken::of);
    if is_modern {
        check_version(in_header, in_meta)?;
        let meta = check_meta(meta, in_meta)?;
        check_fields(headers, request)?;
        return Ok(Protocol {
            era: Era::Modern,
            client: client(meta.get(META_CLIENT)),
            progress,
        });
    }
    // The first request cannot know yet which revisions are spoken.
    if request.method != "initialize" {
        check_known(in_header)?;
    }
    check_method(headers, &request.method)?;
    check_name(headers, request)?;
    Ok(Protocol {
        era: Era::Legacy,
        client: client(request.params.get("clientInfo")),
        progress,
    })
}

/// Checks that the header fields of a notification do not contradict it.
///
/// # Errors
/// −32020 where they do, −32600 for a revision that is not spoken.
pub fn judge_notification(headers: &HeaderMap, notification: &Notification) -> Result<(), Failure> {
    check_known(VERSION.of(headers)?)?;
    check_method(headers, &notification.method)
}

/// 2025-11-25, Transports: an absent field means 2025-03-26.
fn check_known(version: Option<&str>) -> Result<(), Failure> {
    if version.is_none_or(version::is_spoken) {
        return Ok(());
    }
    let message = format!(
        "`{}` is none of those that this server speaks: {}.",
        VERSION.0,
        version::SUPPORTED.join(", ")
    );
    Err(Failure::invalid_request(message))
}

/// 2026-07-28, Transports, «Protocol Version Header»: two that contradict each other are a mismatch, whether or not one of
/// them is spoken here.
fn check_version(in_header: Option<&str>, in_meta: Option<&Value>) -> Result<(), Failure> {
    match (in_header, in_meta.and_then(Value::as_str)) {
        (Some(header), Some(meta)) if header != meta => Err(VERSION.mismatch()),
        _ => Ok(()),
    }
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
        let shown = cut(version, limits::QUOTED_NAME);
        return Err(Failure::unsupported_version(shown));
    }
    match meta.get(META_CAPABILITIES) {
        Some(Value::Object(_)) => Ok(meta),
        _ => Err(missing(META_CAPABILITIES)),
    }
}

/// 2026-07-28, Transports, «Server Validation»: what stands between client and server routes by the fields, so that each
/// must be there. That the version agrees was checked before.
fn check_fields(headers: &HeaderMap, request: &Request) -> Result<(), Failure> {
    let is_call = called_name(request).is_some();
    let required = [Some(VERSION), Some(METHOD), is_call.then_some(NAME)];
    for field in required.into_iter().flatten() {
        if field.of(headers)?.is_none() {
            return Err(field.mismatch());
        }
    }
    check_method(headers, &request.method)?;
    check_name(headers, request)
}

/// In the legacy era nothing must stand in the fields; but what stands between may go by one that does.
fn check_method(headers: &HeaderMap, method: &str) -> Result<(), Failure> {
    match METHOD.of(headers)? {
        Some(found) if found != method => Err(METHOD.mismatch()),
        _ => Ok(()),
    }
}

fn check_name(headers: &HeaderMap, request: &Request) -> Result<(), Failure> {
    let (Some(name), Some(found)) = (called_name(request), NAME.of(headers)?) else {
        return Ok(());
    };
    if decoded(found).as_deref() == Some(name) {
        return Ok(());
    }
    Err(NAME.mismatch())
}

fn called_name(request: &Request) -> Option<&str> {
    let name = request.params.get("name").and_then(Value::as_str);
    name.filter(|_| request.method == "tools/call")
}

impl Field {
    /// The only value. Of two, what stands between may have read the other one.
    fn of<'a>(&self, headers: &'a HeaderMap) -> Result<Option<&'a str>, Failure> {
        let mut values = headers.get_all(self.0).iter();
        match (values.next(), values.next()) {
            (None, _) => Ok(None),
            (Some(value), None) => value.to_str().map(Some).map_err(|_| self.mismatch()),
            (Some(_), Some(_)) => Err(Failure::header_mismatch(format!(
                "The header field `{}` stands there more than once. Send it once.",
                self.0
            ))),
        }
    }

    fn mismatch(&self) -> Failure {
        Failure::header_mismatch(format!(
            "The header field `{}` is missing or does not say what the body says.",
            self.0
        ))
    }
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

//! The heads that cross the boundary: JSON, because both sides read it in C or compiled code.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Duration;

use gateway_domain::environment::{
    FetchRequest, FetchResponse, Limits, LogLevel, ProcessState, Reach, TransportError,
};
use gateway_domain::gateway::{FileResponse, RelayEnd, RelayReport, Translation};
use gateway_domain::json;
use gateway_domain::mcp::Written;
use gateway_domain::relay::{
    RelayContext, RelayRequest, RelayResponse, ResponseHead, TranslationContext,
};
use gateway_domain::request::{Piece, Request, fields};
use gateway_domain::response::Response;
use http::{HeaderMap, Method, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// A call as the host describes it.
#[derive(Deserialize)]
pub struct CallHead<'a> {
    id: String,
    endpoint: String,
    method: String,
    path: String,
    query: String,
    #[serde(borrow)]
    headers: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    values: BTreeMap<String, String>,
    /// Length of the client's whole body in bytes.
    pub body_length: u32,
    #[serde(borrow)]
    settings: &'a RawValue,
}

impl CallHead<'_> {
    /// The domain's request.
    pub fn into_request(self) -> Request {
        let pairs = self.headers.iter().map(|(name, value)| (&**name, &**value));
        let headers = fields::of_client(pairs);
        Request {
            hook_id: fields::hook_id(&headers),
            headers,
            id: self.id,
            endpoint: self.endpoint,
            method: Method::from_bytes(self.method.as_bytes()).unwrap_or_default(),
            path: self.path,
            query: self.query,
            path_values: self.values,
            settings: self.settings.get().to_owned(),
        }
    }
}

type Pairs<'a> = Vec<(&'a str, &'a str)>;

#[derive(Serialize)]
struct ResponseHeadJson<'a> {
    status: u16,
    headers: Pairs<'a>,
}

/// The head of a response.
pub fn response_head(response: &Response) -> Vec<u8> {
    to_json(&ResponseHeadJson {
        status: response.status.as_u16(),
        headers: pairs(&response.headers),
    })
}

#[derive(Serialize)]
struct FileResponseHead<'a> {
    status: u16,
    headers: Pairs<'a>,
    /// Whether the host decompresses the file.
    decompress: bool,
}

/// The head of a response whose body is a file.
pub fn file_response_head(response: &FileResponse) -> Vec<u8> {
    to_json(&FileResponseHead {
        status: response.head.status.as_u16(),
        headers: pairs(&response.head.headers),
        decompress: response.is_decompressed,
    })
}

#[derive(Serialize)]
struct WholeResponse<'a> {
    status: u16,
    headers: Pairs<'a>,
    body: &'a str,
}

/// A response whose body is text.
pub fn whole_response(response: &Response) -> Vec<u8> {
    to_json(&WholeResponse {
        status: response.status.as_u16(),
        headers: pairs(&response.headers),
        body: std::str::from_utf8(&response.body).unwrap_or_default(),
    })
}

#[derive(Serialize)]
struct LimitsHead {
    connect: u64,
    head: u64,
    idle: u64,
    total: u64,
    body: usize,
}

impl From<Limits> for LimitsHead {
    fn from(limits: Limits) -> Self {
        Self {
            connect: milliseconds(limits.connect),
            head: milliseconds(limits.head),
            idle: milliseconds(limits.idle),
            total: milliseconds(limits.total),
            body: limits.body,
        }
    }
}

#[derive(Serialize)]
struct FetchHead<'a> {
    method: &'a str,
    url: &'a str,
    headers: Pairs<'a>,
    reach: &'static str,
    ca: Option<&'a str>,
    limits: LimitsHead,
}

/// The head of a fetch.
pub fn fetch_head(request: &FetchRequest) -> Vec<u8> {
    to_json(&FetchHead {
        method: request.method.as_str(),
        url: request.url.as_str(),
        headers: pairs(&request.headers),
        reach: match request.reach {
            Reach::Configured => "configured",
            Reach::Discovered => "discovered",
        },
        ca: request.ca_certificates.as_deref(),
        limits: request.limits.into(),
    })
}

#[derive(Serialize)]
#[serde(untagged)]
enum PieceHead {
    Client((usize, usize)),
    Own((usize,)),
}

#[derive(Serialize)]
struct RelayHead<'a> {
    method: &'a str,
    url: &'a str,
    headers: Pairs<'a>,
    pieces: Option<Vec<PieceHead>>,
    ca: Option<&'a str>,
    limits: LimitsHead,
}

/// The head of a relay, and the gateway's own pieces of its body.
pub fn relay_head(request: &RelayRequest) -> (Vec<u8>, Vec<u8>) {
    (to_json(&relay_head_json(request)), own_body(request))
}

fn own_body(request: &RelayRequest) -> Vec<u8> {
    let pieces = request.pieces.iter().flatten();
    pieces.flat_map(own_bytes).copied().collect()
}

fn relay_head_json(request: &RelayRequest) -> RelayHead<'_> {
    RelayHead {
        method: request.method.as_str(),
        url: request.url.as_str(),
        headers: pairs(&request.headers),
        pieces: request
            .pieces
            .as_ref()
            .map(|pieces| pieces.iter().map(piece_head).collect()),
        ca: request.ca_certificates.as_deref(),
        limits: request.limits.into(),
    }
}

#[derive(Serialize)]
struct TranslationHead<'a> {
    status: u16,
    headers: Pairs<'a>,
    /// The beginning of the body.
    opening: &'a str,
    request: RelayHead<'a>,
}

/// The head of a translation, and the body of its request.
pub fn translation_head(translation: &Translation) -> (Vec<u8>, Vec<u8>) {
    let head = to_json(&TranslationHead {
        status: translation.head.status.as_u16(),
        headers: pairs(&translation.head.headers),
        opening: translation.opening,
        request: relay_head_json(&translation.request),
    });
    (head, own_body(&translation.request))
}

/// What a translation writes, after whether more of Dify's response is wanted.
pub fn written(written: &Written) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(written.bytes.len() + 1);
    bytes.push(u8::from(written.wants_more));
    bytes.extend_from_slice(&written.bytes);
    bytes
}

fn own_bytes(piece: &Piece) -> &[u8] {
    match piece {
        Piece::Client { .. } => &[],
        Piece::Own(bytes) => bytes,
    }
}

const fn piece_head(piece: &Piece) -> PieceHead {
    match piece {
        Piece::Client { offset, length } => PieceHead::Client((*offset, *length)),
        Piece::Own(bytes) => PieceHead::Own((bytes.len(),)),
    }
}

/// Either `status` and `headers`, or `error`. An untagged enum would be read into a copy first.
#[derive(Deserialize)]
struct HeadOrErrorJson<'a> {
    #[serde(default)]
    status: u16,
    #[serde(borrow, default)]
    headers: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    #[serde(borrow)]
    error: Option<Cow<'a, str>>,
}

/// The head of a response from outside, or the error that came in its place.
pub fn received_head(json: &[u8]) -> Result<ResponseHead, TransportError> {
    let HeadOrErrorJson {
        status,
        headers,
        error,
    } = serde_json::from_slice(json).map_err(|_| TransportError::Malformed)?;
    if let Some(error) = error {
        return Err(transport_error(&error));
    }
    Ok(ResponseHead {
        status: StatusCode::from_u16(status).map_err(|_| TransportError::Malformed)?,
        headers: fields::header_map(headers.iter().map(|(name, value)| (&**name, &**value))),
    })
}

/// The response to a fetch.
pub fn fetch_response(head: &[u8], body: &[u8]) -> Result<FetchResponse, TransportError> {
    received_head(head).map(|ResponseHead { status, headers }| FetchResponse {
        status,
        headers,
        body: body.to_vec(),
    })
}

fn transport_error(name: &str) -> TransportError {
    match name {
        "busy" => TransportError::Busy,
        "connect" => TransportError::Connect,
        "tls" => TransportError::Tls,
        "timeout" => TransportError::Timeout,
        "malformed" => TransportError::Malformed,
        "too_large" => TransportError::TooLarge,
        "refused" => TransportError::Refused,
        _ => TransportError::Broken,
    }
}

#[derive(Serialize)]
struct RelayResponseJson<'a> {
    status: u16,
    headers: Pairs<'a>,
    body: Option<&'a str>,
    frames: bool,
    on_broken: &'a str,
    on_timeout: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    context: Option<&'a RelayContext>,
}

/// The response to the client of a relay, and the context that comes back with `relay_ended`, if that is to follow.
pub fn relay_response(response: &RelayResponse, context: Option<&RelayContext>) -> Vec<u8> {
    to_json(&RelayResponseJson {
        status: response.status.as_u16(),
        headers: pairs(&response.headers),
        body: response.body.as_deref(),
        frames: response.frames,
        on_broken: &response.on_broken,
        on_timeout: &response.on_timeout,
        context,
    })
}

/// The number of a log level in the import `log`.
pub const fn log_level(level: LogLevel) -> u32 {
    match level {
        LogLevel::Debug => 0,
        LogLevel::Info => 1,
        LogLevel::Warn => 2,
        LogLevel::Error => 3,
    }
}

fn pairs(headers: &HeaderMap) -> Pairs<'_> {
    headers
        .iter()
        .filter_map(|(name, value)| {
            Some((name.as_str(), std::str::from_utf8(value.as_bytes()).ok()?))
        })
        .collect()
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// The context of a relay, for the host to keep.
pub fn context_bytes(context: &RelayContext) -> Vec<u8> {
    to_json(context)
}

/// How a relay went; one that nobody can read has broken off.
pub fn relay_report(json: &[u8]) -> RelayReport {
    serde_json::from_slice(json).unwrap_or_else(|_| RelayEnd::Broken.into())
}

/// What the host says of its process.
pub fn process_state(json: &[u8]) -> ProcessState {
    serde_json::from_slice(json).unwrap_or_default()
}

/// The context that the host kept.
pub fn context(bytes: &[u8]) -> RelayContext {
    serde_json::from_slice(bytes).unwrap_or_default()
}

/// The context of a translation, for the host to keep.
pub fn translation_context_bytes(context: &TranslationContext) -> Vec<u8> {
    to_json(context)
}

/// The context that the host kept.
pub fn translation_context(bytes: &[u8]) -> TranslationContext {
    serde_json::from_slice(bytes).unwrap_or_default()
}

fn to_json(value: &impl Serialize) -> Vec<u8> {
    json::text(value).into_bytes()
}

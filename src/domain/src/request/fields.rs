//! The fields of a client's request that mean something to the gateway, and header maps of a bounded size.

use http::header::Entry;
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::limits;

/// A field that the gateway reads, relays to Dify, or both.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct RequestField {
    /// The name, in lower case.
    pub name: &'static str,
    /// What the value must be for the field to be relayed; `None` where it is not relayed.
    pub relayed: Option<Form>,
    /// Whether the value is a credential, which no `Debug` may print.
    pub is_secret: bool,
}

/// The form of a relayed value. Any other value is dropped: no request fails because of a field that only helps.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Form {
    /// `baggage` of W3C Baggage.
    Baggage,
    /// Visible ASCII and blanks.
    Text,
    /// Dify's `X-Trace-Id` and `X-Trace-Session-Id` (`is_valid_trace_id` in `api/libs/helper.py`).
    TraceId,
    /// `traceparent` of W3C Trace Context.
    TraceParent,
    /// `tracestate` of W3C Trace Context.
    TraceState,
}

/// The field in which the page sends its token.
pub const PAGE_TOKEN: &str = "x-gateway-page";

/// Every field that the gateway knows. The host hands over no other, and none but the relayed ones go to Dify.
pub const REQUEST_FIELDS: &[RequestField] = &[
    read("accept-encoding"),
    read("access-control-request-headers"),
    read("access-control-request-method"),
    secret("authorization"),
    read("content-encoding"),
    read("content-type"),
    secret("cookie"),
    read("dify-hook-id"),
    read("dify-hook-url"),
    read("host"),
    read("mcp-method"),
    read("mcp-name"),
    read("mcp-protocol-version"),
    read("mcp-session-id"),
    read("origin"),
    read("sec-fetch-dest"),
    read("sec-fetch-mode"),
    read("sec-fetch-site"),
    read("sec-purpose"),
    read("x-forwarded-host"),
    secret(PAGE_TOKEN),
    relayed("accept", Form::Text),
    relayed("accept-language", Form::Text),
    relayed("baggage", Form::Baggage),
    relayed("traceparent", Form::TraceParent),
    relayed("tracestate", Form::TraceState),
    relayed("user-agent", Form::Text),
    relayed("x-trace-id", Form::TraceId),
    relayed("x-trace-session-id", Form::TraceId),
];

const fn read(name: &'static str) -> RequestField {
    RequestField {
        name,
        relayed: None,
        is_secret: false,
    }
}

const fn secret(name: &'static str) -> RequestField {
    RequestField {
        name,
        relayed: None,
        is_secret: true,
    }
}

const fn relayed(name: &'static str, form: Form) -> RequestField {
    RequestField {
        name,
        relayed: Some(form),
        is_secret: false,
    }
}

impl Form {
    /// Whether `value` has this form and is not too long.
    pub fn fits(self, value: &HeaderValue) -> bool {
        let Ok(text) = value.to_str() else {
            return false;
        };
        match self {
            Self::Baggage => {
                text.len() <= limits::BAGGAGE && text.split(',').count() <= limits::BAGGAGE_MEMBERS
            }
            Self::Text => text.len() <= limits::RELAYED_FIELD,
            Self::TraceId => is_trace_id(text),
            Self::TraceParent => is_trace_parent(text),
            Self::TraceState => is_trace_state(text),
        }
    }
}

fn is_trace_id(text: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    (1..=limits::TRACE_ID).contains(&text.len()) && text.bytes().all(is_allowed)
}

/// W3C Trace Context §3.2: version, trace id, parent id and flags in lower-case hexadecimal. A version beyond 00 may be
/// longer, but Dify knows only 00.
fn is_trace_parent(text: &str) -> bool {
    let mut parts = text.split('-');
    let has_form = [2, 32, 16, 2]
        .into_iter()
        .all(|length| parts.next().is_some_and(|part| is_hex(part, length)));
    let is_zero = |part: Option<&str>| part.is_some_and(|part| part.bytes().all(|b| b == b'0'));
    let (trace, parent) = (text.split('-').nth(1), text.split('-').nth(2));
    has_form
        && parts.next().is_none()
        && text.starts_with("00-")
        && !is_zero(trace)
        && !is_zero(parent)
}

/// The trace that a valid `traceparent` names.
pub fn trace_id(headers: &HeaderMap) -> Option<&str> {
    let parent = headers.get("traceparent")?;
    let parent = parent.to_str().ok().filter(|text| is_trace_parent(text))?;
    parent.split('-').nth(1)
}

/// A trace id of Dify's own, from its response.
pub fn dify_trace_id(headers: &HeaderMap) -> Option<&str> {
    let id = headers.get("x-trace-id")?.to_str().ok();
    id.filter(|text| is_trace_id(text))
}

/// W3C Trace Context §3.3.1.3: members `key=value`, each key once; empty members count for nothing.
fn is_trace_state(text: &str) -> bool {
    let members = || {
        let members = text
            .split(',')
            .map(|member| member.trim_matches([' ', '\t']));
        members.filter(|member| !member.is_empty())
    };
    let mut keys: Vec<&str> = Vec::new();
    text.len() <= limits::TRACE_STATE
        && (1..=limits::TRACE_STATE_MEMBERS).contains(&members().count())
        && members().all(|member| {
            let Some((key, value)) = member.split_once('=') else {
                return false;
            };
            let is_new = !keys.contains(&key);
            keys.push(key);
            is_new && is_trace_state_key(key) && is_trace_state_value(value)
        })
}

/// §3.3.1.3.1: a tenant before `@` may begin with a digit.
fn is_trace_state_key(key: &str) -> bool {
    let is_allowed =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-*/".contains(&byte);
    let has_form = |part: &str, longest: usize| {
        (1..=longest).contains(&part.len()) && part.bytes().all(is_allowed)
    };
    let begins_with_letter =
        |part: &str| part.starts_with(|first: char| first.is_ascii_lowercase());
    match key.split_once('@') {
        Some((tenant, system)) => {
            has_form(tenant, 241) && has_form(system, 14) && begins_with_letter(system)
        }
        None => has_form(key, 256) && begins_with_letter(key),
    }
}

/// §3.3.1.3.2.
fn is_trace_state_value(value: &str) -> bool {
    let is_allowed = |byte: u8| (b' '..=b'~').contains(&byte) && !b",=".contains(&byte);
    (1..=256).contains(&value.len()) && value.bytes().all(is_allowed) && !value.ends_with(' ')
}

fn is_hex(text: &str, length: usize) -> bool {
    let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    text.len() == length && text.bytes().all(is_digit)
}

/// The fields of a client's request, out of what the host hands over. Only those of [`REQUEST_FIELDS`] are kept.
pub fn of_client<'a>(fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> HeaderMap {
    let is_known = |name: &str| {
        REQUEST_FIELDS
            .iter()
            .any(|field| field.name.eq_ignore_ascii_case(name))
    };
    let mut map = header_map(fields.into_iter().filter(|(name, _)| is_known(name)));
    for field in REQUEST_FIELDS.iter().filter(|field| field.is_secret) {
        if let Entry::Occupied(mut values) = map.entry(field.name) {
            values
                .iter_mut()
                .for_each(|value| value.set_sensitive(true));
        }
    }
    map
}

/// The value of `Dify-Hook-Id`; empty where there is none.
pub fn hook_id(headers: &HeaderMap) -> String {
    headers
        .get("dify-hook-id")
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
        .to_owned()
}

/// A header map of foreign fields. Those whose name or value is not one of HTTP are dropped, because nobody could have
/// meant them; so are those beyond [`limits::HEAD_FIELDS`], because a `HeaderMap` panics when it is full.
pub fn header_map<'a>(fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> HeaderMap {
    let mut map = HeaderMap::new();
    let fields = fields.into_iter().filter_map(|(name, value)| {
        let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
        Some((name, HeaderValue::from_bytes(value.as_bytes()).ok()?))
    });
    for (name, value) in fields.take(limits::HEAD_FIELDS) {
        if map.try_append(name, value).is_err() {
            break;
        }
    }
    map
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    #[test]
    fn a_relayed_value_has_the_form_that_its_reader_knows() {
        let long = |length: usize| "x".repeat(length);
        let states = |count: usize| {
            let states = (0..count).map(|number| format!("k{number}=v"));
            states.collect::<Vec<_>>().join(",")
        };
        let members = |count: usize| vec!["a=1"; count].join(",");
        let rows: [(Form, &str, bool); 41] = [
            (Form::TraceParent, PARENT, true),
            (Form::TraceParent, &PARENT.to_uppercase(), false),
            (Form::TraceParent, &PARENT.replacen("00", "01", 1), false),
            (Form::TraceParent, &PARENT.replacen("00", "ff", 1), false),
            (Form::TraceParent, &format!("{PARENT}-x"), false),
            (
                Form::TraceParent,
                &PARENT.replace("0af7651916cd43dd8448eb211c80319c", &"0".repeat(32)),
                false,
            ),
            (
                Form::TraceParent,
                &PARENT.replace("b7ad6b7169203331", &"0".repeat(16)),
                false,
            ),
            (Form::TraceParent, "", false),
            (Form::TraceParent, "00", false),
            (Form::TraceState, "vendor=value", true),
            (Form::TraceState, "a=1,, b/c_d-e*f=2 3", true),
            (Form::TraceState, "0tenant@vendor=v", true),
            (
                Form::TraceState,
                &format!("a={},b={}", long(250), long(257 - 2)),
                true,
            ),
            (
                Form::TraceState,
                &format!("a={},b={}", long(255), long(252)),
                true,
            ),
            (
                Form::TraceState,
                &format!("a={},b={}", long(255), long(253)),
                false,
            ),
            (Form::TraceState, &format!("a={}", long(257)), false),
            (Form::TraceState, &states(32), true),
            (Form::TraceState, &states(33), false),
            (Form::TraceState, "a=1,a=2", false),
            (Form::TraceState, "A=1", false),
            (Form::TraceState, "0a=1", false),
            (Form::TraceState, "a@0b=1", false),
            (Form::TraceState, "a=1=2", false),
            (Form::TraceState, "a=", false),
            (Form::TraceState, "a", false),
            (Form::TraceState, ",", false),
            (Form::Baggage, "userId=alice,server=1;p=2", true),
            (Form::Baggage, &long(8000), true),
            (Form::Baggage, &long(8001), false),
            (Form::Baggage, &members(64), true),
            (Form::Baggage, &members(65), false),
            (Form::TraceId, "aA9-_", true),
            (Form::TraceId, &long(128), true),
            (Form::TraceId, &long(129), false),
            (Form::TraceId, "", false),
            (Form::TraceId, "a b", false),
            (Form::TraceId, "a\u{e4}", false),
            (Form::Text, "Mozilla/5.0 (X11; Linux) (*)", true),
            (Form::Text, "M\u{fc}ller/1.0", false),
            (Form::Text, &long(1024), true),
            (Form::Text, &long(1025), false),
        ];
        for (form, value, expected) in rows {
            let value = HeaderValue::from_bytes(value.as_bytes()).unwrap();
            assert_eq!(form.fits(&value), expected, "{form:?} {value:?}");
        }
    }

    #[test]
    fn more_fields_than_a_header_map_can_hold_do_no_harm() {
        let names: Vec<String> = (0..40_000).map(|number| format!("x-{number}")).collect();
        let distinct = header_map(names.iter().map(|name| (name.as_str(), "v")));
        assert_eq!(distinct.len(), limits::HEAD_FIELDS);
        let equal = header_map(std::iter::repeat_n(("authorization", "v"), 40_000));
        assert_eq!(equal.len(), limits::HEAD_FIELDS);
    }

    #[test]
    fn of_a_client_only_the_fields_of_the_list_are_kept_and_of_those_only_the_valid() {
        let fields = [
            ("Cookie2", "a=b"),
            ("X-Forwarded-For", "1.2.3.4"),
            ("Authorization", "Bearer x"),
            ("Origin", "a\nb"),
            ("accept", "*/*"),
        ];
        let mut noise: Vec<_> = std::iter::repeat_n(("x-noise", "v"), 40_000).collect();
        noise.extend(fields);
        let kept = of_client(noise);
        let names: Vec<_> = kept.keys().map(HeaderName::as_str).collect();
        assert_eq!(names, ["authorization", "accept"]);
    }

    #[test]
    fn no_credential_is_printed() {
        for name in ["Authorization", "COOKIE", "x-gateway-page"] {
            let kept = of_client([(name, "s3cret"), (name, "s3cret"), ("accept", "shown")]);
            let printed = format!("{kept:?}");
            assert!(!printed.contains("s3cret"), "{printed}");
            assert!(printed.contains("shown"), "{printed}");
            assert_eq!(kept.get_all(name).iter().count(), 2);
        }
    }

    #[test]
    fn the_log_names_a_trace_of_the_right_form_and_no_other() {
        const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
        let of = |name: &'static str, value: &str| {
            HeaderMap::from_iter([(
                HeaderName::from_static(name),
                HeaderValue::try_from(value).unwrap(),
            )])
        };
        let forged = PARENT.replace(TRACE, "\",\"user\":\"root");
        for (value, expected) in [(PARENT, Some(TRACE)), (&forged, None), ("00", None)] {
            assert_eq!(trace_id(&of("traceparent", value)), expected, "{value}");
        }
        for (value, expected) in [
            (TRACE, Some(TRACE)),
            ("\",\"user\":\"root", None),
            ("", None),
        ] {
            assert_eq!(dify_trace_id(&of("x-trace-id", value)), expected, "{value}");
        }
    }
}

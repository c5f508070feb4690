//! A request to an endpoint of the provider that authenticates its clients.

use std::fmt;

use http::Method;
use http::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderValue};
use serde_json::{Map, Value};
use url::form_urlencoded;

/// A request without its address: method, header fields and body. Its `Debug` shows no value, because the body has the
/// secret of the client.
#[derive(Clone, Eq, PartialEq)]
pub struct EndpointRequest {
    /// The method.
    pub method: Method,
    /// `Accept`, `Content-Type`, and `Authorization` where the client authenticates with it.
    pub headers: HeaderMap,
    /// A form or a JSON object.
    pub body: Vec<u8>,
}

impl fmt::Debug for EndpointRequest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "EndpointRequest({}, redacted)", self.method)
    }
}

/// How a body has its parameters.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Encoding {
    /// `application/x-www-form-urlencoded` (RFC 6749 §4.1.3).
    Form,
    /// A JSON object of strings.
    Json,
}

/// The parameters and header fields of a request while it is built.
#[derive(Default)]
pub(super) struct Parts {
    parameters: Vec<(&'static str, String)>,
    pub(super) headers: HeaderMap,
}

impl Parts {
    pub(super) fn add(&mut self, name: &'static str, value: impl Into<String>) {
        self.parameters.push((name, value.into()));
    }

    /// The request with its parameters in this encoding.
    pub(super) fn finish(self, method: Method, encoding: Encoding) -> EndpointRequest {
        let Self {
            parameters,
            mut headers,
        } = self;
        let (media_type, body) = match encoding {
            Encoding::Form => ("application/x-www-form-urlencoded", form(&parameters)),
            Encoding::Json => ("application/json; charset=utf-8", json(parameters)),
        };
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
        // Without it GitHub answers with a form.
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        EndpointRequest {
            method,
            headers,
            body: body.into_bytes(),
        }
    }
}

/// RFC 6749 appendix B.
fn form(parameters: &[(&'static str, String)]) -> String {
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(parameters)
        .finish()
}

fn json(parameters: Vec<(&'static str, String)>) -> String {
    let members = parameters
        .into_iter()
        .map(|(name, value)| (name.to_owned(), Value::String(value)));
    Value::Object(members.collect::<Map<_, _>>()).to_string()
}

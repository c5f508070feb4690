//! A response of the gateway, read whole.

use http::{HeaderMap, StatusCode};
use reqwest::RequestBuilder;
use serde_json::Value;

/// Status, headers and body.
#[derive(Clone, Debug)]
pub struct WholeResponse {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
}

impl WholeResponse {
    /// Sends the request and reads its response, which must name its request.
    pub async fn of(request: RequestBuilder) -> Self {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let answer = Self {
            status,
            headers,
            body: response.bytes().await.unwrap().to_vec(),
        };
        answer.assert_has_request_id();
        answer
    }

    /// A header's only value; empty where there is none.
    pub fn header(&self, name: &str) -> &str {
        let mut values = self.headers.get_all(name).iter();
        let value = values
            .next()
            .map(|value| value.to_str().unwrap())
            .unwrap_or_default();
        assert_eq!(values.next(), None, "{name} came twice");
        value
    }

    /// The request's id.
    pub fn request_id(&self) -> &str {
        self.header("x-request-id")
    }

    /// The body as text.
    pub fn text(&self) -> &str {
        str::from_utf8(&self.body).unwrap()
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&self.body)))
    }

    /// A refusal of the gateway's own: status, code and message.
    pub fn refusal(&self) -> (u16, String, String) {
        let body = self.json();
        let members = body.as_object().unwrap().keys();
        let members: Vec<&String> = members.filter(|name| *name != "documentation").collect();
        assert_eq!(
            members,
            ["code", "message", "request_id", "status"],
            "{body}"
        );
        if let Some(address) = body.get("documentation") {
            let address = address.as_str().unwrap_or_default();
            let is_document = address.contains("/blob/main/docs/");
            assert!(is_document, "{body}");
        }
        assert_eq!(body["status"], self.status.as_u16(), "{body}");
        assert_eq!(body["request_id"], self.request_id(), "{body}");
        assert_eq!(self.header("content-type"), "application/json");
        assert_eq!(self.header("cache-control"), "no-store");
        let text = |name: &str| body[name].as_str().unwrap().to_owned();
        (self.status.as_u16(), text("code"), text("message"))
    }

    /// The id is the log's key to the request, so that no answer may be without it.
    pub fn assert_has_request_id(&self) {
        let id = self.request_id();
        let is_id = id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
        assert!(is_id, "X-Request-Id: {id:?} of {self:?}");
    }
}

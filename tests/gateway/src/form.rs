//! `multipart/form-data` as browsers write it (RFC 7578).

use reqwest::RequestBuilder;
use reqwest::header::CONTENT_TYPE;

const BOUNDARY: &str = "----WebKitFormBoundary7MA4YWxkTrZu0gW";

/// A form that grows part by part.
#[derive(Default)]
pub struct Form(Vec<u8>);

impl Form {
    /// With one more field.
    pub fn field(self, name: &str, value: &str) -> Self {
        self.part(
            &format!("form-data; name=\"{name}\""),
            None,
            value.as_bytes(),
        )
    }

    /// With one more file.
    pub fn file(self, name: &str, filename: &str, content_type: &str, bytes: &[u8]) -> Self {
        let disposition = format!("form-data; name=\"{name}\"; filename=\"{filename}\"");
        self.part(&disposition, Some(content_type), bytes)
    }

    fn part(mut self, disposition: &str, content_type: Option<&str>, bytes: &[u8]) -> Self {
        let content_type = content_type
            .map(|content_type| format!("Content-Type: {content_type}\r\n"))
            .unwrap_or_default();
        let head =
            format!("--{BOUNDARY}\r\nContent-Disposition: {disposition}\r\n{content_type}\r\n");
        self.0.extend_from_slice(head.as_bytes());
        self.0.extend_from_slice(bytes);
        self.0.extend_from_slice(b"\r\n");
        self
    }

    /// Content type and body.
    pub fn finish(mut self) -> (String, Vec<u8>) {
        self.0
            .extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
        (format!("multipart/form-data; boundary={BOUNDARY}"), self.0)
    }

    /// Makes it the body of a request.
    pub fn send_in(self, request: RequestBuilder) -> RequestBuilder {
        let (content_type, body) = self.finish();
        request.header(CONTENT_TYPE, content_type).body(body)
    }
}

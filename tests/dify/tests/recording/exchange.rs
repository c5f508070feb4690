//! One line of the recording.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::Value;

use crate::script;

/// JSON in Rust holds no lone surrogate, but one request did.
const LONE_SURROGATE: &str = "\\ud800";
const SURROGATE_STAND_IN: &str = "LONE-SURROGATE";

#[derive(Deserialize)]
pub struct Exchange {
    pub name: String,
    pub app: String,
    pub request: Request,
    pub response: Response,
}

#[derive(Deserialize)]
pub struct Request {
    pub method: String,
    pub path: String,
    pub query: String,
    pub headers: BTreeMap<String, String>,
    body: Value,
}

#[derive(Deserialize)]
pub struct Response {
    pub status: u16,
    pub headers: BTreeMap<String, String>,
    pub body: Value,
}

impl Exchange {
    pub fn parse(line: &str) -> Self {
        serde_json::from_str(&line.replace(LONE_SURROGATE, SURROGATE_STAND_IN)).unwrap()
    }

    /// The bytes that were sent.
    pub fn body(&self) -> Vec<u8> {
        if let Some(body) = script::body(&self.name) {
            return body.into();
        }
        match &self.request.body {
            Value::Null => Vec::new(),
            Value::String(text) => bytes(text),
            Value::Object(members) => match members.get("multipart") {
                Some(parts) => self.multipart(parts.as_array().unwrap()),
                None => json(&self.request.body),
            },
            other => json(other),
        }
    }

    fn multipart(&self, parts: &[Value]) -> Vec<u8> {
        let boundary = self.request.headers["Content-Type"]
            .rsplit_once("boundary=")
            .unwrap()
            .1;
        let mut body = Vec::new();
        for part in parts {
            let mut head = format!(
                "--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"",
                text(&part["name"])
            );
            if part["filename"].is_string() {
                head += &format!("; filename=\"{}\"", text(&part["filename"]));
            }
            if part["content_type"].is_string() {
                head += &format!("\r\nContent-Type: {}", text(&part["content_type"]));
            }
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(b"\r\n\r\n");
            body.extend_from_slice(&bytes(text(&part["value"])));
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
        body
    }
}

/// The bytes of a recorded text: as they are, in Base64, or shortened to `<start>…(<n> bytes)`.
pub fn bytes(text: &str) -> Vec<u8> {
    let (text, length) = match text.rsplit_once('…') {
        Some((start, rest)) => {
            let length = rest
                .trim_matches(|character: char| !character.is_ascii_digit() && character != ' ');
            (start, length.split(' ').next().unwrap().parse().ok())
        }
        None => (text, None),
    };
    let mut bytes = match text.strip_prefix("base64:") {
        Some(encoded) => STANDARD.decode(encoded).unwrap(),
        None => text.as_bytes().to_vec(),
    };
    if let Some(length) = length {
        let filler = *bytes.last().unwrap();
        bytes.resize(length, filler);
    }
    bytes
}

fn json(value: &Value) -> Vec<u8> {
    value
        .to_string()
        .replace(SURROGATE_STAND_IN, LONE_SURROGATE)
        .into_bytes()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

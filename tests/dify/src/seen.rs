//! The requests that a stand-in has received.

use std::collections::VecDeque;
use std::sync::Mutex;

use bytes::Bytes;
use http::HeaderMap;

use crate::lock;

/// Bodies longer than this are remembered by length and SHA-256 only.
const KEPT_BODY: usize = 64 * 1024;
/// So that a load test does not fill the memory, only the newest requests are remembered.
const KEPT_REQUESTS: usize = 10_000;

/// One request as it arrived, faults and refusals included.
#[derive(Clone, Debug)]
pub struct SeenRequest {
    /// The method.
    pub method: String,
    /// The path as it was written, `/v1` included.
    pub path: String,
    /// The query as it was written, without `?`; empty where there was none.
    pub query: String,
    /// The headers, repeated ones included.
    pub headers: HeaderMap,
    /// The body, unless it was longer than 64 KiB.
    pub body: Option<Bytes>,
    /// Length of the body in bytes.
    pub body_length: usize,
    /// SHA-256 of the body, in lower-case hexadecimal.
    pub body_sha256: String,
}

/// The requests seen, oldest first.
#[derive(Default)]
pub(crate) struct Seen(Mutex<VecDeque<SeenRequest>>);

impl Seen {
    pub(crate) fn add(&self, head: &http::request::Parts, body: &Bytes) {
        let request = SeenRequest {
            method: head.method.to_string(),
            path: head.uri.path().to_owned(),
            query: head.uri.query().unwrap_or_default().to_owned(),
            headers: head.headers.clone(),
            body: (body.len() <= KEPT_BODY).then(|| body.clone()),
            body_length: body.len(),
            body_sha256: sha256(body),
        };
        let mut requests = lock(&self.0);
        if requests.len() == KEPT_REQUESTS {
            requests.pop_front();
        }
        requests.push_back(request);
    }

    pub(crate) fn all(&self) -> Vec<SeenRequest> {
        lock(&self.0).iter().cloned().collect()
    }

    pub(crate) fn clear(&self) {
        lock(&self.0).clear();
    }
}

pub(crate) fn sha256(bytes: &[u8]) -> String {
    hmac_sha256::Hash::hash(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

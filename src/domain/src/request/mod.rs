//! What a client asks, as the host hands it over.

use std::collections::BTreeMap;

use http::{HeaderMap, Method};

pub mod fields;
pub mod navigation;
pub mod preference;

pub use fields::REQUEST_FIELDS;

/// A request without its body.
#[derive(Clone, Debug)]
pub struct Request {
    /// The id of this request, in the log and in `X-Request-Id`.
    pub id: String,
    /// The daemon's id of the endpoint; it cannot be forged.
    pub endpoint: String,
    /// The part of the endpoint's address that stands for it, after `/e/`. The daemon overwrites whatever a client sends
    /// as `Dify-Hook-Id`; empty where it is missing.
    pub hook_id: String,
    /// The method.
    pub method: Method,
    /// The decoded path, beginning with `/`.
    pub path: String,
    /// The query as it was sent, without `?`.
    pub query: String,
    /// The headers. Of one that was sent twice only the last is left (the SDK drops the others).
    pub headers: HeaderMap,
    /// The decoded variables of the declared path.
    pub path_values: BTreeMap<String, String>,
    /// The endpoint's settings, the JSON text that the daemon sent.
    pub settings: String,
}

/// The body of a request. The host holds the bytes; the gateway reads those that it must see.
pub trait Body {
    /// Length in bytes.
    fn len(&self) -> usize;

    /// Whether there is none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Copies the bytes from `offset` into `buffer` and returns how many there were.
    fn read_at(&self, offset: usize, buffer: &mut [u8]) -> usize;

    /// All of its bytes. The caller has seen that they are few.
    fn read_whole(&self) -> Vec<u8> {
        let mut bytes = vec![0; self.len()];
        let read = self.read_at(0, &mut bytes);
        bytes.truncate(read);
        bytes
    }
}

impl Body for &[u8] {
    fn len(&self) -> usize {
        <[u8]>::len(self)
    }

    fn read_at(&self, offset: usize, buffer: &mut [u8]) -> usize {
        let rest = self.get(offset..).unwrap_or_default();
        let count = rest.len().min(buffer.len());
        for (to, from) in buffer.iter_mut().zip(rest) {
            *to = *from;
        }
        count
    }
}

/// A piece of the body that Dify gets.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Piece {
    /// Bytes of the client's body; the host moves them, the gateway never holds them.
    Client {
        /// Where they begin.
        offset: usize,
        /// How many they are.
        length: usize,
    },
    /// Bytes of the gateway's own.
    Own(Vec<u8>),
}

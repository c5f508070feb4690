mod body;
mod json;
mod long_json;
mod query;

use futures::FutureExt;

use super::Identity;
use crate::operation::Operation;
use crate::request::Piece;

const ALICE: Identity<'static> = Identity {
    user: "alice",
    filters_logs: false,
    inputs: &[],
};
/// A caller who gets no more than their own logs.
const FILTERED: Identity<'static> = Identity {
    user: "alice",
    filters_logs: true,
    inputs: &[],
};

fn operation(handler: &str) -> &'static Operation {
    Operation::of_handler(handler).unwrap()
}

/// What a future that need not wait resolves with.
fn now<T>(future: impl Future<Output = T>) -> T {
    future.now_or_never().unwrap()
}

/// The pieces as one.
fn joined(pieces: &[Piece], sent: &[u8]) -> Vec<u8> {
    let bytes = pieces.iter().flat_map(|piece| match piece {
        Piece::Own(bytes) => bytes.as_slice(),
        Piece::Client { offset, length } => &sent[*offset..offset + length],
    });
    bytes.copied().collect()
}

//! `endpoints/<handler>.py`: the SDK takes one class from each file and tells it nothing of its declaration,
//! so the file is what ties a declaration to its handler.

use gateway_domain::operation::{FALLBACK, OPERATIONS};

use super::{ENDPOINTS, Files, NOTICE};

/// The file of a handler, from the root of the checkout.
pub fn path(handler: &str) -> String {
    format!("{ENDPOINTS}/{handler}.py")
}

/// One file for each handler.
pub fn render() -> Files {
    let handlers = OPERATIONS
        .iter()
        .chain([&FALLBACK])
        .map(|operation| operation.handler);
    handlers
        .map(|handler| (path(handler), source(handler)))
        .collect()
}

fn source(handler: &str) -> String {
    let class: String = handler.split('_').map(capitalised).collect();
    format!("{NOTICE}from host.sdk.endpoint import endpoint\n\n{class} = endpoint(\"{handler}\")\n")
}

fn capitalised(word: &str) -> String {
    let mut characters = word.chars();
    characters
        .next()
        .map(|first| first.to_ascii_uppercase())
        .into_iter()
        .chain(characters)
        .collect()
}

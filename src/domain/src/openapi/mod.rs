//! The description of the operations as an OpenAPI 3.1 document, which clients and their types are generated from.
//!
//! What the table of operations says is taken from there. The rest is in `descriptions.rs`, a row for each operation, and in
//! two lists of named parts: `parameters.json` and `schemas.json`.

use crate::operation::{Class, OPERATIONS, Operation};
use crate::settings::Settings;

mod components;
mod descriptions;
mod document;
mod paths;
mod security;

#[cfg(test)]
mod tests;

pub use document::document;

/// The operations that the document shows: those that the settings have switched on, and that somebody at least may use.
pub fn shown_operations(settings: &Settings) -> impl Iterator<Item = &'static Operation> {
    OPERATIONS.iter().filter(|operation| {
        let is_on = settings.sign_in.is_some() || operation.class != Class::SignIn;
        is_on && !settings.operation_rules.is_closed_to_everybody(operation)
    })
}

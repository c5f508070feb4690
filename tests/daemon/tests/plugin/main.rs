//! The daemon with a real plugin process of the SDK.

#![cfg(test)]

mod answers;
mod process;
mod requests;
mod secrets;
mod support;

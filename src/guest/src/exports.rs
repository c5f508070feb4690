//! What the host calls.
//!
//! Several byte strings cross as one message, for which see `message.rs`.

use futures::FutureExt;
use gateway_domain::gateway::Outcome;
use gateway_domain::request::Body;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::wire::CallHead;
use crate::{call_cell, imports, instance, message, runtime, wire};

macro_rules! handlers {
    ($($handler:ident)*) => {
        /// The exported handlers, by name.
        pub const HANDLERS: &[&str] = &[$(stringify!($handler)),*];

        $(
            #[doc = concat!("Handles one request to the operation `", stringify!($handler), "`.")]
            #[wasm_bindgen]
            pub fn $handler(call: u32, head_length: u32, head_and_body: &[u8]) {
                let (head, body) = message::split(head_and_body, head_length);
                start(stringify!($handler), call, head, body);
            }
        )*
    };
}

gateway_domain::with_handlers!(handlers);

/// Delivers the result of `start_fetch`.
#[wasm_bindgen]
pub fn fetch_done(_call: u32, ticket: u32, head_length: u32, head_and_body: &[u8]) {
    let (head, body) = message::split(head_and_body, head_length);
    runtime::deliver_fetch(ticket, wire::fetch_response(head, body));
    runtime::run();
}

/// Delivers the end of `start_timer`.
#[wasm_bindgen]
pub fn timer_done(_call: u32, ticket: u32) {
    runtime::deliver_timer(ticket);
    runtime::run();
}

/// Judges the head of Dify's response to a relay. The result has a new context for `relay_ended`. Works in an instance
/// that has never seen the call.
#[wasm_bindgen]
pub fn judge_response_head(_call: u32, context_length: u32, context_and_head: &[u8]) -> Vec<u8> {
    let (context, head) = message::split(context_and_head, context_length);
    let mut context = wire::context(context);
    let response = instance::gateway().judge_response_head(&mut context, wire::received_head(head));
    runtime::run();
    wire::relay_response(&response, Some(&context))
}

/// Judges Dify's response to a relay, with the report of how it went: `judge_response_head` and `relay_ended` in one.
#[wasm_bindgen]
pub fn judge_response(
    _call: u32,
    context_length: u32,
    head_length: u32,
    context_head_and_report: &[u8],
) -> Vec<u8> {
    let (context, rest) = message::split(context_head_and_report, context_length);
    let (head, report) = message::split(rest, head_length);
    let mut context = wire::context(context);
    let report = wire::relay_report(report);
    let response =
        instance::gateway().judge_response(&mut context, wire::received_head(head), report.end);
    instance::gateway().relay_ended(context, report);
    runtime::run();
    wire::relay_response(&response, None)
}

/// Notes how a relay went whose response was streamed.
#[wasm_bindgen]
pub fn relay_ended(_call: u32, context_length: u32, context_and_report: &[u8]) {
    let (context, report) = message::split(context_and_report, context_length);
    instance::gateway().relay_ended(wire::context(context), wire::relay_report(report));
    runtime::run();
}

/// Delivers the head of Dify's response to a translation, or the error that came in its place. The result is what goes to
/// the client, after one byte: 1 where the body of the response is wanted, else 0.
#[wasm_bindgen]
pub fn translation_began(call: u32, context_length: u32, context_and_head: &[u8]) -> Vec<u8> {
    let (context, head) = message::split(context_and_head, context_length);
    let context = wire::translation_context(context);
    let upstream = wire::received_head(head);
    let written = instance::gateway().translation_began(call, &context, upstream);
    runtime::run();
    wire::written(&written)
}

/// Delivers a piece of the body of Dify's response to a translation. The result is as that of `translation_began`.
#[wasm_bindgen]
pub fn translation_piece(call: u32, piece: &[u8]) -> Vec<u8> {
    let written = instance::gateway().translation_piece(call, piece);
    wire::written(&written)
}

/// Delivers the end of a translation. The result is the end of the client's response. Works in an instance that has never
/// seen the call.
#[wasm_bindgen]
pub fn translation_ended(call: u32, context_length: u32, context_and_report: &[u8]) -> Vec<u8> {
    let (context, report) = message::split(context_and_report, context_length);
    let context = wire::translation_context(context);
    let report = wire::relay_report(report);
    let bytes = instance::gateway().translation_ended(call, context, report);
    runtime::run();
    bytes
}

/// The response to a call that the host could not bring to an end. Works in an instance that has never seen the call.
#[wasm_bindgen]
pub fn call_failed(_call: u32, handler_length: u32, handler_and_head: &[u8]) -> Vec<u8> {
    let (handler, head) = message::split(handler_and_head, handler_length);
    let handler = std::str::from_utf8(handler).unwrap_or_default();
    let request = call_head(head).into_request();
    wire::whole_response(&instance::gateway().call_failed(handler, &request))
}

/// The address of the cell for the current call and the time.
#[wasm_bindgen]
pub fn call_cell() -> u32 {
    call_cell::address()
}

fn start(handler: &'static str, call: u32, head: &[u8], beginning: &[u8]) {
    let head = call_head(head);
    let body = HostBody {
        call,
        length: head.body_length as usize,
        beginning: beginning.to_vec(),
    };
    let request = head.into_request();
    let task = async move {
        match instance::gateway().handle(handler, &request, &body).await {
            Outcome::Response(response) => {
                imports::respond(call, &wire::response_head(&response), &response.body)
            }
            Outcome::File(file) => {
                imports::respond_with_file(call, &wire::file_response_head(&file), &file.file);
            }
            Outcome::Relay(relay) => {
                let (head, own) = wire::relay_head(&relay.request);
                imports::relay(call, &head, &own, &wire::context_bytes(&relay.context));
            }
            Outcome::Translation(translation) => {
                let (head, own) = wire::translation_head(&translation);
                let context = wire::translation_context_bytes(&translation.context);
                imports::translate(call, &head, &own, &context);
            }
        }
    };
    runtime::spawn(call, task.boxed_local());
    runtime::run();
}

/// Only a host that breaks the contract writes another head; the trap gives the call its 500.
fn call_head(json: &[u8]) -> CallHead<'_> {
    serde_json::from_slice(json).unwrap_or_else(|_| {
        wasm_bindgen::throw_str("the head of a call is not what the contract says")
    })
}

/// The client's body: its beginning came with the call, the rest stays with the host.
struct HostBody {
    call: u32,
    length: usize,
    beginning: Vec<u8>,
}

impl Body for HostBody {
    fn len(&self) -> usize {
        self.length
    }

    fn read_at(&self, offset: usize, buffer: &mut [u8]) -> usize {
        if offset + buffer.len() <= self.beginning.len() {
            return self.beginning.as_slice().read_at(offset, buffer);
        }
        let offset = u32::try_from(offset).unwrap_or(u32::MAX);
        imports::read_body(self.call, offset, buffer) as usize
    }
}

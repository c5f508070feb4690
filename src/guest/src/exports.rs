//! What the host calls.

use futures::FutureExt;
use gateway_domain::gateway::{Outcome, RelayEnd};
use gateway_domain::request::Body;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::wire::CallHead;
use crate::{entry, imports, runtime, wire};

macro_rules! handlers {
    ($($handler:ident)*) => {
        /// The exported handlers, by name.
        pub const HANDLERS: &[&str] = &[$(stringify!($handler)),*];

        $(
            #[doc = concat!("Handles one request to the operation `", stringify!($handler), "`.")]
            #[wasm_bindgen]
            pub fn $handler(call: u32, head: &[u8], body: Vec<u8>) {
                start(stringify!($handler), call, head, body);
            }
        )*
    };
}

handlers! {
    delete_annotation
    delete_conversation
    fallback
    get_annotation_reply_status
    get_annotations
    get_app_feedbacks
    get_conversation_variables
    get_conversations
    get_end_user
    get_file_preview
    get_health
    get_human_input_form
    get_info
    get_message_suggested
    get_messages
    get_meta
    get_parameters
    get_protected_resource_metadata
    get_root
    get_site
    get_whoami
    get_workflow_events
    get_workflow_run
    get_workflows_logs
    post_annotation
    post_annotation_reply
    post_audio_to_text
    post_chat_messages
    post_chat_messages_stop
    post_completion_messages
    post_completion_messages_stop
    post_conversation_name
    post_files_upload
    post_human_input_form
    post_message_feedbacks
    post_text_to_audio
    post_workflow_run
    post_workflow_task_stop
    post_workflows_run
    put_annotation
    put_conversation_variable
}

/// Delivers the result of `start_exchange`.
#[wasm_bindgen]
pub fn exchange_done(_call: u32, exchange: u32, head: &[u8], body: &[u8]) {
    runtime::deliver_exchange(exchange, wire::fetched(head, body));
    runtime::run();
}

/// Delivers the end of `start_timer`.
#[wasm_bindgen]
pub fn timer_done(_call: u32, timer: u32) {
    runtime::deliver_timer(timer);
    runtime::run();
}

/// Judges the head of a relayed answer. The result has a new context for `relay_ended`. Works in an instance that has never seen the call.
#[wasm_bindgen]
pub fn relay_head(_call: u32, context: &[u8], head: &[u8]) -> Vec<u8> {
    let mut context = wire::context(context);
    let answer = runtime::gateway().relay_head(&mut context, wire::upstream_head(head));
    runtime::run();
    wire::relay_response(&answer, Some(&context))
}

/// Judges a relayed answer that has come whole, and notes its end: `relay_head` and `relay_ended` in one.
#[wasm_bindgen]
pub fn relay_whole(_call: u32, context: &[u8], head: &[u8], end: &[u8]) -> Vec<u8> {
    let mut context = wire::context(context);
    let end = relay_end(end);
    let answer = runtime::gateway().relay_whole(&mut context, wire::upstream_head(head), end);
    runtime::gateway().relay_ended(context, end);
    runtime::run();
    wire::relay_response(&answer, None)
}

/// Notes the end of a relayed answer.
#[wasm_bindgen]
pub fn relay_ended(_call: u32, context: &[u8], end: &[u8]) {
    runtime::gateway().relay_ended(wire::context(context), relay_end(end));
    runtime::run();
}

/// What the client of a call is answered that the host could not bring to an end, in an instance that may never have
/// seen it.
#[wasm_bindgen]
pub fn call_failed(_call: u32, handler: &str, head: &[u8]) -> Vec<u8> {
    let request = call_head(head).into_request();
    wire::whole_response(&runtime::gateway().call_failed(handler, &request))
}

/// The address of the cell for what the host says at each entry.
#[wasm_bindgen]
pub fn entry() -> u32 {
    entry::address()
}

fn relay_end(json: &[u8]) -> RelayEnd {
    serde_json::from_slice(json).unwrap_or(RelayEnd::Broken)
}

fn start(handler: &'static str, call: u32, head: &[u8], beginning: Vec<u8>) {
    let head = call_head(head);
    let body = LentBody {
        call,
        length: head.body_length as usize,
        beginning,
    };
    let request = head.into_request();
    let task = async move {
        match runtime::gateway().handle(handler, &request, &body).await {
            Outcome::Response(answer) => {
                imports::answer(call, &wire::response_head(&answer), &answer.body)
            }
            Outcome::Relay(relay) => {
                let (head, own) = wire::relay_head(&relay.request);
                imports::relay(call, &head, &own, &wire::context_bytes(&relay.context));
            }
        }
    };
    runtime::spawn(call, task.boxed_local());
    runtime::run();
}

/// Only a host that breaks the contract gets another head; the trap gives the call its 500.
fn call_head(json: &[u8]) -> CallHead<'_> {
    serde_json::from_slice(json).unwrap_or_else(|_| {
        wasm_bindgen::throw_str("the head of a call is not what the contract says")
    })
}

/// The client's body: its beginning came with the call, the rest stays with the host.
struct LentBody {
    call: u32,
    length: usize,
    beginning: Vec<u8>,
}

impl Body for LentBody {
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

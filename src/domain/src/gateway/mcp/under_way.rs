//! The calls whose response is coming from Dify.

use std::cell::RefCell;
use std::collections::HashMap;

use http::StatusCode;

use super::cancellation::Task;
use crate::environment::TransportError;
use crate::error::Refusal;
use crate::events::RequestRecord;
use crate::gateway::outcome::{RelayEnd, RelayReport};
use crate::limits;
use crate::mcp::{Ended, Mode, ToolCall, Written};
use crate::relay::{self, CallName, ResponseHead, TranslationContext};
use crate::response;
use crate::time::UnixTime;

/// These calls, by the number that the host gives each.
#[derive(Default)]
pub struct UnderWay {
    calls: RefCell<HashMap<u32, Entry>>,
}

struct Entry {
    call: ToolCall,
    source: Source,
    status: Option<u16>,
    code: Option<String>,
    /// By what the call can be cancelled, until its task is known.
    cancels: Option<(CallName, Mode)>,
}

/// What Dify has responded with.
enum Source {
    Events,
    /// A refusal, which is read whole.
    Refusal(StatusCode, Vec<u8>),
}

impl UnderWay {
    /// Dify's response to a call has begun.
    pub fn began(
        &self,
        number: u32,
        context: &TranslationContext,
        upstream: Result<ResponseHead, TransportError>,
        now: UnixTime,
    ) -> (Written, bool) {
        let status = upstream.as_ref().ok().map(|head| head.status.as_u16());
        let passed = upstream
            .map_err(relay::refusal_of)
            .and_then(|head| relay::passable(&context.expectation, head));
        let mut entry = Entry {
            call: ToolCall::new(context.plan.clone(), now),
            source: Source::Events,
            status,
            code: None,
            cancels: context
                .cancels
                .clone()
                .map(|cancels| (cancels, context.plan.mode)),
        };
        let (bytes, exists) = match passed {
            Ok(head) if response::is_event_stream(&head.headers) => (Vec::new(), true),
            Ok(head) => {
                entry.source = Source::Refusal(head.status, Vec::new());
                (Vec::new(), !head.status.is_server_error())
            }
            Err(refusal) => (entry.refuse(&refusal), false),
        };
        let wants_more = entry.call.is_error().is_none();
        self.calls.borrow_mut().insert(number, entry);
        (Written { bytes, wants_more }, exists)
    }

    /// A piece of the response. Of a call that nothing is known of, nothing more is wanted.
    pub fn piece(&self, number: u32, piece: &[u8], now: UnixTime) -> Written {
        let mut calls = self.calls.borrow_mut();
        let before: usize = calls.values().map(Entry::bytes).sum();
        let Some(entry) = calls.get_mut(&number) else {
            return Written::default();
        };
        let held = before - entry.bytes();
        let mut written = entry.piece(piece, now);
        if written.wants_more && held + entry.bytes() > limits::MCP_CALLS_MEMORY {
            written.bytes.extend(entry.call.end(Ended::Crowded));
            written.wants_more = false;
        }
        written
    }

    /// Calls `found` once, when the task of a call that can be cancelled is known.
    pub fn with_task(&self, number: u32, found: impl FnOnce(&CallName, Task)) {
        let mut calls = self.calls.borrow_mut();
        let Some(entry) = calls.get_mut(&number) else {
            return;
        };
        let Some(id) = entry.call.task().map(str::to_owned) else {
            return;
        };
        if let Some((name, mode)) = entry.cancels.take() {
            found(&name, Task { mode, id });
        }
    }

    /// The response has ended.
    pub fn ended(
        &self,
        number: u32,
        context: TranslationContext,
        report: RelayReport,
    ) -> (Vec<u8>, RequestRecord) {
        let mut record = context.record;
        record.status = StatusCode::OK.as_u16();
        record.end = report.end.word().map(str::to_owned);
        record.times = Some(report.times());
        let Some(mut entry) = self.calls.borrow_mut().remove(&number) else {
            set_error(&mut record, true);
            return (context.plan.lost(), record);
        };
        let bytes = entry.end(report.end);
        record.dify_status = entry.status;
        record.code = entry.code;
        set_error(&mut record, entry.call.is_error().unwrap_or(true));
        (bytes, record)
    }
}

impl Entry {
    fn piece(&mut self, piece: &[u8], now: UnixTime) -> Written {
        match &mut self.source {
            Source::Events => self.call.piece(piece, now),
            Source::Refusal(_, body) => {
                let room = limits::MCP_BODY.saturating_sub(body.len());
                body.extend(piece.iter().take(room));
                Written {
                    bytes: Vec::new(),
                    wants_more: body.len() < limits::MCP_BODY,
                }
            }
        }
    }

    fn end(&mut self, end: RelayEnd) -> Vec<u8> {
        match (&self.source, end) {
            (Source::Refusal(status, body), _) if self.call.is_error().is_none() => {
                self.call.refused(*status, body)
            }
            (_, RelayEnd::Timeout) => self.call.end(Ended::Timeout),
            (_, RelayEnd::Abandoned | RelayEnd::Broken | RelayEnd::Complete) => {
                self.call.end(Ended::Broken)
            }
        }
    }

    fn refuse(&mut self, refusal: &Refusal) -> Vec<u8> {
        let code = refusal.code().as_str();
        self.code = Some(code.to_owned());
        self.call.fail(refusal.message(), Some(code))
    }

    fn bytes(&self) -> usize {
        let body = match &self.source {
            Source::Events => 0,
            Source::Refusal(_, body) => body.capacity(),
        };
        self.call.bytes() + body
    }
}

fn set_error(record: &mut RequestRecord, is_error: bool) {
    if let Some(mcp) = &mut record.mcp {
        mcp.is_error = Some(is_error);
    }
}

//! The Model Context Protocol for a server that offers one Dify app as a tool: messages, schemas, and what of Dify's
//! stream becomes a result. Pure functions and state machines; nothing here asks anybody.
//!
//! Two eras are spoken. The legacy one (2025-03-26 to 2025-11-25) begins with `initialize`; in the modern one
//! (2026-07-28) each request says for itself what it needs.

mod app;
mod arguments;
mod attachment;
mod bounded_text;
mod call;
mod dify_event;
mod discovery;
mod event_stream;
mod failure;
mod field;
mod file;
mod id;
mod known_names;
mod lenient;
mod message;
mod method;
mod mode;
mod name;
mod progress;
mod protocol;
mod reply;
mod result;
mod tools;
mod version;

#[cfg(test)]
mod tests;

pub use app::{App, AppProblem};
pub use arguments::{Question, question, run_id};
pub use call::{CallPlan, Ended, ToolCall, Written};
pub use discovery::{Server, discovered, initialized};
pub use event_stream::EventStream;
pub use failure::Failure;
pub use id::Id;
pub use message::{Message, Notification, Request, read};
pub use method::Method;
pub use mode::Mode;
pub use progress::ProgressToken;
pub use protocol::{Protocol, called_tool, judge, judge_notification};
pub use reply::{Form, Reply};
pub use result::{failed_call, of_refusal};
pub use tools::Tools;
pub use version::Era;

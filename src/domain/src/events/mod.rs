//! What the gateway reports about its work.
//!
//! An event describes itself: its level, and the JSON of its line. [`Events`] is the only place that writes one, and it
//! tells a [`Listener`] of all of them, whatever the level. docs/log-schema.json is the schema of the lines.

use std::cell::Cell;
use std::rc::Rc;

use serde::Serialize;

use crate::environment::{Environment, LogLevel};
use crate::json;

mod input_left_out;
mod parameters_unknown;
mod provider_fetch;
mod request;
mod sign_in_step;
#[cfg(test)]
mod tests;
mod token_judged;

pub use input_left_out::InputLeftOut;
pub use parameters_unknown::ParametersUnknown;
pub use provider_fetch::{KeyCounts, ProviderFetch};
pub use request::{McpRecord, RequestEnd, RequestRecord, Times};
pub use sign_in_step::{SignInStep, Step};
pub use token_judged::TokenJudged;

/// Something that happened. Every variant has a file of the same name.
#[derive(Serialize)]
#[serde(untagged)]
pub enum Event<'a> {
    /// A claim was not passed on as an input of the app.
    InputLeftOut(InputLeftOut<'a>),
    /// Dify did not say which inputs the app declares.
    ParametersUnknown(ParametersUnknown),
    /// A document was fetched from an identity provider, or could not be.
    ProviderFetch(ProviderFetch<'a>),
    /// A request has ended.
    Request(&'a RequestEnd<'a>),
    /// A step of a person's sign-in has ended.
    SignInStep(SignInStep<'a>),
    /// A bearer token was judged.
    TokenJudged(TokenJudged<'a>),
}

/// Hears of every event, whether it is logged or not.
pub trait Listener {
    /// `event` has happened.
    fn heard(&self, event: &Event<'_>);
}

impl Event<'_> {
    const fn level(&self) -> LogLevel {
        match self {
            Self::InputLeftOut(_) => InputLeftOut::LEVEL,
            Self::ParametersUnknown(_) => ParametersUnknown::LEVEL,
            Self::ProviderFetch(event) => event.level(),
            Self::Request(event) => event.level(),
            Self::SignInStep(event) => event.level(),
            Self::TokenJudged(_) => TokenJudged::LEVEL,
        }
    }
}

/// Writes the events of one endpoint.
pub struct Events {
    environment: Rc<dyn Environment>,
    listener: Rc<dyn Listener>,
    least_level: Cell<LogLevel>,
}

impl Events {
    /// Writes from the default level on, and tells `listener`.
    pub fn new(environment: Rc<dyn Environment>, listener: Rc<dyn Listener>) -> Self {
        Self {
            environment,
            listener,
            least_level: Cell::default(),
        }
    }

    /// From now on events below `level` are not written. An instance of the module serves one endpoint, so the gateway
    /// sets this from the settings of each request.
    pub fn set_least_level(&self, level: LogLevel) {
        self.least_level.set(level);
    }

    /// Writes `event`, if the endpoint's settings want its level.
    pub fn write(&self, event: &Event<'_>) {
        self.write_from(self.least_level.get(), event);
    }

    /// Writes the line of a request that has ended now. The record brings the level of its own settings, because the end
    /// of a relay may be noted by an instance that has not seen the request.
    pub fn write_request(&self, record: &RequestRecord) {
        let end = record.end_at(self.environment.now());
        self.write_from(record.least_level, &Event::Request(&end));
    }

    fn write_from(&self, least: LogLevel, event: &Event<'_>) {
        self.listener.heard(event);
        let level = event.level();
        if level >= least {
            self.environment.log(level, &json::text(event));
        }
    }
}

//! Which inputs the apps declare, asked of Dify once a minute.

use std::rc::Rc;

use http::StatusCode;

use super::remembered::{AwaitedByMany, Remembered};
use crate::environment::{Environment, FetchResponse, TransportError};
use crate::error::Refusal;
use crate::events::{Event, Events, ParametersUnknown};
use crate::limits;
use crate::rewrite::DeclaredInputs;
use crate::settings::Settings;

/// Dify did not say.
#[derive(Clone)]
struct Unknown;

impl From<AwaitedByMany> for Unknown {
    fn from(_: AwaitedByMany) -> Self {
        Self
    }
}

/// The declared inputs of the apps that were used last.
pub struct DeclaredInputsCache {
    events: Rc<Events>,
    apps: Remembered<Rc<DeclaredInputs>, Unknown>,
}

impl DeclaredInputsCache {
    /// Knows no app yet.
    pub fn new(environment: Rc<dyn Environment>, events: Rc<Events>) -> Self {
        Self {
            apps: Remembered::new(environment, limits::FETCH_WAITERS),
            events,
        }
    }

    /// What the app of `settings` declares; `None` where Dify did not say.
    ///
    /// # Errors
    /// `configuration_error` where the app key cannot be sent in a header.
    pub async fn of(&self, settings: &Settings) -> Result<Option<Rc<DeclaredInputs>>, Refusal> {
        let events = Rc::clone(&self.events);
        let read = move |response| {
            declared(response).map(Rc::new).ok_or_else(|| {
                events.write(&Event::ParametersUnknown(ParametersUnknown::new()));
                Unknown
            })
        };
        let known = self.apps.get(settings, "/parameters", read).await?;
        Ok(known.ok())
    }
}

fn declared(response: Result<FetchResponse, TransportError>) -> Option<DeclaredInputs> {
    response
        .ok()
        .filter(|response| response.status == StatusCode::OK)
        .and_then(|response| DeclaredInputs::parse(&response.body).ok())
}

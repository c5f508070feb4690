//! Which inputs the apps declare, asked of Dify once a minute.

use std::rc::Rc;

use http::StatusCode;

use super::remembered::{Remembered, question};
use crate::environment::{Environment, FetchResponse, LogLevel, TransportError};
use crate::error::Refusal;
use crate::rewrite::DeclaredInputs;
use crate::settings::Settings;

/// Dify did not say.
#[derive(Clone)]
struct Unknown;

/// The declared inputs of the apps that were used last.
pub struct DeclaredInputsCache {
    environment: Rc<dyn Environment>,
    apps: Remembered<Rc<DeclaredInputs>, Unknown>,
}

impl DeclaredInputsCache {
    /// Knows no app yet.
    pub fn new(environment: Rc<dyn Environment>) -> Self {
        Self {
            apps: Remembered::new(Rc::clone(&environment)),
            environment,
        }
    }

    /// What the app of `settings` declares; none where Dify did not say.
    ///
    /// # Errors
    /// `configuration_error` where the app key cannot stand in a header.
    pub async fn of(&self, settings: &Settings) -> Result<Option<Rc<DeclaredInputs>>, Refusal> {
        let environment = Rc::clone(&self.environment);
        let read = move |answer| {
            declared(answer).map(Rc::new).ok_or_else(|| {
                environment.log(LogLevel::Warn, r#"{"event":"parameters","outcome":"Dify did not say which inputs the app declares"}"#);
                Unknown
            })
        };
        let request = question(settings, "/parameters")?;
        Ok(self.apps.answer(settings, request, read).await.ok())
    }
}

fn declared(answer: Result<FetchResponse, TransportError>) -> Option<DeclaredInputs> {
    answer
        .ok()
        .filter(|answer| answer.status == StatusCode::OK)
        .and_then(|answer| DeclaredInputs::parse(&answer.body).ok())
}

//! What Dify says of the app behind the tool, asked once a minute.

use std::rc::Rc;

use http::StatusCode;

use crate::environment::{Environment, FetchResponse, TransportError};
use crate::error::{Code, Refusal};
use crate::gateway::remembered::Remembered;
use crate::limits;
use crate::mcp::App;
use crate::relay;
use crate::settings::Settings;

/// The apps that were used last. Their `/info` is kept as it came, because it says nothing without `/parameters`.
pub struct Apps {
    infos: Remembered<Rc<Vec<u8>>, Refusal>,
    apps: Remembered<Rc<App>, Refusal>,
}

impl Apps {
    /// Knows none yet.
    pub fn new(environment: Rc<dyn Environment>) -> Self {
        Self {
            infos: Remembered::new(environment.clone(), limits::FETCH_WAITERS),
            apps: Remembered::new(environment, limits::FETCH_WAITERS),
        }
    }

    /// The app of `settings`.
    ///
    /// # Errors
    /// Why Dify did not describe it.
    pub async fn of(&self, settings: &Settings) -> Result<Rc<App>, Refusal> {
        if let Some(known) = self.apps.kept(settings) {
            return known;
        }
        let info = self
            .infos
            .get(settings, "/info", |response| good(response).map(Rc::new))
            .await??;
        let read = move |response| {
            let parameters = good(response)?;
            App::read(&info, &parameters)
                .map(Rc::new)
                .map_err(|problem| {
                    Refusal::new(
                        Code::DifyAnswerInvalid,
                        format!("The app cannot be a tool: {problem}."),
                    )
                })
        };
        self.apps.get(settings, "/parameters", read).await?
    }
}

fn good(response: Result<FetchResponse, TransportError>) -> Result<Vec<u8>, Refusal> {
    let response = response.map_err(relay::refusal_of)?;
    match response.status {
        StatusCode::OK => Ok(response.body),
        StatusCode::UNAUTHORIZED => Err(relay::app_key_rejected()),
        status => Err(Refusal::new(
            Code::DifyUnavailable,
            format!(
                "Dify did not describe the app: it answered with status {}.",
                status.as_u16()
            ),
        )),
    }
}

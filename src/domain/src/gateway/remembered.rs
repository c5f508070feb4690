//! What Dify says about an app, asked once for all requests that need it at the same time.

use std::rc::Rc;
use std::time::Duration;

use http::{HeaderMap, Method};

use crate::environment::{Environment, FetchRequest, FetchResponse, Limits, Reach, TransportError};
use crate::error::{Code, Refusal};
use crate::limits;
use crate::rewrite;
use crate::settings::Settings;
use crate::single_flight::{Capacity, Crowded, Outcome, SingleFlight, Waiters};
use crate::time::whole_seconds;

/// What an app's own description may take, in time and in bytes.
const LIMITS: Limits = Limits {
    connect: limits::DIFY_CONNECT,
    head: limits::APP_DESCRIPTION_TOTAL,
    idle: limits::APP_DESCRIPTION_TOTAL,
    total: limits::APP_DESCRIPTION_TOTAL,
    body: limits::APP_DESCRIPTION,
};

/// The descriptions of an endpoint's app, by the digest of the settings that lead to it.
pub struct Remembered<T, E> {
    environment: Rc<dyn Environment>,
    apps: SingleFlight<[u8; 32], Result<T, E>>,
}

impl<T: Clone + 'static, E: Clone + From<AwaitedByMany> + 'static> Remembered<T, E> {
    /// Knows no app yet. At most `waiters` requests wait for Dify.
    pub fn new(environment: Rc<dyn Environment>, waiters: usize) -> Self {
        let capacity = Capacity {
            entries: limits::APP_DESCRIPTIONS,
            bytes: limits::APP_DESCRIPTIONS_MEMORY,
        };
        let waiters = Waiters::new(waiters);
        let longest = limits::APP_DESCRIPTION_TOTAL;
        Self {
            apps: SingleFlight::new(Rc::clone(&environment), capacity, waiters, longest),
            environment,
        }
    }

    /// The description of the app of `settings` that is remembered. Nobody is asked.
    pub fn kept(&self, settings: &Settings) -> Option<Result<T, E>> {
        self.apps.kept(&settings.digest)
    }

    /// The description of the app of `settings`: a remembered one, or what `read` makes of Dify's response to a request
    /// for `path`, which is made only then.
    ///
    /// # Errors
    /// As for [`app_request`].
    pub async fn get(
        &self,
        settings: &Settings,
        path: &str,
        read: impl FnOnce(Result<FetchResponse, TransportError>) -> Result<T, E> + 'static,
    ) -> Result<Result<T, E>, Refusal> {
        if let Some(known) = self.kept(settings) {
            return Ok(known);
        }
        let request = app_request(settings, path)?;
        let environment = Rc::clone(&self.environment);
        let work = async move {
            let response = environment.fetch(request).await;
            // What is read of a response is smaller than the response.
            let bytes = response.as_ref().map_or(0, |response| response.body.len());
            let value = read(response);
            Outcome {
                lifetime: lifetime(&value),
                value,
                bytes,
            }
        };
        let known = self.apps.get(settings.digest, work).await;
        Ok(known.unwrap_or_else(|Crowded { wait }| Err(AwaitedByMany { wait }.into())))
    }
}

const fn lifetime<T, E>(description: &Result<T, E>) -> Duration {
    match description {
        Ok(_) => limits::APP_DESCRIPTION_LIFETIME,
        Err(_) => limits::APP_DESCRIPTION_PAUSE,
    }
}

/// Dify has not answered yet, and as many requests wait for it as may.
#[derive(Clone, Copy, Debug)]
pub struct AwaitedByMany {
    /// After this time those who wait now will have been answered.
    wait: Duration,
}

impl From<AwaitedByMany> for Refusal {
    fn from(AwaitedByMany { wait }: AwaitedByMany) -> Self {
        let seconds = whole_seconds(wait);
        let message = format!(
            "Dify has not described the app yet, and too many requests wait for that already. Try again in {seconds} s."
        );
        Self::new(Code::DifyUnavailable, message).with_retry_after(wait)
    }
}

/// The request for `path` about the app of `settings`, with its key.
///
/// # Errors
/// `configuration_error` where the app key cannot be sent in a header.
pub fn app_request(settings: &Settings, path: &str) -> Result<FetchRequest, Refusal> {
    Ok(FetchRequest {
        method: Method::GET,
        url: settings.dify_api_url.at(path, ""),
        headers: rewrite::headers(&HeaderMap::new(), &settings.app_key, None)?,
        body: Vec::new(),
        reach: Reach::Configured,
        ca_certificates: settings.ca_certificates.clone(),
        limits: LIMITS,
    })
}

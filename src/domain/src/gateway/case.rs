//! One request, with what every response to it carries.

use crate::events::RequestRecord;
use crate::operation::{self, Route};
use crate::request::Request;
use crate::response::Challenge;
use crate::response::cors::CorsHeaders;
use crate::settings::{AllowedOrigins, Settings};

use super::own_operations::protected_resource;

/// One request.
pub struct Case<'a> {
    /// What the client sent.
    pub request: &'a Request,
    /// What it is for.
    pub route: Route,
    /// Its line in the log, as far as it is known.
    pub record: RequestRecord,
    /// What lets a page read the response.
    pub cors: CorsHeaders,
    /// What a refusal says of the token that was expected.
    pub challenge: Challenge,
}

impl<'a> Case<'a> {
    /// A request that the SDK gave to `handler` at `started`, in milliseconds since the epoch.
    pub fn new(handler: &str, request: &'a Request, started: u64) -> Self {
        let route = Route::of(handler, request);
        let record = RequestRecord {
            request_id: request.id.clone(),
            endpoint: request.endpoint.clone(),
            operation: route.operation.handler.to_owned(),
            started,
            ..RequestRecord::default()
        };
        Self {
            request,
            route,
            record,
            cors: CorsHeaders::default(),
            challenge: Challenge::default(),
        }
    }

    /// Takes from the settings what every response depends on.
    pub fn apply(&mut self, settings: &Settings) {
        self.record.least_level = settings.log_level;
        self.allow(&settings.allowed_origins);
        let public_url = settings.public_url.as_ref();
        self.challenge.resource_metadata = public_url.map(protected_resource::address);
    }

    /// Lets the pages of these origins read the response, unless it belongs to the sign-in, which is for the endpoint's
    /// own page alone.
    pub fn allow(&mut self, origins: &AllowedOrigins) {
        if is_of_sign_in(&self.request.path) {
            return;
        }
        self.cors = CorsHeaders::decide(origins, &self.request.headers);
    }
}

fn is_of_sign_in(path: &str) -> bool {
    operation::SIGN_IN_FOLDERS
        .iter()
        .any(|folder| path.starts_with(folder))
}

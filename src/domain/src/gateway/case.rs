//! One request, with what every response to it carries.

use std::rc::Rc;

use crate::error::{Code, Refusal};
use crate::events::RequestRecord;
use crate::operation::{self, Responder, Route};
use crate::page::{Language, StaticPage};
use crate::request::{Request, fields, navigation};
use crate::response::cors::CorsHeaders;
use crate::response::{self, Challenge, RateLimit, Response};
use crate::settings::{AllowedOrigins, Mcp, Settings, SignIn};

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
    /// What the caller has left of the requests that each user has.
    pub rate_limit: Option<RateLimit>,
    /// What a refusal says of the token that was expected.
    pub challenge: Challenge,
    /// How people sign in with their browser, if they do.
    pub sign_in: Option<Rc<SignIn>>,
}

impl<'a> Case<'a> {
    /// A request that the SDK gave to `handler` at `started`, in milliseconds since the epoch.
    pub fn new(handler: &str, request: &'a Request, started: u64) -> Self {
        let route = Route::of(handler, request);
        let record = RequestRecord {
            request_id: request.id.clone(),
            endpoint: request.endpoint.clone(),
            operation: route.operation.handler.to_owned(),
            method: request.method.as_str().to_owned(),
            trace_id: fields::trace_id(&request.headers).map(str::to_owned),
            started,
            ..RequestRecord::default()
        };
        Self {
            request,
            route,
            record,
            cors: CorsHeaders::default(),
            rate_limit: None,
            challenge: Challenge::default(),
            sign_in: None,
        }
    }

    /// Takes from the settings what every response depends on.
    pub fn apply(&mut self, settings: &Settings) {
        self.record.least_level = settings.log_level;
        self.allow(&settings.allowed_origins);
        self.sign_in.clone_from(&settings.sign_in);
        let public_url = settings.public_url.as_ref();
        let metadata_at = |path: &str| public_url.map(|public_url| public_url.at(path));
        self.challenge = match self.mcp(settings) {
            Some(mcp) => Challenge {
                resource_metadata: metadata_at(operation::MCP_METADATA),
                scope: (!mcp.scopes.is_empty()).then(|| mcp.scopes.join(" ")),
            },
            None => Challenge {
                resource_metadata: metadata_at(operation::PROTECTED_RESOURCE_METADATA),
                scope: None,
            },
        };
        if settings.mcp.is_some() && operation::is_at(&self.request.path, operation::MCP_METADATA) {
            self.cors = CorsHeaders::of_anybody();
        }
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

impl Case<'_> {
    /// Whether the request is for the MCP server, by whatever method.
    pub fn is_of_mcp(&self) -> bool {
        self.route.operation.responder == Responder::Mcp
            || operation::is_at(&self.request.path, operation::MCP)
    }

    /// The MCP server, if the request is for it and it is on.
    pub fn mcp<'s>(&self, settings: &'s Settings) -> Option<&'s Mcp> {
        settings.mcp.as_deref().filter(|_| self.is_of_mcp())
    }

    /// The response to a refusal: a document for a person who has opened an address in the browser's window, JSON for
    /// every program.
    pub fn refusal(&self, refusal: &Refusal) -> Response {
        if !self.is_read_by_a_person(refusal.code()) {
            return response::of_refusal(refusal, &self.request.id, &self.challenge);
        }
        self.static_page().error(refusal, &self.request.id)
    }

    /// A document without a script, in the browser's language.
    pub fn static_page(&self) -> StaticPage<'_> {
        StaticPage {
            language: Language::of(&self.request.headers),
            public_url: self.sign_in.as_ref().map(|sign_in| &sign_in.public_url),
        }
    }

    fn is_read_by_a_person(&self, code: Code) -> bool {
        let has_documents = match self.route.operation.responder {
            Responder::About => self.sign_in.is_some(),
            Responder::Callback
            | Responder::LoggedOut
            | Responder::Login
            | Responder::Logout
            | Responder::LogoutForm => code != Code::SignInDisabled,
            _ => false,
        };
        has_documents && navigation::shows_document(self.request)
    }
}

fn is_of_sign_in(path: &str) -> bool {
    operation::SIGN_IN_FOLDERS
        .iter()
        .any(|folder| path.starts_with(folder))
}

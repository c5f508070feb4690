//! What Dify is asked for a caller, and how its answers are counted.

use std::rc::Rc;

use http::{Method, StatusCode};

use super::declared_inputs::DeclaredInputsCache;
use super::first_requests::FirstRequests;
use super::streams::Streams;
use super::{Case, Outcome, Relay};
use crate::environment::{Environment, FetchRequest, Limits, Reach};
use crate::error::{Code, Refusal};
use crate::events::{Event, Events, InputLeftOut};
use crate::limits;
use crate::operation::{self, Class, Operation, UserPlace};
use crate::relay::{self, BLOCKING, RelayContext, RelayRequest, RelayResponse, STREAMING, owner};
use crate::request::Body;
use crate::response::{self, Response};
use crate::rewrite::{self, ClaimInputs, Identity};
use crate::settings::{InputClaims, Settings};
use crate::token::Caller;

const RUN_DETAIL: Limits = Limits {
    body: limits::RUN_DETAIL,
    ..BLOCKING
};

/// The app API of every endpoint.
pub struct AppApi {
    environment: Rc<dyn Environment>,
    events: Rc<Events>,
    declared_inputs: DeclaredInputsCache,
    first_requests: FirstRequests,
    streams: Streams,
}

/// A caller of one endpoint.
pub struct Principal<'a> {
    /// The endpoint's settings.
    pub settings: &'a Settings,
    /// Who it is.
    pub caller: &'a Caller,
    /// The caller's key in this process's memory.
    pub key: [u8; 32],
}

impl AppApi {
    /// Knows no app and no user yet.
    pub fn new(environment: Rc<dyn Environment>, events: Rc<Events>) -> Self {
        Self {
            declared_inputs: DeclaredInputsCache::new(environment.clone(), events.clone()),
            first_requests: FirstRequests::new(),
            streams: Streams::default(),
            environment,
            events,
        }
    }

    /// Makes the request for `operation` on behalf of `principal`.
    pub async fn ask(
        &self,
        operation: &Operation,
        case: &mut Case<'_>,
        principal: Principal<'_>,
        body: &dyn Body,
    ) -> Result<Outcome, Refusal> {
        let settings = principal.settings;
        let path = operation::upstream_path(operation, &case.request.path_values)?;
        let inputs = self.inputs(operation, case, &principal).await?;
        let identity = Identity {
            user: principal.caller.user.as_str(),
            is_admin: principal.caller.is_admin,
            inputs: &inputs.sent,
        };
        let query = rewrite::query(operation, &case.request.query, &identity)?;
        let url = settings.dify_api_url.at(&path, &query);
        rewrite::check_request_line(&case.request.method, &url)?;
        let body = rewrite::body(
            operation,
            &case.request.headers,
            body,
            &identity,
            &*self.environment,
        )
        .await?;
        let request = RelayRequest {
            method: case.request.method.clone(),
            url,
            headers: rewrite::headers(
                &case.request.headers,
                &settings.app_key,
                body.content_type.as_deref(),
            )?,
            pieces: body.pieces,
            ca_certificates: settings.ca_certificates.clone(),
            limits: if body.streaming { STREAMING } else { BLOCKING },
        };
        if operation.class == Class::Owner && !principal.caller.is_admin {
            return self
                .if_owned(request, case, &principal)
                .await
                .map(Outcome::Response);
        }
        self.relay(operation, case, &principal, request, body.streaming)
            .await
    }

    async fn relay(
        &self,
        operation: &Operation,
        case: &Case<'_>,
        principal: &Principal<'_>,
        request: RelayRequest,
        streaming: bool,
    ) -> Result<Outcome, Refusal> {
        let makes_a_user = operation.user != UserPlace::Nowhere;
        if streaming {
            self.streams
                .open(principal.key, principal.settings.streams_per_user)?;
        }
        if makes_a_user {
            self.first_requests
                .admit(&self.environment, principal.key)
                .await;
        }
        let context = RelayContext {
            trail: case.trail.clone(),
            cors: case.cors.clone(),
            user_key: (makes_a_user || streaming).then_some(principal.key),
            makes_a_user,
            holds_stream: streaming,
        };
        Ok(Outcome::Relay(Box::new(Relay { request, context })))
    }

    /// The claims that go to `inputs`.
    async fn inputs(
        &self,
        operation: &Operation,
        case: &mut Case<'_>,
        principal: &Principal<'_>,
    ) -> Result<ClaimInputs, Refusal> {
        let settings = principal.settings;
        if !operation.takes_inputs || matches!(settings.input_claims, InputClaims::Nothing) {
            return Ok(ClaimInputs::default());
        }
        let declared = self.declared_inputs.of(settings).await?;
        let inputs = rewrite::claim_inputs(
            &principal.caller.claims,
            &settings.input_claims,
            declared.as_deref(),
        )?;
        for left_out in &inputs.left_out {
            let event = InputLeftOut::new(&case.request.id, &case.request.endpoint, left_out);
            self.events.write(&Event::InputLeftOut(event));
        }
        Ok(inputs)
    }

    /// Passes a workflow run only to the user who started it; for others there is no such run.
    async fn if_owned(
        &self,
        request: RelayRequest,
        case: &mut Case<'_>,
        principal: &Principal<'_>,
    ) -> Result<Response, Refusal> {
        let exchange = FetchRequest {
            method: Method::GET,
            url: request.url,
            headers: request.headers,
            body: Vec::new(),
            reach: Reach::Configured,
            ca_certificates: request.ca_certificates,
            limits: RUN_DETAIL,
        };
        let fetched = self
            .environment
            .fetch(exchange)
            .await
            .map_err(relay::refusal_of)?;
        case.trail.dify_status = Some(fetched.status.as_u16());
        let head = relay::ResponseHead {
            status: fetched.status,
            headers: fetched.headers,
        };
        let head = relay::passable(&case.trail.operation, head)?;
        if head.status.is_success() && !owner::run_belongs_to(&fetched.body, &principal.caller.user)
        {
            return Err(not_yours());
        }
        if head.status == StatusCode::NOT_FOUND {
            return Err(not_yours());
        }
        Ok(Response {
            status: head.status,
            headers: response::of_dify(&head.headers),
            body: fetched.body,
        })
    }

    /// Dify's answer to a relay has begun.
    pub fn answered(&self, context: &RelayContext, answer: &RelayResponse) {
        if let Some(user) = context.user_key.filter(|_| context.makes_a_user) {
            self.first_requests.answered(
                user,
                answer.refusal.is_none() && !answer.status.is_server_error(),
            );
        }
    }

    /// Dify's answer to a relay has ended.
    pub fn ended(&self, context: &RelayContext) {
        if let Some(user) = context.user_key.filter(|_| context.holds_stream) {
            self.streams.close(user);
        }
    }
}

/// The same words for a run of somebody else and for none, so that ids cannot be tried out.
fn not_yours() -> Refusal {
    Refusal::new(Code::NotFound, "You have no workflow run with this id.")
}

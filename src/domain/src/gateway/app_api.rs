//! What Dify is asked for a caller, and how its responses are counted.

use std::collections::BTreeMap;
use std::rc::Rc;

use http::{HeaderMap, Method};

use super::access::{Extent, Grant};
use super::case::Case;
use super::declared_inputs::DeclaredInputsCache;
use super::first_requests::FirstRequests;
use super::outcome::{Outcome, Relay};
use super::rates::Rates;
use super::run_detail;
use super::runs::{CountedRun, Runs};
use crate::environment::Environment;
use crate::error::Refusal;
use crate::events::{Event, Events, InputLeftOut};
use crate::operation::{self, Operation, ResponseKind, UserPlace};
use crate::relay::{BLOCKING, Counted, Expectation, RelayContext, RelayRequest, STREAMING};
use crate::request::Body;
use crate::response;
use crate::rewrite::{self, ClaimInputs, Identity};
use crate::settings::{InputClaims, Settings};

/// The app API of an endpoint.
pub struct AppApi {
    environment: Rc<dyn Environment>,
    events: Rc<Events>,
    declared_inputs: Rc<DeclaredInputsCache>,
    first_requests: FirstRequests,
    rates: Rates,
    runs: Rc<Runs>,
}

/// What Dify is asked for a caller: a client's own request, or one that the gateway makes of it.
pub struct Question<'a> {
    /// The operation.
    pub operation: &'static Operation,
    /// The decoded variables of its path.
    pub variables: &'a BTreeMap<String, String>,
    /// The method: that of the operation, or `HEAD` instead of `GET`.
    pub method: &'a Method,
    /// The query, without `?`.
    pub query: &'a str,
    /// The header fields, of which some are relayed.
    pub fields: &'a HeaderMap,
    /// The body.
    pub body: &'a dyn Body,
}

/// A request to Dify that is ready to be sent.
pub struct Prepared {
    /// The request.
    pub request: RelayRequest,
    /// What its response is judged by.
    pub expectation: Expectation,
    run: Option<CountedRun>,
}

impl AppApi {
    /// Knows no app and no user yet.
    pub fn new(
        environment: Rc<dyn Environment>,
        events: Rc<Events>,
        declared_inputs: Rc<DeclaredInputsCache>,
    ) -> Self {
        Self {
            declared_inputs,
            first_requests: FirstRequests::new(),
            rates: Rates::default(),
            runs: Rc::default(),
            environment,
            events,
        }
    }

    /// Makes the request to Dify for the caller of `grant`.
    pub async fn ask(
        &self,
        case: &mut Case<'_>,
        grant: &Grant,
        settings: &Settings,
        body: &dyn Body,
    ) -> Result<Outcome, Refusal> {
        let request = case.request;
        let variables = std::mem::take(&mut case.route.variables);
        let question = Question {
            operation: case.route.operation,
            variables: &variables,
            method: &request.method,
            query: &request.query,
            fields: &request.headers,
            body,
        };
        let prepared = self.prepare(&question, case, grant, settings).await?;
        let expectation = prepared.expectation;
        if grant.extent() == Extent::Proven {
            let environment = &*self.environment;
            let user = &grant.caller().user;
            return run_detail::response(environment, prepared.request, &expectation, case, user)
                .await
                .map(Outcome::Response);
        }
        let (request, counted) = self.admitted(question.operation, grant, prepared).await;
        let context = RelayContext {
            record: case.record.clone(),
            cors: case.cors.clone(),
            rate_limit: case.rate_limit,
            expectation,
            counted,
            is_for_browsers: settings.sign_in.is_some(),
        };
        Ok(Outcome::Relay(Box::new(Relay { request, context })))
    }

    /// Makes the request that `question` is for the caller of `grant`, and counts it.
    ///
    /// # Errors
    /// Why Dify is not asked.
    pub async fn prepare(
        &self,
        question: &Question<'_>,
        case: &mut Case<'_>,
        grant: &Grant,
        settings: &Settings,
    ) -> Result<Prepared, Refusal> {
        let operation = question.operation;
        let path = operation::upstream_path(operation, question.variables)?;
        let run = self.begin(operation, case, grant, settings)?;
        let inputs = self.inputs(operation, case, grant, settings).await?;
        let identity = Identity {
            user: grant.caller().user.as_str(),
            filters_logs: grant.extent() == Extent::Filtered,
            inputs: &inputs.sent,
        };
        let query = rewrite::query(operation, question.query, &identity)?;
        let url = settings.dify_api_url.at(&path, &query);
        rewrite::check_request_line(question.method, &url)?;
        let (fields, body) = (question.fields, question.body);
        let body = rewrite::body(operation, fields, body, &identity, &*self.environment).await?;
        let mut headers =
            rewrite::headers(fields, &settings.app_key, body.content_type.as_deref())?;
        // For the log of whatever stands before Dify; Dify itself knows traces alone.
        response::set_request_id(&mut headers, &case.request.id);
        let request = RelayRequest {
            method: question.method.clone(),
            url,
            headers,
            pieces: body.pieces,
            ca_certificates: settings.ca_certificates.clone(),
            limits: if body.streaming { STREAMING } else { BLOCKING },
        };
        let expectation = Expectation::new(operation, body.streaming, &settings.dify_api_url);
        Ok(Prepared {
            request,
            expectation,
            run,
        })
    }

    /// Counts a request for which Dify is to be asked, and whatever it is a part of: against the user's requests, and among
    /// the user's runs, if it is one. Before the body is read and Dify is asked for anything: who sends too much must cost
    /// nothing.
    ///
    /// # Errors
    /// `user_rate_limited` and `too_many_streams`.
    pub fn begin(
        &self,
        operation: &Operation,
        case: &mut Case<'_>,
        grant: &Grant,
        settings: &Settings,
    ) -> Result<Option<CountedRun>, Refusal> {
        if let Some(rate) = settings.requests_per_minute {
            let now = self.environment.now();
            let (left, taken) = self.rates.take(grant.user_key(), rate, now);
            case.rate_limit = Some(left);
            taken?;
        }
        let is_run = matches!(operation.response, ResponseKind::Events | ResponseKind::Run);
        let limit = settings.streams_per_user;
        is_run
            .then(|| self.runs.begin(grant.user_key(), &case.request.id, limit))
            .transpose()
    }

    /// Waits until the request may go to Dify, and says what it is counted as from then on.
    pub async fn admitted(
        &self,
        operation: &Operation,
        grant: &Grant,
        prepared: Prepared,
    ) -> (RelayRequest, Counted) {
        let Prepared { request, run, .. } = prepared;
        let user = grant.user_key();
        if operation.user == UserPlace::Nowhere {
            return (request, run.map_or(Counted::No, CountedRun::handed_over));
        }
        self.first_requests.admit(&self.environment, user).await;
        let counted = run.map_or(Counted::OfUser(user), CountedRun::handed_over);
        (request, counted)
    }

    /// The claims that go to `inputs`.
    async fn inputs(
        &self,
        operation: &Operation,
        case: &Case<'_>,
        grant: &Grant,
        settings: &Settings,
    ) -> Result<ClaimInputs, Refusal> {
        if !operation.takes_inputs || matches!(settings.input_claims, InputClaims::Nothing) {
            return Ok(ClaimInputs::default());
        }
        let declared = self.declared_inputs.of(settings).await?;
        let claims = &grant.caller().claims;
        let inputs = rewrite::claim_inputs(claims, &settings.input_claims, declared.as_deref())?;
        for left_out in &inputs.left_out {
            let event = InputLeftOut::new(&case.request.id, &case.request.endpoint, left_out);
            self.events.write(&Event::InputLeftOut(event));
        }
        Ok(inputs)
    }

    /// Dify's response to a relay has begun, after which its user `exists` there or does not.
    pub fn responded(&self, counted: &Counted, exists: bool) {
        if let Some(user) = counted.user() {
            self.first_requests.responded(user, exists);
        }
    }

    /// How many runs are under way, of all users.
    pub fn runs_under_way(&self) -> usize {
        self.runs.count()
    }

    /// The host could not bring the request to an end, so no end of its relay will be noted.
    pub fn failed(&self, request_id: &str) {
        self.runs.end_of_request(request_id);
    }

    /// Dify's response to a relay has ended.
    pub fn ended(&self, counted: &Counted) {
        if let Counted::Run { user, id } = counted {
            self.runs.end(*user, id);
        }
    }
}

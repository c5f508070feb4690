//! `GET /workflows/run/<workflow_run_id>`: read whole, and passed only to the user who started the run.

use http::{Method, StatusCode};

use super::case::Case;
use crate::environment::{Environment, FetchRequest, Limits, Reach, TransportError};
use crate::error::{Code, Refusal};
use crate::limits;
use crate::relay::{self, BLOCKING, Expectation, RelayRequest, owner};
use crate::response::{self, Response};
use crate::token::User;

const LIMITS: Limits = Limits {
    body: limits::RUN_DETAIL,
    ..BLOCKING
};

/// The run that `request` asks for, if `user` started it. For others there is no such run.
///
/// # Errors
/// Why Dify's response does not pass, and `not_found`.
pub async fn response(
    environment: &dyn Environment,
    request: RelayRequest,
    expectation: &Expectation,
    case: &mut Case<'_>,
    user: &User,
) -> Result<Response, Refusal> {
    let fetch = FetchRequest {
        // HEAD is asked as GET: without a body nobody could tell whose the run is.
        method: Method::GET,
        url: request.url,
        headers: request.headers,
        body: Vec::new(),
        reach: Reach::Configured,
        ca_certificates: request.ca_certificates,
        limits: LIMITS,
    };
    let fetched = environment.fetch(fetch).await.map_err(refusal_of)?;
    case.record.dify_status = Some(fetched.status.as_u16());
    let head = relay::ResponseHead {
        status: fetched.status,
        headers: fetched.headers,
    };
    let head = relay::passable(expectation, head)?;
    let is_theirs = !head.status.is_success() || owner::run_belongs_to(&fetched.body, user);
    if head.status == StatusCode::NOT_FOUND || !is_theirs {
        return Err(not_yours());
    }
    Ok(Response {
        status: head.status,
        headers: response::of_dify(&head.headers, case.sign_in.is_some()),
        body: fetched.body,
    })
}

fn refusal_of(error: TransportError) -> Refusal {
    if error != TransportError::TooLarge {
        return relay::refusal_of(error);
    }
    let message = format!(
        "The detail of this run is longer than {} MiB, which is as much as the gateway reads to find out whose run it \
         is. Have the workflow return less, or a file.",
        limits::RUN_DETAIL / (1024 * 1024)
    );
    Refusal::new(Code::DifyAnswerInvalid, message)
}

/// The same words for a run of somebody else and for none, so that ids cannot be tried out.
fn not_yours() -> Refusal {
    Refusal::new(Code::NotFound, "You have no workflow run with this id.")
}

//! Responses that are not of Dify's API: pages of its web server, of its web app, or of a proxy before it.

use http::{HeaderMap, HeaderValue, StatusCode, header};

use super::expectation::{Address, Expectation, Expected};
use crate::error::{Code, Refusal};

const ADD_V1: &str = "An administrator must probably add `/v1` to the end of `dify_api_url`.";

/// The refusal for a response with `status` and no JSON.
pub fn refusal(expectation: &Expectation, status: StatusCode) -> Refusal {
    match status.as_u16() {
        404 | 405 if expectation.address == Address::Unusual => no_api(status),
        404 => Refusal::new(
            Code::NotFound,
            "Dify has nothing at this path. If only this operation fails, this version of Dify does not have it; if all \
             fail, `dify_api_url` is not the address of the API.",
        ),
        405 => Refusal::new(
            Code::MethodNotAllowed,
            "Dify does not take this method on this path.",
        ),
        401 | 407 => by_proxy(
            Code::DifyAnswerInvalid,
            status,
            "it requires authentication. An administrator must let the plugin pass, or put an address behind that proxy \
             into `dify_api_url`.",
        ),
        413 => by_proxy(
            Code::BodyTooLarge,
            status,
            "the body is larger than it takes.",
        ),
        429 => by_proxy(
            Code::RateLimited,
            status,
            "it limits how often Dify is asked. Try again later.",
        ),
        408 | 504 | 524 => timed_out(expectation, status),
        503 => by_proxy(
            Code::DifyBusy,
            status,
            "Dify cannot take the request now. Try again later.",
        ),
        521..=523 | 530 => by_proxy(Code::DifyUnavailable, status, "it cannot reach Dify."),
        525 | 526 => by_proxy(
            Code::DifyUnavailable,
            status,
            "it does not accept the certificate of Dify. An administrator must renew that.",
        ),
        500..=599 => Refusal::new(
            Code::DifyUnavailable,
            format!(
                "Dify, or a proxy before it, answered with status {} and no JSON.",
                status.as_u16()
            ),
        ),
        _ => Refusal::new(
            Code::BadRequest,
            format!(
                "Dify, or a proxy before it, refused the request before reading it, with status {}.",
                status.as_u16()
            ),
        ),
    }
}

/// Whether the status is one that only a proxy gives, so that its body is not Dify's even if it is JSON.
pub fn is_of_a_proxy(status: StatusCode) -> bool {
    matches!(status.as_u16(), 407 | 520..=530)
}

/// The refusal for a page where JSON was expected: Dify's web app lives beside the API and answers 200 to any path.
pub fn page(expectation: &Expectation) -> Refusal {
    let message = match expectation.address {
        Address::Usual => {
            "Dify answered with something other than JSON. An administrator must check that `dify_api_url` is the \
             address of the API, which ends in `/v1`."
                .to_owned()
        }
        Address::Unusual => {
            format!("The address in `dify_api_url` answered with something other than JSON. {ADD_V1}")
        }
    };
    Refusal::new(Code::DifyAnswerInvalid, message)
}

/// The refusal for a redirect, which the gateway does not follow.
pub fn redirect(expectation: &Expectation, location: Option<&HeaderValue>) -> Refusal {
    let detail = location
        .and_then(|location| location.to_str().ok())
        .unwrap_or("nowhere");
    let remedy = match expectation.address {
        Address::Usual => "An administrator must put Dify's actual address into `dify_api_url`.",
        Address::Unusual => ADD_V1,
    };
    let message =
        format!("Dify answered with a redirect, which the gateway does not follow. {remedy}");
    Refusal::new(Code::DifyAnswerInvalid, message)
        .with_log_detail(format!("redirected to {detail}"))
}

/// `Retry-After` of a response that says when to try again (RFC 9110 §10.2.3).
pub fn retry_after(status: StatusCode, headers: &HeaderMap) -> Option<HeaderValue> {
    const LONGEST: usize = "Fri, 31 Dec 1999 23:59:59 GMT".len();
    let says_when = matches!(
        status,
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE
    );
    let value = headers.get(header::RETRY_AFTER).filter(|_| says_when)?;
    (value.len() <= LONGEST && value.to_str().is_ok()).then(|| value.clone())
}

fn no_api(status: StatusCode) -> Refusal {
    let message = format!(
        "The address in `dify_api_url` does not end in `/v1`, and answered with status {} and no JSON, as Dify does where \
         its API is not. {ADD_V1}",
        status.as_u16()
    );
    Refusal::new(Code::DifyAnswerInvalid, message)
}

fn timed_out(expectation: &Expectation, status: StatusCode) -> Refusal {
    let remedy = match expectation.response {
        Expected::BlockingRun => {
            "it did not wait for the end of the run, which may go on. With `response_mode` `streaming` the response \
             begins at once, so that its time limit does not matter."
        }
        Expected::Bytes | Expected::Events | Expected::Json => "it waited too long for Dify.",
    };
    by_proxy(Code::DifyTimeout, status, remedy)
}

fn by_proxy(code: Code, status: StatusCode, rest: &str) -> Refusal {
    let message = format!(
        "A proxy between the gateway and Dify answered with status {}: {rest}",
        status.as_u16()
    );
    Refusal::new(code, message)
}

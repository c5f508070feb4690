//! The userinfo endpoint (OpenID Connect Core §5.3): what is sent, and what the answer means.

use http::StatusCode;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use serde_json::{Map, Value};

use super::answers::Verdict;
use super::failure::{Document, invalid, wrong_status};
use super::introspection::{DEPTH, inactive, sensitive};
use crate::claims::Claims;
use crate::environment::{FetchRequest, FetchResponse};
use crate::error::{Code, Refusal};
use crate::issuer::Issuer;
use crate::json;
use crate::token::AccessToken;

/// Completes `request` to the question whose `token` it is.
pub(super) fn ask(mut request: FetchRequest, token: &AccessToken) -> Result<FetchRequest, Refusal> {
    request.headers.insert(
        AUTHORIZATION,
        sensitive(&format!("Bearer {}", token.reveal()))?,
    );
    Ok(request)
}

/// What the answer says of the token.
pub(super) fn read(fetched: &FetchResponse, issuer: &Issuer) -> Result<Verdict, Refusal> {
    match fetched.status {
        StatusCode::OK => {}
        StatusCode::UNAUTHORIZED => return Ok(Err(inactive())),
        StatusCode::FORBIDDEN => return Ok(Err(scope_missing(issuer))),
        status => return Err(wrong_status(issuer, Document::Userinfo, status)),
    }
    members(fetched)
        .map(|members| Ok(Claims::new(members)))
        .map_err(|(why, remedy)| invalid(issuer, Document::Userinfo, &why, remedy))
}

/// What stands in the answer, or why it is none and what mends that.
fn members(fetched: &FetchResponse) -> Result<Map<String, Value>, (String, &'static str)> {
    const MEND: &str = "Mend it at the provider.";
    if is_jwt(fetched) {
        return Err((
            "it is a signed JWT, and JSON is expected".to_owned(),
            "Set the client's userinfo answers to plain JSON at the provider.",
        ));
    }
    let members =
        json::parse_object(&fetched.body, DEPTH).map_err(|error| (error.to_string(), MEND))?;
    match members.get("sub").and_then(Value::as_str) {
        // OpenID Connect Core §5.3.2: it must always be there.
        None | Some("") => Err((
            "it names nobody: `sub` is missing or no text".to_owned(),
            MEND,
        )),
        Some(_) => Ok(members),
    }
}

/// An answer about another person must not be added to the token's claims (OpenID Connect Core §5.3.2).
pub(super) fn check_subject(claims: &Claims, subject: &str) -> Result<(), Refusal> {
    if claims.get("sub").is_some_and(|sub| sub == subject) {
        return Ok(());
    }
    let message = "The userinfo answer has another `sub` than the token. Sign in again; if it lasts, the \
                   provider gives the client another subject identifier in userinfo than in tokens.";
    Err(Refusal::new(Code::TokenClaimInvalid, message))
}

/// There is nobody to ask.
pub(super) fn no_endpoint(issuer: &Issuer) -> Refusal {
    let message = format!(
        "The identity provider `{issuer}` has no `userinfo_endpoint` in its discovery document. Set `userinfo` to no, \
         and `token_validation` to `jwt` or `introspection`."
    );
    Refusal::new(Code::ConfigurationError, message)
}

fn is_jwt(fetched: &FetchResponse) -> bool {
    let content_type = fetched
        .headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    content_type
        .to_ascii_lowercase()
        .starts_with("application/jwt")
}

fn scope_missing(issuer: &Issuer) -> Refusal {
    let message = format!(
        "The token may not ask the userinfo endpoint of `{issuer}`: it needs the scope `openid`."
    );
    Refusal::new(Code::InsufficientScope, message).with_scope("openid")
}

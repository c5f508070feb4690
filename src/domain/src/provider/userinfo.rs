//! The userinfo endpoint (OpenID Connect Core §5.3): what is sent, and what the response means.

use http::StatusCode;
use http::header::AUTHORIZATION;
use serde_json::{Map, Value};

use super::cause::{Cause, FIX_AT_PROVIDER};
use super::document::{Document, is_web_page, media_type};
use super::failure::{Failure, Target};
use super::introspection::{inactive, sensitive};
use super::token_statuses::TokenStatus;
use crate::claims::Claims;
use crate::environment::{FetchRequest, FetchResponse};
use crate::error::{Code, Refusal};
use crate::issuer::Issuer;
use crate::token::AccessToken;

/// Completes `request` with the token that it asks about.
pub(super) fn ask(mut request: FetchRequest, token: &AccessToken) -> Result<FetchRequest, Refusal> {
    request.headers.insert(
        AUTHORIZATION,
        sensitive(&format!("Bearer {}", token.reveal()))?,
    );
    Ok(request)
}

/// What the response says about the token.
pub(super) fn read(response: &FetchResponse, issuer: &Issuer) -> Result<TokenStatus, Refusal> {
    let members = match response.status {
        StatusCode::OK => members(response),
        StatusCode::UNAUTHORIZED => return Ok(Err(inactive())),
        StatusCode::FORBIDDEN if !is_web_page(response) => return Ok(Err(scope_missing(issuer))),
        _ => Err(Document::Userinfo.wrong_status(response)),
    };
    let target = Target {
        issuer: issuer.clone(),
        document: Document::Userinfo,
    };
    let members = members.map_err(|cause| Failure { target, cause })?;
    Ok(Ok(Claims::new(members)))
}

/// The members of the response, or why there are none.
fn members(response: &FetchResponse) -> Result<Map<String, Value>, Cause> {
    if media_type(response) == "application/jwt" {
        return Err(Cause::invalid(
            "it is a signed JWT, and JSON is expected",
            "Set the client's userinfo responses to plain JSON at the provider.",
        ));
    }
    let members = Document::Userinfo.members(response)?;
    match members.get("sub").and_then(Value::as_str) {
        // OpenID Connect Core §5.3.2: it must always be there.
        None | Some("") => Err(Cause::invalid(
            "it names nobody, because `sub` is missing or not a string",
            FIX_AT_PROVIDER,
        )),
        Some(_) => Ok(members),
    }
}

/// A response about another person must not be added to the token's claims (OpenID Connect Core §5.3.2).
pub(super) fn check_subject(claims: &Claims, subject: &str) -> Result<(), Refusal> {
    if claims.get("sub").is_some_and(|sub| sub == subject) {
        return Ok(());
    }
    let message = "The userinfo response has another `sub` than the token. Sign in again. If that does not help, the \
                   provider gives the client another subject identifier in userinfo than in tokens.";
    Err(Refusal::new(Code::TokenClaimInvalid, message))
}

/// The provider has no such endpoint.
pub(super) fn no_endpoint(issuer: &Issuer) -> Refusal {
    let message = format!(
        "The identity provider `{issuer}` has no `userinfo_endpoint` in its discovery document. Set `userinfo` to no, \
         and `token_validation` to `jwt` or `introspection`."
    );
    Refusal::new(Code::ConfigurationError, message)
}

fn scope_missing(issuer: &Issuer) -> Refusal {
    let message = format!(
        "The token may not ask the userinfo endpoint of `{issuer}`: it needs the scope `openid`."
    );
    Refusal::new(Code::InsufficientScope, message).with_scope("openid")
}

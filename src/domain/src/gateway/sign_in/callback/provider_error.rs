//! What a person reads when the identity provider has sent them back with an error (RFC 6749 §4.1.2.1, OpenID Connect Core
//! §3.1.2.6). It never begins another login by itself, because that would come back with the same error.

use serde_json::Value;

use crate::error::{Code, Refusal};
use crate::json::shown;
use crate::limits;
use crate::oauth::{AuthorizationError, AuthorizationErrorCode};

/// The refusal for `error`. What the provider says beside the code is foreign text: it is cut and quoted, and it is for
/// the log alone.
pub(super) fn refusal(error: &AuthorizationError) -> Refusal {
    let (code, text) = meaning(&error.code);
    let message = format!(
        "The identity provider sent you back with {}: {text}",
        error.code
    );
    let refusal = Refusal::new(code, message);
    let refusal = match &error.description {
        Some(description) => refusal.with_log_detail(format!(
            "the provider says {}",
            shown(&Value::from(description.as_str()))
        )),
        None => refusal,
    };
    if code == Code::IdentityProviderUnavailable {
        return refusal.with_retry_after(limits::PROVIDER_PAUSE);
    }
    refusal
}

const fn meaning(code: &AuthorizationErrorCode) -> (Code, &'static str) {
    use AuthorizationErrorCode as Error;
    match code {
        Error::AccessDenied => (
            Code::SignInRefused,
            "you have not agreed, or it does not let you use this application. Sign in again, or ask the administrator for \
             access.",
        ),
        Error::AccountSelectionRequired
        | Error::ConsentRequired
        | Error::InteractionRequired
        | Error::LoginRequired => (
            Code::SignInRefused,
            "it must ask you something first. Sign in again.",
        ),
        Error::InvalidRequest => (
            Code::SignInRefused,
            "it does not accept the request. The administrator of this endpoint must compare the redirect URI that is \
             registered there with the one that `/health` names, and look at `login_parameters`.",
        ),
        Error::InvalidScope => (
            Code::SignInRefused,
            "it does not grant the scopes that are asked for. The administrator of this endpoint must write scopes that \
             the client has there into `login_scopes`.",
        ),
        Error::ServerError | Error::TemporarilyUnavailable => (
            Code::IdentityProviderUnavailable,
            "it cannot sign anybody in at the moment. Try again in a few seconds.",
        ),
        Error::UnauthorizedClient | Error::UnsupportedResponseType => (
            Code::SignInRefused,
            "the client may not use the authorization code flow. The administrator of this endpoint must allow it for the \
             client at the provider.",
        ),
        Error::Other(_) => (
            Code::SignInRefused,
            "this says that it does not sign you in. Sign in again, or give the request id to the administrator.",
        ),
    }
}

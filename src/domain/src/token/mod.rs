//! From the `Authorization` header to the caller: who it is, and what it may do.

use crate::claims::Claims;
use crate::error::Refusal;
use crate::settings::{Issuer, Settings};
use crate::time::UnixTime;

mod access_token;
mod user;

pub use access_token::AccessToken;
pub use user::User;

/// Who sent the request, after everything was checked.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Dify's `user`.
    pub user: User,
    /// The issuer that vouches for the claims.
    pub issuer: Issuer,
    /// The claims.
    pub claims: Claims,
    /// The granted scopes, of whatever claim they stood in.
    pub scopes: Vec<String>,
    /// Whether `admin_claims` holds.
    pub is_admin: bool,
    /// Whether the token stands for a client.
    pub is_service_account: bool,
}

/// The issuer of `settings` whose token this claims to be, by its exact `iss`. No request is made for another.
pub fn issuer_of(_claims: &Claims, _settings: &Settings) -> Result<Issuer, Refusal> {
    todo!()
}

/// What the token says of itself and needs no key: its kind, its times, its binding. Before the signature holds.
pub fn check_form(
    _media_type: Option<&str>,
    _claims: &Claims,
    _settings: &Settings,
    _now: UnixTime,
) -> Result<(), Refusal> {
    todo!()
}

/// Everything that the settings demand of the claims of a genuine token.
pub fn judge(
    _claims: Claims,
    _issuer: Issuer,
    _settings: &Settings,
    _now: UnixTime,
) -> Result<Caller, Refusal> {
    todo!()
}

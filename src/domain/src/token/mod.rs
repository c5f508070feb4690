//! From the `Authorization` header to the caller: who it is, and what it may do.

use crate::claims::Claims;
use crate::error::Refusal;
use crate::settings::{Issuer, Settings};
use crate::time::UnixTime;

mod access_token;
mod audience;
mod claim;
pub(crate) mod cure;
mod form;
mod groups;
mod issuer;
mod kind;
mod scope;
mod service_account;
mod user;
mod warnings;

#[cfg(test)]
mod tests;

pub use access_token::AccessToken;
pub use form::check_form;
pub use issuer::issuer_of;
pub use user::User;
pub use warnings::warnings;

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

/// Everything that the settings demand of the claims of a genuine token, or of an introspection or userinfo answer of
/// `issuer`. The form is judged once more, for such answers have not been and a cached token may have expired.
///
/// # Errors
/// Why the caller is refused. The values of `required_claims` and `admin_claims` stand in the log detail only.
pub fn judge(
    claims: Claims,
    issuer: Issuer,
    settings: &Settings,
    now: UnixTime,
) -> Result<Caller, Refusal> {
    issuer::check(&claims, &issuer)?;
    form::check(None, &claims, settings, now)?;
    audience::check(&claims, &issuer, settings)?;
    let scopes = scope::granted(&claims)?;
    scope::check(&scopes, &settings.scopes)?;
    groups::check(&claims, &settings.required_claims)?;
    let is_service_account = service_account::check(&claims, settings)?;
    let user = User::from_claims(&claims, &issuer, settings, is_service_account)?;
    let is_admin = settings
        .admin_claims
        .as_ref()
        .is_some_and(|rules| rules.met_by(&claims).is_ok());
    Ok(Caller {
        user,
        issuer,
        claims,
        scopes,
        is_admin,
        is_service_account,
    })
}

//! From the `Authorization` header to the caller: who it is, and what it may do.

use crate::claims::Claims;
use crate::error::Refusal;
use crate::issuer::Issuer;
use crate::settings::Settings;
use crate::time::UnixTime;

mod access_token;
mod audience;
mod claim;
mod form;
mod groups;
mod issuer;
mod jws;
mod kind;
mod not_a_token;
pub(crate) mod remedy;
mod scope;
mod service_account;
mod user;
mod warnings;

#[cfg(test)]
mod tests;

pub use access_token::AccessToken;
pub use form::check_form;
pub use issuer::issuer_of;
pub use jws::{check_signature, parse};
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

/// The claims of a token that is in force and meant for this endpoint. Whether its holder may use the endpoint is not
/// decided yet.
#[derive(Clone, Debug)]
pub struct Accepted {
    claims: Claims,
    issuer: Issuer,
    scopes: Vec<String>,
}

impl Accepted {
    /// The issuer that vouches for the claims.
    pub const fn issuer(&self) -> &Issuer {
        &self.issuer
    }

    /// The claims.
    pub const fn claims(&self) -> &Claims {
        &self.claims
    }

    /// With what else the issuer says of the person. It changes nothing of what the token itself was accepted for: an
    /// audience or a scope that only the userinfo endpoint names is none of the token's.
    pub fn completed_with(mut self, further: &Claims) -> Self {
        self.claims = self.claims.completed_with(further);
        self
    }
}

/// What the settings demand of a genuine token itself, or of what the introspection or userinfo endpoint of `issuer`
/// says of one: issuer, form, times, audience, client and scopes.
///
/// # Errors
/// Why the token is refused.
pub fn accept(
    claims: Claims,
    issuer: Issuer,
    settings: &Settings,
    now: UnixTime,
) -> Result<Accepted, Refusal> {
    issuer::check(&claims, &issuer)?;
    form::check(None, &claims, settings, now)?;
    audience::check(&claims, &issuer, settings)?;
    let scopes = scope::granted(&claims)?;
    scope::check(&scopes, &settings.scopes)?;
    Ok(Accepted {
        claims,
        issuer,
        scopes,
    })
}

/// What the settings demand of whoever the token stands for.
///
/// # Errors
/// Why the caller is refused. The values of `required_claims` and `admin_claims` stand in the log detail only.
pub fn judge(accepted: Accepted, settings: &Settings) -> Result<Caller, Refusal> {
    let Accepted {
        claims,
        issuer,
        scopes,
    } = accepted;
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

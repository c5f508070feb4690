//! From the `Authorization` header to the caller: who it is, and what it may do.

use crate::claims::{ClaimPath, Claims};
use crate::error::Refusal;
use crate::issuer::Issuer;
use crate::settings::{Settings, UnmetEntries};
use crate::time::UnixTime;

mod access_token;
mod audience;
mod claim;
mod form;
mod groups;
pub mod id_token;
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

pub use crate::oauth::AccessToken;
pub use form::check_form;
pub use issuer::{check as check_response, issuer_of};
pub use jws::{check_signature, parse};
pub use scope::with_required as with_required_scopes;
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
    /// Whether these are all that the issuer has said: a session keeps those that inputs are made of, and no others.
    pub has_all_claims: bool,
    /// The granted scopes, from whichever claim.
    pub scopes: Vec<String>,
    /// Whether `admin_claims` holds.
    pub is_admin: bool,
    /// What of `operation_rules` does not hold.
    pub unmet: UnmetEntries,
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

    /// Whether a claim that decides something is missing: one that a rule names, or one that says who the person is.
    pub fn lacks_claims(&self, settings: &Settings) -> bool {
        let mut names = settings.ruled_claims();
        names.any(|path| self.claims.at(path).is_none())
            || user::lacks_claims(&self.claims, settings)
    }

    /// Adds what else the issuer says of the person. Audiences and scopes that only the userinfo response names are
    /// ignored: the token was accepted without them.
    pub fn completed_with(mut self, further: &Claims) -> Self {
        self.claims = self.claims.completed_with(further);
        self
    }
}

/// Checks what the settings demand of a genuine token itself, or of what the introspection or userinfo endpoint of
/// `issuer` says of one. The numbers are the steps of OpenID Connect Core §3.1.3.7, which RFC 9068 §4 repeats for access
/// tokens; 1, 2 and 6 to 8 (encryption, issuer, signature) come before, and 12 and 13 (`acr`, `auth_time`) are left to
/// `required_claims`. `resource` is what is asked for, where that is a resource of its own (RFC 8707).
///
/// # Errors
/// Why the token is refused.
pub fn accept(
    claims: Claims,
    issuer: Issuer,
    settings: &Settings,
    resource: Option<&str>,
    now: UnixTime,
) -> Result<Accepted, Refusal> {
    // 9 and 10: the current time is before `exp` and not before `nbf` and `iat`. Also the kind of the token.
    form::check(None, &claims, settings, settings.token_kind, now)?;
    // 3 to 5: `aud` names this endpoint, and the client that the token was issued to is one of ours.
    audience::check(&claims, &issuer, settings, resource)?;
    // RFC 6750 §3.1: the scopes that the resource needs.
    let scopes = scope::granted(&claims)?;
    scope::check(&scopes, &settings.scopes)?;
    Ok(Accepted {
        claims,
        issuer,
        scopes,
    })
}

/// Decides what the token's holder may do, in this order: rules, kind of account, user, administrator.
///
/// # Errors
/// Why the caller is refused. Only the log detail has values of `required_claims` and `admin_claims`.
pub fn judge(accepted: Accepted, settings: &Settings) -> Result<Caller, Refusal> {
    let Accepted {
        claims,
        issuer,
        scopes,
    } = accepted;
    // Who may use the endpoint at all.
    groups::check(&claims, &settings.required_claims)?;
    // A person, or a client where the settings let it in (RFC 9068 §2.2 on `sub`).
    let is_service_account = service_account::check(&claims, settings)?;
    // Who it is for Dify: RFC 9068 §5 warns of identifiers that are not unique, so issuer and claim go into the hash.
    let user = User::from_claims(&claims, &issuer, settings, is_service_account)?;
    // Who may use the operations that concern everybody.
    let is_admin = is_admin(&claims, settings);
    // Which operations are closed to them.
    let unmet = settings.operation_rules.unmet_by(&claims, &scopes);
    Ok(Caller {
        user,
        issuer,
        claims,
        has_all_claims: true,
        scopes,
        is_admin,
        unmet,
        is_service_account,
    })
}

/// The first claim that has decided what `earlier` may do, and that `claims` does not have, so that nobody can say whether it
/// still holds. A userinfo endpoint need not have the claims of an ID token (OpenID Connect Core §5.4, §12.2), and some
/// leave a list out that has become empty.
pub fn unknown_now<'a>(
    claims: &Claims,
    settings: &'a Settings,
    earlier: &Caller,
) -> Option<&'a ClaimPath> {
    let admin = settings.admin_claims.as_ref().filter(|_| earlier.is_admin);
    let mut names = std::iter::once(&settings.required_claims)
        .chain(admin)
        .flat_map(|rules| rules.names())
        .chain(settings.operation_rules.names_of_met(earlier.unmet));
    names.find(|path| claims.at(path).is_none())
}

/// Decides again about the person of a session, by claims of the same `sub` that may be fewer than those of the login. The
/// rules are judged anew; who the person is stays as it was for `earlier` where the claims do not say it.
///
/// # Errors
/// Those of [`judge`].
pub fn judge_again(
    accepted: Accepted,
    settings: &Settings,
    earlier: &Caller,
) -> Result<Caller, Refusal> {
    let Accepted {
        claims,
        issuer,
        scopes,
    } = accepted;
    groups::check(&claims, &settings.required_claims)?;
    let is_service_account = service_account::check(&claims, settings)?;
    // A later claim of `user_claim` would make somebody else of the person.
    let first = settings.user_claim.first();
    let user = match first.and_then(|path| claims.at(path)) {
        Some(_) => User::from_claims(&claims, &issuer, settings, is_service_account)?,
        None => earlier.user.clone(),
    };
    let is_admin = is_admin(&claims, settings);
    let unmet = settings.operation_rules.unmet_by(&claims, &scopes);
    Ok(Caller {
        user,
        issuer,
        claims,
        has_all_claims: false,
        scopes,
        is_admin,
        unmet,
        is_service_account,
    })
}

fn is_admin(claims: &Claims, settings: &Settings) -> bool {
    let rules = settings.admin_claims.as_ref();
    rules.is_some_and(|rules| rules.met_by(claims).is_ok())
}

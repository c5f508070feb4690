//! Which configured issuer the token is from, by its exact `iss`.

use serde_json::Value;

use super::{claim, groups, remedy};
use crate::claims::Claims;
use crate::error::{Code, Refusal};
use crate::issuer::{Issuer, IssuerSetting, TenantTemplate};
use crate::json::shown;
use crate::settings::Settings;

/// The issuer of `settings` that the token names in `iss`, byte for byte. No request is made for a token of another.
///
/// # Errors
/// [`Code::TokenClaimInvalid`] where `iss` is missing or not a string, [`Code::TokenIssuerUnknown`] where no setting is
/// exactly it, [`Code::RequiredClaims`] where it is a tenant that `required_claims` does not list.
pub fn issuer_of(claims: &Claims, settings: &Settings) -> Result<Issuer, Refusal> {
    let Some(issuer) = claim::text(claims, "iss")? else {
        return Err(Refusal::new(
            Code::TokenClaimInvalid,
            "The token has no `iss`.",
        ));
    };
    let issuer = Issuer::new(issuer);
    let Some(setting) = settings
        .issuers
        .iter()
        .find(|setting| setting.covers(&issuer))
    else {
        return Err(unknown(issuer.as_str(), claims));
    };
    match setting {
        IssuerSetting::EntraTemplate(template) if !is_filled(template, &issuer, claims)? => {
            Err(unknown(issuer.as_str(), claims))
        }
        IssuerSetting::EntraTemplate(_) => check_tenant(claims, settings).map(|()| issuer),
        IssuerSetting::Exact(_) => Ok(issuer),
    }
}

/// Checked before anybody is asked: every tenant is a provider of its own, so tokens with made-up tenants would cost a
/// discovery each, and push the real ones out of memory.
fn check_tenant(claims: &Claims, settings: &Settings) -> Result<(), Refusal> {
    groups::check(claims, &settings.required_claims.about("tid"))
}

/// Refuses an introspection or userinfo response that names another issuer than the one that gave it. It may leave out
/// `iss`.
///
/// # Errors
/// [`Code::TokenIssuerUnknown`], or [`Code::TokenClaimInvalid`] where `iss` is not a string.
pub fn check(claims: &Claims, issuer: &Issuer) -> Result<(), Refusal> {
    match claim::text(claims, "iss")? {
        Some(other) if other != issuer.as_str() => Err(unknown(other, claims)),
        _ => Ok(()),
    }
}

/// Whether `issuer` is the template with the token's own `tid` in it. The rule on `tid` that belongs to a template must
/// be about the tenant whose keys verify the token.
fn is_filled(template: &TenantTemplate, issuer: &Issuer, claims: &Claims) -> Result<bool, Refusal> {
    let tenant = claim::text(claims, "tid")?;
    Ok(tenant.is_some() && template.tenant_of(issuer.as_str()) == tenant)
}

fn unknown(issuer: &str, claims: &Claims) -> Refusal {
    let message = format!(
        "The token's `iss` is {}, which is not exactly an `issuer` of this endpoint; every character counts, a \
         closing slash too.",
        shown(&Value::from(issuer))
    );
    remedy::refuse(Code::TokenIssuerUnknown, claims, message)
}

//! Who issued the token, by its exact `iss`.

use serde_json::Value;

use super::{claim, cure};
use crate::claims::Claims;
use crate::error::{Code, Refusal};
use crate::jose::entra;
use crate::json::shown;
use crate::settings::{Issuer, IssuerSetting, Settings};

/// The issuer of `settings` whose token this claims to be, by its exact `iss`. No request is made for another.
///
/// # Errors
/// [`Code::TokenClaimInvalid`] where `iss` is missing or no string, [`Code::TokenIssuerUnknown`] where no setting is
/// exactly it.
pub fn issuer_of(claims: &Claims, settings: &Settings) -> Result<Issuer, Refusal> {
    let Some(issuer) = claim::text(claims, "iss")? else {
        return Err(Refusal::new(Code::TokenClaimInvalid, "The token has no `iss`."));
    };
    for setting in &settings.issuers {
        match setting {
            IssuerSetting::Exact(exact) if exact.as_str() == issuer => return Ok(exact.clone()),
            IssuerSetting::EntraTemplate(template) if is_filled(template, issuer, claims)? => {
                return Ok(Issuer(issuer.to_owned()));
            }
            IssuerSetting::Exact(_) | IssuerSetting::EntraTemplate(_) => {}
        }
    }
    Err(unknown(issuer, claims))
}

/// The claims of an introspection or userinfo answer may name no issuer, but no other one either.
pub(super) fn check(claims: &Claims, issuer: &Issuer) -> Result<(), Refusal> {
    match claim::text(claims, "iss")? {
        Some(other) if other != issuer.as_str() => Err(unknown(other, claims)),
        _ => Ok(()),
    }
}

/// Whether `issuer` is the template with the token's own `tid` in it.
fn is_filled(template: &str, issuer: &str, claims: &Claims) -> Result<bool, Refusal> {
    let tenant = claim::text(claims, "tid")?.filter(|tenant| entra::is_tenant_id(tenant));
    Ok(tenant.is_some_and(|tenant| template.replace(entra::TENANT_PLACEHOLDER, tenant) == issuer))
}

fn unknown(issuer: &str, claims: &Claims) -> Refusal {
    let message = format!(
        "The token's `iss` is {}, which is not exactly an `issuer` of this endpoint; every character counts, a \
         closing slash too.",
        shown(&Value::from(issuer))
    );
    cure::refuse(Code::TokenIssuerUnknown, claims, message)
}

//! What a login asks for where the settings do not say it: the scopes that are usual with the kind of the provider, and
//! what makes it issue a refresh token.

use crate::issuer::Issuer;
use crate::provider::{self, SignInMetadata};
use crate::settings::{ProviderKind, Settings, SignIn};

/// OpenID Connect Core §11: asks for a refresh token.
const OFFLINE_ACCESS: &str = "offline_access";

const GOOGLE: &str = "https://accounts.google.com";

/// Google's own way to ask for a refresh token ("Using OAuth 2.0 for Web Server Applications").
const GOOGLE_OFFLINE: (&str, &str) = ("access_type", "offline");

/// The scopes of the authorization request.
pub(super) fn scopes(
    settings: &Settings,
    sign_in: &SignIn,
    metadata: &SignInMetadata,
) -> Vec<String> {
    if let Some(scopes) = &sign_in.login_scopes {
        return scopes.clone();
    }
    let mut scopes = match settings.provider_kind {
        ProviderKind::Oidc => vec!["openid", "profile", "email"],
        // "Scopes for OAuth apps": without `read:org` an organization counts only where its member shows it to everybody.
        ProviderKind::GitHub if provider::wants_organizations(settings) => {
            vec!["read:user", "user:email", "read:org"]
        }
        ProviderKind::GitHub => vec!["read:user", "user:email"],
        ProviderKind::Feishu | ProviderKind::OAuth2 => vec![],
    };
    let is_supported = metadata
        .scopes_supported
        .as_ref()
        .is_some_and(|supported| supported.iter().any(|scope| scope == OFFLINE_ACCESS));
    let is_openid = settings.provider_kind == ProviderKind::Oidc;
    if is_openid && is_supported && !is_keycloak(&sign_in.issuer) {
        scopes.push(OFFLINE_ACCESS);
    }
    scopes.into_iter().map(str::to_owned).collect()
}

/// The parameters that the administrator adds, and those without which this provider issues no refresh token.
pub(super) fn parameters(sign_in: &SignIn) -> Vec<(String, String)> {
    let mut parameters = sign_in.login_parameters.clone();
    let (name, value) = GOOGLE_OFFLINE;
    let is_written = parameters.iter().any(|(written, _)| written == name);
    if sign_in.issuer.as_str() == GOOGLE && !is_written {
        parameters.push((name.to_owned(), value.to_owned()));
    }
    parameters
}

/// Keycloak issues a refresh token without the scope; with it the token outlives the logout at Keycloak.
fn is_keycloak(issuer: &Issuer) -> bool {
    issuer.as_str().contains("/realms/")
}

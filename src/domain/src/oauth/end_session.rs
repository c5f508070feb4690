//! The address at which the provider ends its own session (OpenID Connect RP-Initiated Logout 1.0 §2), and the forms of
//! two providers that have another.

use url::Url;

use super::IdToken;
use super::address::with_parameters;
use crate::issuer::Issuer;
use crate::limits;

/// Where the provider ends its session, and which parameters it wants there.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum EndSession {
    /// RP-Initiated Logout.
    OpenId(Url),
    /// Auth0 without `end_session_endpoint`: `/v2/logout?client_id&returnTo`.
    Auth0(Url),
    /// Cognito: `/logout?client_id&logout_uri`.
    Cognito(Url),
}

/// What a logout says to the provider.
#[derive(Clone, Copy, Debug)]
pub struct EndSessionRequest<'a> {
    /// The client.
    pub client_id: &'a str,
    /// An ID token of the person. One of more than [`limits::ID_TOKEN_HINT`] is left out, because servers refuse an
    /// address that long.
    pub id_token_hint: Option<&'a IdToken>,
    /// The person, as the provider's claim `login_hint` names them.
    pub logout_hint: Option<&'a str>,
    /// Where the browser goes then, exactly as it is registered.
    pub post_logout_redirect_uri: &'a str,
    /// What comes back with the browser.
    pub state: Option<&'a str>,
}

impl EndSession {
    /// The form for `issuer`. `endpoint` is its `end_session_endpoint`; without one the address is derived where the
    /// product is known: at Auth0 from the issuer, at Cognito from the host of `authorization_endpoint`.
    pub fn of(
        issuer: &Issuer,
        endpoint: Option<&Url>,
        authorization_endpoint: &Url,
    ) -> Option<Self> {
        let address = Url::parse(issuer.as_str()).ok();
        let host = address.as_ref().and_then(Url::host_str).unwrap_or_default();
        if host.starts_with("cognito-idp.") && host.ends_with(".amazonaws.com") {
            let derived = || authorization_endpoint.join("/logout").ok();
            return endpoint.cloned().or_else(derived).map(Self::Cognito);
        }
        match (endpoint, &address) {
            (Some(endpoint), _) => Some(Self::OpenId(endpoint.clone())),
            (None, Some(address)) if host.ends_with(".auth0.com") => {
                address.join("/v2/logout").ok().map(Self::Auth0)
            }
            (None, _) => None,
        }
    }

    /// Where the browser is sent.
    pub fn address(&self, request: &EndSessionRequest<'_>) -> Url {
        let client_id = ("client_id", request.client_id.to_owned());
        let after = |name| (name, request.post_logout_redirect_uri.to_owned());
        match self {
            Self::OpenId(endpoint) => with_parameters(endpoint, &request.parameters()),
            Self::Auth0(address) => with_parameters(address, &[client_id, after("returnTo")]),
            Self::Cognito(address) => with_parameters(address, &[client_id, after("logout_uri")]),
        }
    }
}

impl EndSessionRequest<'_> {
    fn parameters(&self) -> Vec<(&str, String)> {
        let mut parameters = Vec::new();
        let hint = self.id_token_hint.map(IdToken::reveal);
        let hint = hint.filter(|hint| hint.len() <= limits::ID_TOKEN_HINT);
        parameters.extend(hint.map(|hint| ("id_token_hint", hint.to_owned())));
        parameters.push(("client_id", self.client_id.to_owned()));
        parameters.extend(
            self.logout_hint
                .map(|hint| ("logout_hint", hint.to_owned())),
        );
        let after = self.post_logout_redirect_uri.to_owned();
        parameters.push(("post_logout_redirect_uri", after));
        parameters.extend(self.state.map(|state| ("state", state.to_owned())));
        parameters
    }
}

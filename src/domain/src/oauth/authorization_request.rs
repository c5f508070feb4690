//! The address that a browser is sent to (RFC 6749 §4.1.1, OpenID Connect Core §3.1.2.1, RFC 7636 §4.3).

use url::Url;

use super::address::with_parameters;
use super::pkce::CHALLENGE_METHOD;

/// The parameters that belong to the protocol. Neither the administrator nor the endpoint's address can set them.
const OWN: [&str; 8] = [
    "client_id",
    "code_challenge",
    "code_challenge_method",
    "nonce",
    "redirect_uri",
    "response_type",
    "scope",
    "state",
];

/// The ways to have the response delivered elsewhere than in the query of the redirect URI, or to hide the parameters
/// in a signed request, where this module's checks would not see them.
const REFUSED: [&str; 4] = ["registration", "request", "request_uri", "response_mode"];

/// What the provider shall do with the person (OpenID Connect Core §3.1.2.1).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Prompt {
    /// Show nothing: an error where that is not possible.
    None,
    /// Ask for the password again.
    Login,
    /// Let the person choose an account.
    SelectAccount,
}

impl Prompt {
    /// The prompt with exactly this name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::None, Self::Login, Self::SelectAccount]
            .into_iter()
            .find(|prompt| prompt.as_str() == name)
    }

    /// The name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Login => "login",
            Self::SelectAccount => "select_account",
        }
    }
}

/// Whether an administrator may add a parameter with this name.
fn is_free_parameter(name: &str) -> bool {
    !OWN.contains(&name) && !REFUSED.contains(&name)
}

/// An authorization request with the code flow and PKCE.
#[derive(Clone, Copy, Debug)]
pub struct AuthorizationRequest<'a> {
    /// The client.
    pub client_id: &'a str,
    /// Where the response is delivered, exactly as it is registered.
    pub redirect_uri: &'a str,
    /// The scopes; without any, the provider's default (RFC 6749 §3.3).
    pub scopes: &'a [String],
    /// The value that comes back with the response (RFC 6749 §10.12).
    pub state: &'a str,
    /// The value that the ID token repeats; none at providers that issue no ID token.
    pub nonce: Option<&'a str>,
    /// [`super::CodeVerifier::challenge`].
    pub challenge: &'a str,
    /// What the provider shall do with the person. It replaces a `prompt` of the administrator.
    pub prompt: Option<Prompt>,
    /// What the administrator adds. Parameters of the protocol are left out, and those that have the response delivered
    /// elsewhere or hide the request.
    pub further: &'a [(String, String)],
}

impl AuthorizationRequest<'_> {
    /// The request as an address. The query that the endpoint's own address has is kept (RFC 6749 §3.1), except for
    /// parameters of the protocol, because none may be there twice.
    pub fn address(&self, endpoint: &Url) -> Url {
        with_parameters(endpoint, &self.parameters())
    }

    fn parameters(&self) -> Vec<(&str, String)> {
        let mut parameters = vec![
            ("response_type", "code".to_owned()),
            ("client_id", self.client_id.to_owned()),
            ("redirect_uri", self.redirect_uri.to_owned()),
        ];
        if !self.scopes.is_empty() {
            parameters.push(("scope", self.scopes.join(" ")));
        }
        parameters.push(("state", self.state.to_owned()));
        parameters.extend(self.nonce.map(|nonce| ("nonce", nonce.to_owned())));
        parameters.push(("code_challenge", self.challenge.to_owned()));
        parameters.push(("code_challenge_method", CHALLENGE_METHOD.to_owned()));
        let prompt = self.prompt.map(|prompt| prompt.as_str().to_owned());
        let has_prompt = prompt.is_some();
        parameters.extend(prompt.map(|prompt| ("prompt", prompt)));
        let further = self
            .further
            .iter()
            .filter(|(name, _)| is_free_parameter(name) && !(has_prompt && name == "prompt"));
        parameters.extend(further.map(|(name, value)| (name.as_str(), value.clone())));
        parameters
    }
}

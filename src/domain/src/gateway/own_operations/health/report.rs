//! What `/health` says.

use http::HeaderMap;
use http::header::AUTHORIZATION;
use serde::Serialize;
use serde_json::{Map, Value};

use super::check::Check;
use super::dify::App;
use super::sign_in::SignInReport;
use crate::documentation::Document;
use crate::error::Refusal;
use crate::gateway::sign_in::registered;
use crate::issuer::Issuer;
use crate::limits;
use crate::provider::{ClientStatus, DiscoveryFacts, KeyFacts, ProviderStatus, SignInFacts};
use crate::settings::{MetricsToken, Mistake, Mistakes, SignIn};

const NOT_ASKED: &str = "The identity provider could not be asked, and nobody has signed in since the plugin was started or the settings were saved.";
const NOT_REFUSED: &str = "The identity provider did not object to the client. Whether it gives tokens shows when somebody signs in.";
const TEMPLATE: &str =
    "Every tenant has its own documents and keys; they are fetched with the tenant's first token.";
const NO_DETAIL: &str =
    "`Authorization` does not hold the endpoint's app key as bearer token, so no detail is shown.";

#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Down,
    Up,
}

/// For everybody.
#[derive(Serialize)]
pub struct Brief {
    status: Status,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<&'static str>,
}

impl Brief {
    pub fn new(status: Status, request: &HeaderMap) -> Self {
        let hint = request.contains_key(AUTHORIZATION).then_some(NO_DETAIL);
        Self { status, hint }
    }
}

/// For the holder of the app key.
#[derive(Serialize)]
pub struct Report<'a> {
    pub status: Status,
    version: &'static str,
    /// What the members mean.
    documentation: &'static str,
    settings: SettingsCheck<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    registration: Option<Registration>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    identity_providers: Vec<Provider>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dify: Option<Check<App>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sign_in: Option<SignInReport>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
    /// What opens `/metrics` of this endpoint, and nothing else.
    #[serde(skip_serializing_if = "Option::is_none")]
    metrics_token: Option<String>,
    /// What is limited, by name (see [`limits::LIMITS`]).
    limits: Map<String, Value>,
}

impl<'a> Report<'a> {
    /// Of an endpoint with good settings.
    pub fn new(
        registration: Option<Registration>,
        identity_providers: Vec<Provider>,
        dify: Result<App, Refusal>,
        sign_in: Option<SignInReport>,
        warnings: Vec<String>,
        metrics_token: &MetricsToken,
    ) -> Self {
        let dify = Check::from(dify);
        let is_up = !dify.has_failed()
            && !identity_providers.iter().any(Provider::has_failed)
            && !sign_in.as_ref().is_some_and(SignInReport::has_failed);
        Self {
            status: if is_up { Status::Up } else { Status::Down },
            version: env!("CARGO_PKG_VERSION"),
            documentation: Document::Health.address(),
            settings: SettingsCheck::Ok,
            registration,
            identity_providers,
            dify: Some(dify),
            sign_in,
            warnings,
            metrics_token: Some(metrics_token.reveal().to_owned()),
            limits: limits::report(),
        }
    }

    /// Of an endpoint that can do nothing before its settings are corrected.
    pub fn of_mistakes(mistakes: &'a Mistakes) -> Self {
        let more_mistakes = mistakes.more();
        let mistakes = mistakes.iter().map(MistakeLine::from).collect();
        Self {
            status: Status::Down,
            version: env!("CARGO_PKG_VERSION"),
            documentation: Document::Health.address(),
            settings: SettingsCheck::Failed {
                mistakes,
                more_mistakes,
                documentation: Document::Settings.address(),
            },
            registration: None,
            identity_providers: Vec::new(),
            dify: None,
            sign_in: None,
            warnings: Vec::new(),
            metrics_token: None,
            limits: limits::report(),
        }
    }
}

/// The addresses to register for the client at the identity provider, where people sign in. They are shown also where the
/// provider cannot be reached.
#[derive(Serialize)]
pub struct Registration {
    redirect_uri: String,
    post_logout_redirect_uri: String,
    backchannel_logout_uri: String,
}

impl From<&SignIn> for Registration {
    fn from(sign_in: &SignIn) -> Self {
        let at = |path| sign_in.public_url.at(path);
        Self {
            redirect_uri: at(registered::CALLBACK),
            post_logout_redirect_uri: at(registered::LOGGED_OUT),
            backchannel_logout_uri: at(registered::BACKCHANNEL_LOGOUT),
        }
    }
}

#[derive(Serialize)]
#[serde(tag = "status", rename_all = "snake_case")]
enum SettingsCheck<'a> {
    Failed {
        mistakes: Vec<MistakeLine<'a>>,
        /// How many more there are than those.
        more_mistakes: usize,
        documentation: &'static str,
    },
    Ok,
}

#[derive(Serialize)]
struct MistakeLine<'a> {
    setting: &'static str,
    message: &'a str,
}

impl<'a> From<&'a Mistake> for MistakeLine<'a> {
    fn from(mistake: &'a Mistake) -> Self {
        Self {
            setting: mistake.setting,
            message: &mistake.message,
        }
    }
}

/// One entry of the setting `issuer`.
#[derive(Serialize)]
pub struct Provider {
    issuer: String,
    discovery: Check<DiscoveryFacts>,
    keys: Check<KeyFacts>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sign_in: Option<Check<SignInFacts>>,
    /// Whether the provider takes the gateway's own credentials.
    #[serde(skip_serializing_if = "Option::is_none")]
    client: Option<Check<ClientFacts>>,
}

/// When the provider last took the gateway's own credentials.
#[derive(Serialize)]
struct ClientFacts {
    accepted_seconds_ago: u64,
}

impl From<ClientStatus> for Check<ClientFacts> {
    fn from(status: ClientStatus) -> Self {
        match status {
            ClientStatus::Accepted { seconds_ago } => Self::Ok(ClientFacts {
                accepted_seconds_ago: seconds_ago,
            }),
            ClientStatus::NotRefused => Self::NotChecked {
                message: NOT_REFUSED,
            },
            ClientStatus::NotAsked => Self::NotChecked { message: NOT_ASKED },
            ClientStatus::Refused(refusal) => Self::from(Err(refusal)),
        }
    }
}

impl Provider {
    pub fn new(issuer: &Issuer, status: ProviderStatus) -> Self {
        Self {
            issuer: issuer.as_str().to_owned(),
            discovery: Check::if_needed(status.discovery),
            keys: Check::if_needed(status.keys),
            sign_in: status.sign_in.map(Check::from),
            client: status.client.map(Check::from),
        }
    }

    pub fn of_template(template: &str) -> Self {
        Self {
            issuer: template.to_owned(),
            discovery: Check::NotChecked { message: TEMPLATE },
            keys: Check::NotChecked { message: TEMPLATE },
            sign_in: None,
            client: None,
        }
    }

    fn has_failed(&self) -> bool {
        self.discovery.has_failed()
            || self.keys.has_failed()
            || self.sign_in.as_ref().is_some_and(Check::has_failed)
            || self.client.as_ref().is_some_and(Check::has_failed)
    }
}

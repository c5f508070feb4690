//! An endpoint's settings, parsed once into types that cannot be wrong.

use std::rc::Rc;

use url::Url;

use self::declaration::access::{ADMIN_CLAIMS, AUDIENCE, INPUT_CLAIMS, SCOPES};
use self::declaration::connection::{ALLOWED_ORIGINS, APP_KEY, DIFY_API_URL, ISSUER};
use self::declaration::network::CA_CERTIFICATES;
use self::declaration::sign_in::{
    CLIENT_KEY, CLIENT_SECRET, PAGE, PAGE_NOTICE, PROVIDER_KIND, PUBLIC_URL,
};
use self::declaration::tuning::{CLOCK_SKEW, LOG_LEVEL, REQUESTS_PER_MINUTE, STREAMS_PER_USER};
use self::declaration::validation::{SERVICE_ACCOUNTS, TOKEN_KIND, USERINFO};
use self::dependent::sign_in::Basis;
use self::members::Members;
use self::reader::{ALL, Reader};
use self::select::select;
use crate::claims::{ClaimPath, Rules};
use crate::environment::LogLevel;
use crate::issuer::IssuerSetting;
use crate::jose::{ClientKey, JwkSet};

mod address;
mod certificate;
mod characters;
mod claim;
pub mod declaration;
mod dependent;
mod endpoints;
mod issuer;
mod list;
mod login;
mod mcp;
mod members;
mod mistake;
mod operation_rules;
mod problems;
mod public_url;
mod reader;
mod request_rate;
mod secret;
mod select;
mod sign_in;
#[cfg(test)]
pub(crate) mod tests;
mod value;

pub use crate::oauth::ClientSecret;
pub use endpoints::ProviderEndpoints;
pub use mcp::Mcp;
pub use mistake::{InvalidSettings, Mistake, Mistakes};
pub use operation_rules::{Closed, OperationRules, UnmetEntries};
pub use public_url::PublicUrl;
pub use request_rate::RequestRate;
pub use secret::{AppKey, MetricsToken, UserHashKey};
pub use sign_in::{ClientAuthenticationSetting, Page, ProviderKind, SessionLimits, SignIn};
pub use value::{AllowedOrigins, ApiUrl, ClientId, InputClaim};

/// An endpoint's settings, all of them valid, none contradicting another.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The issuers whose tokens are accepted; at least one.
    pub issuers: Vec<IssuerSetting>,
    /// The clients that a token may be issued for; at least one.
    pub client_ids: Vec<ClientId>,
    /// Dify's app API.
    pub dify_api_url: ApiUrl,
    /// The app's key.
    pub app_key: AppKey,
    /// Paths tried in order for `user`; at least one.
    pub user_claim: Vec<ClaimPath>,
    /// How the claim becomes `user`.
    pub user_format: UserFormat,
    /// Audiences other than the client IDs.
    pub audience: Vec<String>,
    /// Scopes that a token must carry, all of them.
    pub scopes: Vec<String>,
    /// Who may use the endpoint.
    pub required_claims: Rules,
    /// Who may use the app-wide operations; nobody where it is not set.
    pub admin_claims: Option<Rules>,
    /// Who may use which operation.
    pub operation_rules: OperationRules,
    /// Which claims go to `inputs`.
    pub input_claims: InputClaims,
    /// Browser origins.
    pub allowed_origins: AllowedOrigins,
    /// The endpoint's public base URL.
    pub public_url: Option<PublicUrl>,
    /// How tokens are validated.
    pub token_validation: TokenValidation,
    /// Which kind of token is accepted.
    pub token_kind: TokenKind,
    /// Of the first client, for introspection and for signing in.
    pub client_secret: Option<ClientSecret>,
    /// Whether the userinfo endpoint is asked for claims that the token lacks: those that a rule names, and those of
    /// `user_claim`.
    pub userinfo: bool,
    /// Whether tokens that represent a client are accepted.
    pub service_accounts: ServiceAccounts,
    /// How people sign in with their browser; `None` where it is off.
    pub sign_in: Option<Rc<SignIn>>,
    /// What the provider speaks; anything but OpenID Connect only where people sign in with their browser.
    pub provider_kind: ProviderKind,
    /// Addresses of the provider that are written instead of discovered.
    pub provider_endpoints: ProviderEndpoints,
    /// How the gateway proves to the provider which client it is.
    pub client_authentication: ClientAuthenticationSetting,
    /// The private key that the client signs with; always set with `private_key_jwt`.
    pub client_key: Option<Rc<ClientKey>>,
    /// Whether the endpoint serves the chat page, where people can sign in.
    pub page: Page,
    /// What the page shows to everybody: plain text, at most 500 characters.
    pub page_notice: Option<String>,
    /// How AI clients reach the app as a tool; `None` where they do not.
    pub mcp: Option<Rc<Mcp>>,
    /// Static keys.
    pub jwks: Option<Rc<JwkSet>>,
    /// Where discovery is fetched instead of the issuer's own address.
    pub discovery_url: Option<Url>,
    /// PEM of a private CA.
    pub ca_certificates: Option<Rc<str>>,
    /// Concurrent streams of one user; `None` for no limit.
    pub streams_per_user: Option<u32>,
    /// How often a user may have Dify asked; `None` for no limit.
    pub requests_per_minute: Option<RequestRate>,
    /// Leeway for `exp`, `nbf` and `iat`, in seconds, at most 300.
    pub clock_skew: u32,
    /// The least level that is logged.
    pub log_level: LogLevel,
    /// SHA-256 over everything that was set: a cache key that no other settings share.
    pub digest: [u8; 32],
}

impl Settings {
    /// Parses the JSON object that the daemon sends with every request.
    ///
    /// A value may be missing, null or of any type; blank text counts as missing. Members that are not settings are
    /// left alone: an older or newer version of the plugin may have saved them.
    ///
    /// # Errors
    /// Every mistake, and what an endpoint needs to tell of them.
    pub fn parse(json: &str) -> Result<Self, InvalidSettings> {
        let members = Members::read(json).ok_or_else(not_an_object)?;
        let mut reader = Reader::new(&members);
        let settings = Self::read(&mut reader, members.digest());
        reader.finish(settings).map_err(|mistakes| {
            let mut reader = Reader::new(&members);
            InvalidSettings {
                mistakes,
                app_key: reader.read(&APP_KEY),
                allowed_origins: reader.read(&ALLOWED_ORIGINS).unwrap_or_default(),
            }
        })
    }

    /// The rules by which it is decided what somebody may do.
    pub fn rules(&self) -> impl Iterator<Item = &Rules> {
        std::iter::once(&self.required_claims)
            .chain(&self.admin_claims)
            .chain(self.operation_rules.rules())
    }

    /// The claims that these rules name.
    pub fn ruled_claims(&self) -> impl Iterator<Item = &ClaimPath> {
        std::iter::once(&self.required_claims)
            .chain(&self.admin_claims)
            .flat_map(Rules::names)
            .chain(self.operation_rules.names())
    }

    /// `None` after a mistake. The `reader` knows every one of them.
    fn read(reader: &mut Reader<'_>, digest: [u8; 32]) -> Option<Self> {
        let issuers = reader.read(&ISSUER).unwrap_or_default();
        let client_ids = dependent::client_ids(reader, &issuers);
        let dify_api_url = reader.read(&DIFY_API_URL);
        let app_key = reader.read(&APP_KEY);
        let provider_kind = reader.read(&PROVIDER_KIND);
        let user_claim = dependent::sign_in::user_claim(reader, provider_kind);
        let user_format = dependent::user_format(reader, &issuers);
        let token_validation = dependent::token_validation(reader, &issuers);
        let token_kind = reader.read(&TOKEN_KIND);
        let userinfo = reader.read(&USERINFO);
        let service_accounts = reader.read(&SERVICE_ACCOUNTS);
        let public_url = reader.read(&PUBLIC_URL);
        let client_authentication =
            dependent::sign_in::client_authentication(reader, provider_kind);
        let provider_endpoints =
            dependent::sign_in::provider_endpoints(reader, &issuers, provider_kind);
        let sign_in = dependent::sign_in::sign_in(
            reader,
            &Basis {
                issuers: &issuers,
                client_ids: client_ids.as_deref(),
                public_url: public_url.as_ref(),
                kind: provider_kind,
                authentication: client_authentication,
            },
        );
        let mcp = dependent::mcp::mcp(reader, &issuers, public_url.as_ref());
        let page = reader.read(&PAGE);
        let streams_per_user = reader.read(&STREAMS_PER_USER);
        let requests_per_minute = reader.read(&REQUESTS_PER_MINUTE);
        let clock_skew = reader.read(&CLOCK_SKEW);
        let log_level = reader.read(&LOG_LEVEL);
        Some(Self {
            audience: reader.read(&AUDIENCE).unwrap_or_default(),
            scopes: reader.read(&SCOPES).unwrap_or_default(),
            required_claims: dependent::required_claims(reader, &issuers),
            admin_claims: reader.read(&ADMIN_CLAIMS),
            operation_rules: dependent::operation_rules(reader),
            input_claims: reader.read(&INPUT_CLAIMS).unwrap_or_default(),
            allowed_origins: reader.read(&ALLOWED_ORIGINS).unwrap_or_default(),
            public_url,
            client_secret: reader.read(&CLIENT_SECRET),
            sign_in,
            mcp,
            jwks: dependent::jwks(reader, &issuers, &provider_endpoints),
            provider_endpoints,
            client_key: reader.read(&CLIENT_KEY),
            page_notice: reader.read(&PAGE_NOTICE),
            discovery_url: dependent::discovery_url(reader, &issuers, provider_kind),
            ca_certificates: reader.read(&CA_CERTIFICATES),
            digest,
            // Last, because what they stop at must not hide a mistake in the others.
            issuers,
            client_ids: client_ids?,
            dify_api_url: dify_api_url?,
            app_key: app_key?,
            user_claim: user_claim?,
            user_format: user_format?,
            token_validation: token_validation?,
            token_kind: token_kind?,
            userinfo: userinfo?,
            service_accounts: service_accounts?,
            provider_kind: provider_kind?,
            client_authentication: client_authentication?,
            page: page?,
            streams_per_user: streams_per_user?,
            requests_per_minute: requests_per_minute?,
            clock_skew: clock_skew?,
            log_level: log_level?,
        })
    }
}

fn not_an_object() -> InvalidSettings {
    let mut mistakes = Mistakes::default();
    mistakes.add(Mistake {
        setting: ALL,
        message: "are not a JSON object; save the endpoint again".to_owned(),
    });
    InvalidSettings {
        mistakes,
        app_key: None,
        allowed_origins: AllowedOrigins::Nobody,
    }
}

/// How the claim of `user_claim` becomes `user`.
#[derive(Clone, Debug)]
pub enum UserFormat {
    /// The claim's value as it is.
    Claim,
    /// `u_` and a keyed hash of issuer, path and value.
    Hashed(UserHashKey),
}

/// Which claims go to `inputs.__oidc_<name>`.
#[derive(Clone, Debug, Default)]
pub enum InputClaims {
    /// Those that the app declares.
    #[default]
    Declared,
    /// None.
    Nothing,
    /// These.
    Selected(Vec<InputClaim>),
}

select! {
    /// How tokens are validated.
    pub enum TokenValidation, default "auto" {
        /// A JWT by its signature; another token by introspection where a secret is set.
        Auto = "auto",
        /// By its signature alone.
        Jwt = "jwt",
        /// By introspection alone.
        Introspection = "introspection",
        /// By the userinfo endpoint, which proves no audience.
        Userinfo = "userinfo",
    }
}

select! {
    /// Which kind of token is accepted.
    pub enum TokenKind, default "access" {
        /// Access tokens.
        Access = "access",
        /// ID tokens.
        Id = "id",
        /// Both.
        Either = "either",
    }
}

select! {
    /// Whether tokens that represent a client, not a person, are accepted.
    pub enum ServiceAccounts, default "refuse" {
        /// They are not.
        Refuse = "refuse",
        /// They are.
        Allow = "allow",
    }
}

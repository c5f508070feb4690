//! The values that settings are made of.

use http::HeaderValue;
use url::Url;

use crate::claims::ClaimPath;
use crate::issuer::{Issuer, IssuerSetting};

/// One entry of the setting `client_id`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ClientId {
    /// The issuer it is bound to with `issuer#id`; `None` for all.
    pub issuer: Option<IssuerSetting>,
    /// The client ID.
    pub id: String,
}

impl ClientId {
    /// Whether tokens of `issuer` may be issued for this client.
    pub fn is_for(&self, issuer: &Issuer) -> bool {
        self.issuer
            .as_ref()
            .is_none_or(|bound| bound.covers(issuer))
    }
}

/// Dify's API base: http or https, no query, no fragment, no user info, no slash at the end of a path that is more
/// than the slash.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ApiUrl(pub(crate) Url);

impl ApiUrl {
    /// The base URL.
    pub const fn as_url(&self) -> &Url {
        &self.0
    }

    /// The address of `path`, which begins with a slash, below the base; `query` without `?`, empty for none.
    pub fn at(&self, path: &str, query: &str) -> Url {
        let mut url = self.0.clone();
        let base = url.path().trim_end_matches('/').to_owned();
        url.set_path(&format!("{base}{path}"));
        url.set_query((!query.is_empty()).then_some(query));
        url
    }
}

/// One entry of `input_claims`: `name=path`, or `path` whose name is made from it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct InputClaim {
    /// The name after `__oidc_`, of `[A-Za-z0-9_]`.
    pub name: String,
    /// Where the value is.
    pub path: ClaimPath,
}

impl InputClaim {
    /// The name that `claim` gets where no other is set: what an input's name cannot have becomes `_`.
    pub fn name_of(claim: &str) -> String {
        let is_usable = |character: char| character.is_ascii_alphanumeric() || character == '_';
        claim
            .chars()
            .map(|character| if is_usable(character) { character } else { '_' })
            .collect()
    }
}

/// Browser origins that may read responses.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub enum AllowedOrigins {
    /// Every origin, without credentials.
    Any,
    /// None.
    #[default]
    Nobody,
    /// Exactly these, as browsers write them in `Origin`.
    These(Vec<String>),
}

impl AllowedOrigins {
    /// Whether `origin`, the value of the field `Origin`, is among them.
    pub fn allow(&self, origin: &HeaderValue) -> bool {
        match self {
            Self::Any => true,
            Self::Nobody => false,
            Self::These(origins) => origins.iter().any(|allowed| origin == allowed.as_str()),
        }
    }
}

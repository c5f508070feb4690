//! Which identity provider is meant, and where its discovery document is.

use std::hash::{Hash, Hasher};
use std::rc::Rc;

use url::Url;

use super::cause::Cause;
use super::document::Document;
use super::failure::{Failure, Target};
use crate::environment::Reach;
use crate::issuer::{Issuer, TenantTemplate, template_of};
use crate::settings::{ProviderEndpoints, ProviderKind, Settings};

/// Everything that decides how an identity provider is reached and what is believed of it. Settings that agree in all
/// of it share what is known of the provider.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Identity {
    issuer: Issuer,
    template: Option<TenantTemplate>,
    discovery_url: Option<Url>,
    ca_certificates: Option<Rc<str>>,
    kind: ProviderKind,
    endpoints: ProviderEndpoints,
    /// Whether the settings have the keys, so that no document need name them.
    has_static_keys: bool,
}

/// An endpoint has one provider of an issuer, but for the minutes in which its settings are edited.
impl Hash for Identity {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.issuer.hash(state);
    }
}

impl Identity {
    pub(super) fn new(issuer: &Issuer, settings: &Settings) -> Self {
        Self {
            issuer: issuer.clone(),
            template: template_of(issuer, &settings.issuers).cloned(),
            discovery_url: settings.discovery_url.clone(),
            ca_certificates: settings.ca_certificates.clone(),
            kind: settings.provider_kind,
            endpoints: settings.provider_endpoints.clone(),
            has_static_keys: settings.jwks.is_some(),
        }
    }

    pub(super) const fn issuer(&self) -> &Issuer {
        &self.issuer
    }

    pub(super) fn ca_certificates(&self) -> Option<Rc<str>> {
        self.ca_certificates.clone()
    }

    pub(super) const fn kind(&self) -> ProviderKind {
        self.kind
    }

    /// The addresses that the administrator has written.
    pub(super) const fn endpoints(&self) -> &ProviderEndpoints {
        &self.endpoints
    }

    /// Whether the provider has a discovery document that is needed: not where its kind has none, nor where the
    /// administrator has written everything that signing in takes.
    pub(super) const fn has_document(&self) -> bool {
        let has_keys = self.endpoints.jwks.is_some() || self.has_static_keys;
        let is_written =
            self.endpoints.authorization.is_some() && self.endpoints.token.is_some() && has_keys;
        matches!(self.kind, ProviderKind::Oidc) && !is_written
    }

    /// Whether a discovery document that calls itself `issuer` is this provider's: byte for byte, or Entra's template
    /// where the administrator has written that template.
    pub(super) fn is_called(&self, issuer: &str) -> bool {
        let template = self.template.as_ref().map(TenantTemplate::as_str);
        issuer == self.issuer.as_str() || template == Some(issuer)
    }

    /// Whether `issuer` is the configured one, in a document that the administrator has named in `discovery_url`.
    pub(super) fn issues_access_tokens_as(&self, issuer: Option<&str>) -> bool {
        self.discovery_url.is_some() && issuer == Some(self.issuer.as_str())
    }

    /// Whether addresses of the discovery document may be plain http: only where the administrator's own are.
    pub(super) fn allows_http(&self) -> bool {
        let own = Url::parse(self.issuer.as_str()).is_ok_and(|url| url.scheme() == "http");
        own || self
            .discovery_url
            .as_ref()
            .is_some_and(|url| url.scheme() == "http")
    }

    /// Whether a person's browser may be sent to `url`: https, and http only where the issuer has it. No script and no
    /// other scheme, whatever a document says.
    pub(super) fn may_send_browser_to(&self, url: &Url) -> bool {
        let issuer = Url::parse(self.issuer.as_str());
        match url.scheme() {
            "https" => true,
            "http" => issuer.is_ok_and(|issuer| issuer.scheme() == "http"),
            _ => false,
        }
    }

    /// Whose choice it is to ask at `url`: the administrator's, where it has the origin of what they wrote for this
    /// provider. No other origin of the settings, such as Dify's, is any business of its documents.
    pub(super) fn reach(&self, url: &Url) -> Reach {
        let issuer = Url::parse(self.issuer.as_str()).ok();
        let mut own = issuer
            .iter()
            .chain(&self.discovery_url)
            .chain(self.endpoints.written().map(|(_, url)| url));
        if own.any(|own| own.origin() == url.origin()) {
            Reach::Configured
        } else {
            Reach::Discovered
        }
    }

    /// Where the discovery document may be, in the order of asking: only `discovery_url` if it is set; otherwise OpenID Connect Discovery §4, RFC 8414 §3, and the mixture of both that RFC 8414 §5 describes.
    pub(super) fn discovery_addresses(&self) -> Result<Vec<Url>, Failure> {
        if let Some(url) = &self.discovery_url {
            return Ok(vec![url.clone()]);
        }
        let base = self.base().ok_or_else(|| self.has_no_address())?;
        let path = base.path().trim_end_matches('/');
        let mut paths = vec![
            format!("{path}/.well-known/openid-configuration"),
            format!("/.well-known/oauth-authorization-server{path}"),
        ];
        if !path.is_empty() {
            paths.push(format!("/.well-known/openid-configuration{path}"));
        }
        Ok(paths.iter().map(|path| with_path(&base, path)).collect())
    }

    fn base(&self) -> Option<Url> {
        let url = Url::parse(self.issuer.as_str()).ok()?;
        let is_usable = matches!(url.scheme(), "http" | "https")
            && url.query().is_none()
            && url.fragment().is_none();
        is_usable.then_some(url)
    }

    /// The issuer does not say where its document is.
    pub(super) fn has_no_address(&self) -> Failure {
        let remedy = "Write an https URL without query into `issuer`, or the document's address into `discovery_url`.";
        Failure {
            target: Target {
                issuer: self.issuer.clone(),
                document: Document::Discovery,
            },
            cause: Cause::invalid("the issuer is not an address to find it at", remedy),
        }
    }
}

fn with_path(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    url.set_path(path);
    url
}

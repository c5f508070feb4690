//! The discovery document (OpenID Connect Discovery §3, RFC 8414 §2): what the gateway reads of it.

use serde_json::{Map, Value};
use url::Url;

use super::cause::{Cause, FIX_AT_PROVIDER};
use super::document::Document;
use super::failure::{Failure, Target};
use super::identity::Identity;
use crate::environment::FetchResponse;
use crate::issuer::Issuer;
use crate::json::shown;

/// Where a provider's keys and endpoints are.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Metadata {
    pub(super) jwks_uri: Option<Url>,
    pub(super) introspection: Option<Introspection>,
    pub(super) userinfo_endpoint: Option<Url>,
    /// The `iss` of access tokens, where it is not the provider's `issuer` (AD FS, [MS-OIDCE] §3.2.5.1.1).
    pub(super) access_token_issuer: Option<Issuer>,
}

/// The introspection endpoint, and how the gateway says who it is there.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Introspection {
    pub(super) endpoint: Url,
    pub(super) client_authentication: ClientAuthentication,
}

/// The two ways of RFC 6749 §2.3.1.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum ClientAuthentication {
    Basic,
    Post,
}

impl Metadata {
    /// Reads the document that `identity`'s provider has sent.
    pub(super) fn parse(response: &FetchResponse, identity: &Identity) -> Result<Self, Failure> {
        let members = Document::Discovery.members(response);
        members
            .and_then(|members| Self::from_members(&members, identity))
            .map_err(|cause| Failure {
                target: Target {
                    issuer: identity.issuer().clone(),
                    document: Document::Discovery,
                },
                cause,
            })
    }

    fn from_members(members: &Map<String, Value>, identity: &Identity) -> Result<Self, Cause> {
        check_issuer(members, identity)?;
        let reader = Reader { members, identity };
        let client_authentication = reader.client_authentication()?;
        let introspection_endpoint = reader.address("introspection_endpoint")?;
        Ok(Self {
            jwks_uri: reader.address("jwks_uri")?,
            introspection: introspection_endpoint.map(|endpoint| Introspection {
                endpoint,
                client_authentication,
            }),
            userinfo_endpoint: reader.address("userinfo_endpoint")?,
            access_token_issuer: access_token_issuer(members).map(Issuer::new),
        })
    }
}

/// A document of another issuer would supply keys that this one never published (RFC 8414 §3.3). The document's own
/// `access_token_issuer` is as good as its `issuer` only where the administrator has named the document: an address that
/// is derived from an issuer must lead to that issuer's document.
fn check_issuer(members: &Map<String, Value>, identity: &Identity) -> Result<(), Cause> {
    let access_token_issuer = access_token_issuer(members);
    let found = match members.get("issuer") {
        Some(Value::String(issuer)) if identity.is_called(issuer) => return Ok(()),
        _ if identity.issues_access_tokens_as(access_token_issuer) => return Ok(()),
        Some(other) => format!("its `issuer` is {}", shown(other)),
        None => {
            let remedy = "Check that the address is that of a discovery document.";
            return Err(Cause::invalid("it has no `issuer`", remedy));
        }
    };
    let Some(other) = access_token_issuer else {
        let remedy = "Write into `issuer` exactly what the document says, to the last slash, if that is the provider you mean.";
        return Err(Cause::invalid(found, remedy));
    };
    let found = format!(
        "{found}, and its `access_token_issuer` is {}",
        shown(&other.into())
    );
    let remedy = "Write the document's `issuer` into `issuer`, exactly and to the last slash, if that is the provider \
                  you mean; tokens of its `access_token_issuer` are then accepted too.";
    Err(Cause::invalid(found, remedy))
}

fn access_token_issuer(members: &Map<String, Value>) -> Option<&str> {
    members.get("access_token_issuer").and_then(Value::as_str)
}

struct Reader<'a> {
    members: &'a Map<String, Value>,
    identity: &'a Identity,
}

impl Reader<'_> {
    /// The address in the member `name`, which the document may leave out.
    fn address(&self, name: &str) -> Result<Option<Url>, Cause> {
        let text = match self.members.get(name) {
            None | Some(Value::Null) => return Ok(None),
            Some(Value::String(text)) => text,
            Some(_) => return Err(self.wrong(name, "is not a string")),
        };
        let url = Url::parse(text)
            .map_err(|error| self.wrong(name, &format!("is not a URL ({error})")))?;
        let is_http = url.scheme() == "http";
        if url.scheme() != "https" && !(is_http && self.identity.allows_http()) {
            return Err(self.wrong(
                name,
                "is not an https URL, although the address that the administrator wrote is",
            ));
        }
        if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
            return Err(self.wrong(name, "has a user name or a fragment"));
        }
        Ok(Some(url))
    }

    /// Basic, unless the provider offers post and not basic. RFC 8414 §2 gives a missing list no default; most
    /// providers that leave it out mean the token endpoint's.
    fn client_authentication(&self) -> Result<ClientAuthentication, Cause> {
        let own = self.methods("introspection_endpoint_auth_methods_supported")?;
        let methods = match own {
            Some(methods) => Some(methods),
            None => self.methods("token_endpoint_auth_methods_supported")?,
        };
        let offers = |name: &str| {
            methods
                .as_ref()
                .is_some_and(|methods| methods.contains(&name))
        };
        let only_post = offers("client_secret_post") && !offers("client_secret_basic");
        Ok(if only_post {
            ClientAuthentication::Post
        } else {
            ClientAuthentication::Basic
        })
    }

    fn methods(&self, name: &str) -> Result<Option<Vec<&str>>, Cause> {
        match self.members.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Array(methods)) => {
                Ok(Some(methods.iter().filter_map(Value::as_str).collect()))
            }
            Some(_) => Err(self.wrong(name, "is not an array")),
        }
    }

    fn wrong(&self, name: &str, why: &str) -> Cause {
        let value = self.members.get(name).map(shown).unwrap_or_default();
        Cause::invalid(format!("its `{name}` {why}: {value}"), FIX_AT_PROVIDER)
    }
}

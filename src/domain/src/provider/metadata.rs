//! The discovery document (OpenID Connect Discovery §3, RFC 8414 §2): what the gateway reads of it.

use std::rc::Rc;

use serde_json::{Map, Value};
use url::Url;

use super::cause::Cause;
use super::document::Document;
use super::failure::{Failure, Target};
use super::identity::Identity;
use super::member_reader::Reader;
use super::sign_in_metadata::SignInMetadata;
use crate::environment::FetchResponse;
use crate::error::Refusal;
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
    /// What signing in needs. A mistake in it leaves everything else as it is: people with tokens of their own have
    /// nothing to do with it.
    pub(super) sign_in: Result<Rc<SignInMetadata>, Refusal>,
}

/// The introspection endpoint, and how the gateway says who it is there.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Introspection {
    pub(super) endpoint: Url,
    pub(super) client_authentication: SecretPlace,
}

/// The two places of a client secret (RFC 6749 §2.3.1).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum SecretPlace {
    Basic,
    Post,
}

impl Metadata {
    /// Reads the document that `identity`'s provider has sent.
    pub(super) fn parse(response: &FetchResponse, identity: &Identity) -> Result<Self, Failure> {
        let members = Document::Discovery.members(response);
        members
            .and_then(|members| Self::from_members(&members, identity))
            .map_err(|cause| failure(cause, identity))
    }

    /// Of a provider that has no document, or whose document the administrator has replaced.
    pub(super) fn without_document(identity: &Identity) -> Self {
        let endpoints = identity.endpoints();
        Self {
            jwks_uri: endpoints.jwks.clone(),
            introspection: endpoints
                .introspection
                .clone()
                .map(|endpoint| Introspection {
                    endpoint,
                    client_authentication: SecretPlace::Basic,
                }),
            userinfo_endpoint: endpoints.userinfo.clone(),
            access_token_issuer: None,
            sign_in: SignInMetadata::without_document(identity).map(Rc::new),
        }
    }

    fn from_members(members: &Map<String, Value>, identity: &Identity) -> Result<Self, Cause> {
        check_issuer(members, identity)?;
        let reader = Reader { members, identity };
        let written = identity.endpoints();
        let client_authentication = secret_place(&reader)?;
        let introspection_endpoint =
            reader.address(written.introspection.as_ref(), "introspection_endpoint")?;
        let sign_in = SignInMetadata::read(&reader);
        Ok(Self {
            jwks_uri: reader.address(written.jwks.as_ref(), "jwks_uri")?,
            introspection: introspection_endpoint.map(|endpoint| Introspection {
                endpoint,
                client_authentication,
            }),
            userinfo_endpoint: reader.address(written.userinfo.as_ref(), "userinfo_endpoint")?,
            access_token_issuer: access_token_issuer(members).map(Issuer::new),
            sign_in: sign_in
                .map(Rc::new)
                .map_err(|cause| failure(cause, identity).into()),
        })
    }
}

fn failure(cause: Cause, identity: &Identity) -> Failure {
    Failure {
        target: Target {
            issuer: identity.issuer().clone(),
            document: Document::Discovery,
        },
        cause,
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

/// Basic, unless the provider offers post and not basic. RFC 8414 §2 gives a missing list no default; most providers
/// that leave it out mean the token endpoint's.
fn secret_place(reader: &Reader<'_>) -> Result<SecretPlace, Cause> {
    let own = reader.texts("introspection_endpoint_auth_methods_supported")?;
    let methods = match own {
        Some(methods) => Some(methods),
        None => reader.texts("token_endpoint_auth_methods_supported")?,
    };
    let offers = |name: &str| {
        methods
            .as_ref()
            .is_some_and(|methods| methods.contains(&name))
    };
    let only_post = offers("client_secret_post") && !offers("client_secret_basic");
    Ok(if only_post {
        SecretPlace::Post
    } else {
        SecretPlace::Basic
    })
}

//! Token introspection (RFC 7662): what is sent, and what the response means.

use std::rc::Rc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use http::{Method, StatusCode};
use serde_json::{Map, Value};
use url::form_urlencoded;

use super::cause::Cause;
use super::client::Client;
use super::document::{Document, is_web_page};
use super::encoded::{cannot_authenticate, completed};
use super::failure::{Failure, Target};
use super::metadata::{Introspection, SecretPlace};
use super::token_statuses::TokenStatus;
use crate::claims::Claims;
use crate::environment::{FetchRequest, FetchResponse};
use crate::error::{Code, Refusal};
use crate::issuer::Issuer;
use crate::jose::ClientKey;
use crate::json::shown;
use crate::oauth::{
    AssertionInputs, ClientAuthentication, Dialect, RevocationRequest, RevokedToken,
};
use crate::settings::{ClientAuthenticationSetting, ClientSecret, Settings, TokenValidation};
use crate::token::AccessToken;

/// Who the gateway is at the introspection endpoint.
pub(super) struct Credentials {
    client_id: String,
    proof: Proof,
}

/// What proves it.
enum Proof {
    Key(Rc<ClientKey>),
    Nothing,
    /// At the place that the settings name, or else the metadata.
    Secret(ClientSecret, Option<SecretPlace>),
}

impl Credentials {
    /// The first client ID that `issuer` is for, and what the settings prove it with.
    pub(super) fn new(issuer: &Issuer, settings: &Settings) -> Result<Self, Refusal> {
        let Some(client) = settings
            .client_ids
            .iter()
            .find(|client| client.is_for(issuer))
        else {
            let message = format!(
                "`client_id` has no entry for `{issuer}`, so its tokens cannot be introspected. Add one."
            );
            return Err(Refusal::new(Code::ConfigurationError, message));
        };
        Ok(Self {
            client_id: client.id.clone(),
            proof: Proof::of(settings)?,
        })
    }

    /// RFC 6749 §2.3.1: both are form-urlencoded before they are joined, and the base64 keeps its padding.
    fn basic(&self, secret: &ClientSecret) -> Result<HeaderValue, Refusal> {
        let encode =
            |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let pair = format!("{}:{}", encode(&self.client_id), encode(secret.reveal()));
        sensitive(&format!("Basic {}", STANDARD.encode(pair)))
    }
}

impl Proof {
    fn of(settings: &Settings) -> Result<Self, Refusal> {
        use ClientAuthenticationSetting as Setting;
        let place = match (settings.client_authentication, &settings.client_key) {
            (Setting::Auto | Setting::PrivateKeyJwt, Some(key)) => {
                return Ok(Self::Key(Rc::clone(key)));
            }
            (Setting::None, _) => return Ok(Self::Nothing),
            (Setting::Basic, _) => Some(SecretPlace::Basic),
            (Setting::Post, _) => Some(SecretPlace::Post),
            (Setting::Auto | Setting::PrivateKeyJwt, None) => None,
        };
        let Some(secret) = settings.client_secret.clone() else {
            let message = "Introspection needs `client_secret`, which is empty. Write the secret of `client_id` into it.";
            return Err(Refusal::new(Code::ConfigurationError, message));
        };
        Ok(Self::Secret(secret, place))
    }

    const fn remedy(&self) -> &'static str {
        match self {
            Self::Key(_) => "Compare `client_key` with the public key",
            Self::Nothing => {
                "`client_authentication` is `none`: choose another one for the credentials"
            }
            Self::Secret(..) => "Compare `client_secret` with the secret",
        }
    }
}

/// A header value that no log prints.
pub(super) fn sensitive(text: &str) -> Result<HeaderValue, Refusal> {
    let mut value = HeaderValue::from_str(text).map_err(|_| {
        Refusal::new(
            Code::TokenMalformed,
            "The token has characters that no bearer token has (RFC 6750 §2.1).",
        )
    })?;
    value.set_sensitive(true);
    Ok(value)
}

/// Completes `request` so that it asks whether `token` is active (RFC 7662 §2.1).
pub(super) fn ask(
    request: FetchRequest,
    client: &Client,
    introspection: &Introspection,
    credentials: &Credentials,
    token: &AccessToken,
) -> Result<FetchRequest, Refusal> {
    let (secret, place) = match &credentials.proof {
        Proof::Secret(secret, place) => {
            (secret, place.unwrap_or(introspection.client_authentication))
        }
        Proof::Key(key) => return ask_signed(request, client, credentials, key, token),
        Proof::Nothing => {
            let authentication = ClientAuthentication::None;
            return ask_as(request, credentials, authentication, token);
        }
    };
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("token", token.reveal())
        .append_pair("token_type_hint", "access_token");
    let mut headers = request.headers;
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("application/x-www-form-urlencoded"),
    );
    match place {
        SecretPlace::Basic => drop(headers.insert(AUTHORIZATION, credentials.basic(secret)?)),
        SecretPlace::Post => {
            form.append_pair("client_id", &credentials.client_id);
            form.append_pair("client_secret", secret.reveal());
        }
    }
    Ok(FetchRequest {
        method: Method::POST,
        headers,
        body: form.finish().into_bytes(),
        ..request
    })
}

/// With an assertion for this provider (RFC 7523 §2.2).
fn ask_signed(
    request: FetchRequest,
    client: &Client,
    credentials: &Credentials,
    key: &ClientKey,
    token: &AccessToken,
) -> Result<FetchRequest, Refusal> {
    let mut random = [0; 32];
    client.environment().fill_random(&mut random);
    let authentication = ClientAuthentication::PrivateKeyJwt(AssertionInputs {
        key,
        audience: client.issuer().as_str(),
        now: client.environment().now(),
        random: &random,
    });
    ask_as(request, credentials, authentication, token)
}

/// The parameters are those of a revocation: RFC 7662 §2.1 has `token` and `token_type_hint` from RFC 7009 §2.1.
fn ask_as(
    request: FetchRequest,
    credentials: &Credentials,
    authentication: ClientAuthentication<'_>,
    token: &AccessToken,
) -> Result<FetchRequest, Refusal> {
    let encoded = RevocationRequest {
        client_id: &credentials.client_id,
        authentication,
        token: RevokedToken::Access(token),
    };
    let encoded = encoded.encode(Dialect::Oidc).map_err(cannot_authenticate)?;
    Ok(completed(request, encoded))
}

/// What the response says about the token. That the gateway itself was refused is never the token's fault.
pub(super) fn read(
    response: &FetchResponse,
    issuer: &Issuer,
    credentials: &Credentials,
) -> Result<TokenStatus, Refusal> {
    match response.status {
        StatusCode::OK => {
            let members = Document::Introspection.members(response);
            Ok(judge(members.map_err(|cause| failure(issuer, cause))?))
        }
        StatusCode::BAD_REQUEST => read_bad_request(response, issuer, credentials),
        // A web page comes from a firewall or a proxy, not from the endpoint.
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN if !is_web_page(response) => {
            Err(refused_gateway(issuer, credentials))
        }
        _ => Err(wrong_status(response, issuer)),
    }
}

fn wrong_status(response: &FetchResponse, issuer: &Issuer) -> Refusal {
    failure(issuer, Document::Introspection.wrong_status(response))
}

fn failure(issuer: &Issuer, cause: Cause) -> Refusal {
    let target = Target {
        issuer: issuer.clone(),
        document: Document::Introspection,
    };
    Failure { target, cause }.into()
}

/// Whether the token is active and of the right kind; its claims are judged like any token's.
fn judge(members: Map<String, Value>) -> TokenStatus {
    if members.get("active") != Some(&Value::Bool(true)) {
        return Err(inactive());
    }
    if let Some(other) = members.get("token_type").filter(|kind| !is_bearer(kind)) {
        let message = format!(
            "The token has `token_type` {}, and only bearer access tokens are accepted.",
            shown(other)
        );
        return Err(Refusal::new(Code::TokenTypeRefused, message));
    }
    Ok(Claims::new(members))
}

/// The values that providers give the access tokens which they introspect; the type has no letter case (RFC 6749 §5.1).
fn is_bearer(kind: &Value) -> bool {
    let is_one_of = |kind: &str| {
        ["bearer", "access_token"]
            .iter()
            .any(|bearer| kind.eq_ignore_ascii_case(bearer))
    };
    kind.is_null() || kind.as_str().is_some_and(is_one_of)
}

/// The token is not good, or not any more.
pub(super) fn inactive() -> Refusal {
    let message = "The identity provider says that the token is not active: it has expired, was revoked, or is from \
                   another provider. Sign in again.";
    Refusal::new(Code::TokenInactive, message)
}

/// The provider has no such endpoint. In the mode `auto` that is the token's fault: its other tokens can be verified.
pub(super) fn no_endpoint(
    issuer: &Issuer,
    validation: TokenValidation,
) -> Result<TokenStatus, Refusal> {
    let offers = format!("The identity provider `{issuer}` offers no introspection");
    if validation == TokenValidation::Auto {
        let message = format!(
            "The token is not a JWT, and cannot be checked otherwise. {offers}. Ask the provider for a JWT access token: \
             at Auth0 by its `audience`; from Google send the ID token, with `token_kind` set to `id`."
        );
        return Ok(Err(Refusal::new(Code::TokenOpaque, message)));
    }
    let message = format!(
        "{offers}. Set `token_validation` to `jwt`, or to `userinfo`, which proves no audience."
    );
    Err(Refusal::new(Code::ConfigurationError, message))
}

/// Whose fault it is that the request was refused (RFC 6749 §5.2).
fn read_bad_request(
    response: &FetchResponse,
    issuer: &Issuer,
    credentials: &Credentials,
) -> Result<TokenStatus, Refusal> {
    let members = Document::Introspection.members(response).ok();
    let error = members.and_then(|mut members| members.remove("error"));
    match error.as_ref().and_then(Value::as_str) {
        Some("invalid_client" | "unauthorized_client") => Err(refused_gateway(issuer, credentials)),
        Some("unsupported_token_type") => Ok(Err(unsupported())),
        _ => Err(wrong_status(response, issuer)),
    }
}

/// RFC 7009 §2.2.1; `oidc-provider` also says so when it is asked about a JWT. Anybody can send one, so it must not look
/// like an outage.
fn unsupported() -> Refusal {
    let message = "The identity provider does not introspect tokens of this kind (`unsupported_token_type`). If it is a \
                   JWT, set `token_validation` to `auto`, so that it is verified with the provider's keys.";
    Refusal::new(Code::TokenInactive, message)
}

fn refused_gateway(issuer: &Issuer, credentials: &Credentials) -> Refusal {
    let message = format!(
        "The identity provider `{issuer}` refused the gateway's own credentials at its introspection endpoint. {} \
         of the client `{}`, and see that this client may introspect tokens.",
        credentials.proof.remedy(),
        credentials.client_id
    );
    Refusal::new(Code::ConfigurationError, message)
}

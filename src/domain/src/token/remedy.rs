//! What usually remedies a refusal, for each identity provider: one table, because people meet these five minutes after
//! they have installed the plugin. Nothing here decides whether a token is accepted.

use serde_json::Value;

use super::claim;
use crate::claims::Claims;
use crate::documentation::Document;
use crate::error::{Code, Refusal};

/// For a five-part token.
pub(crate) const ENCRYPTED: &str = "The token is encrypted (a JWE, five parts), and the gateway has no key for it. \
    Auth0 sends one where the client asks for no `audience`: ask for your API's identifier. Elsewhere turn off the \
    encryption of access tokens.";

/// For an Entra token with `nonce` in its header.
pub(crate) const GRAPH: &str = "The token's header has `nonce`: Entra puts it into tokens for Microsoft Graph and \
    other services of Microsoft, which nobody else can verify. Ask for a token for your own API, with a scope such as \
    `api://<client ID>/<scope>`.";

/// For `HS256` and its like; follows the name of the algorithm.
pub(crate) const SHARED_SECRET: &str = ", and anyone who can verify such a token can also forge it. Choose an asymmetric \
    signing key in the identity provider (Authentik: select a signing key in the provider's settings)";

const GOOGLE_OPAQUE: &str =
    "Google's access tokens are never JWTs: send the ID token and set `token_kind` to `id`.";
const OPAQUE: &str = "Have the identity provider issue JWTs (Auth0: ask for your API's `audience`; Zitadel: set the \
    application's token type to JWT), or set `client_secret` so that tokens are introspected.";

/// For a token that is not a JWT.
pub(crate) fn of_opaque(token: &str) -> &'static str {
    if token.starts_with("ya29.") {
        GOOGLE_OPAQUE
    } else {
        OPAQUE
    }
}

/// An identity provider, known by the form of its issuer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Provider {
    Auth0,
    Clerk,
    Cognito,
    EntraV1,
    EntraV2,
    Google,
    Keycloak,
    OktaCustom,
    OktaOrg,
    Zitadel,
    Other,
}

impl Provider {
    fn of(issuer: &str) -> Self {
        let host = issuer.split('/').nth(2).unwrap_or_default();
        match host {
            "sts.windows.net" => Self::EntraV1,
            "login.microsoftonline.com" => Self::EntraV2,
            "accounts.google.com" => Self::Google,
            _ if host.ends_with(".auth0.com") => Self::Auth0,
            // Development instances, and production instances on the application's own domain.
            _ if host.ends_with(".clerk.accounts.dev") || host.starts_with("clerk.") => Self::Clerk,
            _ if host.starts_with("cognito-idp.") => Self::Cognito,
            _ if host.ends_with(".zitadel.cloud") => Self::Zitadel,
            _ if is_okta(host) && issuer.contains("/oauth2/") => Self::OktaCustom,
            _ if is_okta(host) => Self::OktaOrg,
            _ if issuer.contains("/realms/") => Self::Keycloak,
            _ => Self::Other,
        }
    }
}

impl Provider {
    /// How it is set up, step by step.
    const fn guide(self) -> Option<Document> {
        match self {
            Self::Auth0 => Some(Document::Auth0),
            Self::Cognito => Some(Document::Cognito),
            Self::EntraV1 | Self::EntraV2 => Some(Document::EntraId),
            Self::Google => Some(Document::Google),
            Self::Keycloak => Some(Document::Keycloak),
            Self::OktaCustom | Self::OktaOrg => Some(Document::Okta),
            Self::Zitadel => Some(Document::Zitadel),
            Self::Clerk | Self::Other => None,
        }
    }
}

fn is_okta(host: &str) -> bool {
    [".okta.com", ".oktapreview.com", ".okta-emea.com"]
        .iter()
        .any(|suffix| host.ends_with(suffix))
}

/// Whether the token says that Entra issued it.
pub(crate) fn is_entra(claims: &Claims) -> bool {
    matches!(
        Provider::of(issuer(claims)),
        Provider::EntraV1 | Provider::EntraV2
    )
}

fn issuer(claims: &Claims) -> &str {
    claims
        .get("iss")
        .and_then(Value::as_str)
        .unwrap_or_default()
}

/// One row: where `applies` says so, a refusal with this code is remedied like this.
struct Remedy {
    code: Code,
    provider: Provider,
    applies: fn(&Claims) -> bool,
    text: &'static str,
}

const fn always(_: &Claims) -> bool {
    true
}

fn is_for_account(claims: &Claims) -> bool {
    names(claims, "aud", "account")
}

fn is_for_nobody(claims: &Claims) -> bool {
    !claim::has_audience(claims)
}

fn is_for_graph(claims: &Claims) -> bool {
    [
        "00000003-0000-0000-c000-000000000000",
        "https://graph.microsoft.com",
    ]
    .iter()
    .any(|graph| names(claims, "aud", graph))
}

fn names(claims: &Claims, claim: &str, expected: &str) -> bool {
    match claims.get(claim) {
        Some(Value::Array(values)) => values.iter().any(|value| value == expected),
        Some(value) => value == expected,
        None => false,
    }
}

const fn remedy(
    code: Code,
    provider: Provider,
    applies: fn(&Claims) -> bool,
    text: &'static str,
) -> Remedy {
    Remedy {
        code,
        provider,
        applies,
        text,
    }
}

/// The first row that fits is shown.
static REMEDIES: [Remedy; 28] = [
    remedy(
        Code::TokenAudienceRefused,
        Provider::Auth0,
        always,
        "Auth0: have the client ask for your API's `audience`, and write that identifier into the setting `audience`.",
    ),
    remedy(
        Code::TokenAudienceRefused,
        Provider::Clerk,
        is_for_nobody,
        "Clerk's session tokens have no `aud`; `azp` is only the address of the page. Add the claim under Sessions, \
         Customize session token, such as `{\"aud\": \"dify\"}`, and write its value into `client_id`.",
    ),
    remedy(
        Code::TokenAudienceRefused,
        Provider::Cognito,
        always,
        "Cognito's access tokens name the app client in `client_id`: write its ID into the setting `client_id`.",
    ),
    remedy(
        Code::TokenAudienceRefused,
        Provider::EntraV1,
        is_for_graph,
        "This is a token for Microsoft Graph: ask for a scope of your own API, such as `api://<client ID>/<scope>`.",
    ),
    remedy(
        Code::TokenAudienceRefused,
        Provider::EntraV2,
        is_for_graph,
        "This is a token for Microsoft Graph: ask for a scope of your own API, such as `api://<client ID>/<scope>`.",
    ),
    remedy(
        Code::TokenAudienceRefused,
        Provider::EntraV1,
        always,
        "Entra v1.0: write the application ID URI (`api://…`) into `audience`, or set `requestedAccessTokenVersion` \
         to 2 in the app's manifest.",
    ),
    remedy(
        Code::TokenAudienceRefused,
        Provider::EntraV2,
        always,
        "Entra v2.0: `aud` is the API's application ID; where a client of its own signs people in, write that ID into \
         `audience` and the client's into `client_id`.",
    ),
    remedy(
        Code::TokenAudienceRefused,
        Provider::Google,
        always,
        "Google: write the OAuth client's ID (`….apps.googleusercontent.com`) into `client_id`.",
    ),
    remedy(
        Code::TokenAudienceRefused,
        Provider::Keycloak,
        is_for_account,
        "Keycloak: `account` is what it writes without an audience mapper. Add one to the client (Client scopes, the \
         dedicated scope, Add mapper, Audience) with this endpoint's client as Included Client Audience.",
    ),
    remedy(
        Code::TokenAudienceRefused,
        Provider::Keycloak,
        is_for_nobody,
        "Keycloak leaves `aud` out of lightweight access tokens: turn `Always use lightweight access token` off, or set \
         `token_validation` to `introspection`. Where the client issues none, add an Audience mapper to it (Client \
         scopes, the dedicated scope, Add mapper, Audience).",
    ),
    remedy(
        Code::TokenAudienceRefused,
        Provider::Keycloak,
        always,
        "Keycloak: add an Audience mapper to the client (Client scopes, the dedicated scope, Add mapper, Audience).",
    ),
    remedy(
        Code::TokenAudienceRefused,
        Provider::OktaCustom,
        always,
        "Okta: write the authorization server's audience (`api://default` at first) into `audience`.",
    ),
    remedy(
        Code::TokenAudienceRefused,
        Provider::OktaOrg,
        always,
        OKTA_ORG,
    ),
    remedy(
        Code::TokenAudienceRefused,
        Provider::Zitadel,
        always,
        "Zitadel: have the client ask for the scope `urn:zitadel:iam:org:project:id:<project ID>:aud` and write the \
         project's ID into `audience`.",
    ),
    remedy(
        Code::TokenIssuerUnknown,
        Provider::Auth0,
        always,
        "Auth0's issuer ends with a slash.",
    ),
    remedy(
        Code::TokenIssuerUnknown,
        Provider::EntraV1,
        always,
        "This is an Entra v1.0 token: set `requestedAccessTokenVersion` to 2 in the app's manifest to get v2.0 tokens, \
         or write this issuer, with its closing slash, into `issuer`.",
    ),
    remedy(
        Code::TokenIssuerUnknown,
        Provider::EntraV2,
        always,
        "This is an Entra v2.0 token: `issuer` is `https://login.microsoftonline.com/<tenant ID>/v2.0`, with the \
         tenant's ID and not its name, `common` or `organizations`.",
    ),
    remedy(
        Code::TokenIssuerUnknown,
        Provider::Keycloak,
        always,
        "Keycloak takes `iss` from the address at which the token was asked for: set its `hostname` option, and every \
         address gives the same issuer.",
    ),
    remedy(
        Code::TokenIssuerUnknown,
        Provider::OktaOrg,
        always,
        OKTA_ORG,
    ),
    remedy(Code::TokenKeyUnknown, Provider::OktaOrg, always, OKTA_ORG),
    remedy(Code::TokenKeyUnknown, Provider::EntraV1, always, ENTRA_KEY),
    remedy(Code::TokenKeyUnknown, Provider::EntraV2, always, ENTRA_KEY),
    remedy(
        Code::TokenSignatureInvalid,
        Provider::EntraV1,
        always,
        ENTRA_KEY,
    ),
    remedy(
        Code::TokenSignatureInvalid,
        Provider::EntraV2,
        always,
        ENTRA_KEY,
    ),
    remedy(
        Code::UserClaimMissing,
        Provider::Auth0,
        always,
        "Auth0 puts no e-mail address into access tokens: use `sub`, or add a namespaced claim with an Action.",
    ),
    remedy(
        Code::UserClaimMissing,
        Provider::Cognito,
        always,
        "Cognito's access tokens name the person in `sub` and `username` only.",
    ),
    remedy(
        Code::UserClaimMissing,
        Provider::EntraV2,
        always,
        "Entra: use `oid` or `sub`, or add the claim under Token configuration, Add optional claim, Access.",
    ),
    remedy(
        Code::UserClaimMissing,
        Provider::Keycloak,
        always,
        "Keycloak 25 and newer leaves `sub` out where the client lacks the client scope `basic`, and leaves most out \
         of lightweight access tokens: add the scope, turn `Always use lightweight access token` off, or add a mapper.",
    ),
];

const OKTA_ORG: &str = "Okta's org authorization server signs with keys that it does not publish. Use a custom one \
    (`https://<domain>/oauth2/default`), or set `token_validation` to `introspection`.";
const ENTRA_KEY: &str = "Entra: tokens for Microsoft Graph cannot be verified by anybody else, so ask for a scope of \
    your own API; where the app has claims mapping, its keys are in a document of their own: write it into \
    `discovery_url`, with `?appid=<client ID>`.";

/// What usually remedies a refusal with this code, for the provider that `issuer` is.
pub(crate) fn usual(code: Code, issuer: &str, claims: &Claims) -> Option<&'static str> {
    let provider = Provider::of(issuer);
    let fits = |remedy: &&Remedy| {
        remedy.code == code && remedy.provider == provider && (remedy.applies)(claims)
    };
    REMEDIES.iter().find(fits).map(|remedy| remedy.text)
}

/// A refusal with the usual remedy and the guide for the provider that the token names as its issuer.
pub(crate) fn refuse(code: Code, claims: &Claims, message: impl Into<String>) -> Refusal {
    let message = message.into();
    let issuer = issuer(claims);
    let refusal = match usual(code, issuer, claims) {
        None => Refusal::new(code, message),
        Some(remedy) => Refusal::new(code, format!("{message} {remedy}")),
    };
    refusal.with_guide(Provider::of(issuer).guide())
}

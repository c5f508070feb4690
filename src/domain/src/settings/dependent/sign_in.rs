//! What signing in with a browser needs of the other settings.

use std::rc::Rc;

use super::{are_several, expect_one_issuer};
use crate::claims::ClaimPath;
use crate::issuer::{Issuer, IssuerSetting};
use crate::settings::address::is_local;
use crate::settings::declaration::access::REQUIRED_CLAIMS;
use crate::settings::declaration::connection::{CLIENT_ID, ISSUER};
use crate::settings::declaration::person::USER_CLAIM;
use crate::settings::declaration::sign_in::{
    CLIENT_AUTHENTICATION, CLIENT_KEY, CLIENT_SECRET, LOGIN_PARAMETERS, LOGIN_SCOPES, PAGE_ORIGINS,
    PROVIDER_ENDPOINTS, PROVIDER_KIND, PUBLIC_URL, SESSION_LIMITS, SIGN_IN, Switch,
};
use crate::settings::reader::Reader;
use crate::settings::{
    ClientAuthenticationSetting, ClientId, ProviderEndpoints, ProviderKind, PublicUrl, SignIn,
};

/// Issuers at which anybody can have an account.
const OPEN_ISSUERS: [&str; 9] = [
    "https://accounts.google.com",
    "https://gitlab.com",
    "https://slack.com",
    "https://appleid.apple.com",
    "https://account.apple.com",
    "https://access.line.me",
    "https://www.linkedin.com/oauth",
    "https://discord.com",
    // The tenant of Microsoft's personal accounts.
    "https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0",
];

/// Which settings decide who somebody is and what they may do, so that a session made under others does not count.
/// Neither a secret, which the key of the session is made from, nor anything else ends a session.
const POLICY: [&str; 17] = [
    "issuer",
    "client_id",
    "dify_api_url",
    "user_claim",
    "user_format",
    "user_hash_key",
    "audience",
    "scopes",
    "required_claims",
    "admin_claims",
    "operation_rules",
    "input_claims",
    "public_url",
    "userinfo",
    "service_accounts",
    "provider_kind",
    "provider_endpoints",
];

/// `user_claim`. A provider without OpenID has no `sub`, which the page of Dify fills in.
pub(in crate::settings) fn user_claim(
    reader: &mut Reader<'_>,
    kind: Option<ProviderKind>,
) -> Option<Vec<ClaimPath>> {
    let paths = reader.read(&USER_CLAIM)?;
    let usual = match kind? {
        ProviderKind::Oidc => return Some(paths),
        ProviderKind::OAuth2 => {
            if paths.len() > 1 || !reader.has(&USER_CLAIM) {
                reader.add(
                    &USER_CLAIM,
                    "must be a single claim where `provider_kind` is `oauth2`; write the member of the user info that \
                     never changes, such as `id`",
                );
            }
            return Some(paths);
        }
        ProviderKind::GitHub => "id",
        ProviderKind::Feishu => "open_id",
    };
    if kind == Some(ProviderKind::GitHub) && paths.iter().any(|path| path.as_str() == "login") {
        reader.add(
            &USER_CLAIM,
            "has `login`, a name that GitHub can give to another person later; write `id`",
        );
    }
    let is_filled_in = matches!(paths.as_slice(), [only] if only.as_str() == "sub");
    if is_filled_in {
        return ClaimPath::parse(usual).ok().map(|path| vec![path]);
    }
    Some(paths)
}

/// `provider_endpoints`.
pub(in crate::settings) fn provider_endpoints(
    reader: &mut Reader<'_>,
    issuers: &[IssuerSetting],
    kind: Option<ProviderKind>,
) -> ProviderEndpoints {
    expect_one_issuer(reader, &PROVIDER_ENDPOINTS, issuers);
    let is_unreadable = |endpoints: &Option<_>, reader: &Reader<'_>| {
        endpoints.is_none() && reader.has(&PROVIDER_ENDPOINTS)
    };
    let written = reader.read(&PROVIDER_ENDPOINTS);
    if is_unreadable(&written, reader) {
        return ProviderEndpoints::default();
    }
    let endpoints = written.unwrap_or_default();
    expect_https(reader, &endpoints, issuers);
    if kind == Some(ProviderKind::OAuth2) {
        expect_those_of_oauth2(reader, &endpoints);
    }
    endpoints
}

/// What goes to these addresses are codes, secrets and tokens.
fn expect_https(reader: &mut Reader<'_>, endpoints: &ProviderEndpoints, issuers: &[IssuerSetting]) {
    let is_http_everywhere = issuers
        .iter()
        .any(|issuer| issuer.as_str().starts_with("http://"));
    for (name, address) in endpoints.written() {
        if address.scheme() != "https" && !is_http_everywhere && !is_local(address) {
            reader.add(
                &PROVIDER_ENDPOINTS,
                format!(
                    "has a `{name}` that is not https; write `https://` (http is for an issuer that is http too, and \
                     for `localhost`)"
                ),
            );
        }
    }
}

/// RFC 6749 has no discovery.
fn expect_those_of_oauth2(reader: &mut Reader<'_>, endpoints: &ProviderEndpoints) {
    let needed = [
        ("authorization", &endpoints.authorization),
        ("token", &endpoints.token),
        ("userinfo", &endpoints.userinfo),
    ];
    let missing: Vec<String> = needed
        .iter()
        .filter(|(_, address)| address.is_none())
        .map(|(name, _)| format!("`{name}`"))
        .collect();
    if !missing.is_empty() {
        reader.add(
            &PROVIDER_ENDPOINTS,
            format!(
                "lacks {}, which `provider_kind` `oauth2` needs; write each as `name=URL`",
                missing.join(", ")
            ),
        );
    }
}

/// `client_authentication`, with what it needs and what it excludes.
pub(in crate::settings) fn client_authentication(
    reader: &mut Reader<'_>,
    kind: Option<ProviderKind>,
) -> Option<ClientAuthenticationSetting> {
    use ClientAuthenticationSetting::{Auto, Basic, None, Post, PrivateKeyJwt};
    let authentication = reader.read(&CLIENT_AUTHENTICATION)?;
    let has_key = reader.has(&CLIENT_KEY);
    match authentication {
        PrivateKeyJwt if !has_key => reader.add(
            &CLIENT_KEY,
            "is missing, and `client_authentication` `private_key_jwt` needs it; write the private key as PEM or JWK",
        ),
        Basic | Post | None if has_key => reader.add(
            &CLIENT_KEY,
            "is not used with this `client_authentication`; write `private_key_jwt` or `auto` there, or remove the key",
        ),
        Auto | Basic | Post | None | PrivateKeyJwt => (),
    }
    let knows_secrets_alone = matches!(kind, Some(ProviderKind::GitHub | ProviderKind::Feishu));
    if knows_secrets_alone && (has_key || matches!(authentication, None | PrivateKeyJwt)) {
        reader.add(
            &CLIENT_AUTHENTICATION,
            "must be `auto` with this `provider_kind`, which knows clients by their secret alone; write `auto`, and \
             remove `client_key`",
        );
    }
    Some(authentication)
}

/// What is read before [`sign_in`], each `None` (or empty) where it is wrong itself.
pub(in crate::settings) struct Basis<'a> {
    pub issuers: &'a [IssuerSetting],
    pub client_ids: Option<&'a [ClientId]>,
    pub public_url: Option<&'a PublicUrl>,
    pub kind: Option<ProviderKind>,
    pub authentication: Option<ClientAuthenticationSetting>,
}

/// `sign_in`, with the settings that mean nothing without it. `None` where it is off, and after a mistake.
pub(in crate::settings) fn sign_in(
    reader: &mut Reader<'_>,
    basis: &Basis<'_>,
) -> Option<Rc<SignIn>> {
    let login_scopes = reader.read(&LOGIN_SCOPES);
    let login_parameters = reader.read(&LOGIN_PARAMETERS).unwrap_or_default();
    let limits = reader.read(&SESSION_LIMITS);
    let page_origins = reader.read(&PAGE_ORIGINS).unwrap_or_default();
    expect_openid(reader, basis.kind, login_scopes.as_deref());
    if reader.read(&SIGN_IN)? == Switch::Off {
        expect_openid_connect(reader, basis.kind);
        return None;
    }
    let public_url = public_url(reader, basis.public_url);
    let issuer = only_issuer(reader, basis.issuers);
    let client_id = only_client_id(reader, basis.client_ids);
    expect_credential(reader, basis);
    expect_required_claims(reader, basis);
    Some(Rc::new(SignIn {
        public_url: public_url?,
        issuer: issuer?,
        client_id: client_id?,
        login_scopes,
        login_parameters,
        limits: limits?,
        page_origins,
        policy_digest: reader.digest_of(&POLICY),
    }))
}

/// OpenID Connect Core §3.1.2.1: without this scope there is no ID token.
fn expect_openid(reader: &mut Reader<'_>, kind: Option<ProviderKind>, scopes: Option<&[String]>) {
    let lacks = scopes.is_some_and(|scopes| !scopes.iter().any(|scope| scope == "openid"));
    if kind == Some(ProviderKind::Oidc) && lacks {
        reader.add(
            &LOGIN_SCOPES,
            "lacks `openid`, without which there is no ID token; add it",
        );
    }
}

/// A token that a client brings by itself is refused in the other kinds, because nothing in it names its audience.
fn expect_openid_connect(reader: &mut Reader<'_>, kind: Option<ProviderKind>) {
    if kind.is_some_and(|kind| kind != ProviderKind::Oidc) {
        reader.add(
            &PROVIDER_KIND,
            "is for people who sign in with a browser, and `sign_in` is off, so nobody could use the endpoint; write \
             `on` in `sign_in`, or `oidc` here",
        );
    }
}

fn public_url(reader: &mut Reader<'_>, public_url: Option<&PublicUrl>) -> Option<PublicUrl> {
    if !reader.has(&PUBLIC_URL) {
        reader.add(
            &PUBLIC_URL,
            "is missing, and `sign_in` needs it; write the endpoint's address as browsers know it, such as \
             `https://dify.example.com/e/abcdefghijklmnop`",
        );
    }
    let public_url = public_url?;
    if let Some(problem) = public_url.problem_for_sign_in() {
        reader.add(&PUBLIC_URL, problem);
        return None;
    }
    Some(public_url.clone())
}

fn only_issuer(reader: &mut Reader<'_>, issuers: &[IssuerSetting]) -> Option<Issuer> {
    if are_several(issuers) {
        reader.add(
            &ISSUER,
            "stands for several issuers, and `sign_in` needs a single one; write one, without `{tenantid}`, or make one \
             endpoint for each",
        );
    }
    match issuers {
        [IssuerSetting::Exact(issuer)] => Some(issuer.clone()),
        _ => None,
    }
}

fn only_client_id(reader: &mut Reader<'_>, client_ids: Option<&[ClientId]>) -> Option<String> {
    match client_ids? {
        [only] => Some(only.id.clone()),
        _ => {
            reader.add(
                &CLIENT_ID,
                "has several client IDs, and `sign_in` needs a single one; write the one as which people sign in",
            );
            None
        }
    }
}

fn expect_credential(reader: &mut Reader<'_>, basis: &Basis<'_>) {
    let is_public = basis
        .authentication
        .is_none_or(|authentication| authentication == ClientAuthenticationSetting::None);
    if !is_public && !reader.has(&CLIENT_SECRET) && !reader.has(&CLIENT_KEY) {
        reader.add(
            &CLIENT_SECRET,
            "is missing, and `sign_in` needs it; write the client's secret (or its `client_key`, or `none` in \
             `client_authentication` if the client is public)",
        );
    }
}

/// Where anybody can have an account, no rule means that the whole world may use the app.
fn expect_required_claims(reader: &mut Reader<'_>, basis: &Basis<'_>) {
    let is_open = match basis.kind {
        Some(ProviderKind::Oidc) => basis
            .issuers
            .iter()
            .any(|issuer| OPEN_ISSUERS.contains(&issuer.as_str().trim_end_matches('/'))),
        Some(ProviderKind::OAuth2 | ProviderKind::GitHub | ProviderKind::Feishu) => true,
        None => false,
    };
    if is_open && !reader.has(&REQUIRED_CLAIMS) {
        reader.add(
            &REQUIRED_CLAIMS,
            format!(
                "is missing, and anybody can have an account at this provider; write who may sign in, such as `{}`, or \
                 `anybody`",
                example_rule(basis)
            ),
        );
    }
}

fn example_rule(basis: &Basis<'_>) -> &'static str {
    let is_google =
        |issuer: &IssuerSetting| issuer.as_str().starts_with("https://accounts.google.com");
    match basis.kind {
        Some(ProviderKind::GitHub) => "organizations=my-company",
        Some(ProviderKind::Feishu) => "tenant_key=0123456789abcdef",
        _ if basis.issuers.iter().any(is_google) => "hd=example.com",
        _ => "groups=Staff",
    }
}

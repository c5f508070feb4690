//! What works, and may still not be what the administrator wants.

use crate::claims::ClaimPath;
use crate::documentation::Document;
use crate::operation::Operation;
use crate::settings::{InputClaims, Page, ProviderKind, Settings, SignIn, UserFormat};

/// Identifiers that a provider makes itself. No two of them differ in nothing but case or accents.
const OPAQUE: [&str; 2] = ["oid", "sub"];

/// Those of GitHub and Feishu.
const MADE: [&str; 3] = ["id", "open_id", "union_id"];

/// Claims that have a value for each group of a person, who may be in hundreds.
const LONG_CLAIMS: [&str; 4] = ["groups", "organizations", "realm_access", "roles"];

/// The operations without which the chat page shows nothing.
const NEEDED_BY_PAGE: [&str; 2] = ["get_info", "get_parameters"];

/// The warnings about an endpoint with valid settings.
pub fn of(settings: &Settings) -> Vec<String> {
    let sign_in = settings.sign_in.as_deref();
    [
        same_user(settings),
        sign_in.and_then(shared_host),
        sign_in.and_then(insecure),
        sign_in.and_then(|_| long_inputs(&settings.input_claims)),
        sign_in.and_then(|sign_in| no_refresh_token(sign_in, settings.provider_kind)),
        sign_in.and_then(|_| closed_page(settings)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Cookies and pages are protected by their host. A plugin may choose the headers of its pages, and so read ours.
fn shared_host(sign_in: &SignIn) -> Option<String> {
    let public_url = &sign_in.public_url;
    (!public_url.has_own_host() && public_url.is_secure()).then(|| {
        format!(
            "`public_url` is on `{}` together with other pages. Whoever may install plugins in any workspace of that Dify \
             could make a plugin that uses the sessions of the people who sign in here. Give the endpoint a host name of its \
             own, and write it into `public_url` without a path. See {}.",
            public_url.origin(),
            Document::OwnHost.address()
        )
    })
}

/// Only `localhost` may be without TLS.
fn insecure(sign_in: &SignIn) -> Option<String> {
    (!sign_in.public_url.is_secure()).then(|| {
        "`public_url` is http on this machine, so people at other machines cannot sign in. Write an https address before \
         they do."
            .to_owned()
    })
}

/// A session is one cookie, and what becomes an input of the app must be in it.
fn long_inputs(inputs: &InputClaims) -> Option<String> {
    let InputClaims::Selected(inputs) = inputs else {
        return None;
    };
    let is_long = |path: &&ClaimPath| {
        let literal = path.as_literal();
        let first = literal.split('.').next().unwrap_or_default();
        LONG_CLAIMS.contains(&first)
    };
    let path = inputs.iter().map(|input| &input.path).find(is_long)?;
    Some(format!(
        "`input_claims` has `{}`, which is kept in the cookie of a session, and that has room for about 2 KiB. Who is in \
         many groups is refused with `session_too_large`. Let the app have a shorter claim.",
        path.as_str()
    ))
}

/// Keycloak and Google give a refresh token without this scope. Where the setting is empty, the gateway asks for it if
/// the provider offers it.
fn no_refresh_token(sign_in: &SignIn, kind: ProviderKind) -> Option<String> {
    let issuer = sign_in.issuer.as_str();
    let needs_scope = kind == ProviderKind::Oidc
        && !issuer.contains("/realms/")
        && issuer.trim_end_matches('/') != "https://accounts.google.com";
    let scopes = sign_in.login_scopes.as_ref()?;
    let asks = scopes.iter().any(|scope| scope == "offline_access");
    (needs_scope && !asks).then(|| {
        "`login_scopes` lacks `offline_access`, without which most providers give no refresh token. A session without one \
         ends an hour after the sign-in. Add it if the provider offers it, or leave `login_scopes` empty."
            .to_owned()
    })
}

/// The page asks what the app is before it shows anything.
fn closed_page(settings: &Settings) -> Option<String> {
    let is_closed = |name: &&&str| {
        let operation = Operation::of_handler(name);
        operation
            .is_some_and(|operation| settings.operation_rules.is_closed_to_everybody(operation))
    };
    let closed = NEEDED_BY_PAGE.iter().find(is_closed)?;
    (settings.page == Page::On).then(|| {
        format!(
            "`operation_rules` closes `{closed}` to everybody, without which the chat page shows nothing. Open it with \
             `{closed}: anybody`, or set `page` to `off`."
        )
    })
}

/// With MySQL, Dify looks for the end user by a collation that ignores case and accents.
fn same_user(settings: &Settings) -> Option<String> {
    let is_plain = matches!(settings.user_format, UserFormat::Claim);
    // The identifiers of GitHub are numbers, those of Feishu opaque.
    let is_made = matches!(
        settings.provider_kind,
        ProviderKind::GitHub | ProviderKind::Feishu
    );
    let may_collide = |path: &&ClaimPath| {
        let literal = path.as_literal();
        let is_opaque = OPAQUE.contains(&literal) || is_made && MADE.contains(&literal);
        !is_opaque
    };
    let path = settings.user_claim.iter().find(may_collide)?;
    is_plain.then(|| {
        format!(
            "If Dify's database is MySQL, it takes values of `{}` that differ only in case or accents, such as `José` and \
             `jose`, for one person. Set `user_format` to `hashed`, or use `sub` as `user_claim`. Either gives everybody \
             an empty history. See {}.",
            path.as_str(),
            Document::MySql.address()
        )
    })
}

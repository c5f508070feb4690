//! The endpoints of providers that have no discovery document but are known by name.

use url::Url;

use super::identity::Identity;
use crate::error::{Code, Refusal};
use crate::settings::ProviderKind;

/// The endpoints that a kind of provider is known to have.
#[derive(Debug, Default, Eq, PartialEq)]
pub(super) struct Preset {
    pub(super) authorization: Option<Url>,
    pub(super) token: Option<Url>,
    pub(super) userinfo: Option<Url>,
    pub(super) revocation: Option<Url>,
}

/// The endpoints of `identity`'s provider by its kind and its issuer; none where the kind has no names of its own.
///
/// # Errors
/// 503 `configuration_error` where the issuer is not one of this kind and the settings do not name the endpoints
/// themselves.
pub(super) fn of(identity: &Identity) -> Result<Preset, Refusal> {
    let issuer = identity.issuer().as_str();
    let found = match identity.kind() {
        ProviderKind::Oidc | ProviderKind::OAuth2 => return Ok(Preset::default()),
        ProviderKind::Feishu => feishu(issuer),
        ProviderKind::GitHub => github(issuer),
    };
    let written = identity.endpoints();
    let is_complete =
        written.authorization.is_some() && written.token.is_some() && written.userinfo.is_some();
    match found {
        Some(preset) => Ok(preset),
        None if is_complete => Ok(Preset::default()),
        None => Err(unknown(identity)),
    }
}

/// GitHub: "Authorizing OAuth apps" and "REST API" of GitHub's documentation. `github.com` and `*.ghe.com` have the API
/// on a host of its own, Enterprise Server below `/api/v3`.
fn github(issuer: &str) -> Option<Preset> {
    let base = origin(issuer)?;
    let host = base.host_str()?;
    let api = if host == "github.com" || host.ends_with(".ghe.com") {
        let mut api = base.clone();
        api.set_host(Some(&format!("api.{host}"))).ok()?;
        api
    } else {
        base.join("api/v3/").ok()?
    };
    Some(Preset {
        authorization: base.join("login/oauth/authorize").ok(),
        token: base.join("login/oauth/access_token").ok(),
        userinfo: api.join("user").ok(),
        // The app's ID and `token` follow ("REST API endpoints for OAuth authorizations").
        revocation: api.join("applications").ok(),
    })
}

/// Feishu and Lark, which are the same product under two domains (open.feishu.cn, "Obtain user_access_token").
fn feishu(issuer: &str) -> Option<Preset> {
    let base = origin(issuer)?;
    let host = base.host_str()?;
    let domain = ["feishu.cn", "larksuite.com"].into_iter().find(|domain| {
        let prefix = host.strip_suffix(domain);
        prefix.is_some_and(|prefix| prefix.is_empty() || prefix.ends_with('.'))
    })?;
    let at = |host: &str, path: &str| {
        Url::parse(&format!("https://{host}.{domain}/open-apis/authen/{path}")).ok()
    };
    Some(Preset {
        authorization: at("accounts", "v1/authorize"),
        token: at("open", "v2/oauth/token"),
        userinfo: at("open", "v1/user_info"),
        revocation: None,
    })
}

/// The issuer, if it is nothing but a scheme and a host.
fn origin(issuer: &str) -> Option<Url> {
    let url = Url::parse(issuer).ok()?;
    let is_plain = matches!(url.scheme(), "http" | "https")
        && url.path() == "/"
        && url.query().is_none()
        && url.fragment().is_none();
    is_plain.then_some(url)
}

fn unknown(identity: &Identity) -> Refusal {
    let (kind, examples) = match identity.kind() {
        ProviderKind::Feishu => (
            "feishu",
            "`https://accounts.feishu.cn` or `https://accounts.larksuite.com`",
        ),
        _ => (
            "github",
            "`https://github.com` or the address of an Enterprise Server, such as `https://ghe.example.com`",
        ),
    };
    let message = format!(
        "`provider_kind` is `{kind}`, and `issuer` is `{}`, which is not such a provider. Write {examples} into \
         `issuer`, or `authorization`, `token` and `userinfo` into `provider_endpoints`.",
        identity.issuer()
    );
    Refusal::new(Code::ConfigurationError, message)
}

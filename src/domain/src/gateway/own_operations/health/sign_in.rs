//! What an administrator needs to know of an endpoint where people sign in, besides its provider.

use http::HeaderMap;
use serde::Serialize;

use super::check::Check;
use crate::gateway::address;
use crate::limits;
use crate::request::Request;
use crate::session::TokenFate;
use crate::settings::{Page, ProviderKind, PublicUrl, Settings, SignIn};
use crate::text::cut;

/// The sign-in of one endpoint.
#[derive(Serialize)]
pub struct SignInReport {
    public_url: Check<Seen>,
    /// Whether `GET /` is the chat page.
    page: &'static str,
    session_token: SessionToken,
}

/// How the request itself came, which shows whether `public_url` can be right.
#[derive(Serialize)]
struct Seen {
    hook_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    host: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    forwarded_host: Option<String>,
    /// Scheme and host as Dify's plugin daemon sees them.
    #[serde(skip_serializing_if = "Option::is_none")]
    hook_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

/// What became of the provider's token at the last login. A session is checked with it.
#[derive(Serialize)]
#[serde(tag = "status", rename_all = "snake_case")]
enum SessionToken {
    Kept,
    Missing { message: String },
    NotKept { length: usize, message: String },
    NotSeen { message: &'static str },
}

impl SignInReport {
    /// Of the endpoint that `request` came to; `last_token` is what became of the provider's token last.
    pub fn new(
        request: &Request,
        settings: &Settings,
        sign_in: &SignIn,
        last_token: Option<TokenFate>,
    ) -> Self {
        let public_url = &sign_in.public_url;
        let checked = sign_in.check_hook(&request.hook_id);
        Self {
            public_url: Check::from(checked.map(|()| Seen::of(request, public_url))),
            page: match settings.page {
                Page::On => "served",
                Page::Off => "off",
            },
            session_token: SessionToken::of(last_token, settings.provider_kind),
        }
    }

    /// Whether nobody can sign in.
    pub const fn has_failed(&self) -> bool {
        self.public_url.has_failed()
    }
}

impl Seen {
    fn of(request: &Request, public_url: &PublicUrl) -> Self {
        let headers = &request.headers;
        let is_elsewhere = address::is_elsewhere(headers, public_url);
        Self {
            hook_id: cut(&request.hook_id, limits::QUOTED_VALUE).to_owned(),
            host: field(headers, "host"),
            forwarded_host: field(headers, "x-forwarded-host"),
            hook_url: field(headers, "dify-hook-url"),
            note: is_elsewhere.then(|| {
                format!(
                    "This request has not come to the host of `public_url`, which is `{}`. A browser that comes as it did is \
                     shown a link to that address, and nobody can sign in before following it.",
                    public_url.origin()
                )
            }),
        }
    }
}

impl SessionToken {
    fn of(last: Option<TokenFate>, kind: ProviderKind) -> Self {
        let name = if kind == ProviderKind::Oidc {
            "refresh token"
        } else {
            "access token"
        };
        match last {
            None => Self::NotSeen {
                message: "Nobody has signed in since the plugin was started or the settings were saved.",
            },
            Some(TokenFate::Kept) => Self::Kept,
            Some(TokenFate::LeftOut { length }) => Self::NotKept {
                length,
                message: format!(
                    "{name} not kept: {length} bytes. A session cookie has room for {} bytes in all, so such a session \
                     cannot be checked and ends after an hour. Have the provider issue shorter tokens, or choose fewer \
                     `input_claims`.",
                    limits::SESSION_COOKIE
                ),
            },
            Some(TokenFate::Missing) => Self::Missing {
                message: format!(
                    "no {name} came. A session without one cannot be checked and ends after an hour. Allow the client \
                     refresh tokens at the provider, and have `login_scopes` ask for one; with most providers by \
                     `offline_access`."
                ),
            },
        }
    }
}

fn field(headers: &HeaderMap, name: &str) -> Option<String> {
    let value = headers.get(name)?.to_str().ok()?;
    Some(cut(value, limits::QUOTED_VALUE).to_owned())
}

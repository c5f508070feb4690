//! The setting `public_url`: the address that clients and browsers know of the endpoint.

use url::Url;

use super::address::{has_characters_of_a_host, is_local, parse_base_address};
use super::problems::Problems;
use crate::limits;

/// The segment before the hook ID in the address that Dify gives to an endpoint.
const HOOKS: &str = "e";

/// The domains of Dify Cloud, where everybody may install plugins and so have pages on the same host.
const CLOUD_DOMAINS: [&str; 2] = ["dify.ai", "dify.dev"];

/// The endpoint's public base URL as its clients write it. They compare it byte for byte (RFC 9728 §3.3).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PublicUrl {
    text: String,
    url: Url,
    origin: String,
}

impl PublicUrl {
    /// Parses the setting. It must be in its normal form, because clients compare it byte for byte.
    pub(super) fn parse(text: &str) -> Result<Self, Problems> {
        let url = parse_base_address(text)?;
        if url.as_str().trim_end_matches('/') != text.trim_end_matches('/') {
            return Err(
                "is not in its normal form; write the host in lower case, no default port and no `..`"
                    .into(),
            );
        }
        let origin = url.origin().ascii_serialization();
        Ok(Self {
            text: text.to_owned(),
            url,
            origin,
        })
    }

    /// The URL, byte for byte as in the setting.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Its path without a slash at the end: empty where the endpoint has a host of its own.
    pub fn base_path(&self) -> &str {
        self.url.path().trim_end_matches('/')
    }

    /// Scheme, host and port, as a browser writes them in `Origin`.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The address of `path`, which begins with a slash and may have a query, below this URL.
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.text.trim_end_matches('/'))
    }

    /// Whether it is https, so that cookies can be `Secure`.
    pub fn is_secure(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// Whether the endpoint is at the root of its host, which no page of another plugin can then share.
    pub fn has_own_host(&self) -> bool {
        self.base_path().is_empty()
    }

    /// The hook ID of the address that Dify gives to an endpoint: what follows `/e/` at the end of the path.
    pub fn hook_id(&self) -> Option<&str> {
        let (before, hook) = self.base_path().rsplit_once('/')?;
        let (_, segment) = before.rsplit_once('/')?;
        (segment == HOOKS).then_some(hook)
    }

    /// Why nobody can sign in at this URL. Cookies, redirect addresses and the page's policy are made from it, so it
    /// must have a single spelling, in characters that mean nothing in any of them.
    pub(super) fn problem_for_sign_in(&self) -> Option<String> {
        let path = self.url.path();
        if self.is_on_cloud() {
            return Some("is on a host of Dify Cloud, where pages of other people's plugins could use the session; sign-in needs a host name of your own in front of it".to_owned());
        }
        if !self.is_secure() && !is_local(&self.url) {
            return Some(
                "is not https, which sign-in needs; write `https://` (only `localhost` may be http)"
                    .to_owned(),
            );
        }
        if self.text.ends_with('/') {
            return Some("ends with `/`; remove it".to_owned());
        }
        if self.text.len() > limits::SIGN_IN_URL {
            return Some(format!(
                "is longer than {} bytes, which the heads of the sign-in's responses have no room for; give the endpoint a \
                 shorter address",
                limits::SIGN_IN_URL
            ));
        }
        if !self.url.host_str().is_some_and(has_characters_of_a_host) {
            return Some("has a host with characters other than letters, digits, `.`, `-` and `_`; write the host's name in DNS".to_owned());
        }
        if !path.chars().all(is_of_a_path) {
            return Some("has a path with characters other than letters, digits, `.`, `_`, `~`, `-` and `/`; give the endpoint a path without them".to_owned());
        }
        path.contains("//")
            .then(|| "has `//` in its path; write one `/`".to_owned())
    }

    fn is_on_cloud(&self) -> bool {
        self.url.host_str().is_some_and(|host| {
            let host = host.trim_end_matches('.');
            CLOUD_DOMAINS.iter().any(|domain| {
                host.strip_suffix(domain)
                    .is_some_and(|before| before.is_empty() || before.ends_with('.'))
            })
        })
    }
}

fn is_of_a_path(character: char) -> bool {
    character.is_ascii_alphanumeric() || "._~-/".contains(character)
}

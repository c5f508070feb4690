//! What is fetched from an identity provider, how it is asked for, and what came instead of it.

use std::time::Duration;

use http::StatusCode;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use serde_json::{Map, Value};

use super::cause::{Cause, FIX_AT_PROVIDER};
use crate::environment::{FetchResponse, LogLevel};
use crate::{json, limits};

/// A document of an identity provider.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Document {
    Discovery,
    Emails,
    Introspection,
    Keys,
    Organizations,
    Revocation,
    Token,
    Userinfo,
}

impl Document {
    /// The word for it in the log.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Discovery => "discovery",
            Self::Emails => "emails",
            Self::Introspection => "introspection",
            Self::Keys => "keys",
            Self::Organizations => "organizations",
            Self::Revocation => "revocation",
            Self::Token => "token",
            Self::Userinfo => "userinfo",
        }
    }

    /// The words for it in a message.
    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::Discovery => "discovery document",
            Self::Emails => "list of e-mail addresses",
            Self::Introspection => "introspection response",
            Self::Keys => "keys (`jwks_uri`)",
            Self::Organizations => "list of organizations",
            Self::Revocation => "response to a revocation",
            Self::Token => "token response",
            Self::Userinfo => "userinfo response",
        }
    }

    /// How much a successful fetch matters in the log. There is one for each token or check, or one in minutes.
    pub(super) const fn log_level(self) -> LogLevel {
        match self {
            Self::Discovery | Self::Keys => LogLevel::Info,
            Self::Emails
            | Self::Introspection
            | Self::Organizations
            | Self::Revocation
            | Self::Token
            | Self::Userinfo => LogLevel::Debug,
        }
    }

    /// The media types that the document may have. Any other is taken too, because some servers answer 406 to a list
    /// without it and because the body decides.
    pub(super) const fn accept(self) -> &'static str {
        match self {
            // RFC 7517 §8.5.2.
            Self::Keys => "application/jwk-set+json, application/json, */*;q=0.1",
            // Not `application/token-introspection+jwt` (RFC 9701): the gateway reads JSON.
            Self::Discovery
            | Self::Emails
            | Self::Introspection
            | Self::Organizations
            | Self::Revocation
            | Self::Token
            | Self::Userinfo => "application/json, */*;q=0.1",
        }
    }

    pub(super) const fn size_limit(self) -> usize {
        match self {
            Self::Discovery | Self::Keys => limits::PROVIDER_DOCUMENT,
            Self::Token => limits::TOKEN_RESPONSE,
            Self::Emails
            | Self::Introspection
            | Self::Organizations
            | Self::Revocation
            | Self::Userinfo => limits::TOKEN_STATUS,
        }
    }

    /// What one request waits for the document.
    pub(super) const fn time_limit(self) -> Duration {
        match self {
            // Nothing depends on it, and the person waits.
            Self::Revocation => limits::REVOCATION_TOTAL,
            Self::Discovery
            | Self::Emails
            | Self::Introspection
            | Self::Keys
            | Self::Organizations
            | Self::Token
            | Self::Userinfo => limits::PROVIDER_TOTAL,
        }
    }

    const fn depth_limit(self) -> usize {
        match self {
            Self::Discovery | Self::Keys => limits::PROVIDER_DOCUMENT_DEPTH,
            Self::Emails
            | Self::Introspection
            | Self::Organizations
            | Self::Revocation
            | Self::Token
            | Self::Userinfo => limits::TOKEN_STATUS_DEPTH,
        }
    }

    /// The members of the JSON object in the body.
    pub(super) fn members(self, response: &FetchResponse) -> Result<Map<String, Value>, Cause> {
        json::parse_object(body(response), self.depth_limit())
            .map_err(|error| self.unreadable(response, &error.to_string()))
    }

    /// The entries of the JSON array in the body.
    pub(super) fn entries(self, response: &FetchResponse) -> Result<Vec<Value>, Cause> {
        json::parse_array(body(response), self.depth_limit())
            .map_err(|error| Cause::invalid(error.to_string(), FIX_AT_PROVIDER))
    }

    /// Why the body of a good response cannot be read: `error`, unless it is plainly something else than this document.
    pub(super) fn unreadable(self, response: &FetchResponse, error: &str) -> Cause {
        let found = match body(response).trim_ascii_start().first() {
            None => "the response is empty",
            Some(b'[') => "it is a JSON array, and an object is expected",
            Some(_) if is_web_page(response) => "it is a web page (HTML), and JSON is expected",
            Some(_) => {
                return coding(response)
                    .map_or_else(|| Cause::invalid(error, FIX_AT_PROVIDER), undecoded);
            }
        };
        Cause::invalid(found, self.wrong_place())
    }

    /// Why a response with this status has no such document.
    pub(super) fn wrong_status(self, response: &FetchResponse) -> Cause {
        let status = response.status;
        let found = format!("the provider answered with status {}", status.as_u16());
        if status.is_server_error()
            || [StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_MANY_REQUESTS].contains(&status)
        {
            return Cause::Unavailable { found };
        }
        if status == StatusCode::PROXY_AUTHENTICATION_REQUIRED {
            return Cause::invalid(
                "a proxy demands a user name and a password (status 407)",
                PROXY,
            );
        }
        if status.is_redirection() {
            return Cause::invalid(found, self.redirected());
        }
        if is_web_page(response) && status != StatusCode::NOT_FOUND {
            return Cause::invalid(format!("{found} and a web page (HTML)"), BLOCKED);
        }
        Cause::invalid(found, self.wrong_address())
    }

    const fn wrong_place(self) -> &'static str {
        match self {
            Self::Discovery => {
                "Open the address in a browser. If a proxy or a sign-in page answers there, let the plugin through; \
                 otherwise correct `issuer`, or write the document's own address into `discovery_url`."
            }
            Self::Keys => {
                "Open the `jwks_uri` of the discovery document in a browser. If a proxy or a sign-in page answers there, \
                 let the plugin through; otherwise set `discovery_url` to the right document, or write the keys into \
                 `jwks`."
            }
            Self::Introspection | Self::Userinfo => {
                "If a proxy or a sign-in page answers at the endpoint's address, let the plugin through; otherwise set \
                 `discovery_url` to a document with the right address."
            }
            Self::Emails | Self::Organizations | Self::Revocation | Self::Token => {
                "If a proxy or a sign-in page answers at the endpoint's address, let the plugin through; otherwise write \
                 the right address into `provider_endpoints`."
            }
        }
    }

    const fn redirected(self) -> &'static str {
        match self {
            Self::Discovery => {
                "Redirects are not followed. If it leads to a sign-in page, let the plugin through there; otherwise write \
                 the final address of the document into `discovery_url`."
            }
            Self::Emails | Self::Organizations | Self::Revocation | Self::Token => {
                "Redirects are not followed. If it leads to a sign-in page, let the plugin through there; otherwise \
                 write the right address into `provider_endpoints`."
            }
            Self::Introspection | Self::Keys | Self::Userinfo => {
                "Redirects are not followed. If it leads to a sign-in page, let the plugin through there; otherwise \
                 correct the address in the provider's discovery document."
            }
        }
    }

    const fn wrong_address(self) -> &'static str {
        match self {
            Self::Discovery => {
                "Compare `issuer` with the provider's, or write the document's address into `discovery_url`."
            }
            Self::Emails | Self::Organizations | Self::Revocation | Self::Token => {
                "Correct the address in the provider's discovery document, or write it into `provider_endpoints`."
            }
            Self::Introspection | Self::Keys | Self::Userinfo => {
                "Correct the address in the provider's discovery document."
            }
        }
    }
}

const PROXY: &str = "Write them into `HTTPS_PROXY` and `HTTP_PROXY` of the plugin daemon, or list the provider's host in \
                     its `NO_PROXY`.";
const BLOCKED: &str = "A proxy, a firewall or a sign-in page seems to answer in the provider's place: let the plugin \
                       through, or list the provider's host in `NO_PROXY` of the plugin daemon.";

const UNCODED: &str =
    "Have the provider, or the proxy before it, send the document without a content coding.";

/// The body without a byte order mark, which a reader may ignore (RFC 8259 §8.1).
pub(super) fn body(response: &FetchResponse) -> &[u8] {
    let body = response.body.as_slice();
    body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body)
}

/// The content coding that is left: the host has removed those that it can decode.
fn coding(response: &FetchResponse) -> Option<&str> {
    response.headers.get(CONTENT_ENCODING)?.to_str().ok()
}

fn undecoded(coding: &str) -> Cause {
    let coding = json::shown(&coding.into());
    Cause::invalid(
        format!(
            "it has the `Content-Encoding` {coding}, and the gateway decodes only gzip and deflate"
        ),
        UNCODED,
    )
}

/// Whether people are meant to read the body, by its type or because it begins with a tag.
pub(super) fn is_web_page(response: &FetchResponse) -> bool {
    let media_type = media_type(response);
    media_type == "text/html"
        || media_type == "application/xhtml+xml"
        || body(response).trim_ascii_start().first() == Some(&b'<')
}

/// The media type in small letters, without parameters; empty where there is none.
pub(super) fn media_type(response: &FetchResponse) -> String {
    let value = response.headers.get(CONTENT_TYPE);
    let value = value.and_then(|value| value.to_str().ok()).unwrap_or("");
    let media_type = value.split(';').next().unwrap_or("");
    media_type.trim().to_ascii_lowercase()
}

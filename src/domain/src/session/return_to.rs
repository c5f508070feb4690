//! Where a person goes after signing in: a path and a query below this endpoint, and nothing else.

use percent_encoding::percent_decode_str;
use url::Url;

use crate::limits;
use crate::settings::PublicUrl;

/// Routes to which nobody is sent: those that change the session, and files.
const NOT_PAGES: [&str; 2] = ["auth", "assets"];

/// A path and a query relative to the endpoint; it begins with `/`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ReturnTo(String);

impl ReturnTo {
    /// The endpoint's own page.
    pub fn home() -> Self {
        Self("/".to_owned())
    }

    /// The address that `text` is, with its query byte for byte; [`ReturnTo::home`] where it is anything else than an
    /// address below `public_url`.
    pub fn parse(text: &str, public_url: &PublicUrl) -> Self {
        if is_below(text, public_url) {
            Self(text.to_owned())
        } else {
            Self::home()
        }
    }

    /// The path and the query.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The whole address, for `Location`.
    pub fn address(&self, public_url: &PublicUrl) -> String {
        public_url.at(&self.0)
    }
}

/// Two judges must agree: a list of what a path may have, and the parser of the URL standard, which browsers follow and
/// which must find nothing to change.
fn is_below(text: &str, public_url: &PublicUrl) -> bool {
    if text.len() > limits::RETURN_TO {
        return false;
    }
    let (path, query) = match text.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (text, None),
    };
    if !is_path(path) || is_no_page(path) {
        return false;
    }
    let address = public_url.at(text);
    let expected = format!("{}{path}", public_url.base_path());
    Url::parse(&address).is_ok_and(|url| {
        url.as_str() == address
            && url.origin().ascii_serialization() == public_url.origin()
            && url.path() == expected
            && url.query() == query
            && url.fragment().is_none()
    })
}

fn is_path(path: &str) -> bool {
    let is_allowed =
        |byte: u8| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/%".contains(&byte);
    path.starts_with('/')
        && path.bytes().all(is_allowed)
        && !path.contains("//")
        // Also where it is no segment to the URL standard: some servers read `/..;/` as a way up.
        && !path.contains("..")
        && escapes_are_harmless(path)
}

/// A server or a proxy that decodes a path must find no separator in it that was not there before, no control character
/// and no further escape.
fn escapes_are_harmless(path: &str) -> bool {
    path.split('%').skip(1).all(|part| {
        let digits = part.get(..2).unwrap_or_default();
        let is_hex = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        let byte = u8::from_str_radix(digits, 16).ok().filter(|_| is_hex);
        byte.is_some_and(|byte| (b' '..=b'~').contains(&byte) && !b"/\\%.".contains(&byte))
    })
}

fn is_no_page(path: &str) -> bool {
    let decoded = percent_decode_str(path).decode_utf8_lossy();
    let first = decoded.split('/').nth(1).unwrap_or_default();
    NOT_PAGES
        .iter()
        .any(|name| first.eq_ignore_ascii_case(name))
}

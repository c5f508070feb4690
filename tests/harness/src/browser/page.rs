//! What a tab shows, and how it came there.

use http::{HeaderMap, Method, StatusCode};
use serde_json::Value;
use url::Url;

use super::html::{self, Form};

/// One exchange.
#[derive(Clone, Debug)]
pub struct Hop {
    /// The method.
    pub method: Method,
    /// The address, its fragment included.
    pub url: Url,
    /// What was sent.
    pub sent: HeaderMap,
    /// The status.
    pub status: StatusCode,
    /// What came.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
    /// Cookies that the browser has dropped, and why.
    pub dropped: Vec<String>,
}

impl Hop {
    /// A header's first value; empty where there is none.
    pub fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value.and_then(|value| value.to_str().ok()).unwrap_or("")
    }

    /// Every `Set-Cookie`.
    pub fn set_cookies(&self) -> Vec<&str> {
        let values = self.headers.get_all(http::header::SET_COOKIE).iter();
        values.filter_map(|value| value.to_str().ok()).collect()
    }

    /// Where a redirect goes.
    pub fn location(&self) -> Option<Url> {
        let location = self.headers.get(http::header::LOCATION)?.to_str().ok()?;
        let mut location = self.url.join(location).ok()?;
        // Fetch section 4.4, step 9: the fragment outlives a redirect that has none.
        if location.fragment().is_none() {
            location.set_fragment(self.url.fragment());
        }
        Some(location)
    }

    /// The length of the answer's head as HTTP/1.1, in bytes.
    pub fn head_bytes(&self) -> usize {
        let reason = self.status.canonical_reason().unwrap_or("");
        let start = format!("HTTP/1.1 {} {reason}\r\n\r\n", self.status.as_u16()).len();
        let fields = self.headers.iter();
        let lengths =
            fields.map(|(name, value)| name.as_str().len() + value.len() + ": \r\n".len());
        start + lengths.sum::<usize>()
    }

    /// The `Cookie` field that was sent; empty where there was none.
    pub fn cookie_line(&self) -> &str {
        let value = self.sent.get(http::header::COOKIE);
        value.and_then(|value| value.to_str().ok()).unwrap_or("")
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON; null where it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// The page's forms.
    pub fn forms(&self) -> Vec<Form> {
        html::forms(&self.text())
    }

    /// `content` of the meta element of this name.
    pub fn meta(&self, name: &str) -> Option<String> {
        html::meta(&self.text()).remove(name)
    }

    /// Every address that the page names in `src` or `href`.
    pub fn addresses(&self) -> Vec<String> {
        html::addresses(&self.text())
    }
}

/// What a tab shows after it went somewhere.
#[derive(Clone, Debug)]
pub struct Page {
    /// Every exchange before the last one.
    pub redirects: Vec<Hop>,
    /// The last exchange, which the tab shows.
    pub shown: Hop,
}

impl Page {
    /// The address in the bar.
    pub fn url(&self) -> &Url {
        &self.shown.url
    }

    /// Every exchange, in order.
    pub fn hops(&self) -> impl Iterator<Item = &Hop> {
        self.redirects.iter().chain(std::iter::once(&self.shown))
    }

    /// Methods, paths and status, for messages.
    pub fn trail(&self) -> String {
        let line = |hop: &Hop| format!("{} {} {}", hop.method, hop.url, hop.status.as_u16());
        self.hops().map(line).collect::<Vec<_>>().join("\n")
    }
}

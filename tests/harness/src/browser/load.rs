//! One request of a browser, and what it says about itself: Fetch and Fetch Metadata (W3C), as Chromium sends them.

use http::header::{ACCEPT, COOKIE, ORIGIN, USER_AGENT};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use url::Url;

use super::jar::is_trustworthy;

const DOCUMENTS: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8";
const IMAGES: &str = "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8";
const AGENT: &str = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36";

/// What is loaded, by what a page does.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// A tab goes somewhere.
    Document,
    /// The same by `<iframe>`.
    Frame,
    /// `<img>`.
    Image,
    /// A script's `fetch` with `credentials: 'include'`.
    Fetch,
    /// `<link rel=prefetch>`, or a tab that is opened ahead.
    Prefetch,
    /// No browser: `Sec-Fetch-*` is not sent, as by curl or by an old browser.
    Plain,
}

impl Kind {
    fn mode(self) -> &'static str {
        match self {
            Self::Document | Self::Frame | Self::Prefetch | Self::Plain => "navigate",
            Self::Image => "no-cors",
            Self::Fetch => "cors",
        }
    }

    fn destination(self) -> &'static str {
        match self {
            Self::Document | Self::Prefetch | Self::Plain => "document",
            Self::Frame => "iframe",
            Self::Image => "image",
            Self::Fetch => "empty",
        }
    }

    fn accept(self) -> &'static str {
        match self {
            Self::Document | Self::Frame | Self::Prefetch => DOCUMENTS,
            Self::Image => IMAGES,
            Self::Fetch | Self::Plain => "*/*",
        }
    }

    /// Whether cookies with `SameSite=Lax` go along from another site.
    pub(super) fn opens_document(self) -> bool {
        matches!(self, Self::Document | Self::Prefetch)
    }
}

/// One request.
#[derive(Clone, Debug)]
pub struct Load {
    /// What is loaded.
    pub kind: Kind,
    /// The method.
    pub method: Method,
    /// Where from; a fragment is not sent.
    pub url: Url,
    /// The page that asks; none for an address that a person has typed.
    pub initiator: Option<Url>,
    /// Further headers, or others in place of the usual ones.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
}

impl Load {
    /// A GET.
    pub fn get(kind: Kind, url: Url, initiator: Option<&Url>) -> Self {
        Self {
            kind,
            method: Method::GET,
            url,
            initiator: initiator.cloned(),
            headers: HeaderMap::new(),
            body: Vec::new(),
        }
    }

    /// With one more header, in place of the usual one of that name. What HTTP does not allow is left out.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::from_str(value)) {
            self.headers.append(name, value);
        }
        self
    }

    /// With another method and this body.
    pub fn sending(mut self, method: Method, media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.method = method;
        self.body = body.into();
        self.with("content-type", media_type)
    }

    /// The head of the request. `chain` has the addresses that have redirected here.
    pub(super) fn head(&self, chain: &[Url], language: &str, cookies: &str) -> HeaderMap {
        let mut head = HeaderMap::new();
        let mut set = |name: HeaderName, value: &str| {
            if let Ok(value) = HeaderValue::from_str(value) {
                head.insert(name, value);
            }
        };
        set(ACCEPT, self.kind.accept());
        if self.kind != Kind::Plain {
            set(USER_AGENT, AGENT);
            set(http::header::ACCEPT_LANGUAGE, language);
        }
        if !cookies.is_empty() {
            set(COOKIE, cookies);
        }
        // Fetch section 3.1: not with a GET, unless another origin is asked with CORS.
        let is_safe = [Method::GET, Method::HEAD].contains(&self.method);
        if let Some(initiator) = self.initiator.as_ref().filter(|_| self.kind != Kind::Plain) {
            let crosses = self.kind == Kind::Fetch && initiator.origin() != self.url.origin();
            if !is_safe || crosses {
                set(ORIGIN, &initiator.origin().ascii_serialization());
            }
        }
        if self.kind != Kind::Plain && is_trustworthy(&self.url) {
            let name = HeaderName::from_static;
            set(name("sec-fetch-mode"), self.kind.mode());
            set(name("sec-fetch-dest"), self.kind.destination());
            set(name("sec-fetch-site"), self.site(chain).name());
            if self.kind == Kind::Document {
                set(name("sec-fetch-user"), "?1");
                set(name("upgrade-insecure-requests"), "1");
            }
            if self.kind == Kind::Prefetch {
                set(name("sec-purpose"), "prefetch");
            }
        }
        for name in self.headers.keys() {
            head.remove(name);
            for value in self.headers.get_all(name) {
                head.append(name, value.clone());
            }
        }
        head
    }

    /// How the request is related to the page that asks and to every address on the way.
    pub(super) fn site(&self, chain: &[Url]) -> Relation {
        let Some(initiator) = &self.initiator else {
            return Relation::None;
        };
        let urls = chain.iter().chain(std::iter::once(&self.url));
        urls.map(|url| Relation::between(initiator, url))
            .max()
            .unwrap_or(Relation::None)
    }
}

/// `Sec-Fetch-Site`, the nearest first.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Relation {
    None,
    SameOrigin,
    SameSite,
    CrossSite,
}

impl Relation {
    fn between(one: &Url, other: &Url) -> Self {
        if one.origin() == other.origin() {
            Self::SameOrigin
        } else if one.scheme() == other.scheme() && site(one) == site(other) {
            Self::SameSite
        } else {
            Self::CrossSite
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::SameOrigin => "same-origin",
            Self::SameSite => "same-site",
            Self::CrossSite => "cross-site",
        }
    }
}

/// The registrable domain of the hosts that tests use: the last two labels of a name, or all of an address.
fn site(url: &Url) -> Option<String> {
    let host = url.host_str()?;
    if url.domain().is_none() {
        return Some(host.to_owned());
    }
    let mut labels: Vec<_> = host.rsplit('.').take(2).collect();
    labels.reverse();
    Some(labels.join("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_says_what_it_is() {
        let page = Url::parse("https://app.example.com/x").unwrap();
        let rows = [
            (
                Kind::Document,
                None,
                "https://app.example.com/",
                "navigate document none -",
            ),
            (
                Kind::Document,
                Some(&page),
                "https://app.example.com/",
                "navigate document same-origin -",
            ),
            (
                Kind::Frame,
                Some(&page),
                "https://chat.example.com/",
                "navigate iframe same-site -",
            ),
            (
                Kind::Image,
                Some(&page),
                "https://example.org/",
                "no-cors image cross-site -",
            ),
            (
                Kind::Fetch,
                Some(&page),
                "https://app.example.com/",
                "cors empty same-origin -",
            ),
            (
                Kind::Fetch,
                Some(&page),
                "https://chat.example.com/",
                "cors empty same-site https://app.example.com",
            ),
            (
                Kind::Plain,
                Some(&page),
                "https://app.example.com/",
                "- - - -",
            ),
            (
                Kind::Document,
                Some(&page),
                "http://app.example.com/",
                "- - - -",
            ),
        ];
        for (kind, initiator, url, expected) in rows {
            let head = Load::get(kind, Url::parse(url).unwrap(), initiator).head(&[], "en", "");
            let names = [
                "sec-fetch-mode",
                "sec-fetch-dest",
                "sec-fetch-site",
                "origin",
            ];
            let value = |name| head.get(name).map_or("-", |value| value.to_str().unwrap());
            assert_eq!(names.map(value).join(" "), expected, "{kind:?} {url}");
        }
    }

    #[test]
    fn a_redirect_through_another_site_is_remembered() {
        let page = Url::parse("https://app.example.com/").unwrap();
        let load = Load::get(Kind::Document, page.clone(), Some(&page));
        assert_eq!(
            load.site(&[Url::parse("https://example.org/").unwrap()]),
            Relation::CrossSite
        );
    }
}

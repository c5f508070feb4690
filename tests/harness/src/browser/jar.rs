//! What a browser keeps of `Set-Cookie` and sends as `Cookie`: draft-ietf-httpbis-rfc6265bis-22, as Chromium follows it.

use std::time::{Duration, Instant};

use cookie::{Cookie, SameSite};
use url::Url;

/// Name and value together (rfc6265bis section 5.7, step 4); a larger cookie is dropped without a word.
const NAME_AND_VALUE: usize = 4096;

/// A cookie that is kept.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct StoredCookie {
    /// The name, with its prefix.
    pub name: String,
    /// The value as it came.
    pub value: String,
    /// The path, which begins with a slash.
    pub path: String,
    /// Whether scripts cannot read it.
    pub http_only: bool,
    /// Whether it is sent over TLS alone.
    pub secure: bool,
    /// `Lax` where the server has said nothing.
    pub same_site: Site,
    /// How long it is kept; none for as long as the browser runs.
    pub max_age: Option<Duration>,
    host: String,
    expires: Option<Instant>,
    order: u64,
}

/// `SameSite`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Site {
    /// Sent with every request.
    None,
    /// Sent with requests of the same site, and with a GET that opens a document.
    Lax,
    /// Sent with requests of the same site.
    Strict,
}

/// What decides which cookies a request carries.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sending<'a> {
    pub url: &'a Url,
    pub same_site: bool,
    /// A GET of a document in a tab of its own.
    pub opens_document: bool,
}

/// Every cookie of one browser profile.
#[derive(Debug, Default)]
pub(super) struct Jar {
    cookies: Vec<StoredCookie>,
    next: u64,
}

impl Jar {
    /// Keeps the cookie of one `Set-Cookie` field, or says why a browser does not.
    pub fn store(&mut self, url: &Url, field: &str, by_script: bool) -> Result<(), &'static str> {
        let cookie = Cookie::parse(field).map_err(|_| "it has no name")?;
        let host = url.host_str().unwrap_or_default().to_owned();
        check(&cookie, url, by_script)?;
        let path = match cookie.path() {
            Some(path) if path.starts_with('/') => path.to_owned(),
            _ => default_path(url),
        };
        let place = self.cookies.iter().position(|known| {
            (
                known.name.as_str(),
                known.path.as_str(),
                known.host.as_str(),
            ) == (cookie.name(), path.as_str(), host.as_str())
        });
        let old = place.map(|place| self.cookies.remove(place));
        if by_script && old.as_ref().is_some_and(|old| old.http_only) {
            self.cookies.extend(old);
            return Err("a script cannot overwrite a cookie that is HttpOnly");
        }
        let max_age = cookie
            .max_age()
            .map(|age| Duration::try_from(age).unwrap_or_default());
        if max_age == Some(Duration::ZERO) {
            return Ok(());
        }
        self.next += 1;
        self.cookies.push(StoredCookie {
            name: cookie.name().to_owned(),
            value: cookie.value().to_owned(),
            path,
            http_only: cookie.http_only() == Some(true),
            secure: cookie.secure() == Some(true),
            same_site: match cookie.same_site() {
                Some(SameSite::None) => Site::None,
                Some(SameSite::Strict) => Site::Strict,
                Some(SameSite::Lax) | None => Site::Lax,
            },
            max_age,
            host,
            expires: max_age.and_then(|age| Instant::now().checked_add(age)),
            // A cookie that is replaced keeps its place (section 5.7, step 23).
            order: old.map_or(self.next, |old| old.order),
        });
        Ok(())
    }

    /// The cookies of a request: longer paths first, then older ones (section 5.8.3).
    pub fn matching(&mut self, sending: Sending<'_>) -> Vec<StoredCookie> {
        let now = Instant::now();
        self.cookies
            .retain(|cookie| cookie.expires.is_none_or(|expires| expires > now));
        let matches = |cookie: &&StoredCookie| cookie.matches(sending);
        let mut cookies: Vec<_> = self.cookies.iter().filter(matches).cloned().collect();
        cookies.sort_by_key(|cookie| (std::cmp::Reverse(cookie.path.len()), cookie.order));
        cookies
    }

    /// Every cookie of a host, whatever its path.
    pub fn of_host(&self, host: &str) -> Vec<StoredCookie> {
        let cookies = self.cookies.iter().filter(|cookie| cookie.host == host);
        cookies.cloned().collect()
    }

    /// Forgets a host's cookies of which this holds.
    pub fn forget(&mut self, host: &str, which: impl Fn(&StoredCookie) -> bool) {
        self.cookies
            .retain(|cookie| cookie.host != host || !which(cookie));
    }
}

impl StoredCookie {
    fn matches(&self, sending: Sending<'_>) -> bool {
        let Sending { url, .. } = sending;
        let path = url.path();
        let below = path.strip_prefix(self.path.as_str()).is_some_and(|rest| {
            rest.is_empty() || rest.starts_with('/') || self.path.ends_with('/')
        });
        let to_site = match self.same_site {
            Site::None => true,
            Site::Lax => sending.same_site || sending.opens_document,
            Site::Strict => sending.same_site,
        };
        // Chromium takes loopback for secure.
        let transport = !self.secure || is_trustworthy(url);
        url.host_str() == Some(&self.host) && below && to_site && transport
    }
}

/// Whether `Sec-Fetch-*` is sent there (Secure Contexts section 3.1).
pub(super) fn is_trustworthy(url: &Url) -> bool {
    url.scheme() == "https" || matches!(url.host_str(), Some("localhost" | "127.0.0.1"))
}

fn check(cookie: &Cookie<'_>, url: &Url, by_script: bool) -> Result<(), &'static str> {
    let (secure, http_only) = (
        cookie.secure() == Some(true),
        cookie.http_only() == Some(true),
    );
    let name = cookie.name();
    let is_host = name.starts_with("__Host-");
    let is_http = name.starts_with("__Host-Http-") || name.starts_with("__Http-");
    let rules = [
        (
            name.len() + cookie.value().len() > NAME_AND_VALUE,
            "it is larger than 4096 bytes",
        ),
        (
            cookie.domain().is_some(),
            "it has a Domain, which nothing here may set",
        ),
        (
            secure && !is_trustworthy(url),
            "it is Secure and the page is not",
        ),
        (
            http_only && by_script,
            "a script cannot set a cookie that is HttpOnly",
        ),
        (
            (is_host || is_http || name.starts_with("__Secure-")) && !secure,
            "its prefix demands Secure",
        ),
        (
            is_host && cookie.path() != Some("/"),
            "its prefix demands Path=/",
        ),
        (is_http && !http_only, "its prefix demands HttpOnly"),
        (
            cookie.same_site() == Some(SameSite::None) && !secure,
            "SameSite=None demands Secure",
        ),
    ];
    let broken = rules.into_iter().find(|(broken, _)| *broken);
    broken.map_or(Ok(()), |(_, rule)| Err(rule))
}

/// The directory of the page (section 5.1.4).
fn default_path(url: &Url) -> String {
    match url.path().rsplit_once('/') {
        Some(("", _)) | None => "/".to_owned(),
        Some((directory, _)) => directory.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    fn sent(jar: &mut Jar, to: &str, same_site: bool, opens_document: bool) -> String {
        let url = url(to);
        let sending = Sending {
            url: &url,
            same_site,
            opens_document,
        };
        let cookies = jar.matching(sending);
        let pairs: Vec<_> = cookies
            .iter()
            .map(|cookie| format!("{}={}", cookie.name, cookie.value))
            .collect();
        pairs.join("; ")
    }

    #[test]
    fn longer_paths_come_first_and_replaced_cookies_keep_their_place() {
        let mut jar = Jar::default();
        let page = url("https://host/e/x/");
        for field in [
            "a=1; Path=/",
            "b=2; Path=/",
            "a=3; Path=/e/x/",
            "a=4; Path=/",
        ] {
            jar.store(&page, field, false).unwrap();
        }
        assert_eq!(
            sent(&mut jar, "https://host/e/x/y", true, false),
            "a=3; a=4; b=2"
        );
        assert_eq!(sent(&mut jar, "https://host/e/xy", true, false), "a=4; b=2");
        assert_eq!(sent(&mut jar, "https://other/e/x/y", true, false), "");
        jar.store(&page, "a=; Path=/; Max-Age=0", false).unwrap();
        assert_eq!(sent(&mut jar, "https://host/", true, false), "b=2");
    }

    #[test]
    fn same_site_decides_by_site_and_by_what_is_opened() {
        let mut jar = Jar::default();
        let page = url("https://host/");
        for field in [
            "n=1; SameSite=None; Secure",
            "l=1; SameSite=Lax",
            "s=1; SameSite=Strict",
            "d=1",
        ] {
            jar.store(&page, field, false).unwrap();
        }
        assert_eq!(
            sent(&mut jar, "https://host/", true, false),
            "n=1; l=1; s=1; d=1"
        );
        assert_eq!(
            sent(&mut jar, "https://host/", false, true),
            "n=1; l=1; d=1"
        );
        assert_eq!(sent(&mut jar, "https://host/", false, false), "n=1");
    }

    #[test]
    fn a_cookie_that_breaks_a_rule_is_dropped() {
        let large = format!("a={}", "v".repeat(4096));
        let rows = [
            (
                "https://host/e/x/",
                &*large,
                false,
                "it is larger than 4096 bytes",
            ),
            (
                "https://host/",
                "a=1; Domain=host",
                false,
                "it has a Domain, which nothing here may set",
            ),
            (
                "http://host/",
                "a=1; Secure",
                false,
                "it is Secure and the page is not",
            ),
            (
                "https://host/",
                "a=1; HttpOnly",
                true,
                "a script cannot set a cookie that is HttpOnly",
            ),
            (
                "https://host/",
                "__Secure-a=1",
                false,
                "its prefix demands Secure",
            ),
            (
                "https://host/",
                "__Host-a=1; Secure; Path=/e",
                false,
                "its prefix demands Path=/",
            ),
            (
                "https://host/",
                "__Host-Http-a=1; Secure; Path=/",
                true,
                "its prefix demands HttpOnly",
            ),
            (
                "https://host/",
                "a=1; SameSite=None",
                false,
                "SameSite=None demands Secure",
            ),
        ];
        for (page, field, by_script, rule) in rows {
            let mut jar = Jar::default();
            assert_eq!(
                jar.store(&url(page), field, by_script),
                Err(rule),
                "{field}"
            );
            assert_eq!(sent(&mut jar, page, true, true), "", "{field}");
        }
    }
}

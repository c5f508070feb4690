//! A browser, as far as the sign-in sees one: it keeps cookies by name and path and says where a request comes from.

use std::collections::BTreeMap;

use http::header::{LOCATION, SET_COOKIE};
use http::{HeaderMap, HeaderName, HeaderValue, Method};

use crate::response::Response;

/// A browser.
#[derive(Clone, Debug, Default)]
pub struct Browser {
    /// By name: the path and the value.
    cookies: BTreeMap<String, (String, String)>,
}

impl Browser {
    /// What a top-level navigation sends.
    pub fn navigation(&self, path: &str) -> HeaderMap {
        let mut headers = fields(&[
            ("accept", "text/html,*/*;q=0.8"),
            ("accept-language", "en"),
            ("sec-fetch-dest", "document"),
            ("sec-fetch-mode", "navigate"),
            ("sec-fetch-site", "cross-site"),
        ]);
        self.add_cookies(&mut headers, path);
        headers
    }

    /// What a script of the page sends, with its page token.
    pub fn fetch(&self, path: &str, page_token: Option<&str>) -> HeaderMap {
        let mut headers = fields(&[
            ("accept", "application/json"),
            ("content-type", "application/json"),
            ("origin", super::ORIGIN),
            ("sec-fetch-dest", "empty"),
            ("sec-fetch-mode", "cors"),
            ("sec-fetch-site", "same-origin"),
        ]);
        if let Some(token) = page_token {
            headers.insert("x-gateway-page", HeaderValue::from_str(token).unwrap());
        }
        self.add_cookies(&mut headers, path);
        headers
    }

    /// Keeps the cookie of `response`, of which there is one at most.
    pub fn keep(&mut self, response: &Response) {
        let set: Vec<_> = response.headers.get_all(SET_COOKIE).iter().collect();
        assert!(set.len() <= 1, "the daemon would drop all but one: {set:?}");
        for field in set {
            self.keep_field(field.to_str().unwrap());
        }
    }

    fn keep_field(&mut self, field: &str) {
        let mut parts = field.split("; ");
        let (name, value) = parts.next().unwrap().split_once('=').unwrap();
        let attributes: Vec<&str> = parts.collect();
        let attribute = |name: &str| attributes.iter().find_map(|part| part.strip_prefix(name));
        if attribute("Max-Age=") == Some("0") {
            self.cookies.remove(name);
            return;
        }
        let path = attribute("Path=").unwrap().to_owned();
        self.cookies
            .insert(name.to_owned(), (path, value.to_owned()));
    }

    /// The names and values of the cookies that end with `ending`.
    pub fn cookies(&self, ending: &str) -> Vec<(String, String)> {
        let cookies = self.cookies.iter();
        let named = cookies.filter(|(name, _)| name.ends_with(ending));
        named
            .map(|(name, (_, value))| (name.clone(), value.clone()))
            .collect()
    }

    /// How many transactions it keeps.
    pub fn slots(&self) -> usize {
        self.cookies
            .keys()
            .filter(|name| !name.ends_with("_s"))
            .count()
    }

    /// The value of the session cookie.
    pub fn session(&self) -> Option<String> {
        self.cookies("_s")
            .into_iter()
            .next()
            .map(|(_, value)| value)
    }

    /// Changes the values of all cookies.
    pub fn change(&mut self, change: impl Fn(&str) -> String) {
        for (_, value) in self.cookies.values_mut() {
            *value = change(value);
        }
    }

    /// Forgets the cookies whose name ends with `ending`.
    pub fn forget(&mut self, ending: &str) {
        self.cookies.retain(|name, _| !name.ends_with(ending));
    }

    /// RFC 6265 §5.1.4 and §5.4.
    fn add_cookies(&self, headers: &mut HeaderMap, path: &str) {
        let path = format!("{}{path}", super::BASE_PATH);
        let cookies = self.cookies.iter();
        let matching = cookies.filter(|(_, (of, _))| path.starts_with(of.as_str()));
        let pairs: Vec<_> = matching
            .map(|(name, (_, value))| format!("{name}={value}"))
            .collect();
        if !pairs.is_empty() {
            headers.insert("cookie", HeaderValue::from_str(&pairs.join("; ")).unwrap());
        }
    }
}

fn fields(pairs: &[(&'static str, &str)]) -> HeaderMap {
    let field = |(name, value): &(&'static str, &str)| {
        (
            HeaderName::from_static(name),
            HeaderValue::from_str(value).unwrap(),
        )
    };
    pairs.iter().map(field).collect()
}

/// Where a response sends the browser.
pub fn location(response: &Response) -> String {
    response.headers[LOCATION].to_str().unwrap().to_owned()
}

/// The method of a request to `path`.
pub fn method_of(path: &str) -> Method {
    if ["/auth/refresh", "/auth/logout", "/auth/backchannel-logout"].contains(&path) {
        Method::POST
    } else {
        Method::GET
    }
}

//! A browser without scripts: it keeps cookies, says with `Sec-Fetch-*` what it does, and remembers every redirect.
//!
//! It plays what a test counts: several tabs of one profile, two profiles, planted cookies. What needs scripts or a real
//! cookie store is shown by the suite in Chromium.

mod html;
mod jar;
mod load;
mod page;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Mutex, MutexGuard, PoisonError};

use http::{Method, StatusCode};
use url::Url;

pub use html::Form;
use jar::{Jar, Sending};
pub use jar::{Site, StoredCookie};
pub use load::{Kind, Load};
pub use page::{Hop, Page};

use crate::Error;

/// Chromium's bound (`kMaxRedirects`).
const MAX_REDIRECTS: usize = 20;
/// A login page, and one that asks again.
const MAX_FORMS: usize = 5;
/// The names of the fields for the user in the login pages that tests meet, the surest first: Keycloak's page has
/// `username`, and its button is called `login`.
const USER_FIELDS: [&str; 2] = ["username", "login"];

/// One profile of a browser.
#[derive(Debug)]
pub struct Browser {
    client: reqwest::Client,
    jar: Mutex<Jar>,
    proxies: Vec<(String, String)>,
    language: String,
    takes_cookies: bool,
}

impl Default for Browser {
    fn default() -> Self {
        Self::new()
    }
}

impl Browser {
    /// A fresh profile, in English.
    pub fn new() -> Self {
        let builder = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            // `localhost` is another site than 127.0.0.1, at the same ports.
            .resolve("localhost", SocketAddr::from((Ipv4Addr::LOCALHOST, 0)));
        Self {
            client: builder.build().unwrap_or_default(),
            jar: Mutex::default(),
            proxies: Vec::new(),
            language: "en-US,en;q=0.9".to_owned(),
            takes_cookies: true,
        }
    }

    /// A profile that keeps no cookie.
    pub fn without_cookies() -> Self {
        Self {
            takes_cookies: false,
            ..Self::new()
        }
    }

    /// With this `Accept-Language`.
    pub fn speaking(mut self, language: &str) -> Self {
        language.clone_into(&mut self.language);
        self
    }

    /// A host name of somebody's own: what is asked of this origin is asked below `target`, with the origin's host, as
    /// by a proxy that ends TLS there.
    pub fn through_proxy(mut self, origin: &str, target: &str) -> Self {
        self.proxies.push((origin.to_owned(), target.to_owned()));
        self
    }

    /// A person types an address into a tab.
    ///
    /// # Errors
    ///
    /// The address is none, nobody answers, or there are too many redirects.
    pub async fn open(&self, url: &str) -> Result<Page, Error> {
        let url = Url::parse(url).map_err(|_| Error::Browser(format!("no address: {url}")))?;
        self.go(Load::get(Kind::Document, url, None)).await
    }

    /// A person clicks a link of the page.
    ///
    /// # Errors
    ///
    /// As [`Self::open`].
    pub async fn click(&self, page: &Page, href: &str) -> Result<Page, Error> {
        let url = joined(page.url(), href)?;
        self.go(Load::get(Kind::Document, url, Some(page.url())))
            .await
    }

    /// A person sends a form of the page; a field that is named here gets this value, one that is not a button's keeps its own.
    ///
    /// # Errors
    ///
    /// As [`Self::open`].
    pub async fn submit(
        &self,
        page: &Page,
        form: &Form,
        values: &[(&str, &str)],
    ) -> Result<Page, Error> {
        let url = joined(page.url(), &form.action)?;
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in &form.fields {
            let given = values.iter().find(|(given, _)| given == name);
            body.append_pair(name, given.map_or(value.as_str(), |(_, value)| value));
        }
        let body = body.finish();
        let load = Load::get(Kind::Document, url, Some(page.url()));
        if form.is_post {
            let load = load.sending(Method::POST, "application/x-www-form-urlencoded", body);
            return self.go(load).await;
        }
        let mut load = load;
        load.url.set_query(Some(&body));
        self.go(load).await
    }

    /// Opens an address and signs in at the login page to which it leads, until something else is shown.
    ///
    /// # Errors
    ///
    /// As [`Self::open`].
    pub async fn sign_in(&self, url: &str, user: &str, password: &str) -> Result<Page, Error> {
        let page = self.open(url).await?;
        self.finish_sign_in(page, user, password).await
    }

    /// Fills in the login page that is shown, until something else is.
    ///
    /// # Errors
    ///
    /// As [`Self::open`].
    pub async fn finish_sign_in(
        &self,
        mut page: Page,
        user: &str,
        password: &str,
    ) -> Result<Page, Error> {
        for _ in 0..MAX_FORMS {
            let Some((form, field)) = login_form(&page.shown) else {
                return Ok(page);
            };
            let mut next = self
                .submit(&page, &form, &[(field, user), ("password", password)])
                .await?;
            next.redirects
                .splice(0..0, page.hops().cloned().collect::<Vec<_>>());
            page = next;
        }
        Err(Error::Browser(format!(
            "the login page comes again and again:\n{}",
            page.trail()
        )))
    }

    /// Loads something and follows its redirects.
    ///
    /// # Errors
    ///
    /// As [`Self::open`].
    pub async fn go(&self, mut load: Load) -> Result<Page, Error> {
        let mut redirects: Vec<Hop> = Vec::new();
        let mut chain: Vec<Url> = Vec::new();
        while redirects.len() <= MAX_REDIRECTS {
            let hop = self.exchange(&load, &chain).await?;
            let Some(location) = hop.location().filter(|_| hop.status.is_redirection()) else {
                return Ok(Page {
                    redirects,
                    shown: hop,
                });
            };
            chain.push(hop.url.clone());
            let keeps_method = [
                StatusCode::TEMPORARY_REDIRECT,
                StatusCode::PERMANENT_REDIRECT,
            ]
            .contains(&hop.status);
            if !keeps_method {
                load.method = Method::GET;
                load.body.clear();
                load.headers.remove(http::header::CONTENT_TYPE);
            }
            load.url = location;
            redirects.push(hop);
        }
        let trail: Vec<_> = redirects.iter().map(|hop| hop.url.as_str()).collect();
        Err(Error::Browser(format!(
            "too many redirects:\n{}",
            trail.join("\n")
        )))
    }

    /// One request; a redirect is not followed.
    ///
    /// # Errors
    ///
    /// Nobody answers.
    pub async fn load(&self, load: Load) -> Result<Hop, Error> {
        self.exchange(&load, &[]).await
    }

    /// A script of a page plants a cookie, as `document.cookie = field` does.
    ///
    /// # Errors
    ///
    /// A browser would not take it.
    pub fn plant(&self, page: &str, field: &str) -> Result<(), Error> {
        let url = Url::parse(page).map_err(|_| Error::Browser(format!("no address: {page}")))?;
        let stored = self.jar().store(&url, field, true);
        stored.map_err(|why| Error::Browser(format!("{field} is not taken: {why}")))
    }

    /// A server's answer sets a cookie, as another plugin of the same host may.
    ///
    /// # Errors
    ///
    /// A browser would not take it.
    pub fn set_cookie(&self, page: &str, field: &str) -> Result<(), Error> {
        let url = Url::parse(page).map_err(|_| Error::Browser(format!("no address: {page}")))?;
        let stored = self.jar().store(&url, field, false);
        stored.map_err(|why| Error::Browser(format!("{field} is not taken: {why}")))
    }

    /// Every cookie of a host.
    pub fn cookies(&self, host: &str) -> Vec<StoredCookie> {
        self.jar().of_host(host)
    }

    /// Forgets the cookies of a host of which this holds.
    pub fn forget_cookies(&self, host: &str, which: impl Fn(&StoredCookie) -> bool) {
        self.jar().forget(host, which);
    }

    async fn exchange(&self, load: &Load, chain: &[Url]) -> Result<Hop, Error> {
        let sent = load.head(chain, &self.language, &self.cookie_line(load, chain));
        let (target, host) = self.target(&load.url);
        let request = self.client.request(load.method.clone(), target);
        let mut request = request.headers(sent.clone()).body(load.body.clone());
        if let Some(host) = host {
            request = request.header(http::header::HOST, host);
        }
        let response = request.send().await?;
        let (status, headers) = (response.status(), response.headers().clone());
        let dropped = self.keep_cookies(&load.url, &headers);
        Ok(Hop {
            method: load.method.clone(),
            url: load.url.clone(),
            sent,
            status,
            headers,
            body: response.bytes().await?.to_vec(),
            dropped,
        })
    }

    fn cookie_line(&self, load: &Load, chain: &[Url]) -> String {
        let is_get = load.method == Method::GET;
        let cookies = self.jar().matching(Sending {
            url: &load.url,
            same_site: load.site(chain) < load::Relation::CrossSite,
            opens_document: load.kind.opens_document() && is_get,
        });
        let pairs: Vec<_> = cookies
            .iter()
            .map(|cookie| format!("{}={}", cookie.name, cookie.value))
            .collect();
        pairs.join("; ")
    }

    fn keep_cookies(&self, url: &Url, headers: &http::HeaderMap) -> Vec<String> {
        let mut dropped = Vec::new();
        for field in headers.get_all(http::header::SET_COOKIE) {
            let field = field.to_str().unwrap_or_default();
            let stored = if self.takes_cookies {
                self.jar().store(url, field, false)
            } else {
                Err("cookies are blocked")
            };
            dropped.extend(stored.err().map(|why| format!("{field}: {why}")));
        }
        dropped
    }

    /// Where the bytes go, and the host that they name if it is another one.
    fn target(&self, url: &Url) -> (String, Option<String>) {
        let origin = url.origin().ascii_serialization();
        let rest = url.as_str().get(origin.len()..).unwrap_or_default();
        match self.proxies.iter().find(|(known, _)| *known == origin) {
            Some((_, target)) => {
                let host = origin.split_once("://").map(|(_, host)| host.to_owned());
                (format!("{target}{rest}"), host)
            }
            None => (url.to_string(), None),
        }
    }

    fn jar(&self) -> MutexGuard<'_, Jar> {
        self.jar.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn joined(page: &Url, href: &str) -> Result<Url, Error> {
    page.join(href)
        .map_err(|_| Error::Browser(format!("no address: {href}")))
}

/// The form that asks for user and password, and the name of the user's field.
fn login_form(page: &Hop) -> Option<(Form, &'static str)> {
    page.forms().into_iter().find_map(|form| {
        let has = |wanted: &str| form.fields.iter().any(|(name, _)| name == wanted);
        let user = USER_FIELDS.into_iter().find(|name| has(name))?;
        has("password").then_some((form, user))
    })
}

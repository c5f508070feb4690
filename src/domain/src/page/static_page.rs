//! Documents without a script: what a person sees where the page itself cannot help.

use std::fmt::Write;

use http::header::{REFERRER_POLICY, VARY};
use http::{HeaderValue, StatusCode};

use super::document::{Hindrance, META_BASE, META_PAGE_TOKEN};
use super::escape::{escaped, meta};
use super::texts::{Passage, Texts, texts};
use super::{Language, PAGES_STYLE, policy};
use crate::error::{Code, Refusal};
use crate::response::{self, Response};
use crate::settings::PublicUrl;

/// The name of the page token in the form of the logout.
pub const PAGE_TOKEN_OF_FORM: &str = "page_token";

/// A document in one language, of one endpoint.
#[derive(Clone, Copy, Debug)]
pub struct StaticPage<'a> {
    /// The language.
    pub language: Language,
    /// The endpoint's address; `None` where its settings are wrong.
    pub public_url: Option<&'a PublicUrl>,
}

impl StaticPage<'_> {
    /// Why a sign-in has come to nothing, and what the person or the administrator can do.
    pub fn error(&self, refusal: &Refusal, request_id: &str) -> Response {
        let texts = texts(self.language);
        let mut body = passage(passage_of(texts, refusal.code()));
        let (path, label) = next_step(texts, refusal.code());
        body.push_str(&self.button(path, label));
        let code = refusal.code().as_str();
        let _ = write!(
            body,
            "<dl><dt>{}</dt><dd><code>{}</code></dd><dt>{}</dt><dd><code>{}</code></dd><dt>{}</dt><dd lang=\"en\">{}{}</dd></dl>",
            escaped(texts.code),
            escaped(code),
            escaped(texts.request_id),
            escaped(request_id),
            escaped(texts.details),
            escaped(refusal.message()),
            documentation(texts, refusal),
        );
        let mut response = self.response(passage_of(texts, refusal.code()).heading, "", &body);
        response.status = refusal.code().status();
        response::set_retry_after(&mut response.headers, refusal);
        response
    }

    /// After a logout. Whether the provider has ended its own session too is not known where it has not sent the browser
    /// back with the `state` of the request (OpenID Connect RP-Initiated Logout §3).
    pub fn logged_out(&self, has_provider_answered: bool) -> Response {
        let texts = texts(self.language);
        let mut body = passage(texts.logged_out);
        if !has_provider_answered {
            body.push_str(&paragraph(texts.provider_session));
        }
        body.push_str(&self.button("/auth/login", texts.sign_in_again));
        self.response(texts.logged_out.heading, "", &body)
    }

    /// The form that asks for a logout; `page_token` is what shows that the person has seen it here.
    pub fn logout_form(&self, page_token: &str) -> Response {
        let texts = texts(self.language);
        let action = self.address("/auth/logout");
        let form = format!(
            "<form method=\"post\" action=\"{}\"><input type=\"hidden\" name=\"{PAGE_TOKEN_OF_FORM}\" value=\"{}\">\
             <button type=\"submit\">{}</button></form>",
            escaped(&action),
            escaped(page_token),
            escaped(texts.sign_out)
        );
        let body = passage(texts.logout) + &form;
        let mut response = self.response(texts.logout.heading, "", &body);
        // A form's POST says where it comes from only where its document may (Fetch standard, "append a request `Origin`
        // header").
        let same_origin = HeaderValue::from_static("same-origin");
        response.headers.insert(REFERRER_POLICY, same_origin);
        response
    }

    /// After a logout by the form: goes on to `location`, where the provider ends its own session. It is no redirect,
    /// because a form's redirect may not leave the endpoint (`form-action`).
    pub fn going_on(&self, location: &str) -> Response {
        let texts = texts(self.language);
        let location = escaped(location);
        let refresh = format!("<meta http-equiv=\"refresh\" content=\"1;url={location}\">");
        let link = format!(
            "<p><a class=\"button\" href=\"{location}\">{}</a></p>",
            escaped(texts.go_on)
        );
        let body = passage(texts.going_on) + &link;
        self.response(texts.going_on.heading, &refresh, &body)
    }

    /// Where the page is, for whoever has opened it under another address. Without a style: that is at the right one.
    pub fn wrong_address(&self) -> Response {
        let texts = texts(self.language);
        let address = escaped(&self.address("/"));
        let body =
            passage(texts.wrong_address) + &format!("<p><a href=\"{address}\">{address}</a></p>");
        let elsewhere = StaticPage {
            public_url: None,
            ..*self
        };
        elsewhere.response(texts.wrong_address.heading, "", &body)
    }

    /// In the place of the page, where that is switched off. The page token in it is for the server of a frontend that
    /// passes on how a browser's window has asked; no script can read this document.
    pub fn without_page(&self, page_token: Option<&str>, hindrance: Option<Hindrance>) -> Response {
        let texts = texts(self.language);
        let base = self.public_url.map_or("", PublicUrl::as_str);
        let token = page_token.map_or_else(String::new, |token| meta(META_PAGE_TOKEN, token));
        let (path, label) = match page_token {
            Some(_) => ("/auth/logout", texts.sign_out),
            None => ("/auth/login", texts.sign_in),
        };
        let mut body = passage(texts.page_off);
        if page_token.is_some() {
            body.push_str(&paragraph(texts.signed_in));
        }
        body.push_str(
            &hindrance.map_or_else(String::new, |hindrance| paragraph(hindrance.text(texts))),
        );
        body.push_str(&self.button(path, label));
        let head = meta(META_BASE, base) + &token;
        let mut response = self.response(texts.page_off.heading, &head, &body);
        let vary = HeaderValue::from_static(super::VARY_OF_ROOT);
        response.headers.insert(VARY, vary);
        response
    }

    fn button(&self, path: &str, label: &str) -> String {
        if self.public_url.is_none() {
            return String::new();
        }
        let address = escaped(&self.address(path));
        format!(
            "<p><a class=\"button\" href=\"{address}\">{}</a></p>",
            escaped(label)
        )
    }

    fn address(&self, path: &str) -> String {
        self.public_url.map_or_else(String::new, |url| url.at(path))
    }

    fn response(&self, title: &str, further_head: &str, body: &str) -> Response {
        let style = self.public_url.map_or_else(String::new, |url| {
            format!(
                "<link rel=\"stylesheet\" href=\"{}\" integrity=\"{}\">",
                escaped(&url.at(&PAGES_STYLE.path())),
                PAGES_STYLE.integrity
            )
        });
        let html = format!(
            "<!doctype html><html lang=\"{}\"><head><meta charset=\"utf-8\"><title>{}</title>\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
             <meta name=\"robots\" content=\"noindex\">{further_head}{style}</head><body><main>{body}</main></body></html>",
            self.language.tag(),
            escaped(title),
        );
        let mut response = Response::html(StatusCode::OK, html);
        let base = self.public_url.map(PublicUrl::as_str);
        policy::protect_document(&mut response.headers, &policy::of_static(base));
        response
    }
}

fn passage(Passage { heading, text }: Passage) -> String {
    format!("<h1>{}</h1>{}", escaped(heading), paragraph(text))
}

fn paragraph(text: &str) -> String {
    format!("<p>{}</p>", escaped(text))
}

/// A link to what the administrator can do, if that is more than the message. The document is in English.
fn documentation(texts: &Texts, refusal: &Refusal) -> String {
    refusal.documentation().map_or_else(String::new, |address| {
        let (address, label) = (escaped(&address), escaped(texts.documentation));
        format!(" <a href=\"{address}\" hreflang=\"en\">{label}</a>")
    })
}

/// What the person reads. The refusal's own message is for the administrator.
const fn passage_of(texts: &Texts, code: Code) -> Passage {
    match code {
        Code::Busy => texts.busy,
        Code::ConfigurationError | Code::IdentityProviderInvalid => texts.configuration,
        Code::IdentityProviderUnavailable => texts.provider_down,
        Code::NavigationRequired => texts.navigation,
        Code::SessionTooLarge => texts.too_large,
        Code::SignInFailed => texts.failed,
        Code::SignInRefused => texts.refused,
        Code::CrossOriginRefused
        | Code::PageTokenMissing
        | Code::SessionChanged
        | Code::SessionEnded
        | Code::SessionExpired
        | Code::SessionMissing
        | Code::SessionRevoked => texts.session,
        _ if matches!(code.status(), StatusCode::FORBIDDEN) => texts.not_allowed,
        _ => texts.fault,
    }
}

/// The one button. A person who is refused would be signed in again without a question, so another account is asked for.
const fn next_step(texts: &Texts, code: Code) -> (&'static str, &'static str) {
    match code {
        Code::CrossOriginRefused
        | Code::NavigationRequired
        | Code::PageTokenMissing
        | Code::SessionChanged
        | Code::SessionEnded
        | Code::SessionExpired
        | Code::SessionMissing
        | Code::SessionRevoked => ("/", texts.to_page),
        _ if matches!(code.status(), StatusCode::FORBIDDEN) => {
            ("/auth/login?prompt=select_account", texts.sign_in_again)
        }
        _ => ("/auth/login", texts.sign_in_again),
    }
}

//! The document of the chat page: what its script needs to begin, and nothing that it does itself.

use http::{HeaderValue, StatusCode};
use serde::Serialize;

use super::escape::{escaped, meta};
use super::texts::{Texts, texts};
use super::{Language, PAGE_SCRIPT, PAGE_STYLE, policy};
use crate::json;
use crate::response::Response;
use crate::settings::SignIn;

/// The name of the `<meta>` with the endpoint's public URL.
pub(super) const META_BASE: &str = "gateway-base";

/// The name of the `<meta>` with the page token.
pub(super) const META_PAGE_TOKEN: &str = "gateway-page";

/// What Dify says of the app.
#[derive(Clone, Debug, Default)]
pub struct AppFace {
    /// Its name.
    pub title: Option<String>,
    /// The address of its icon: an image.
    pub icon: Option<String>,
    /// The origin that Dify serves files from, where it is known.
    pub file_host: Option<String>,
}

/// Why the page can have no session.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Hindrance {
    /// The request has no fetch metadata.
    MetadataMissing,
    /// Sessions of several people open.
    SeveralSessions,
}

impl Hindrance {
    /// What the person can do.
    pub(super) const fn text(self, texts: &Texts) -> &'static str {
        match self {
            Self::MetadataMissing => texts.no_metadata,
            Self::SeveralSessions => texts.several_sessions,
        }
    }
}

/// The document.
#[derive(Clone, Debug)]
pub struct Document<'a> {
    /// How people sign in.
    pub sign_in: &'a SignIn,
    /// The setting `page_notice`.
    pub notice: Option<&'a str>,
    /// The hook's id: what the page keeps in the browser is under a name with it.
    pub hook_id: &'a str,
    /// The browser's language.
    pub language: Language,
    /// The app.
    pub app: &'a AppFace,
    /// The page token; `None` where nobody is signed in.
    pub page_token: Option<String>,
    /// Why nobody can be.
    pub hindrance: Option<Hindrance>,
}

/// The content of `<meta name="gateway-settings">`.
#[derive(Serialize)]
struct PageSettings<'a> {
    hook: &'a str,
    language: &'static str,
    title: &'a str,
    icon: Option<&'a str>,
    notice: Option<&'a str>,
    /// Origins that images of answers may load from, besides the endpoint's own.
    image_origins: Vec<&'a str>,
    /// Why nobody can be signed in here: `metadata_missing` or `several_sessions`.
    hindrance: Option<Hindrance>,
}

/// Where Dify does not say the name.
const TITLE: &str = "Chat";

impl Document<'_> {
    /// The response with the document.
    pub fn response(&self) -> Response {
        let mut response = Response::html(StatusCode::OK, self.html());
        let policy = policy::of_page(self.sign_in, self.app.file_host.as_deref());
        policy::protect_document(&mut response.headers, &policy);
        response.headers.insert(
            http::header::VARY,
            HeaderValue::from_static(super::VARY_OF_ROOT),
        );
        response
    }

    fn html(&self) -> String {
        let public_url = &self.sign_in.public_url;
        let texts = texts(self.language);
        let title = escaped(self.title());
        let base = meta(META_BASE, public_url.as_str());
        let settings = meta("gateway-settings", &json::text(&self.settings()));
        let token = self.page_token.as_ref();
        let token = token.map_or_else(String::new, |token| meta(META_PAGE_TOKEN, token));
        let icon = self.app.icon.as_ref().map_or_else(String::new, |icon| {
            format!("<link rel=\"icon\" href=\"{}\">", escaped(icon))
        });
        let notice = self.hindrance.map_or_else(String::new, |hindrance| {
            format!(
                "<p class=\"hindrance\" role=\"alert\">{}</p>",
                escaped(hindrance.text(texts))
            )
        });
        format!(
            "<!doctype html><html lang=\"{language}\"><head><meta charset=\"utf-8\"><title>{title}</title>\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
             <meta name=\"robots\" content=\"noindex\">\
             {base}{token}{settings}{icon}\
             <link rel=\"stylesheet\" href=\"{style}\" integrity=\"{style_integrity}\">\
             <script type=\"module\" src=\"{script}\" integrity=\"{script_integrity}\"></script></head>\
             <body>{notice}<noscript><p>{no_script}</p></noscript><div id=\"app\"></div></body></html>",
            language = self.language.tag(),
            style = escaped(&public_url.at(&PAGE_STYLE.path())),
            style_integrity = PAGE_STYLE.integrity,
            script = escaped(&public_url.at(&PAGE_SCRIPT.path())),
            script_integrity = PAGE_SCRIPT.integrity,
            no_script = escaped(texts.no_script),
        )
    }

    fn settings(&self) -> PageSettings<'_> {
        let origins = self.app.file_host.iter().chain(&self.sign_in.page_origins);
        PageSettings {
            hook: self.hook_id,
            language: self.language.tag(),
            title: self.title(),
            icon: self.app.icon.as_deref(),
            notice: self.notice,
            image_origins: origins.map(String::as_str).collect(),
            hindrance: self.hindrance,
        }
    }

    fn title(&self) -> &str {
        self.app.title.as_deref().unwrap_or(TITLE)
    }
}

//! `GET /`: the chat page for a browser's window, and what the gateway is for everybody else.

use std::rc::Rc;

use http::HeaderValue;
use http::header::VARY;

use super::about;
use crate::environment::Environment;
use crate::gateway::address;
use crate::gateway::sign_in::Visit;
use crate::page::{self, Document, Hindrance, Language, StaticPage};
use crate::request::navigation::Destination;
use crate::request::{Request, navigation};
use crate::response::Response;
use crate::session::{OnNavigation, PageToken};
use crate::settings::{Page, Settings};

mod app_faces;

use app_faces::AppFaces;

/// Answers for the root of an endpoint.
pub struct Root {
    apps: AppFaces,
}

impl Root {
    /// Knows no app yet.
    pub fn new(environment: Rc<dyn Environment>) -> Self {
        Self {
            apps: AppFaces::new(environment),
        }
    }

    /// The page, whether somebody is signed in or not, or what stands in its place, or the JSON. `visit` is there where people sign in.
    pub async fn response(
        &self,
        request: &Request,
        settings: &Settings,
        visit: Option<&Visit<'_>>,
    ) -> Response {
        let Some(visit) = visit else {
            return about::response();
        };
        // What the page loads is below its public address, which has one spelling.
        if request.path != "/" || !navigation::wants_page(request) {
            let mut response = about::response();
            let vary = HeaderValue::from_static(page::VARY_OF_ROOT);
            response.headers.insert(VARY, vary);
            return response;
        }
        let language = Language::named(&request.headers);
        let public_url = &visit.sign_in.public_url;
        if address::is_elsewhere(&request.headers, public_url) {
            let document = StaticPage {
                language: language.unwrap_or_default(),
                public_url: Some(public_url),
            };
            return document.wrong_address();
        }
        let (page_token, hindrance) = signed_in(visit);
        let page_token = page_token.map(PageToken::to_text);
        if settings.page == Page::Off {
            let document = StaticPage {
                language: language.unwrap_or_default(),
                public_url: Some(public_url),
            };
            return document.without_page(page_token.as_deref(), hindrance);
        }
        let site = self.apps.of(settings).await;
        let default = site.language.as_deref().and_then(Language::of_tag);
        let document = Document {
            sign_in: visit.sign_in,
            notice: settings.page_notice.as_deref(),
            hook_id: &request.hook_id,
            language: language.or(default).unwrap_or_default(),
            app: &site.face,
            page_token,
            hindrance,
        };
        document.response()
    }
}

/// The page token of who is signed in, or why nobody can be. It goes into the browser's window alone: there no other page
/// can read it, because the document shares its window group with nobody (`Cross-Origin-Opener-Policy`).
fn signed_in(visit: &Visit<'_>) -> (Option<PageToken>, Option<Hindrance>) {
    if Destination::of(&visit.request.headers) != Destination::Window {
        return (None, Some(Hindrance::MetadataMissing));
    }
    match visit.on_navigation() {
        OnNavigation::One(session) if visit.is_live(session) => (Some(session.page_token()), None),
        OnNavigation::One(_) | OnNavigation::Missing => (None, None),
        OnNavigation::Several => (None, Some(Hindrance::SeveralSessions)),
    }
}

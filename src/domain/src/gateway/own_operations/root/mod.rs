//! `GET /`: the chat page for a browser's window, and what the gateway is for everybody else.

use std::rc::Rc;

use http::HeaderValue;
use http::header::VARY;

use super::about;
use crate::environment::Environment;
use crate::error::Refusal;
use crate::page::{self, Document, Language, StaticPage};
use crate::request::{Request, navigation};
use crate::response::Response;
use crate::settings::{Page, Settings};

mod address;
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

    /// The page, whether somebody is signed in or not, or the JSON.
    ///
    /// # Errors
    /// `configuration_error` where `public_url` is the address of another endpoint.
    pub async fn response(
        &self,
        request: &Request,
        settings: &Settings,
    ) -> Result<Response, Refusal> {
        let sign_in = match &settings.sign_in {
            Some(sign_in) if settings.page == Page::On => sign_in,
            _ => return Ok(about::response()),
        };
        // What the page loads is relative to its public address, which has one spelling.
        if request.path != "/" || !navigation::wants_page(request) {
            let mut response = about::response();
            let vary = HeaderValue::from_static(page::VARY_OF_ROOT);
            response.headers.insert(VARY, vary);
            return Ok(response);
        }
        sign_in.check_hook(&request.hook_id)?;
        let language = Language::named(&request.headers);
        if address::is_elsewhere(&request.headers, &sign_in.public_url) {
            let document = StaticPage {
                language: language.unwrap_or_default(),
                public_url: Some(&sign_in.public_url),
            };
            return Ok(document.wrong_address());
        }
        let site = self.apps.of(settings).await;
        let default = site.language.as_deref().and_then(Language::of_tag);
        let document = Document {
            sign_in,
            notice: settings.page_notice.as_deref(),
            hook_id: &request.hook_id,
            language: language.or(default).unwrap_or_default(),
            app: &site.face,
            page_token: None,
            hindrance: None,
        };
        Ok(document.response())
    }
}

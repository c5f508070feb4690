//! `GET /health`: up or down for everybody, all the rest for whoever has the app key.

use std::rc::Rc;

use futures::future::{join, join_all};
use http::StatusCode;

use super::json_answer;
use crate::environment::Environment;
use crate::issuer::IssuerSetting;
use crate::provider::Providers;
use crate::request::Request;
use crate::response::Response;
use crate::settings::{AppKey, InvalidSettings, Settings};
use crate::token::AccessToken;

mod dify;
mod report;

use dify::AppInfo;
use report::{Brief, Provider, Report, Status};

/// Finds out whether endpoints work. Everything that it asks the outside is remembered, so that nobody can make it ask
/// often: without a key it costs no more than any request with a token would.
pub struct Health {
    providers: Rc<Providers>,
    app_info: AppInfo,
}

impl Health {
    /// Shares what is known of the identity providers.
    pub fn new(environment: Rc<dyn Environment>, providers: Rc<Providers>) -> Self {
        Self {
            providers,
            app_info: AppInfo::new(environment),
        }
    }

    /// How the endpoint of `settings` stands.
    pub async fn answer(&self, request: &Request, settings: &Settings) -> Response {
        let issuers = settings.issuers.iter();
        let providers = join_all(issuers.map(|issuer| self.provider(issuer, settings)));
        let (providers, dify) = join(providers, self.app_info.of(settings)).await;
        let report = Report::new(providers, dify);
        tell(request, Some(&settings.app_key), &report)
    }

    async fn provider(&self, issuer: &IssuerSetting, settings: &Settings) -> Provider {
        match issuer {
            IssuerSetting::EntraTemplate(template) => Provider::of_template(template.as_str()),
            IssuerSetting::Exact(issuer) => {
                let status = self.providers.status(issuer, settings).await;
                Provider::new(issuer, status)
            }
        }
    }
}

/// The health report of an endpoint with invalid settings.
pub fn of_invalid_settings(request: &Request, invalid: &InvalidSettings) -> Response {
    let report = Report::of_mistakes(&invalid.mistakes);
    tell(request, invalid.app_key.as_ref(), &report)
}

/// The report for whoever has sent the app key; for everybody else no more than its status.
fn tell(request: &Request, app_key: Option<&AppKey>, report: &Report<'_>) -> Response {
    let status = match report.status {
        Status::Down => StatusCode::SERVICE_UNAVAILABLE,
        Status::Up => StatusCode::OK,
    };
    let is_key = |token: &AccessToken| app_key.is_some_and(|key| key.is(token.reveal()));
    match AccessToken::from_headers(&request.headers).is_ok_and(|token| is_key(&token)) {
        true => json_answer(status, report),
        false => json_answer(status, &Brief::new(report.status, &request.headers)),
    }
}

//! `GET /health`: up or down for everybody, all the rest for the holder of the app key.

use std::rc::Rc;

use futures::future::{join, join_all};
use http::StatusCode;

use super::json_response;
use crate::environment::Environment;
use crate::gateway::credential::Credential;
use crate::gateway::sign_in::registered;
use crate::issuer::IssuerSetting;
use crate::provider::Providers;
use crate::request::Request;
use crate::response::Response;
use crate::session::Memories;
use crate::settings::{InvalidSettings, Settings};

mod check;
mod dify;
mod report;
mod sign_in;
mod warnings;

use dify::AppInfo;
use report::{Brief, Provider, Registration, Report, Status};
use sign_in::SignInReport;

/// Finds out whether endpoints work. Everything that it asks the outside is remembered, so that nobody can make it ask
/// often: without a key it costs no more than any request with a token would.
pub struct Health {
    providers: Rc<Providers>,
    app_info: AppInfo,
    memories: Rc<Memories>,
}

impl Health {
    /// Shares what is known of the identity providers and of sessions.
    pub fn new(
        environment: Rc<dyn Environment>,
        providers: Rc<Providers>,
        memories: Rc<Memories>,
    ) -> Self {
        Self {
            providers,
            memories,
            app_info: AppInfo::new(environment),
        }
    }

    /// Whether the endpoint of `settings` works.
    pub async fn response(&self, request: &Request, settings: &Settings) -> Response {
        let issuers = settings.issuers.iter();
        let is_detailed = Credential::is_app_key(request, &settings.app_key);
        let providers =
            join_all(issuers.map(|issuer| self.provider(issuer, settings, is_detailed)));
        let (providers, dify) = join(providers, self.app_info.of(settings)).await;
        let registration = settings.sign_in.as_deref().map(Registration::from);
        let sign_in = settings.sign_in.as_ref().map(|sign_in| {
            let last_token = self.memories.of(&sign_in.policy_digest).last_token();
            SignInReport::new(request, settings, sign_in, last_token)
        });
        let report = Report::new(
            registration,
            providers,
            dify,
            sign_in,
            warnings::of(settings),
            &settings.app_key.metrics_token(&request.endpoint),
        );
        response(request, is_detailed, &report)
    }

    /// Asks about the client only for the holder of the app key, who sees what came of it: the provider may count requests
    /// that fail.
    async fn provider(
        &self,
        issuer: &IssuerSetting,
        settings: &Settings,
        is_detailed: bool,
    ) -> Provider {
        match issuer {
            IssuerSetting::EntraTemplate(template) => Provider::of_template(template.as_str()),
            IssuerSetting::Exact(issuer) => {
                if let (true, Some(sign_in)) = (is_detailed, &settings.sign_in) {
                    let redirect_uri = sign_in.public_url.at(registered::CALLBACK);
                    let check = self
                        .providers
                        .check_client(settings, sign_in, &redirect_uri);
                    check.await;
                }
                let status = self.providers.status(issuer, settings).await;
                Provider::new(issuer, status)
            }
        }
    }
}

/// The report about an endpoint with invalid settings.
pub fn of_invalid_settings(request: &Request, invalid: &InvalidSettings) -> Response {
    let report = Report::of_mistakes(&invalid.mistakes);
    let app_key = invalid.app_key.as_ref();
    let is_detailed = app_key.is_some_and(|key| Credential::is_app_key(request, key));
    response(request, is_detailed, &report)
}

/// The report for a request with the app key (`is_detailed`); for all others no more than its status.
fn response(request: &Request, is_detailed: bool, report: &Report<'_>) -> Response {
    let status = match report.status {
        Status::Down => StatusCode::SERVICE_UNAVAILABLE,
        Status::Up => StatusCode::OK,
    };
    if is_detailed {
        json_response(status, report)
    } else {
        json_response(status, &Brief::new(report.status, &request.headers))
    }
}

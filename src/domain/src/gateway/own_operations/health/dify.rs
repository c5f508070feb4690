//! Whether Dify accepts the app key: its `/info`.

use std::rc::Rc;

use http::StatusCode;
use serde::Serialize;
use serde_json::Value;

use crate::environment::{Environment, FetchResponse, TransportError};
use crate::error::{Code, Refusal};
use crate::gateway::remembered::Remembered;
use crate::json::{parse_object, shown};
use crate::limits;
use crate::relay::{self, Address, Expectation, ResponseHead};
use crate::settings::Settings;
use crate::text::cut;

const REMEDY: &str = "An administrator must check that `dify_api_url` is the API's address, that it can be reached from \
                    where the plugin daemon runs, and that the app is published.";

/// The app that the key belongs to. Its own words are cut, as foreign text is everywhere.
#[derive(Clone, Serialize)]
pub struct App {
    name: Option<String>,
    mode: Option<String>,
}

/// What Dify says of the apps that were asked about last.
pub struct AppInfo {
    apps: Remembered<App, Refusal>,
    apps_at_v1: Remembered<App, Refusal>,
}

impl AppInfo {
    pub fn new(environment: Rc<dyn Environment>) -> Self {
        Self {
            apps: Remembered::new(environment.clone(), limits::HEALTH_WAITERS),
            apps_at_v1: Remembered::new(environment, limits::HEALTH_WAITERS),
        }
    }

    /// The app of `settings`, or why Dify does not say. Where there is no API at an address without `/v1`, the one with
    /// it is tried.
    pub async fn of(&self, settings: &Settings) -> Result<App, Refusal> {
        let expectation = Expectation::json(&settings.dify_api_url);
        let found = ask(&self.apps, settings, "/info", expectation).await;
        match found {
            Err(refusal) if is_probably_elsewhere(&expectation, &refusal) => {
                let at_v1 = ask(&self.apps_at_v1, settings, "/v1/info", expectation).await;
                Err(with_address(refusal, &at_v1, settings))
            }
            found => found,
        }
    }
}

async fn ask(
    apps: &Remembered<App, Refusal>,
    settings: &Settings,
    path: &str,
    expectation: Expectation,
) -> Result<App, Refusal> {
    let read = move |fetched| read(expectation, fetched);
    apps.get(settings, path, read).await?
}

fn is_probably_elsewhere(expectation: &Expectation, refusal: &Refusal) -> bool {
    expectation.address == Address::Unusual && refusal.code() == Code::DifyAnswerInvalid
}

/// A key that is refused shows as well that there is an API.
fn with_address(refusal: Refusal, at_v1: &Result<App, Refusal>, settings: &Settings) -> Refusal {
    let is_there = match at_v1 {
        Ok(_) => true,
        Err(there) => there.code() == Code::AppKeyRejected,
    };
    if !is_there {
        return refusal;
    }
    let address = settings.dify_api_url.at("/v1", "");
    let message = format!(
        "There is no API of Dify at `dify_api_url`, but there is one at `{address}`. An administrator must write that \
         address into `dify_api_url`."
    );
    Refusal::new(refusal.code(), message)
}

fn read(
    expectation: Expectation,
    fetched: Result<FetchResponse, TransportError>,
) -> Result<App, Refusal> {
    let fetched = fetched.map_err(|error| explained(&relay::refusal_of(error), &error))?;
    let head = ResponseHead {
        status: fetched.status,
        headers: fetched.headers,
    };
    relay::passable(&expectation, head)?;
    let members = parse_object(&fetched.body, limits::APP_INFO_DEPTH).map_err(|error| {
        let message = format!("Dify's response to `/info` cannot be read: {error}. {REMEDY}");
        Refusal::new(Code::DifyAnswerInvalid, message)
    })?;
    if fetched.status != StatusCode::OK {
        let dify_message = members.get("message").map(shown).unwrap_or_default();
        let status = fetched.status.as_u16();
        let message =
            format!("Dify answered `/info` with status {status}: {dify_message}. {REMEDY}");
        return Err(Refusal::new(Code::DifyAnswerInvalid, message));
    }
    let text = |name: &str| {
        members
            .get(name)
            .and_then(Value::as_str)
            .map(|text| cut(text, limits::QUOTED_VALUE).to_owned())
    };
    Ok(App {
        name: text("name"),
        mode: text("mode"),
    })
}

fn explained(refusal: &Refusal, error: &TransportError) -> Refusal {
    let message = format!("{} The reason: {error}. {REMEDY}", refusal.message());
    Refusal::new(refusal.code(), message)
}

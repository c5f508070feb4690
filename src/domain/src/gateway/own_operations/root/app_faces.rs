//! How Dify shows the app: `/site`, and the name of `/info` where that has no title.

use std::rc::Rc;

use http::StatusCode;
use serde_json::{Map, Value};
use url::{Origin, Url};

use crate::environment::{Environment, FetchResponse, TransportError};
use crate::gateway::remembered::{AwaitedByMany, Remembered};
use crate::json::parse_object;
use crate::limits;
use crate::page::AppFace;
use crate::settings::Settings;
use crate::text::cut;

/// Dify did not say.
#[derive(Clone)]
pub struct Unknown;

impl From<AwaitedByMany> for Unknown {
    fn from(_: AwaitedByMany) -> Self {
        Self
    }
}

/// A face, and the language that the app is written in.
#[derive(Clone, Default)]
pub struct Site {
    pub face: AppFace,
    /// As Dify writes it, for example `zh-Hans`.
    pub language: Option<String>,
}

/// What Dify says of the apps that were asked about last.
pub struct AppFaces {
    sites: Remembered<Rc<Site>, Unknown>,
    names: Remembered<Option<String>, Unknown>,
}

impl AppFaces {
    /// Knows no app yet.
    pub fn new(environment: Rc<dyn Environment>) -> Self {
        Self {
            sites: Remembered::new(environment.clone(), limits::FETCH_WAITERS),
            names: Remembered::new(environment, limits::FETCH_WAITERS),
        }
    }

    /// The face of the app of `settings`, as far as Dify shows one. The page works without.
    pub async fn of(&self, settings: &Settings) -> Rc<Site> {
        let read = |response| members(response).map(|site| Rc::new(read_site(&site)));
        let site = self.sites.get(settings, "/site", read).await;
        match site.ok().and_then(Result::ok) {
            Some(site) if site.face.title.is_some() => site,
            site => Rc::new(self.with_name(site, settings).await),
        }
    }

    async fn with_name(&self, site: Option<Rc<Site>>, settings: &Settings) -> Site {
        let mut site = site.map(|site| (*site).clone()).unwrap_or_default();
        let read = |response| members(response).map(|info| text(&info, "name"));
        if let Ok(name) = self.names.get(settings, "/info", read).await {
            site.face.title = name.ok().flatten();
        }
        site
    }
}

fn members(response: Result<FetchResponse, TransportError>) -> Result<Map<String, Value>, Unknown> {
    let response = response.map_err(|_| Unknown)?;
    if response.status != StatusCode::OK {
        return Err(Unknown);
    }
    parse_object(&response.body, limits::APP_INFO_DEPTH).map_err(|_| Unknown)
}

/// `Site` in `api/controllers/service_api/app/site.py`.
fn read_site(site: &Map<String, Value>) -> Site {
    let image = text_of(site, "icon_url").and_then(image);
    let is_emoji = site.get("icon_type").is_some_and(|kind| kind == "emoji");
    let emoji = text_of(site, "icon").filter(|_| is_emoji && image.is_none());
    let (address, file_host) = image.unzip();
    Site {
        face: AppFace {
            title: text(site, "title"),
            icon: address.or_else(|| emoji.and_then(drawn)),
            file_host,
        },
        language: text(site, "default_language"),
    }
}

/// The address of an icon, and the origin that Dify serves files from.
fn image(address: &str) -> Option<(String, String)> {
    let url = Url::parse(address).ok()?;
    let is_of_web = matches!(url.scheme(), "http" | "https");
    let origin = match url.origin() {
        origin @ Origin::Tuple(..) if is_of_web => origin.ascii_serialization(),
        _ => return None,
    };
    // A source of the content security policy: nothing in it may end a directive.
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b":/.-_[]".contains(&byte);
    let is_good = url.as_str().len() <= limits::PAGE_ICON
        && origin.len() <= limits::FILE_HOST
        && origin.bytes().all(is_allowed);
    is_good.then(|| (url.to_string(), origin))
}

/// A picture of an emoji. Dify also has names such as `robot_face`, which no font draws.
fn drawn(emoji: &str) -> Option<String> {
    if emoji.is_ascii() || emoji.len() > limits::EMOJI || emoji.contains(['<', '&']) {
        return None;
    }
    let picture = format!(
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'><text y='26' font-size='26'>{emoji}</text></svg>"
    );
    let encoded: String = picture
        .bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect();
    Some(format!("data:image/svg+xml,{encoded}"))
}

fn text(members: &Map<String, Value>, name: &str) -> Option<String> {
    let text = text_of(members, name)?;
    Some(cut(text, limits::QUOTED_VALUE).to_owned())
}

fn text_of<'a>(members: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    let text = members.get(name).and_then(Value::as_str)?.trim();
    (!text.is_empty()).then_some(text)
}

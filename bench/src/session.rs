//! What a session costs: somebody signs in at the gateway, and then asks with the cookie instead of a token.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use harness::browser::{Kind, Load, Page};
use harness::{Algorithm, Browser, CannedResponse, TestIssuer};
use http::header::{COOKIE, ORIGIN};
use http::{HeaderMap, HeaderName, HeaderValue};
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use crate::client::Message;
use crate::contender::Contender;
use crate::load::{self, Sample};
use crate::plan::Plan;
use crate::test_bed::{CLIENT_ID, TestBed, blocking};
use crate::verification::run_in_package;

const CLIENTS: [usize; 2] = [1, 16];
const SUBJECT: &str = "0c3c5a1e-6d9f-4a57-8f5e-5b1f4f0f7f10";

/// What was measured.
#[derive(Clone, Debug)]
pub struct Sessions {
    /// Inside the process.
    pub cost: SessionCost,
    /// For clients.
    pub loads: Vec<SessionLoad>,
}

/// The same gateway at one number of clients, by both credentials.
#[derive(Clone, Copy, Debug)]
pub struct SessionLoad {
    pub clients: usize,
    /// By a token that was seen before.
    pub token: Sample,
    /// By a session.
    pub session: Sample,
}

/// Milliseconds inside the process, medians: see `bench/session.py`.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct SessionCost {
    /// `GET /whoami` by a token that was seen before.
    pub by_token: f64,
    /// The same by a session.
    pub by_session: f64,
    /// `POST /auth/refresh` of a session that was just checked: it opens a session and seals it.
    pub refresh: f64,
}

/// Signs in, and measures.
///
/// # Errors
/// Nobody is signed in, or a request is refused.
pub async fn measure(bed: &TestBed, plan: &Plan) -> Result<Sessions> {
    let (contender, settings) = bed.with_sign_in(plan).await?;
    let credential = sign_in(&contender, bed.issuer()).await?;
    let by_token = bed.chat(&contender, &blocking())?;
    let by_session = Message {
        credential,
        ..by_token.clone()
    };
    let cost = measure_cost(plan, &settings, [&by_token, &by_session]).await?;
    let mut loads = Vec::new();
    for clients in CLIENTS {
        let messages = [&by_token, &by_session].map(|message| (&contender, vec![message.clone()]));
        let [token, session] = load::in_turns(messages, clients, plan).await?;
        loads.push(SessionLoad {
            clients,
            token,
            session,
        });
    }
    Ok(Sessions { cost, loads })
}

/// In a process of its own, which opens the same cookies because it has the same settings.
async fn measure_cost(
    plan: &Plan,
    settings: &Value,
    [by_token, by_session]: [&Message; 2],
) -> Result<SessionCost> {
    let headers = |message: &Message| -> Vec<(String, String)> {
        let fields = message.credential.iter();
        fields
            .map(|(name, value)| {
                let value = value.to_str().unwrap_or_default();
                (name.as_str().to_owned(), value.to_owned())
            })
            .collect()
    };
    let mut settings = settings.clone();
    // Its standard output is where the figures come from.
    if let Some(settings) = settings.as_object_mut() {
        settings.insert("log_level".to_owned(), json!("error"));
    }
    let input = json!({
        "settings": settings,
        "token": headers(by_token),
        "session": headers(by_session),
    });
    let script = plan.root.join("bench/session.py");
    let input = input.to_string().into_bytes();
    let output = run_in_package(&script, &plan.package, &plan.python, &input).await?;
    Ok(serde_json::from_slice(&output)?)
}

/// One way through the provider: the headers of a request that the page makes afterwards.
async fn sign_in(contender: &Contender, issuer: &TestIssuer) -> Result<HeaderMap> {
    let browser = Browser::new();
    let login = format!("{}/auth/login", contender.page_url()).parse()?;
    let hop = browser.load(Load::get(Kind::Document, login, None)).await?;
    let location = hop.location().with_context(|| hop.text())?;
    let parameters: BTreeMap<_, _> = location.query_pairs().into_owned().collect();
    let parameter = |name: &str| {
        let value = parameters.get(name);
        value.with_context(|| format!("the login sends no {name}"))
    };
    let tokens = json!({
        "access_token": "an-access-token",
        "token_type": "Bearer",
        "expires_in": 3600,
        "id_token": id_token(issuer, parameter("nonce")?),
    });
    issuer.set_answer("/token", CannedResponse::json(&tokens));
    let mut callback: Url = parameter("redirect_uri")?.parse()?;
    let answer = [("code", "a-code"), ("state", parameter("state")?)];
    callback.query_pairs_mut().extend_pairs(answer);
    let provider = issuer.issuer().parse()?;
    let load = Load::get(Kind::Document, callback, Some(&provider));
    credential(&browser, &browser.go(load).await?)
}

fn id_token(issuer: &TestIssuer, nonce: &str) -> String {
    let mut claims = issuer.claims(SUBJECT);
    if let Some(claims) = claims.as_object_mut() {
        claims.insert("aud".to_owned(), json!(CLIENT_ID));
        claims.insert("nonce".to_owned(), json!(nonce));
    }
    let keys = issuer.keys();
    let header = json!({"alg": "ES256", "typ": "JWT", "kid": keys.key_id(Algorithm::Es256)});
    keys.sign(Algorithm::Es256, &header.to_string(), &claims.to_string())
}

/// What the page that is shown sends with every request.
fn credential(browser: &Browser, page: &Page) -> Result<HeaderMap> {
    let token = page.shown.meta("gateway-page");
    let token = token.with_context(|| format!("nobody is signed in:\n{}", page.trail()))?;
    let cookies = browser.cookies("localhost").into_iter();
    let cookies: Vec<_> = cookies
        .map(|cookie| format!("{}={}", cookie.name, cookie.value))
        .collect();
    let fields = [
        (COOKIE, cookies.join("; ")),
        (ORIGIN, page.url().origin().ascii_serialization()),
        (HeaderName::from_static("x-gateway-page"), token),
        (
            HeaderName::from_static("sec-fetch-site"),
            "same-origin".to_owned(),
        ),
    ];
    let fields = fields.map(|(name, value)| Ok((name, HeaderValue::try_from(value)?)));
    fields.into_iter().collect()
}

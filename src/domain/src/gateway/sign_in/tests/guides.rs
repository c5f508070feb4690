//! The guides in `docs/providers`: each one's settings are read from it, and so are the tokens and the user info that they
//! are for, and what the gateway says to the mistakes that it names.

use std::fs;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::HeaderMap;
use http::header::{AUTHORIZATION, HeaderValue};
use serde_json::{Map, Value, json};

use super::provider::{KEYS, TOKEN, USERINFO};
use super::*;
use crate::environment::Environment;
use crate::environment::fake::respond;

const GUIDES: [&str; 10] = [
    "keycloak",
    "entra-id",
    "auth0",
    "okta",
    "cognito",
    "google",
    "authentik",
    "zitadel",
    "github",
    "feishu",
];

/// What clients without OpenID Connect are refused with is told of tokens like these.
const GITHUB_TOKEN: &str = "gho_16C7e42F292c6912E7710c838347Ae178B4a";
const FEISHU_TOKEN: &str = "u-6U1SbDiM6XIH2DcTCPyeub";

/// A page of documentation with marked blocks.
struct Guide {
    name: &'static str,
    text: String,
}

impl Guide {
    fn read(name: &'static str) -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../docs/providers")
            .join(format!("{name}.md"));
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path:?}: {error}"));
        Self { name, text }
    }

    /// The contents of the blocks that are marked with exactly this word.
    fn blocks(&self, mark: &str) -> Vec<&str> {
        let begin = format!("\n```{mark}\n");
        let parts = self.text.split(begin.as_str()).skip(1);
        parts
            .map(|part| part.split("```").next().unwrap().trim())
            .collect()
    }

    fn block(&self, mark: &str) -> Option<&str> {
        match self.blocks(mark)[..] {
            [] => None,
            [only] => Some(only),
            _ => panic!("{} has several blocks {mark}", self.name),
        }
    }

    /// The settings for one of the uses, `page` or `api`, or for both. What stands for the endpoint is that of the fixture.
    fn settings(&self, purpose: &str) -> Option<Value> {
        let block = self
            .block("settings")
            .or_else(|| self.block(&format!("settings {purpose}")))?;
        let mut settings = Map::new();
        for line in block.lines() {
            let (name, value) = line
                .split_once(": ")
                .unwrap_or_else(|| panic!("{}: {line}", self.name));
            assert!(
                settings.insert(name.to_owned(), value.into()).is_none(),
                "{line}"
            );
        }
        if settings.contains_key("public_url") {
            assert_eq!(
                settings["public_url"], "https://dify.example.com/e/abcdefghijklmnop",
                "{}",
                self.name
            );
            settings.insert("public_url".to_owned(), BASE.into());
        }
        Some(Value::Object(settings))
    }

    fn json(&self, mark: &str) -> Option<Value> {
        let block = self.block(mark)?;
        Some(
            serde_json::from_str(block)
                .unwrap_or_else(|error| panic!("{} {mark}: {error}", self.name)),
        )
    }

    /// Status, code and message of each refusal that the guide shows.
    fn refusals(&self) -> Vec<String> {
        self.blocks("refusal")
            .into_iter()
            .map(str::to_owned)
            .collect()
    }

    fn is_openid(&self) -> bool {
        self.block("userinfo").is_none()
    }
}

/// A gateway with these settings, whose provider has the addresses of the guide.
fn fixture(guide: &Guide, settings: &Value) -> Fixture {
    let issuer = settings["issuer"].as_str().unwrap();
    let environment = FakeEnvironment::new();
    environment.answer(PARAMETERS, ok(r#"{"user_input_form": []}"#));
    let provider = FakeProvider::new(&environment, &json!({}));
    let document = json!({
        "issuer": issuer,
        "authorization_endpoint": "https://idp.example/authorize",
        "token_endpoint": TOKEN,
        "userinfo_endpoint": USERINFO,
        "jwks_uri": KEYS,
        "token_endpoint_auth_methods_supported": ["client_secret_post"],
    });
    let discovery = format!(
        "{}/.well-known/openid-configuration",
        issuer.trim_end_matches('/')
    );
    environment.answer(&discovery, ok(document.to_string()));
    if let Some(person) = guide.json("userinfo") {
        answer_without_openid(&environment, &person);
    }
    let known = json!({"dify_api_url": "https://api.example/v1", "app_key": "app-0123456789", "input_claims": "none"});
    Fixture {
        provider,
        gateway: Gateway::new(environment.clone()),
        environment,
        settings: merged(known, settings),
        requests: Cell::new(0),
    }
}

/// The addresses of GitHub and of Feishu, which the gateway knows.
fn answer_without_openid(environment: &FakeEnvironment, person: &Value) {
    let tokens = json!({"code": 0, "access_token": "opaque", "token_type": "bearer", "scope": "read:org", "expires_in": 7200});
    let is_json = &[("content-type", "application/json")];
    for token in [
        "https://github.com/login/oauth/access_token",
        "https://open.feishu.cn/open-apis/authen/v2/oauth/token",
    ] {
        environment.answer(
            token,
            respond(http::StatusCode::OK, is_json, tokens.to_string()),
        );
    }
    for userinfo in [
        "https://api.github.com/user",
        "https://open.feishu.cn/open-apis/authen/v1/user_info",
    ] {
        environment.answer(userinfo, ok(person.to_string()));
    }
    environment.answer("https://api.github.com/user/emails", ok("[]"));
    answer_organizations(environment, &json!([{"login": "company"}]));
}

fn answer_organizations(environment: &FakeEnvironment, organizations: &Value) {
    let url = "https://api.github.com/user/orgs?per_page=100&page=1";
    environment.answer(url, ok(organizations.to_string()));
}

/// The claims with times that are right now; null removes one.
fn token(fixture: &Fixture, claims: &Value, changes: &Value) -> String {
    let now = fixture.environment.now().as_secs();
    let times = json!({"iat": now, "exp": now + 300});
    fixture
        .provider
        .sign(merged(merged(times, claims), changes), Some("JWT"))
}

/// What the gateway says of a bearer token.
fn whoami(fixture: &Fixture, token: &str) -> Response {
    let mut headers = HeaderMap::new();
    headers.insert(
        AUTHORIZATION,
        HeaderValue::from_str(&format!("Bearer {token}")).unwrap(),
    );
    fixture.respond(&fixture.request("/whoami", headers), "")
}

/// Signs in at the page, with an ID token where the provider has such; the response of the callback.
fn sign_in(fixture: &Fixture, guide: &Guide, changes: &Value) -> (Browser, Response) {
    let mut browser = Browser::default();
    let login = fixture.begin(&mut browser, "");
    if let Some(claims) = guide.json("id-token") {
        let nonce = merged(json!({"nonce": login.nonce()}), changes);
        let id_token = token(fixture, &claims, &nonce);
        let answer = fixture.provider.tokens(&id_token, &json!({}));
        fixture.environment.answer_once(TOKEN, answer);
    }
    let response = fixture.open(&mut browser, &login.callback());
    (browser, response)
}

#[test]
fn each_guide_has_settings_for_each_use_and_three_mistakes_and_the_index_names_it() {
    let index = Guide::read("README");
    for guide in GUIDES.map(Guide::read) {
        let name = guide.name;
        assert!(guide.settings("page").is_some(), "{name}");
        assert_eq!(guide.settings("api").is_some(), guide.is_openid(), "{name}");
        assert_eq!(guide.refusals().len(), 3, "{name}");
        assert!(index.text.contains(&format!("({name}.md)")), "{name}");
    }
}

#[test]
fn a_person_signs_in_on_the_page_with_the_settings_of_each_guide() {
    for guide in GUIDES.map(Guide::read) {
        let fixture = fixture(&guide, &guide.settings("page").unwrap());
        let (browser, response) = sign_in(&fixture, &guide, &json!({}));
        assert_eq!(response.status, 303, "{}: {}", guide.name, text(&response));
        assert!(fixture.session(&browser).is_some(), "{}", guide.name);
    }
}

#[test]
fn a_token_is_accepted_with_the_settings_of_each_guide_and_its_person_is_the_one_of_the_page() {
    for guide in GUIDES.map(Guide::read).into_iter().filter(Guide::is_openid) {
        let page = fixture(&guide, &guide.settings("page").unwrap());
        let (browser, _) = sign_in(&page, &guide, &json!({}));
        let person = page
            .session(&browser)
            .unwrap()
            .person()
            .caller
            .user
            .as_str()
            .to_owned();

        let api = fixture(&guide, &guide.settings("api").unwrap());
        let claims = guide.json("access-token").unwrap();
        let response = whoami(&api, &token(&api, &claims, &json!({})));
        assert_eq!(response.status, 200, "{}: {}", guide.name, text(&response));
        assert_eq!(json_of(&response)["user"], person, "{}", guide.name);
    }
}

/// What is wrong in a mistake that a guide names.
enum Mistake {
    /// A bearer token with other claims, and settings that are changed; null removes one.
    Claims(Value, Value),
    /// A bearer token that is none of the provider's for this endpoint.
    Token(String),
    /// Settings of the page.
    Settings(Value),
    /// Who GitHub or Feishu says that the person is.
    Person(Value),
}

use Mistake::{Claims, Person, Settings as Changed, Token};

fn mistakes(guide: &'static str) -> [Mistake; 3] {
    let claims = |claims| Claims(claims, json!({}));
    let unruly = |name: &str| claims(json!({name: null}));
    match guide {
        "keycloak" => [
            claims(json!({"aud": "account"})),
            claims(json!({"iss": "http://keycloak:8080/realms/company"})),
            claims(json!({"realm_access": {"roles": ["offline_access"]}})),
        ],
        "entra-id" => [
            Token(of_graph()),
            claims(json!({
                "iss": "https://sts.windows.net/72f988bf-86f1-41af-91ab-2d7cd011db47/", "ver": "1.0",
                "aud": "api://6e74172b-be56-4843-9ff4-e66a39bb12e3",
            })),
            unruly("roles"),
        ],
        "auth0" => [
            claims(json!({"aud": "https://company.eu.auth0.com/userinfo"})),
            Claims(json!({}), json!({"issuer": "https://company.eu.auth0.com"})),
            unruly("https://dify.example.com/roles"),
        ],
        "okta" => [
            claims(json!({"iss": "https://company.okta.com", "aud": "https://company.okta.com"})),
            Claims(json!({}), json!({"audience": null})),
            unruly("groups"),
        ],
        "cognito" => [
            claims(
                json!({"token_use": "id", "aud": "7k2webb3c4d5e6f7g8h9i0j1k2", "client_id": null}),
            ),
            claims(json!({"client_id": "1otherb3c4d5e6f7g8h9i0j1k2"})),
            Claims(json!({}), json!({"user_claim": "email"})),
        ],
        "google" => [
            Token("ya29.a0AfB_byC1vZ3kQpLr".to_owned()),
            Claims(json!({}), json!({"token_kind": null})),
            unruly("hd"),
        ],
        "authentik" => [
            Token(with_a_shared_secret()),
            Claims(
                json!({}),
                json!({"issuer": "https://authentik.example.com/application/o/dify-web"}),
            ),
            unruly("groups"),
        ],
        "zitadel" => [
            Token("V2_300101234567890123-at_300101234567890123".to_owned()),
            claims(json!({"aud": ["284631698765432109"]})),
            unruly("urn:zitadel:iam:org:project:284631520147328003:roles"),
        ],
        "github" => [
            Token(GITHUB_TOKEN.to_owned()),
            Changed(json!({"required_claims": null})),
            Person(json!([])),
        ],
        _ => [
            Token(FEISHU_TOKEN.to_owned()),
            Changed(json!({"required_claims": null})),
            Person(
                json!({"code": 0, "data": {"open_id": "ou_2", "tenant_key": "1a2b3c4d5e6f7a8b"}}),
            ),
        ],
    }
}

/// Microsoft Graph's tokens have `nonce` in their header; nobody else can verify them.
fn of_graph() -> String {
    unverifiable(
        &json!({"typ": "JWT", "nonce": "Wd1w", "alg": "RS256", "kid": "k"}),
        &json!({"iss": "https://sts.windows.net/72f988bf-86f1-41af-91ab-2d7cd011db47/", "aud": "00000003-0000-0000-c000-000000000000"}),
    )
}

/// What authentik issues where no signing key is chosen.
fn with_a_shared_secret() -> String {
    unverifiable(
        &json!({"typ": "JWT", "alg": "HS256"}),
        &json!({"iss": "https://authentik.example.com/application/o/dify-web/"}),
    )
}

fn unverifiable(header: &Value, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!(
        "{}.{}.{}",
        part(header),
        part(claims),
        URL_SAFE_NO_PAD.encode([7; 256])
    )
}

/// What the gateway says, as a guide shows it.
fn told(guide: &Guide, mistake: Mistake) -> String {
    let purpose = if guide.is_openid() { "api" } else { "page" };
    let settings = guide.settings(purpose).unwrap();
    let response = match mistake {
        Claims(claims, changes) => {
            let fixture = fixture(guide, &merged(settings, &changes));
            let usual = guide.json("access-token").unwrap();
            whoami(&fixture, &token(&fixture, &usual, &claims))
        }
        Token(token) => whoami(&fixture(guide, &settings), &token),
        Changed(changes) => whoami(&fixture(guide, &merged(settings, &changes)), GITHUB_TOKEN),
        Person(person) => return told_on_a_page(guide, &settings, &person),
    };
    let refusal = json_of(&response);
    let message = refusal["message"].as_str().unwrap();
    format!(
        "{} {}\n{message}",
        response.status.as_u16(),
        refusal["code"].as_str().unwrap()
    )
}

/// The refused sign-in of this person; the page has the message for the administrator.
fn told_on_a_page(guide: &Guide, settings: &Value, person: &Value) -> String {
    let fixture = fixture(guide, settings);
    match person {
        Value::Array(_) => answer_organizations(&fixture.environment, person),
        _ => answer_without_openid(&fixture.environment, person),
    }
    let (_, response) = sign_in(&fixture, guide, &json!({}));
    let page = text(&response)
        .replace("&#39;", "'")
        .replace("&quot;", "\"");
    let shown = guide.refusals().into_iter().find(|refusal| {
        let (_, message) = refusal.split_once('\n').unwrap_or_default();
        !message.is_empty() && page.contains(message)
    });
    let shown =
        shown.unwrap_or_else(|| panic!("{}: no refusal of the guide is in {page}", guide.name));
    let (status, code) = refusal(&response);
    assert!(
        shown.starts_with(&format!("{status} {code}\n")),
        "{}: {status} {code}",
        guide.name
    );
    shown
}

#[test]
fn the_gateway_says_to_each_mistake_what_the_guide_shows() {
    for guide in GUIDES.map(Guide::read) {
        let told: Vec<_> = mistakes(guide.name)
            .into_iter()
            .map(|mistake| told(&guide, mistake))
            .collect();
        assert_eq!(guide.refusals(), told, "{}", guide.name);
    }
}

//! Providers without OpenID: a small GitHub and a small Feishu that answer as the real ones do.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use gateway_tests::Stage;
use gateway_tests::sign_in::{AuthorizationRequest, merged, refusal, signed_in};
use harness::browser::{Kind, Load, Page};
use harness::{Browser, CannedResponse, Issuer, Origin, Seen, TestIssuer};
use http::Method;
use serde_json::{Value, json};
use stand_in_dify::AppKind;
use url::Url;

/// A provider whose answers a test replaces, path by path.
struct Provider {
    origin: Origin,
    answers: Arc<Mutex<HashMap<String, CannedResponse>>>,
}

impl Provider {
    async fn start() -> Self {
        let origin = Origin::start().await.unwrap();
        let answers: Arc<Mutex<HashMap<String, CannedResponse>>> = Arc::default();
        let shared = Arc::clone(&answers);
        origin.answer("/", move |seen: &Seen| {
            let answer = shared.lock().unwrap().get(&seen.path).cloned();
            answer.unwrap_or_else(|| CannedResponse::new(404, ""))
        });
        Self { origin, answers }
    }

    fn set(&self, path: &str, answer: CannedResponse) {
        self.answers.lock().unwrap().insert(path.to_owned(), answer);
    }

    fn set_json(&self, path: &str, answer: &Value) {
        self.set(path, CannedResponse::json(answer));
    }

    fn url(&self) -> String {
        self.origin.url("127.0.0.1")
    }

    fn last(&self, path: &str) -> Seen {
        self.origin
            .seen()
            .into_iter()
            .rfind(|seen| seen.path == path)
            .unwrap()
    }
}

async fn stage_of(provider: &Provider, kind: &str, changes: &Value) -> Stage {
    let issuer = async { Issuer::Test(TestIssuer::start().await.unwrap()) };
    let (stage, _) = Stage::shared(issuer, AppKind::Chat).await;
    let at = |path: &str| format!("{}{path}", provider.url());
    let endpoints = format!(
        "authorization={} token={} userinfo={}",
        at("/authorize"),
        at("/token"),
        at("/user")
    );
    let settings = json!({
        "client_id": "dify-web", "issuer": provider.url(), "provider_kind": kind, "provider_endpoints": endpoints,
        "required_claims": "anybody",
    });
    stage.set_sign_in(&merged(settings, changes));
    stage
}

async fn log_in(stage: &Stage, browser: &Browser) -> Page {
    let url = Url::parse(&stage.at("/auth/login")).unwrap();
    let hop = browser
        .load(Load::get(Kind::Document, url, None))
        .await
        .unwrap();
    let request = AuthorizationRequest::of(hop);
    assert_eq!(request.parameter("code_challenge_method"), "S256");
    browser.open(&request.callback("a-code")).await.unwrap()
}

fn form(body: &str) -> CannedResponse {
    CannedResponse::new(200, body.to_owned()).with_header(
        "content-type",
        "application/x-www-form-urlencoded; charset=utf-8",
    )
}

/// `GET /user` and `GET /user/emails` of api.github.com, as its OpenAPI description has them.
fn set_github_person(provider: &Provider) {
    provider.set_json("/user", &json!({"login": "octocat", "id": 583231, "node_id": "MDQ6VXNlcjU4MzIzMQ==", "type": "User", "name": "The Octocat", "email": null}));
    provider.set_json("/user/emails", &json!([
        {"email": "first@example.com", "primary": false, "verified": true, "visibility": null},
        {"email": "primary@example.com", "primary": true, "verified": false, "visibility": "private"},
    ]));
}

#[tokio::test(flavor = "multi_thread")]
async fn github_answers_a_form_or_json_and_the_person_is_the_number() {
    let provider = Provider::start().await;
    set_github_person(&provider);
    let stage = stage_of(&provider, "github", &json!({})).await;
    let answers = [
        form(
            "access_token=gho_16C7e42F292c6912E7710c838347Ae178B4a&scope=read%3Auser%2Cuser%3Aemail&token_type=bearer",
        ),
        CannedResponse::json(
            &json!({"access_token": "gho_16C7e42F292c6912E7710c838347Ae178B4a", "scope": "read:user,user:email", "token_type": "bearer"}),
        ),
    ];
    for answer in answers {
        provider.set("/token", answer);
        let browser = Browser::new();
        let person = signed_in(log_in(&stage, &browser).await);
        let session = person.session(&browser).await.json();
        assert_eq!(session["user"], "583231", "{session}");
        let user = provider.last("/user");
        assert_eq!(
            user.headers["authorization"],
            "Bearer gho_16C7e42F292c6912E7710c838347Ae178B4a"
        );
        assert!(user.headers.contains_key("user-agent"));
        assert_eq!(
            provider.last("/token").headers["accept"],
            "application/json"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_in_a_200_is_an_error() {
    let provider = Provider::start().await;
    set_github_person(&provider);
    let stage = stage_of(&provider, "github", &json!({})).await;
    // Troubleshooting OAuth app access token request errors, docs.github.com.
    let rows = [
        (
            form(
                "error=bad_verification_code&error_description=The+code+passed+is+incorrect+or+expired.",
            ),
            400,
            "sign_in_failed",
        ),
        (
            CannedResponse::json(
                &json!({"error": "bad_verification_code", "error_description": "The code passed is incorrect or expired."}),
            ),
            400,
            "sign_in_failed",
        ),
        (
            CannedResponse::json(
                &json!({"error": "incorrect_client_credentials", "error_description": "The client_id and/or client_secret passed are incorrect."}),
            ),
            503,
            "configuration_error",
        ),
    ];
    for (answer, status, code) in rows {
        provider.set("/token", answer);
        let page = log_in(&stage, &Browser::new()).await;
        assert_eq!(
            page.shown.status,
            status,
            "{}\n{}",
            page.trail(),
            page.shown.text()
        );
        assert!(page.shown.text().contains(code), "{}", page.shown.text());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_githubs_verified_primary_address_counts() {
    let provider = Provider::start().await;
    set_github_person(&provider);
    provider.set(
        "/token",
        form("access_token=gho_a&scope=user%3Aemail&token_type=bearer"),
    );
    let stage = stage_of(&provider, "github", &json!({"user_claim": "email"})).await;
    let page = log_in(&stage, &Browser::new()).await;
    assert!(
        page.shown.meta("gateway-page").is_none(),
        "an unverified address counted"
    );
    provider.set_json("/user/emails", &json!([
        {"email": "first@example.com", "primary": false, "verified": true, "visibility": null},
        {"email": "primary@example.com", "primary": true, "verified": true, "visibility": "private"},
    ]));
    let browser = Browser::new();
    let person = signed_in(log_in(&stage, &browser).await);
    assert_eq!(
        person.session(&browser).await.json()["user"],
        "primary@example.com"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn feishu_nests_the_person_and_says_no_in_a_200() {
    let provider = Provider::start().await;
    // open.feishu.cn: "Get user_access_token" v2 and "Get user info".
    provider.set_json("/token", &json!({"code": 0, "access_token": "eyJ-feishu", "expires_in": 7200, "token_type": "Bearer", "scope": "auth:user.id:read"}));
    let person = json!({"code": 0, "msg": "success", "data": {"open_id": "ou-caecc734c2e3328a62489fe0648c4b98779515d3", "union_id": "on-d89jhsdhjsajkda7828enjdj328ydhhw3u43yjhdj", "name": "zhangsan", "tenant_key": "736588c92lxf175d"}});
    provider.set_json("/user", &person);
    let rules = json!({"required_claims": "tenant_key=736588c92lxf175d"});
    let stage = stage_of(&provider, "feishu", &rules).await;
    let browser = Browser::new();
    let page = log_in(&stage, &browser).await;
    let session = signed_in(page).session(&browser).await.json();
    assert_eq!(
        (&session["user"], &session["name"]),
        (
            &json!("ou-caecc734c2e3328a62489fe0648c4b98779515d3"),
            &json!("zhangsan")
        )
    );
    assert!(
        provider.last("/token").headers["content-type"]
            .to_str()
            .unwrap()
            .starts_with("application/json")
    );

    provider.set_json(
        "/user",
        &merged(
            person.clone(),
            &json!({"data": merged(person["data"].clone(), &json!({"tenant_key": "another"}))}),
        ),
    );
    let page = log_in(&stage, &Browser::new()).await;
    assert_eq!(page.shown.status, 403, "{}", page.shown.text());
    for answer in [
        json!({"code": 20003, "error": "invalid_grant", "error_description": "The authorization code is not found."}),
        json!({"code": 20050, "msg": "internal error"}),
    ] {
        provider.set_json("/token", &answer);
        let page = log_in(&stage, &Browser::new()).await;
        assert!(
            page.shown.status.as_u16() >= 400,
            "{answer}: {}",
            page.trail()
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_generic_provider_needs_a_claim_and_refuses_the_clients_own_tokens() {
    let provider = Provider::start().await;
    provider.set_json(
        "/token",
        &json!({"access_token": "opaque", "token_type": "bearer", "expires_in": "3600"}),
    );
    provider.set_json(
        "/user",
        &json!({"uid": 42, "profile": {"mail": "a@example.com"}}),
    );
    let stage = stage_of(&provider, "oauth2", &json!({"user_claim": "uid"})).await;
    let browser = Browser::new();
    let person = signed_in(log_in(&stage, &browser).await);
    assert_eq!(person.session(&browser).await.json()["user"], "42");
    assert_eq!(person.chat(&browser, "Hello").await.status, 200);
    for token in ["opaque", &stage.token("alice")] {
        let load = Load::get(Kind::Plain, Url::parse(&stage.at("/whoami")).unwrap(), None)
            .with("authorization", &format!("Bearer {token}"));
        let hop = browser.load(load).await.unwrap();
        assert_eq!(hop.status, 401, "{}", hop.text());
    }
    // A check asks for the person again.
    provider.set("/user", CannedResponse::new(401, ""));
    let hop = person
        .fetch(
            &browser,
            Method::POST,
            "/auth/refresh",
            &json!({"active": true}),
        )
        .await;
    assert!([200, 401].contains(&refusal(&hop).0), "{}", hop.text());
}

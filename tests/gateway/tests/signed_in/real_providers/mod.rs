//! What real providers and clients send, slightly off, asked of the packaged plugin: at least one case of each kind. All
//! cases of a kind are in the tests of the gateway's domain.

mod keys;

use gateway_tests::{Stage, WholeResponse};
use harness::{Algorithm, CannedResponse as Served, TestIssuer};
use http::Method;
use serde_json::{Value, json};
use stand_in_dify::AppKind;

const DISCOVERY: &str = "/.well-known/openid-configuration";

fn refusal(status: u16, code: &str, message: impl Into<String>) -> (u16, String, String) {
    (status, code.to_owned(), message.into())
}

/// The claims of a good token with `changes` over them.
fn claims(issuer: &TestIssuer, changes: &Value) -> Value {
    let mut claims = issuer.claims("alice");
    let members = claims.as_object_mut().unwrap();
    members.extend(changes.as_object().unwrap().clone());
    claims
}

/// Who the token's holder is for Dify.
async fn user(stage: &Stage, token: &str) -> String {
    let answer = stage.get(token, "/whoami").await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()["user"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_required_claim_without_a_value_is_missing() {
    let stage = Stage::of(AppKind::Chatflow).await;
    let issuer = stage.issuer();
    let no_exp = "The token has no `exp`, so it would be valid for ever.";
    let no_user = "The token has none of the claims that say who the person is: sub.";
    for (name, expected) in [
        ("exp", refusal(401, "token_claim_invalid", no_exp)),
        ("sub", refusal(403, "user_claim_missing", no_user)),
    ] {
        let token = issuer.token(Algorithm::Es256, &claims(issuer, &json!({name: null})));
        assert_eq!(stage.get(&token, "/whoami").await.refusal(), expected);
    }
}

/// As Hydra does where the client asked for no audience.
#[tokio::test(flavor = "multi_thread")]
async fn an_empty_audience_of_an_introspected_token_is_absent() {
    let stage = Stage::of(AppKind::Chatflow).await;
    let issuer = stage.issuer();
    stage.set_settings(&json!({"client_secret": "secret"}));
    for (number, audience) in [json!([]), json!(null), json!(""), json!([""])]
        .into_iter()
        .enumerate()
    {
        let status = json!({"active": true, "sub": "alice", "aud": audience, "client_id": "dify-web", "scope": null});
        issuer.set_answer("/introspect", Served::json(&status));
        assert_eq!(
            user(&stage, &format!("ours-{number}")).await,
            "alice",
            "{audience}"
        );

        let status = json!({"active": true, "sub": "alice", "aud": audience});
        issuer.set_answer("/introspect", Served::json(&status));
        let message = "The token has neither `aud` nor `client_id`; this endpoint accepts tokens for dify-web.";
        let answer = stage.get(&format!("anybodys-{number}"), "/whoami").await;
        assert_eq!(
            answer.refusal(),
            refusal(401, "token_audience_refused", message)
        );
    }
    let asked = issuer
        .seen()
        .into_iter()
        .rfind(|seen| seen.path == "/introspect")
        .unwrap();
    assert_eq!(asked.headers["user-agent"], "oidc-gateway/0.1.0");
    assert_eq!(asked.headers["accept"], "application/json, */*;q=0.1");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_token_of_clerk_is_told_what_clerk_needs() {
    let stage = Stage::of(AppKind::Chatflow).await;
    let issuer = stage.issuer();
    let clerk = "https://quiet-fox-1.clerk.accounts.dev";
    let keys = json!({ "keys": issuer.keys().public_jwks() }).to_string();
    stage.set_settings(&json!({"issuer": clerk, "jwks": keys}));
    let session = json!({"iss": clerk, "aud": null, "azp": "http://localhost:3000"});
    let token = issuer.token(Algorithm::Rs256, &claims(issuer, &session));
    let message = "The token has neither `aud` nor `client_id`, only the `azp` \"http://localhost:3000\"; this endpoint \
                   accepts tokens for dify-web. Clerk's session tokens have no `aud`; `azp` is only the address of the \
                   page. Add the claim under Sessions, Customize session token, such as `{\"aud\": \"dify\"}`, and \
                   write its value into `client_id`.";
    assert_eq!(
        stage.get(&token, "/whoami").await.refusal(),
        refusal(401, "token_audience_refused", message)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn claims_without_a_value_are_absent_and_needless_ones_of_any_type() {
    let stage = Stage::of(AppKind::Chatflow).await;
    let issuer = stage.issuer();
    stage.set_settings(&json!({"user_claim": "email sub"}));
    let nothing = json!({
        "email": null, "scope": null, "nbf": null, "azp": null, "cnf": null, "at_hash": null, "events": null, "jti": 5,
        "nonce": ["n"],
    });
    let token = issuer.token(Algorithm::Es512, &claims(issuer, &nothing));
    assert_eq!(user(&stage, &token).await, "alice");

    for audience in [json!([]), json!(null), json!(""), json!([""])] {
        let cognito = claims(issuer, &json!({"aud": audience, "client_id": "dify-web"}));
        let token = issuer.token(Algorithm::Es256, &cognito);
        assert_eq!(user(&stage, &token).await, "alice", "{audience}");
        let token = issuer.token(Algorithm::Es256, &claims(issuer, &json!({"aud": audience})));
        let message = "The token has neither `aud` nor `client_id`; this endpoint accepts tokens for dify-web.";
        assert_eq!(
            stage.get(&token, "/whoami").await.refusal(),
            (401, "token_audience_refused".to_owned(), message.to_owned())
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expiry_in_milliseconds_is_named() {
    let stage = Stage::of(AppKind::Chatflow).await;
    let issuer = stage.issuer();
    let exp = issuer.claims("alice")["exp"].as_u64().unwrap() * 1000;
    let token = issuer.token(Algorithm::Es256, &claims(issuer, &json!({"exp": exp})));
    let message = format!(
        "The token's claim `exp` is {exp}, which is a number of milliseconds; it must be a number of seconds since 1970 \
         (RFC 7519 §2). Have the identity provider write seconds."
    );
    assert_eq!(
        stage.get(&token, "/whoami").await.refusal(),
        refusal(401, "token_claim_invalid", message)
    );
    let token = issuer.token(Algorithm::Es256, &claims(issuer, &json!({"exp": u64::MAX})));
    let message = "The token's claim `exp` is 18446744073709551615, which is beyond the year 9999; it must be a number of \
                   seconds since 1970 (RFC 7519 §2).";
    assert_eq!(
        stage.get(&token, "/whoami").await.refusal(),
        refusal(401, "token_claim_invalid", message)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_client_sends_by_mistake_is_named_and_nobody_is_asked_about_it() {
    let stage = Stage::of(AppKind::Chatflow).await;
    stage.set_settings(&json!({"client_secret": "secret", "token_validation": "introspection"}));
    let wait = "it had none when it made the request. Have it wait for the sign-in and send the access token.";
    let rows = [
        ("null", format!("The client sent the text `null` instead of a token: {wait}")),
        ("undefined", format!("The client sent the text `undefined` instead of a token: {wait}")),
        ("[object Object]", format!("The client sent the text `[object Object]` instead of a token: {wait}")),
        ("\"null\"", format!("The client sent the text `\"null\"` instead of a token: {wait}")),
        (
            "Bearer abc",
            "The client sent the word `Bearer` twice. Have it add the scheme once, before the token.".to_owned(),
        ),
        (
            "app-ABCDEFGHIJKLabcdefghijkl",
            "The client sent a key of Dify instead of a token. The gateway adds the app key itself: have the client \
             send the access token that it got from the identity provider. Keep the key out of clients, because anyone \
             who has it can act as every user; make a new one if a client had it."
                .to_owned(),
        ),
    ];
    for (text, message) in rows {
        let request = stage.request(Method::GET, "/whoami");
        let answer =
            WholeResponse::of(request.header("authorization", format!("Bearer {text}"))).await;
        assert_eq!(
            answer.refusal(),
            (401, "token_malformed".to_owned(), message)
        );
    }
    assert!(stage.issuer().seen().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_that_no_new_token_would_change_has_a_challenge_without_an_error() {
    let stage = Stage::of(AppKind::Chatflow).await;
    let issuer = stage.issuer();
    let strict = json!({
        "required_claims": "groups=staff", "scopes": "chat files", "service_accounts": "refuse",
        "public_url": "https://dify.example/e/chat",
    });
    stage.set_settings(&strict);
    let metadata =
        "resource_metadata=\"https://dify.example/e/chat/.well-known/oauth-protected-resource\"";
    for (code, changes) in [
        ("required_claims_not_met", json!({"groups": ["guests"]})),
        ("user_claim_missing", json!({"sub": null})),
        (
            "service_account_refused",
            json!({"gty": "client-credentials"}),
        ),
    ] {
        let mut refused = claims(issuer, &json!({"scope": "files chat", "groups": ["staff"]}));
        refused
            .as_object_mut()
            .unwrap()
            .extend(changes.as_object().unwrap().clone());
        let answer = stage
            .get(&issuer.token(Algorithm::Es256, &refused), "/whoami")
            .await;
        let (status, found, _) = answer.refusal();
        assert_eq!((status, found.as_str()), (403, code));
        assert_eq!(
            answer.header("www-authenticate"),
            format!("Bearer realm=\"dify\", {metadata}")
        );
    }

    let narrow = claims(issuer, &json!({"scope": "chat", "groups": ["staff"]}));
    let answer = stage
        .get(&issuer.token(Algorithm::Es256, &narrow), "/whoami")
        .await;
    let challenge = format!(
        "Bearer realm=\"dify\", error=\"insufficient_scope\", scope=\"chat files\", {metadata}, error_description=\"The \
         token lacks the scope files; it has 'chat'. Have the client ask for it when people sign in.\""
    );
    assert_eq!(answer.header("www-authenticate"), challenge);
}

#[tokio::test(flavor = "multi_thread")]
async fn access_tokens_of_ad_fs_are_those_of_the_documents_issuer() {
    let stage = Stage::of(AppKind::Chatflow).await;
    let issuer = stage.issuer();
    let services = "http://adfs.example/adfs/services/trust";
    let mut document = issuer.discovery();
    document["access_token_issuer"] = json!(services);
    issuer.set_answer(DISCOVERY, Served::json(&document));
    let token = issuer.token(Algorithm::Rs256, &claims(issuer, &json!({"iss": services})));
    assert_eq!(user(&stage, &token).await, "alice");

    let discovery_url = format!("{}{DISCOVERY}", issuer.issuer());
    stage.set_settings(&json!({"issuer": services, "discovery_url": discovery_url}));
    assert_eq!(user(&stage, &token).await, "alice");
    stage.set_settings(&json!({}));
    let other = issuer.token(
        Algorithm::Rs256,
        &claims(issuer, &json!({"iss": "http://adfs.example/"})),
    );
    let message = "The token's `iss` is \"http://adfs.example/\", which is not exactly an `issuer` of this endpoint; every \
                   character counts, a closing slash too.";
    assert_eq!(
        stage.get(&other, "/whoami").await.refusal(),
        refusal(401, "token_issuer_unknown", message)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn who_the_user_is_does_not_depend_on_which_other_claim_was_missing() {
    let stage = Stage::of(AppKind::Chatflow).await;
    let issuer = stage.issuer();
    stage.set_settings(&json!({
        "userinfo": true, "user_claim": "employee_id sub", "required_claims": "groups=staff",
    }));
    let person = json!({"sub": "alice", "employee_id": "e1", "groups": ["staff"]});
    issuer.set_answer("/userinfo", Served::json(&person));
    for changes in [json!({"groups": ["staff"]}), json!({})] {
        let token = issuer.token(Algorithm::Es256, &claims(issuer, &changes));
        assert_eq!(user(&stage, &token).await, "e1", "{changes}");
    }
}

//! What real providers and clients send, slightly off, asked of the packaged plugin: at least one case of each kind. All
//! cases of a kind are in the tests of the gateway's domain.

use gateway_tests::{Answer, Bench};
use harness::{Algorithm, Answer as Served, TestIssuer};
use http::Method;
use serde_json::{Value, json};
use stand_in_dify::AppKind;

const DISCOVERY: &str = "/.well-known/openid-configuration";
const JWKS: &str = "/jwks";

/// The claims of a good token with `changes` over them.
fn claims(issuer: &TestIssuer, changes: &Value) -> Value {
    let mut claims = issuer.claims("alice");
    let members = claims.as_object_mut().unwrap();
    members.extend(changes.as_object().unwrap().clone());
    claims
}

/// Serves the issuer's keys with `change` made to each of them.
fn publish(issuer: &TestIssuer, change: impl Fn(&mut Value)) {
    let mut keys = issuer.keys().public_jwks();
    keys.iter_mut().for_each(change);
    issuer.set_answer(JWKS, Served::json(&json!({ "keys": keys })));
}

/// Who the token's holder is for Dify.
async fn user(bench: &Bench, token: &str) -> String {
    let answer = bench.get(token, "/whoami").await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()["user"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_understood_as_providers_publish_them() {
    let bench = Bench::of(AppKind::Chatflow).await;
    let issuer = bench.issuer();
    publish(issuer, |key| {
        for (name, nothing) in [
            ("oth", json!([])),
            ("d", json!(null)),
            ("key_ops", json!([])),
            ("x5c", json!([])),
            ("x5t", json!(null)),
        ] {
            key[name] = nothing;
        }
        for name in ["n", "x", "y"] {
            if let Some(text) = key[name].as_str() {
                let padding = ["", "", "==", "="][text.len() % 4];
                key[name] = json!(text.replace('-', "+").replace('_', "/") + padding);
            }
        }
    });
    for algorithm in Algorithm::ALL {
        let token = issuer.token(algorithm, &issuer.claims("alice"));
        assert_eq!(user(&bench, &token).await, "alice", "{}", algorithm.name());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn claims_without_a_value_are_absent_and_needless_ones_of_any_type() {
    let bench = Bench::of(AppKind::Chatflow).await;
    let issuer = bench.issuer();
    bench.set_settings(&json!({"user_claim": "email sub"}));
    let nothing = json!({
        "email": null, "scope": null, "nbf": null, "azp": null, "cnf": null, "at_hash": null, "events": null, "jti": 5,
        "nonce": ["n"],
    });
    let token = issuer.token(Algorithm::Es512, &claims(issuer, &nothing));
    assert_eq!(user(&bench, &token).await, "alice");

    for audience in [json!([]), json!(null), json!(""), json!([""])] {
        let cognito = claims(issuer, &json!({"aud": audience, "client_id": "dify-web"}));
        let token = issuer.token(Algorithm::Es256, &cognito);
        assert_eq!(user(&bench, &token).await, "alice", "{audience}");
        let token = issuer.token(Algorithm::Es256, &claims(issuer, &json!({"aud": audience})));
        let message = "The token has neither `aud` nor `client_id`; this endpoint accepts tokens for dify-web.";
        assert_eq!(
            bench.get(&token, "/whoami").await.refusal(),
            (401, "token_audience_refused".to_owned(), message.to_owned())
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expiry_in_milliseconds_is_named() {
    let bench = Bench::of(AppKind::Chatflow).await;
    let issuer = bench.issuer();
    let exp = issuer.claims("alice")["exp"].as_u64().unwrap() * 1000;
    let token = issuer.token(Algorithm::Es256, &claims(issuer, &json!({"exp": exp})));
    let message = format!(
        "The token's claim `exp` is {exp}, which is a number of milliseconds; it must be a number of seconds since 1970 \
         (RFC 7519 §2). Have the identity provider write seconds."
    );
    assert_eq!(
        bench.get(&token, "/whoami").await.refusal(),
        (401, "token_claim_invalid".to_owned(), message)
    );
}

/// SAP XSUAA puts `jku` into the header of every token.
#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_the_header_names_is_neither_used_nor_asked_for() {
    let bench = Bench::of(AppKind::Chatflow).await;
    let (issuer, stranger) = (bench.issuer(), TestIssuer::start().await.unwrap());
    let keys = issuer.keys();
    let address = format!("{}{JWKS}", stranger.issuer());
    let members = [
        ("jku", json!(address)),
        ("x5u", json!(address)),
        ("jwk", stranger.keys().public_jwks()[0].clone()),
        ("x5c", json!(["MIIB"])),
    ];
    for (name, value) in members {
        let header =
            json!({"alg": "RS256", "kid": keys.key_id(Algorithm::Rs256), name: value}).to_string();
        let claims = issuer.claims("alice").to_string();
        let good = keys.sign(Algorithm::Rs256, &header, &claims);
        assert_eq!(user(&bench, &good).await, "alice", "{name}");
        let forged = stranger.keys().sign(Algorithm::Rs256, &header, &claims);
        let (status, code, _) = bench.get(&forged, "/whoami").await.refusal();
        assert_eq!(
            (status, code.as_str()),
            (401, "token_signature_invalid"),
            "{name}"
        );
    }
    assert!(stranger.seen().is_empty(), "{:?}", stranger.seen());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_client_sends_by_mistake_is_named_and_nobody_is_asked_about_it() {
    let bench = Bench::of(AppKind::Chatflow).await;
    bench.set_settings(&json!({"client_secret": "secret", "token_validation": "introspection"}));
    let wait = "it had none when it made the request. Have it wait for the sign-in and send the access token.";
    let rows = [
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
        let request = bench.request(Method::GET, "/whoami");
        let answer = Answer::of(request.header("authorization", format!("Bearer {text}"))).await;
        assert_eq!(
            answer.refusal(),
            (401, "token_malformed".to_owned(), message)
        );
    }
    assert!(bench.issuer().seen().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_that_no_new_token_would_change_has_a_challenge_without_an_error() {
    let bench = Bench::of(AppKind::Chatflow).await;
    let issuer = bench.issuer();
    bench.set_settings(&json!({"required_claims": "groups=staff", "scopes": "chat files"}));
    let guest = claims(
        issuer,
        &json!({"scope": "files chat", "groups": ["guests"]}),
    );
    let answer = bench
        .get(&issuer.token(Algorithm::Es256, &guest), "/whoami")
        .await;
    assert_eq!(answer.refusal().0, 403);
    assert_eq!(answer.header("www-authenticate"), "Bearer realm=\"dify\"");

    let narrow = claims(issuer, &json!({"scope": "chat", "groups": ["staff"]}));
    let answer = bench
        .get(&issuer.token(Algorithm::Es256, &narrow), "/whoami")
        .await;
    let challenge = "Bearer realm=\"dify\", error=\"insufficient_scope\", scope=\"chat files\", error_description=\"The \
        token lacks the scope files; it has 'chat'. Have the client ask for it when people sign in.\"";
    assert_eq!(answer.header("www-authenticate"), challenge);
}

#[tokio::test(flavor = "multi_thread")]
async fn access_tokens_of_ad_fs_are_those_of_the_documents_issuer() {
    let bench = Bench::of(AppKind::Chatflow).await;
    let issuer = bench.issuer();
    let services = "http://adfs.example/adfs/services/trust";
    let mut document = issuer.discovery();
    document["access_token_issuer"] = json!(services);
    issuer.set_answer(DISCOVERY, Served::json(&document));
    let token = issuer.token(Algorithm::Rs256, &claims(issuer, &json!({"iss": services})));
    assert_eq!(user(&bench, &token).await, "alice");
    let other = issuer.token(
        Algorithm::Rs256,
        &claims(issuer, &json!({"iss": "http://adfs.example/"})),
    );
    let (status, code, _) = bench.get(&other, "/whoami").await.refusal();
    assert_eq!((status, code.as_str()), (401, "token_issuer_unknown"));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_the_user_is_does_not_depend_on_which_other_claim_was_missing() {
    let bench = Bench::of(AppKind::Chatflow).await;
    let issuer = bench.issuer();
    bench.set_settings(&json!({
        "userinfo": true, "user_claim": "employee_id sub", "required_claims": "groups=staff",
    }));
    let person = json!({"sub": "alice", "employee_id": "e1", "groups": ["staff"]});
    issuer.set_answer("/userinfo", Served::json(&person));
    for changes in [json!({"groups": ["staff"]}), json!({})] {
        let token = issuer.token(Algorithm::Es256, &claims(issuer, &changes));
        assert_eq!(user(&bench, &token).await, "e1", "{changes}");
    }
}

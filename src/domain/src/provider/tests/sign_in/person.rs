//! Who has signed in, by each kind of provider.

use http::StatusCode;
use serde_json::{Value, json};

use super::super::support::{ISSUER, SECOND, USERINFO};
use super::metadata::of_kind;
use super::{Stage, access_token, document, settings, sign_in};
use crate::claims::Claims;
use crate::environment::TransportError;
use crate::environment::fake::{FetchResult, ok, respond, status};
use crate::error::{Code, Refusal};
use crate::provider::PersonFailure;

const GITHUB: &str = "https://api.github.com/user";
const EMAILS: &str = "https://api.github.com/user/emails";
const ORGANIZATIONS: &str = "https://api.github.com/user/orgs?per_page=100&page=1";
const FEISHU: &str = "https://open.feishu.cn/open-apis/authen/v1/user_info";

fn person(stage: &Stage, subject: Option<&str>) -> Result<Claims, PersonFailure> {
    let (sign_in, token) = (sign_in(&stage.settings), access_token());
    let person = stage
        .providers
        .person(&stage.settings, &sign_in, &token, subject);
    stage.environment.run(person)
}

fn claims(members: &Value) -> Claims {
    Claims::new(members.as_object().unwrap().clone())
}

fn ended() -> PersonFailure {
    let message = "The identity provider says that the token is not active: it has expired, was revoked, or is from \
                   another provider. Sign in again.";
    PersonFailure::Ended(Refusal::new(Code::TokenInactive, message))
}

fn unavailable(label: &str, issuer: &str, why: &str) -> PersonFailure {
    let message =
        format!("The identity provider `{issuer}` gave no {label}: {why}. Try again in 5 seconds.");
    let refusal = Refusal::new(Code::IdentityProviderUnavailable, message);
    PersonFailure::Temporary(refusal.with_retry_after(5 * SECOND))
}

#[test]
fn openid_connect_names_the_person_of_the_id_token_or_nobody() {
    let alice = json!({"sub": "alice", "groups": ["staff"]});
    let other = "The userinfo response has another `sub` than the token. Sign in again. If that does not help, the \
                 provider gives the client another subject identifier in userinfo than in tokens.";
    let scope = format!(
        "The token may not ask the userinfo endpoint of `{ISSUER}`: it needs the scope `openid`."
    );
    let scope = Refusal::new(Code::InsufficientScope, scope).with_scope("openid");
    let rows: [(FetchResult, &str, Result<Claims, PersonFailure>); 6] = [
        (ok(alice.to_string()), "alice", Ok(claims(&alice))),
        (
            ok(alice.to_string()),
            "bob",
            Err(PersonFailure::Ended(Refusal::new(
                Code::TokenClaimInvalid,
                other,
            ))),
        ),
        (status(401), "alice", Err(ended())),
        (status(403), "alice", Err(PersonFailure::Unusable(scope))),
        (
            status(502),
            "alice",
            Err(unavailable(
                "userinfo response",
                ISSUER,
                "the provider answered with status 502",
            )),
        ),
        (
            Err(TransportError::Connect),
            "alice",
            Err(unavailable(
                "userinfo response",
                ISSUER,
                "could not connect",
            )),
        ),
    ];
    for (response, subject, expected) in rows {
        let stage = Stage::new(settings(&json!({})), document(""));
        stage.environment.answer(USERINFO, response);
        assert_eq!(person(&stage, Some(subject)), expected);
        let sent = stage.environment.exchanges().pop().unwrap();
        assert_eq!(sent.headers["authorization"], "Bearer access-token");
        assert!(!format!("{:?}", stage.environment.lines()).contains("access-token"));
    }
}

#[test]
fn nothing_that_was_said_of_a_person_is_remembered() {
    let stage = Stage::new(settings(&json!({})), document(""));
    stage
        .environment
        .answer_once(USERINFO, ok(r#"{"sub":"alice"}"#));
    stage.environment.answer_once(USERINFO, status(401));
    assert!(person(&stage, Some("alice")).is_ok());
    assert_eq!(person(&stage, Some("alice")), Err(ended()));
}

fn github(required_claims: &str) -> Stage {
    let more = json!({"required_claims": required_claims});
    Stage::new(
        of_kind("github", "https://github.com", &more),
        String::new(),
    )
}

#[test]
fn github_gives_the_id_as_text_and_the_primary_address_only_where_it_is_verified() {
    let user = r#"{"id":583231,"login":"octocat","email":"public@example.com","organizations":["made up"]}"#;
    let address = |address: &str, primary: bool, verified: bool| json!({"email": address, "primary": primary, "verified": verified, "visibility": null});
    for (emails, email) in [
        (
            json!([
                address("a@example.com", false, true),
                address("b@example.com", true, true)
            ]),
            Some("b@example.com"),
        ),
        (
            json!([
                address("a@example.com", true, false),
                address("b@example.com", false, true)
            ]),
            None,
        ),
        (json!([]), None),
        (json!([7, {"email": "a@example.com"}]), None),
    ] {
        let stage = github("anybody");
        stage.environment.answer(GITHUB, ok(user));
        stage.environment.answer(EMAILS, ok(emails.to_string()));
        let mut expected = json!({"id": "583231", "login": "octocat"});
        if let Some(email) = email {
            expected["email"] = email.into();
            expected["email_verified"] = true.into();
        }
        assert_eq!(person(&stage, None), Ok(claims(&expected)), "{emails}");
        assert_eq!(stage.environment.urls(), [GITHUB, EMAILS]);
        for sent in stage.environment.exchanges() {
            assert_eq!(sent.headers["authorization"], "Bearer access-token");
            assert_eq!(sent.headers["user-agent"], "oidc-gateway/0.1.0");
            assert_eq!(sent.headers["accept"], "application/vnd.github+json");
            assert_eq!(sent.headers["x-github-api-version"], "2022-11-28");
        }
    }
}

#[test]
fn an_app_that_may_see_no_address_gets_none() {
    for code in [403, 404] {
        let stage = github("anybody");
        stage
            .environment
            .answer(GITHUB, ok(r#"{"id":1,"email":"public@example.com"}"#));
        stage.environment.answer(EMAILS, status(code));
        assert_eq!(person(&stage, None), Ok(claims(&json!({"id": "1"}))));
    }
}

#[test]
fn organizations_are_asked_for_where_a_rule_names_them_and_on_every_page() {
    let stage = github("organizations=acme");
    stage.environment.answer(GITHUB, ok(r#"{"id":1}"#));
    stage.environment.answer(EMAILS, ok("[]"));
    let page: Vec<_> = (0..100)
        .map(|number| json!({"login": format!("o{number}"), "id": number}))
        .collect();
    stage
        .environment
        .answer(ORGANIZATIONS, ok(json!(page).to_string()));
    let second = ORGANIZATIONS.replace("&page=1", "&page=2");
    stage
        .environment
        .answer(&second, ok(r#"[{"login":"acme"}]"#));
    let found = person(&stage, None).unwrap();
    let organizations = found
        .get("organizations")
        .and_then(Value::as_array)
        .unwrap();
    assert_eq!(organizations.len(), 101);
    assert_eq!(organizations.last(), Some(&json!("acme")));
    assert_eq!(
        stage.environment.urls(),
        [GITHUB, EMAILS, ORGANIZATIONS, &second]
    );
}

#[test]
fn a_failure_of_github_is_the_tokens_or_githubs() {
    let limited = respond(
        StatusCode::FORBIDDEN,
        &[("x-ratelimit-remaining", "0")],
        "{}",
    );
    let names_nobody = "The userinfo response of the identity provider `https://github.com` cannot be used: it names \
                        nobody, because `id` is missing or not a number. Fix this at the identity provider.";
    let github_is = |label: &str, why: &str| unavailable(label, "https://github.com", why);
    let rows: [(FetchResult, FetchResult, PersonFailure); 5] = [
        (status(401), ok("[]"), ended()),
        (ok(r#"{"id":1}"#), status(401), ended()),
        (
            limited,
            ok("[]"),
            github_is(
                "userinfo response",
                "it limits how often it is asked (status 403)",
            ),
        ),
        (
            ok(r#"{"id":1}"#),
            status(502),
            github_is(
                "list of e-mail addresses",
                "the provider answered with status 502",
            ),
        ),
        (
            ok(r#"{"id":"1"}"#),
            ok("[]"),
            PersonFailure::Unusable(Refusal::new(Code::IdentityProviderInvalid, names_nobody)),
        ),
    ];
    for (user, emails, expected) in rows {
        let stage = github("anybody");
        stage.environment.answer(GITHUB, user);
        stage.environment.answer(EMAILS, emails);
        assert_eq!(person(&stage, None), Err(expected));
    }
}

#[test]
fn feishu_and_its_like_name_the_person_in_data_or_not_and_errors_with_status_200() {
    let inner = json!({"open_id": "ou_1", "tenant_key": "t1", "user_id": "u1"});
    let invalid = |code: &str| {
        let message = format!(
            "The userinfo response of the identity provider `https://accounts.feishu.cn` cannot be used: it is the error \
             {code}. Look the number up in the provider's documentation."
        );
        Err(PersonFailure::Unusable(Refusal::new(
            Code::IdentityProviderInvalid,
            message,
        )))
    };
    for (body, expected) in [
        (
            json!({"code": 0, "msg": "success", "data": inner}),
            Ok(claims(&inner)),
        ),
        (inner.clone(), Ok(claims(&inner))),
        (
            json!({"code": 20005, "msg": "invalid access token"}),
            Err(ended()),
        ),
        (json!({"code": 20021, "msg": "user resigned"}), Err(ended())),
        (json!({"code": 20002}), invalid("20002")),
        (json!({"errcode": 40014, "data": inner}), invalid("40014")),
    ] {
        let settings = of_kind("feishu", "https://accounts.feishu.cn", &json!({}));
        let stage = Stage::new(settings, String::new());
        stage.environment.answer(FEISHU, ok(body.to_string()));
        assert_eq!(person(&stage, None), expected, "{body}");
    }
}

#[test]
fn a_plain_oauth_provider_is_asked_where_the_settings_say() {
    let userinfo = "https://api.example.org/me";
    let endpoints = format!(
        "authorization=https://id.example.com/a, token=https://id.example.com/t, userinfo={userinfo}"
    );
    let more = json!({"provider_endpoints": endpoints, "user_claim": "id"});
    for (response, expected) in [
        (
            ok(r#"{"id":"7","name":"A"}"#),
            Ok(claims(&json!({"id": "7", "name": "A"}))),
        ),
        (
            ok(r#"{"data":{"id":"7"}}"#),
            Ok(claims(&json!({"id": "7"}))),
        ),
        (status(401), Err(ended())),
        (
            status(500),
            Err(unavailable(
                "userinfo response",
                ISSUER,
                "the provider answered with status 500",
            )),
        ),
    ] {
        let stage = Stage::new(of_kind("oauth2", ISSUER, &more), String::new());
        stage.environment.answer(userinfo, response);
        assert_eq!(person(&stage, None), expected);
        assert_eq!(stage.environment.urls(), [userinfo]);
    }
}

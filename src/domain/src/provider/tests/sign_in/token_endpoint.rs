//! What a token endpoint is asked, how often, and whose fault its errors are.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::super::support::{ISSUER, SECOND};
use super::metadata::of_kind;
use super::{DISCOVERY, Stage, TOKEN, document, settings, sign_in};
use crate::environment::fake::{FetchResult, START, ok, poll_once, respond, status};
use crate::environment::{LogLevel, TransportError};
use crate::error::{Code, Refusal};
use crate::oauth::RefreshToken;
use crate::provider::{ClientStatus, TokenFailure};
use crate::settings::Settings;

const TOKENS: &str = r#"{"access_token":"at","token_type":"Bearer","id_token":"i.d.t"}"#;
const BASIC: &str = "Basic Y2hhdCthcHA6cyUzQWNyZXQlMkYlMkIlQzMlQTQ=";
const CODE_FORM: &str = "grant_type=authorization_code&code=c%2Fde\
                         &redirect_uri=https%3A%2F%2Fchat.example.com%2Fauth%2Fcallback\
                         &code_verifier=verifier-of-the-login";
const REFRESH_FORM: &str = "grant_type=refresh_token&refresh_token=refresh%2Btoken";
const POSTED: &str = "&client_id=chat+app&client_secret=s%3Acret%2F%2B%C3%A4";

/// An ES256 key (RFC 7515 appendix A.3).
const CLIENT_KEY: &str = r#"{"kty":"EC","crv":"P-256","kid":"k1",
    "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    "d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}"#;

fn oauth_error(status: u16, error: &str) -> FetchResult {
    let status = StatusCode::from_u16(status).unwrap();
    respond(status, &[], format!(r#"{{"error":"{error}"}}"#))
}

fn methods(methods: &str) -> String {
    format!(r#","token_endpoint_auth_methods_supported":[{methods}]"#)
}

#[test]
fn a_code_and_a_refresh_token_are_sent_once_as_the_provider_wants_the_client_to_prove_itself() {
    let post = methods(r#""client_secret_basic","client_secret_post""#);
    for (setting, more, is_basic) in [
        ("auto", String::new(), true),
        ("auto", post.clone(), false),
        ("auto", methods(r#""client_secret_basic""#), true),
        ("auto", methods(r#""client_secret_post""#), false),
        ("basic", post, true),
        ("post", String::new(), false),
    ] {
        let settings = settings(&json!({"client_authentication": setting}));
        let stage = Stage::new(settings, document(&more));
        stage.environment.answer(TOKEN, ok(TOKENS));
        assert!(stage.redeem().is_ok());
        assert!(stage.refresh().is_ok());
        let proof = if is_basic { "" } else { POSTED };
        let expected = [CODE_FORM, REFRESH_FORM].map(|form| format!("{form}{proof}"));
        assert_eq!(stage.bodies(TOKEN), expected, "{setting} {more}");
        let sent = stage.environment.exchanges().pop().unwrap();
        assert_eq!(sent.method, Method::POST);
        assert_eq!(sent.headers["accept"], "application/json");
        assert_eq!(sent.headers["accept-encoding"], "identity");
        assert_eq!(sent.headers["user-agent"], "oidc-gateway/0.1.0");
        let form = "application/x-www-form-urlencoded";
        assert_eq!(sent.headers["content-type"], form);
        let authorization = sent.headers.get("authorization");
        assert_eq!(authorization.is_some(), is_basic);
        assert!(authorization.is_none_or(|value| value == BASIC && value.is_sensitive()));
        assert_eq!(
            (sent.limits.total, sent.limits.body),
            (5 * SECOND, 64 * 1024)
        );
    }
}

#[test]
fn a_public_client_only_says_who_it_is() {
    let settings = settings(&json!({"client_authentication": "none", "client_secret": ""}));
    let stage = Stage::new(settings, document(""));
    stage.environment.answer(TOKEN, ok(TOKENS));
    assert!(stage.redeem().is_ok());
    assert_eq!(
        stage.bodies(TOKEN),
        [format!("{CODE_FORM}&client_id=chat+app")]
    );
}

/// The claims of the assertion in the last request to the token endpoint.
fn assertion(stage: &Stage) -> Value {
    let bodies = stage.bodies(TOKEN);
    let form = url::form_urlencoded::parse(bodies.last().unwrap().as_bytes());
    let assertion = form
        .into_iter()
        .find(|(name, _)| name == "client_assertion")
        .unwrap();
    let payload = assertion.1.split('.').nth(1).unwrap().to_owned();
    let engine = base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let bytes = base64::Engine::decode(&engine, payload).unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

#[test]
fn a_client_with_a_key_signs_for_this_provider_and_anew_each_time() {
    for setting in ["auto", "private_key_jwt"] {
        let settings = settings(&json!({
            "client_authentication": setting, "client_key": CLIENT_KEY,
        }));
        let stage = Stage::new(settings, document(&methods(r#""client_secret_post""#)));
        stage.environment.answer(TOKEN, ok(TOKENS));
        assert!(stage.redeem().is_ok());
        let first = assertion(&stage);
        assert_eq!(
            (&first["iss"], &first["sub"], &first["aud"], &first["iat"]),
            (
                &json!("chat app"),
                &json!("chat app"),
                &json!(ISSUER),
                &json!(START.as_secs())
            )
        );
        assert!(stage.refresh().is_ok());
        assert_ne!(assertion(&stage)["jti"], first["jti"]);
        let sent = stage.bodies(TOKEN).concat();
        assert!(!sent.contains("client_secret") && sent.contains("client_id=chat+app"));
    }
}

#[test]
fn entra_wants_the_assertion_for_the_token_endpoint() {
    let tenant = "https://login.microsoftonline.com/5e4d0a5c-0000-4000-8000-000000000001/v2.0";
    let endpoints = format!(
        "authorization=https://login.microsoftonline.com/a, token={TOKEN}, jwks=https://login.microsoftonline.com/k"
    );
    let settings = settings(&json!({
        "issuer": tenant, "client_key": CLIENT_KEY, "provider_endpoints": endpoints,
    }));
    let stage = Stage::new(settings, String::new());
    stage.environment.answer(TOKEN, ok(TOKENS));
    assert!(stage.redeem().is_ok());
    assert_eq!(assertion(&stage)["aud"], TOKEN);
}

#[test]
fn github_gets_a_form_and_feishu_json() {
    let token = "https://github.com/login/oauth/access_token";
    let stage = Stage::new(
        of_kind("github", "https://github.com", &json!({})),
        String::new(),
    );
    let form = "application/x-www-form-urlencoded; charset=utf-8";
    let body = "access_token=gho_1&scope=read%3Auser%2Cuser%3Aemail&token_type=bearer";
    let response = respond(StatusCode::OK, &[("content-type", form)], body);
    stage.environment.answer(token, response);
    let tokens = stage.redeem().unwrap();
    assert_eq!(tokens.access_token.reveal(), "gho_1");
    let scopes = vec!["read:user".to_owned(), "user:email".to_owned()];
    assert_eq!(tokens.scopes, Some(scopes));
    assert_eq!(stage.bodies(token), [format!("{CODE_FORM}{POSTED}")]);

    let token = "https://open.feishu.cn/open-apis/authen/v2/oauth/token";
    let settings = of_kind("feishu", "https://accounts.feishu.cn", &json!({}));
    let stage = Stage::new(settings, String::new());
    let body = r#"{"code":0,"access_token":"u-1","token_type":"Bearer","expires_in":7200}"#;
    stage.environment.answer(token, ok(body));
    assert_eq!(stage.redeem().unwrap().access_token.reveal(), "u-1");
    let sent: Value = serde_json::from_str(&stage.bodies(token)[0]).unwrap();
    let expected = json!({
        "grant_type": "authorization_code", "code": "c/de", "redirect_uri": super::REDIRECT_URI,
        "code_verifier": "verifier-of-the-login", "client_id": "chat app", "client_secret": "s:cret/+ä",
    });
    assert_eq!(sent, expected);
}

#[test]
fn only_after_invalid_client_the_other_place_of_the_secret_is_tried_once_and_remembered() {
    for (error, is_tried) in [
        ("invalid_client", true),
        ("unauthorized_client", false),
        ("invalid_grant", false),
        ("invalid_request", false),
        ("server_error", false),
    ] {
        let stage = Stage::new(settings(&json!({})), document(""));
        stage
            .environment
            .answer_once(TOKEN, oauth_error(400, error));
        stage.environment.answer(TOKEN, ok(TOKENS));
        assert_eq!(stage.redeem().is_ok(), is_tried, "{error}");
        let mut expected = vec![CODE_FORM.to_owned()];
        if is_tried {
            expected.push(format!("{CODE_FORM}{POSTED}"));
            assert!(stage.refresh().is_ok());
            expected.push(format!("{REFRESH_FORM}{POSTED}"));
        }
        assert_eq!(stage.bodies(TOKEN), expected, "{error}");
    }
}

#[test]
fn a_way_that_the_administrator_has_chosen_is_the_only_one() {
    for setting in ["basic", "post"] {
        let chosen = settings(&json!({"client_authentication": setting}));
        let stage = Stage::new(chosen, document(""));
        stage
            .environment
            .answer(TOKEN, oauth_error(401, "invalid_client"));
        assert!(matches!(
            stage.redeem(),
            Err(TokenFailure::ClientRefused(_))
        ));
        assert_eq!(stage.bodies(TOKEN).len(), 1, "{setting}");
    }
}

#[test]
fn both_attempts_together_take_five_seconds_at_most() {
    let stage = Stage::new(settings(&json!({})), document(""));
    stage.environment.hold(TOKEN);
    stage
        .environment
        .answer_once(TOKEN, oauth_error(401, "invalid_client"));
    let sign_in = sign_in(&stage.settings);
    let token = RefreshToken::new("refresh+token".to_owned());
    let mut refresh = Box::pin(stage.providers.refresh(&stage.settings, &sign_in, &token));
    for _ in 0..4 {
        assert!(poll_once(refresh.as_mut()).is_pending());
        stage.environment.run_background();
    }
    stage.environment.advance(4 * SECOND);
    stage.environment.release(TOKEN);
    stage.environment.hold(TOKEN);
    for _ in 0..4 {
        assert!(poll_once(refresh.as_mut()).is_pending());
        stage.environment.run_background();
    }
    assert_eq!(stage.bodies(TOKEN).len(), 2);
    stage.environment.advance(SECOND);
    assert!(poll_once(refresh.as_mut()).is_ready());
    assert_eq!(stage.lines("token").len(), 2);
}

fn refused_client(code: &str) -> Refusal {
    let message = format!(
        "The identity provider `{ISSUER}` refused the gateway's own credentials at its token endpoint ({code}). Compare \
         `client_secret` with the client's secret there, and see that it has not expired (client `chat app`)."
    );
    Refusal::new(Code::ConfigurationError, message)
}

fn unavailable(why: &str) -> Refusal {
    let message = format!(
        "The identity provider `{ISSUER}` gave no token response: {why}. Try again in 5 seconds."
    );
    Refusal::new(Code::IdentityProviderUnavailable, message).with_retry_after(5 * SECOND)
}

fn invalid(why: &str, remedy: &str) -> Refusal {
    let message = format!(
        "The token response of the identity provider `{ISSUER}` cannot be used: {why}. {remedy}"
    );
    Refusal::new(Code::IdentityProviderInvalid, message)
}

#[test]
fn an_error_is_the_persons_the_clients_or_the_providers() {
    use TokenFailure::{ClientRefused, Ended, Temporary, Unusable};
    const REGISTRATION: &str = "Compare how the client is registered at the provider: its redirect URI, its grant types \
                                (`authorization_code`, `refresh_token`) and its scopes.";
    const ADDRESS: &str = "Correct the address in the provider's discovery document, or write it into `provider_endpoints`.";
    const PLACE: &str = "If a proxy or a sign-in page answers at the endpoint's address, let the plugin through; \
                         otherwise write the right address into `provider_endpoints`.";
    let ended = |code: &str| {
        let message = format!(
            "The identity provider `{ISSUER}` does not continue the session (\"{code}\"). Sign in again."
        );
        Ended(Refusal::new(Code::SessionEnded, message))
    };
    let answered = |code: &str| format!("it answered with the error \"{code}\"");
    for (response, expected) in [
        (oauth_error(400, "invalid_grant"), ended("invalid_grant")),
        (
            oauth_error(400, "interaction_required"),
            ended("interaction_required"),
        ),
        (oauth_error(200, "invalid_grant"), ended("invalid_grant")),
        (
            oauth_error(401, "invalid_client"),
            ClientRefused(refused_client("\"invalid_client\"")),
        ),
        (
            oauth_error(400, "unauthorized_client"),
            ClientRefused(refused_client("\"unauthorized_client\"")),
        ),
        (status(401), ClientRefused(refused_client("401"))),
        (
            oauth_error(400, "invalid_scope"),
            Unusable(invalid(&answered("invalid_scope"), REGISTRATION)),
        ),
        (
            oauth_error(400, "invalid_request"),
            Unusable(invalid(&answered("invalid_request"), REGISTRATION)),
        ),
        (
            oauth_error(400, "unsupported_grant_type"),
            Unusable(invalid(&answered("unsupported_grant_type"), REGISTRATION)),
        ),
        (
            oauth_error(400, "temporarily_unavailable"),
            Temporary(unavailable(&answered("temporarily_unavailable"))),
        ),
        (
            oauth_error(400, "slow_down"),
            Temporary(unavailable(&answered("slow_down"))),
        ),
        (
            oauth_error(500, "server_error"),
            Temporary(unavailable(&answered("server_error"))),
        ),
        (
            oauth_error(503, "invalid_grant"),
            Temporary(unavailable(&answered("invalid_grant"))),
        ),
        (
            status(503),
            Temporary(unavailable("the provider answered with status 503")),
        ),
        (
            status(429),
            Temporary(unavailable("the provider answered with status 429")),
        ),
        (
            status(404),
            Unusable(invalid("the provider answered with status 404", ADDRESS)),
        ),
        (
            status(302),
            Unusable(invalid(
                "the provider answered with status 302",
                "Redirects are not followed. If it leads to a sign-in page, let the plugin through there; otherwise write \
                 the right address into `provider_endpoints`.",
            )),
        ),
        (
            ok("<html>"),
            Unusable(invalid(
                "it is a web page (HTML), and JSON is expected",
                PLACE,
            )),
        ),
        (
            ok("{}"),
            Unusable(invalid(
                "it has no `access_token`",
                "Fix this at the identity provider.",
            )),
        ),
        (
            ok(vec![b' '; 64 * 1024 + 1]),
            Unusable(invalid(
                "the response is too large",
                "Fix this at the identity provider.",
            )),
        ),
        (
            Err(TransportError::Timeout),
            Temporary(unavailable("took too long")),
        ),
    ] {
        let basic = settings(&json!({"client_authentication": "basic"}));
        let stage = Stage::new(basic, document(""));
        stage.environment.answer(TOKEN, response);
        let found = stage.refresh().unwrap_err();
        assert_eq!(found, expected);
        assert_eq!(found.ends_session(), matches!(expected, Ended(_)));
    }
}

#[test]
fn a_code_that_is_not_taken_needs_a_new_sign_in() {
    let stage = Stage::new(settings(&json!({})), document(""));
    stage
        .environment
        .answer(TOKEN, oauth_error(400, "invalid_grant"));
    let message = format!(
        "The identity provider `{ISSUER}` did not take the code of this sign-in (\"invalid_grant\"): it is used already, or \
         too old. Sign in again."
    );
    let expected = TokenFailure::Ended(Refusal::new(Code::SignInFailed, message));
    assert_eq!(stage.redeem(), Err(expected));
}

#[test]
fn without_metadata_there_are_no_tokens_and_the_session_lives() {
    let stage = Stage::new(settings(&json!({})), String::new());
    stage.environment.answer(DISCOVERY, status(503));
    assert!(matches!(stage.refresh(), Err(TokenFailure::Temporary(_))));
    assert_eq!(stage.bodies(TOKEN), [] as [&str; 0]);
}

#[test]
fn the_seventeenth_at_once_is_told_to_wait_and_codes_do_not_take_the_places_of_sessions() {
    let stage = Stage::new(settings(&json!({})), document(""));
    stage.environment.answer(TOKEN, ok(TOKENS));
    stage.environment.hold(TOKEN);
    let sign_in = sign_in(&stage.settings);
    let token = RefreshToken::new("refresh+token".to_owned());
    let mut waiting: Vec<_> = (0..16)
        .map(|_| Box::pin(stage.providers.refresh(&stage.settings, &sign_in, &token)))
        .collect();
    for _ in 0..4 {
        for refresh in &mut waiting {
            assert!(poll_once(refresh.as_mut()).is_pending());
        }
        stage.environment.run_background();
    }
    assert_eq!(stage.bodies(TOKEN).len(), 16);
    let message = "As many sign-ins and renewals wait for the identity provider as may. Try again in 5 seconds.";
    let busy = Refusal::new(Code::Busy, message).with_retry_after(5 * SECOND);
    assert_eq!(stage.refresh(), Err(TokenFailure::Busy(busy)));
    stage.environment.release(TOKEN);
    assert!(stage.redeem().is_ok());
    drop(waiting);
    assert!(stage.refresh().is_ok());
}

#[test]
fn the_log_has_the_cause_and_no_secret() {
    let description = "AADSTS7000215: the secret is not right";
    for (said, is_kept) in [
        (description.to_owned(), true),
        (format!("{description}: s:cret/+ä"), false),
        (format!("{description}: refresh+token"), false),
    ] {
        let basic = settings(&json!({"client_authentication": "basic"}));
        let stage = Stage::new(basic, document(""));
        let body = json!({"error": "invalid_client", "error_description": said}).to_string();
        let response = respond(StatusCode::UNAUTHORIZED, &[], body);
        stage.environment.answer(TOKEN, response);
        let failure = stage.refresh().unwrap_err();
        let lines = stage.lines("token").concat();
        assert!(
            lines.contains("configuration_error") && lines.contains("refused the gateway's own"),
            "{lines}"
        );
        assert_eq!(lines.contains("AADSTS7000215"), is_kept, "{lines}");
        let printed = format!(
            "{failure:?} {:?} {:?}",
            stage.environment.lines(),
            stage.settings
        );
        for secret in ["s:cret", "s%3Acret", "refresh+token", "Y2hhdCth"] {
            assert!(!printed.contains(secret), "{secret} in {printed}");
        }
    }
}

#[test]
fn every_exchange_leaves_a_line() {
    let stage = Stage::new(settings(&json!({})), document(""));
    stage
        .environment
        .answer_once(TOKEN, oauth_error(401, "invalid_client"));
    stage
        .environment
        .answer_once(TOKEN, oauth_error(400, "invalid_grant"));
    assert!(stage.refresh().is_err());
    let lines = stage.environment.lines();
    let levels: Vec<_> = lines.iter().skip(1).map(|(level, _)| *level).collect();
    // That somebody's session has ended is no failure of the provider.
    assert_eq!(levels, [LogLevel::Warn, LogLevel::Debug]);
    let lines = stage.lines("token");
    assert!(lines[0].contains(r#""outcome":"configuration_error""#));
    assert!(lines[1].contains(r#""outcome":"session_ended""#));
}

fn status_of(stage: &Stage, settings: &Settings) -> ClientStatus {
    stage.providers.client_status(settings, &sign_in(settings))
}

#[test]
fn what_the_provider_last_made_of_the_client_is_known_without_a_request() {
    let basic = settings(&json!({"client_authentication": "basic"}));
    let stage = Stage::new(basic, document(""));
    let status = || status_of(&stage, &stage.settings);
    assert_eq!(status(), ClientStatus::NotAsked);
    stage
        .environment
        .answer_once(TOKEN, oauth_error(401, "invalid_client"));
    assert!(stage.refresh().is_err());
    let refused = ClientStatus::Refused(refused_client("\"invalid_client\""));
    assert_eq!(status(), refused);
    // An outage says nothing about it.
    stage
        .environment
        .answer_once(TOKEN, Err(TransportError::Timeout));
    assert!(stage.refresh().is_err());
    assert_eq!(status(), refused);
    // Who looks at the code has taken the credentials.
    stage
        .environment
        .answer_once(TOKEN, oauth_error(400, "invalid_grant"));
    assert!(stage.refresh().is_err());
    stage.environment.advance(3 * SECOND);
    assert_eq!(status(), ClientStatus::Accepted { seconds_ago: 3 });
    // Other settings may have another secret.
    let other = settings(&json!({"client_secret": "other"}));
    assert_eq!(status_of(&stage, &other), ClientStatus::NotAsked);
}

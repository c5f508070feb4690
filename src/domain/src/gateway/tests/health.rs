use std::time::Duration;

use http::Method;
use serde_json::{Value, json};

use super::{APP_KEY, Fixture, ISSUER, answered, public_jwk};
use crate::documentation::Document;
use crate::environment::TransportError;
use crate::environment::fake::{FetchResult, ok, respond, status};
use crate::limits;
use crate::operation::{OPERATIONS, Responder};

/// HMAC-SHA-256 of `oidc-gateway metrics 1`, a zero byte and `e1`, under the app key.
const METRICS_TOKEN: &str = "gwm_8q8WteZmlVpEo9v_b6iOAJ8nlPrsODJ3Li7uV2atdYM";
const INFO: &str = "https://dify.example/v1/info";
const DISCOVERY: &str = "https://idp.example/.well-known/openid-configuration";
const OAUTH: &str = "https://idp.example/.well-known/oauth-authorization-server";
const KEYS: &str = "https://idp.example/keys";
const REMEDY: &str = "An administrator must check that `dify_api_url` is the API's address, that it can be reached from \
                    where the plugin daemon runs, and that the app is published.";

fn info() -> FetchResult {
    json_answer(200, r#"{"name":"Helper","mode":"chat","tags":[]}"#)
}

fn json_answer(code: u16, body: &str) -> FetchResult {
    let status = http::StatusCode::from_u16(code).unwrap();
    respond(status, &[("content-type", "application/json")], body)
}

fn document() -> FetchResult {
    ok(format!(r#"{{"issuer":"{ISSUER}","jwks_uri":"{KEYS}"}}"#))
}

/// Dify and a provider that both answer, with the keys of the fixture at the provider.
fn working(changes: &Value) -> Fixture {
    let mut settings = json!({"jwks": ""});
    for (name, value) in changes.as_object().unwrap() {
        settings[name] = value.clone();
    }
    let fixture = Fixture::new(&settings);
    let jwk = public_jwk(&fixture.key);
    let rsa = json!({"kty": "RSA", "use": "enc"});
    fixture.environment.answer(INFO, info());
    fixture.environment.answer(DISCOVERY, document());
    fixture
        .environment
        .answer(KEYS, ok(json!({"keys": [jwk, rsa]}).to_string()));
    fixture
}

/// A check that has failed with a code that has a procedure.
fn failed(code: &str, message: &str) -> Value {
    let documentation = format!("{}#{code}", Document::Troubleshooting.address());
    json!({"status": "failed", "code": code, "message": message, "documentation": documentation})
}

/// Status and body of `/health` for a request with this `Authorization`.
fn health(fixture: &Fixture, authorization: Option<&str>) -> (u16, Value) {
    let mut request = fixture.request(Method::GET, "");
    request.headers.clear();
    if let Some(value) = authorization {
        request
            .headers
            .insert("authorization", value.parse().unwrap());
    }
    let response = answered(fixture.handle("get_health", &request, ""));
    let body = serde_json::from_slice(&response.body).unwrap();
    (response.status.as_u16(), body)
}

fn detail(fixture: &Fixture) -> (u16, Value) {
    health(fixture, Some(&format!("Bearer {APP_KEY}")))
}

fn brief(fixture: &Fixture) -> (u16, Value) {
    health(fixture, None)
}

fn up() -> (u16, Value) {
    (200, json!({"status": "up"}))
}

fn down() -> (u16, Value) {
    (503, json!({"status": "down"}))
}

#[test]
fn the_app_key_shows_what_is_known_and_how_old_it_is() {
    let fixture = working(&json!({}));
    brief(&fixture);
    fixture.environment.advance(Duration::from_secs(20));
    assert_eq!(
        detail(&fixture),
        (
            200,
            json!({
                "status": "up",
                "version": env!("CARGO_PKG_VERSION"),
                "documentation": Document::Health.address(),
                "settings": {"status": "ok"},
                "identity_providers": [{
                    "issuer": ISSUER,
                    "discovery": {
                        "status": "ok", "jwks_uri": KEYS, "introspection_endpoint": null, "userinfo_endpoint": null,
                        "age_seconds": 20, "next_refresh_seconds": 460,
                    },
                    "keys": {
                        "status": "ok", "source": "provider", "usable": 1,
                        "skipped": ["it is not for signatures: `use` says so"], "algorithms": ["EdDSA"],
                        "age_seconds": 20, "next_refresh_seconds": 460,
                    },
                }],
                "dify": {"status": "ok", "name": "Helper", "mode": "chat"},
                "metrics_token": METRICS_TOKEN,
                "limits": limits::report(),
            })
        )
    );
}

#[test]
fn nobody_but_the_holder_of_the_app_key_learns_more_than_up_or_down() {
    let hint = json!({
        "status": "up",
        "hint": "`Authorization` does not hold the endpoint's app key as bearer token, so no detail is shown.",
    });
    let fixture = working(&json!({}));
    let token = fixture.token(&json!({}));
    assert_eq!(brief(&fixture), up());
    for authorization in [
        format!("Bearer {token}"),
        format!("Bearer {APP_KEY}0"),
        "Bearer app-012345678".to_owned(),
        "Bearer app-0123456780".to_owned(),
        format!("Basic {APP_KEY}"),
        format!("Bearer {APP_KEY}, Bearer {APP_KEY}"),
        "Bearer ".to_owned(),
        APP_KEY.to_owned(),
    ] {
        let response = health(&fixture, Some(&authorization));
        assert_eq!(response, (200, hint.clone()), "{authorization}");
    }
}

#[test]
fn what_fails_is_told_to_the_holder_of_the_app_key_with_the_cure() {
    let unreachable = format!("Dify could not be reached. The reason: could not connect. {REMEDY}");
    let refused = "Dify refused the app key of this endpoint. An administrator must put a valid key into `app_key`.";
    let unpublished =
        format!("Dify answered `/info` with status 400: \"App unavailable\". {REMEDY}");
    let page = "Dify answered with something other than JSON. An administrator must check that `dify_api_url` is the \
                address of the API, which ends in `/v1`.";
    let cases = [
        (
            Err(TransportError::Connect),
            "dify_unavailable",
            unreachable.as_str(),
        ),
        (json_answer(401, "{}"), "app_key_rejected", refused),
        (
            json_answer(
                400,
                r#"{"code":"app_unavailable","message":"App unavailable"}"#,
            ),
            "dify_answer_invalid",
            unpublished.as_str(),
        ),
        (ok("<html>"), "dify_answer_invalid", page),
    ];
    for (response, code, message) in cases {
        let fixture = working(&json!({}));
        fixture.environment.answer(INFO, response);
        let (status, report) = detail(&fixture);
        assert_eq!((status, &report["status"]), (503, &json!("down")));
        assert_eq!(report["dify"], failed(code, message));
        assert_eq!(brief(&fixture), down());
    }
}

#[test]
fn a_provider_that_cannot_be_used_is_down() {
    let fixture = working(&json!({}));
    fixture.environment.answer(DISCOVERY, status(500));
    let message = format!(
        "The identity provider `{ISSUER}` gave no discovery document: the provider answered with status 500. Try again \
         in 5 seconds."
    );
    let failed = failed("identity_provider_unavailable", &message);
    let (_, report) = detail(&fixture);
    assert_eq!(report["identity_providers"][0]["discovery"], failed);
    assert_eq!(report["identity_providers"][0]["keys"], failed);
    assert_eq!(brief(&fixture), down());
}

#[test]
fn keys_of_which_none_is_usable_are_no_keys() {
    for (keys, why) in [
        (r#"{"keys":[]}"#, "the set is empty"),
        (
            r#"{"keys":[{"kty":"oct","k":"AA"}]}"#,
            "its only key was left out: it holds a private or shared key",
        ),
    ] {
        let fixture = working(&json!({}));
        fixture.environment.answer(KEYS, ok(keys));
        let message = format!(
            "The keys (`jwks_uri`) of the identity provider `{ISSUER}` cannot be used: {why}. Have the provider publish \
             an asymmetric signing key; some do so only once somebody has signed in."
        );
        let (_, report) = detail(&fixture);
        assert_eq!(
            report["identity_providers"][0]["keys"]["message"],
            json!(message)
        );
        assert_eq!(brief(&fixture), down());
    }
}

#[test]
fn keys_that_outlive_an_outage_are_up_and_tell_of_it() {
    let fixture = working(&json!({}));
    brief(&fixture);
    fixture.environment.answer(KEYS, status(500));
    fixture.environment.advance(Duration::from_secs(700));
    assert_eq!(brief(&fixture), up());
    let (_, report) = detail(&fixture);
    let keys = &report["identity_providers"][0]["keys"];
    let failure = format!(
        "The identity provider `{ISSUER}` gave no keys (`jwks_uri`): the provider answered with status 500. Try again \
         in 5 seconds."
    );
    assert_eq!(
        (&keys["status"], &keys["age_seconds"], &keys["last_failure"]),
        (&json!("ok"), &json!(700), &json!(failure))
    );
}

#[test]
fn an_endpoint_that_the_settings_rely_on_must_be_in_the_document() {
    let cases = [
        (
            json!({"token_validation": "introspection", "client_secret": "s"}),
            "offers no introspection",
        ),
        (
            json!({"token_validation": "userinfo"}),
            "has no `userinfo_endpoint`",
        ),
        (json!({"userinfo": true}), "has no `userinfo_endpoint`"),
    ];
    for (settings, part) in cases {
        let fixture = working(&settings);
        let (status, report) = detail(&fixture);
        let discovery = &report["identity_providers"][0]["discovery"];
        assert_eq!(
            (status, &discovery["code"]),
            (503, &json!("configuration_error"))
        );
        let message = discovery["message"].as_str().unwrap();
        assert!(message.contains(part), "{message}");
    }
}

#[test]
fn what_the_settings_do_not_need_is_not_asked_for() {
    let fixture = Fixture::new(&json!({}));
    fixture.environment.answer(INFO, info());
    let (status, report) = detail(&fixture);
    let provider = &report["identity_providers"][0];
    assert_eq!(status, 200);
    assert_eq!(
        provider["discovery"],
        json!({"status": "not_checked", "message": "These settings do not need it."})
    );
    assert_eq!(
        provider["keys"],
        json!({"status": "ok", "source": "setting", "usable": 1, "skipped": [], "algorithms": ["EdDSA"]})
    );
    assert_eq!(fixture.environment.urls(), [INFO]);
}

#[test]
fn the_tenants_of_the_template_are_not_asked() {
    let template = "https://login.microsoftonline.com/{tenantid}/v2.0";
    let fixture = working(&json!({
        "issuer": template,
        "required_claims": "tid=t",
        "user_format": "hashed",
        "user_hash_key": "0123456789abcdef",
    }));
    let (status, report) = detail(&fixture);
    let provider = &report["identity_providers"][0];
    assert_eq!((status, &provider["issuer"]), (200, &json!(template)));
    assert_eq!(provider["keys"]["status"], "not_checked");
    assert_eq!(fixture.environment.urls(), [INFO]);
}

#[test]
fn however_often_it_is_asked_nobody_else_is_asked_more() {
    let fixture = working(&json!({}));
    for _ in 0..100 {
        assert_eq!(brief(&fixture), up());
    }
    assert_eq!(fixture.environment.urls().len(), 3);
    let broken = working(&json!({}));
    for url in [INFO, DISCOVERY, OAUTH] {
        broken.environment.answer(url, status(500));
    }
    for _ in 0..100 {
        assert_eq!(brief(&broken), down());
        broken.environment.advance(Duration::from_millis(40));
    }
    assert_eq!(broken.environment.urls().len(), 2);
    broken.environment.advance(Duration::from_secs(5));
    brief(&broken);
    assert_eq!(broken.environment.urls().len(), 4);
}

#[test]
fn with_wrong_settings_the_app_key_still_shows_every_mistake() {
    let wrong = json!({"issuer": "", "clock_skew": "900"});
    let fixture = Fixture::new(&wrong);
    assert_eq!(brief(&fixture), down());
    assert_eq!(
        detail(&fixture),
        (
            503,
            json!({
                "status": "down",
                "version": env!("CARGO_PKG_VERSION"),
                "documentation": Document::Health.address(),
                "settings": {
                    "status": "failed",
                    "mistakes": [
                        {
                            "setting": "issuer",
                            "message": "is missing; write text such as `https://idp.example.com/realms/main`",
                        },
                        {
                            "setting": "clock_skew",
                            "message": "is not a whole number from 0 to 300; write seconds such as `60`",
                        },
                    ],
                    "more_mistakes": 0,
                    "documentation": Document::Settings.address(),
                },
                "limits": limits::report(),
            })
        )
    );
    assert_eq!(fixture.environment.urls(), Vec::<String>::new());
}

#[test]
fn of_very_many_mistakes_the_report_has_the_first_and_the_number_of_the_rest() {
    let origins = vec!["nonsense"; limits::MISTAKES + 5].join(" ");
    let (status, report) = detail(&Fixture::new(&json!({"allowed_origins": origins})));
    assert_eq!(status, 503);
    let mistakes = report["settings"]["mistakes"].as_array().unwrap();
    assert_eq!(mistakes.len(), limits::MISTAKES);
    assert_eq!(report["settings"]["more_mistakes"], 5);
}

#[test]
fn an_app_key_that_is_missing_or_wrong_opens_nothing() {
    for app_key in [json!(""), json!(null), json!(7), json!("two words")] {
        let fixture = Fixture::new(&json!({"app_key": app_key}));
        for presented in ["Bearer ", "Bearer 7", "Bearer null", "Bearer two words"] {
            let (status, report) = health(&fixture, Some(presented));
            assert_eq!(
                (status, &report["status"], report.get("settings")),
                (503, &json!("down"), None),
                "{app_key} {presented}"
            );
        }
    }
}

#[test]
fn an_address_without_v1_is_tried_with_it_and_the_right_one_is_named() {
    const PROBABLY: &str = "The address in `dify_api_url` does not end in `/v1`, and answered with status 404 and no JSON, as \
                            Dify does where its API is not. An administrator must probably add `/v1` to the end of \
                            `dify_api_url`.";
    const FOUND: &str = "There is no API of Dify at `dify_api_url`, but there is one at `https://dify.example/dify/v1`. An \
                         administrator must write that address into `dify_api_url`.";
    const AT_V1: &str = "https://dify.example/dify/v1/info";
    let rows = [
        (info(), FOUND),
        (json_answer(401, "{}"), FOUND),
        (status(404), PROBABLY),
        (Err(TransportError::Timeout), PROBABLY),
    ];
    for (at_v1, message) in rows {
        let fixture = working(&json!({"dify_api_url": "https://dify.example/dify"}));
        fixture
            .environment
            .answer("https://dify.example/dify/info", status(404));
        fixture.environment.answer(AT_V1, at_v1);
        let (code, report) = detail(&fixture);
        let failed = failed("dify_answer_invalid", message);
        assert_eq!((code, &report["dify"]), (503, &failed));
        // Remembered, both of them.
        assert_eq!(detail(&fixture).1["dify"], failed);
        assert_eq!(fixture.environment.count(AT_V1), 1);
    }
    // A proxy may have given the API another path, and then nothing else is asked.
    let fixture = working(&json!({"dify_api_url": "https://dify.example/api-of-dify"}));
    fixture
        .environment
        .answer("https://dify.example/api-of-dify/info", info());
    assert_eq!(detail(&fixture).0, 200);
    assert_eq!(
        fixture
            .environment
            .count("https://dify.example/api-of-dify/v1/info"),
        0
    );
}

#[test]
fn a_user_claim_that_mysql_may_take_for_anothers_is_warned_of() {
    let warning = |claim: &str| {
        json!([format!(
            "If Dify's database is MySQL, it takes values of `{claim}` that differ only in case or accents, such as `José` \
             and `jose`, for one person. Set `user_format` to `hashed`, or use `sub` as `user_claim`. Either gives \
             everybody an empty history. See {}.",
            Document::MySql.address()
        )])
    };
    let hashed = json!({
        "user_claim": "email", "user_format": "hashed", "user_hash_key": "0123456789abcdef",
    });
    let rows = [
        (json!({}), Value::Null),
        (json!({"user_claim": "oid sub"}), Value::Null),
        (json!({"user_claim": "email"}), warning("email")),
        (
            json!({"user_claim": "preferred_username sub"}),
            warning("preferred_username"),
        ),
        (json!({"user_claim": "sub email"}), warning("email")),
        (hashed, Value::Null),
    ];
    for (settings, expected) in rows {
        let (code, report) = detail(&working(&settings));
        assert_eq!((code, &report["warnings"]), (200, &expected), "{settings}");
    }
}

#[test]
fn what_may_disappoint_people_who_sign_in_is_warned_of() {
    let shared = "`public_url` is on `https://dify.example.com` together with other pages. Whoever may install plugins in any workspace of that Dify could make a plugin that uses the sessions of the people who sign in here. Give the endpoint a host name of its own, and write it into `public_url` without a path.";
    let shared = format!("{shared} See {}.", Document::OwnHost.address());
    let closed = "`operation_rules` closes `get_info` to everybody, without which the chat page shows nothing. Open it with \
                  `get_info: anybody`, or set `page` to `off`.";
    let insecure = "`public_url` is http on this machine, so people at other machines cannot sign in. Write an https address before they do.";
    let offline = "`login_scopes` lacks `offline_access`, without which most providers give no refresh token. A session without one ends an hour after the sign-in. Add it if the provider offers it, or leave `login_scopes` empty.";
    let long = |claim: &str| {
        format!(
            "`input_claims` has `{claim}`, which is kept in the cookie of a session, and that has room for about 2 KiB. Who \
             is in many groups is refused with `session_too_large`. Let the app have a shorter claim."
        )
    };
    let rows = [
        (json!({}), Value::Null),
        (
            json!({"public_url": "https://dify.example.com/e/x"}),
            json!([shared]),
        ),
        (
            json!({"public_url": "http://localhost:8080/e/x"}),
            json!([insecure]),
        ),
        (
            json!({"input_claims": "email g=realm_access.roles"}),
            json!([long("realm_access.roles")]),
        ),
        (
            json!({"input_claims": "email groups"}),
            json!([long("groups")]),
        ),
        (json!({"input_claims": "email"}), Value::Null),
        (json!({"login_scopes": "openid email"}), json!([offline])),
        (
            json!({"login_scopes": "openid offline_access"}),
            Value::Null,
        ),
        (json!({"operation_rules": "app: nobody"}), json!([closed])),
        (
            json!({"operation_rules": "app: nobody", "page": "off"}),
            Value::Null,
        ),
        (json!({"operation_rules": "app: roles=x"}), Value::Null),
    ];
    for (changes, expected) in rows {
        let mut settings = json!({
            "sign_in": "on", "public_url": "https://chat.example.com", "client_secret": "s",
        });
        for (name, value) in changes.as_object().expect("an object") {
            settings[name] = value.clone();
        }
        let (_, report) = detail(&working(&settings));
        assert_eq!(report["warnings"], expected, "{settings}");
        settings["sign_in"] = json!("off");
        assert_eq!(detail(&working(&settings)).1["warnings"], Value::Null);
    }
}

#[test]
fn an_endpoint_where_people_sign_in_shows_where_and_what_is_wrong_with_that() {
    let settings = json!({
        "sign_in": "on", "public_url": "https://chat.example.com", "client_secret": "secret",
    });
    let document = |more: &str| {
        ok(format!(
            r#"{{"issuer":"{ISSUER}","jwks_uri":"{KEYS}","token_endpoint":"https://idp.example/t",{more}}}"#
        ))
    };
    let fixture = working(&settings);
    fixture.environment.answer(TOKEN, status(503));
    let good = r#""authorization_endpoint":"https://idp.example/a""#;
    fixture.environment.answer(DISCOVERY, document(good));
    let (code, body) = detail(&fixture);
    assert_eq!(code, 200, "{body}");
    let provider = &body["identity_providers"][0];
    assert_eq!(
        provider["sign_in"],
        json!({
            "status": "ok",
            "authorization_endpoint": "https://idp.example/a",
            "token_endpoint": "https://idp.example/t",
            "userinfo_endpoint": null,
            "end_session_endpoint": null,
            "revocation_endpoint": null,
            "backchannel_logout_supported": false,
        })
    );
    assert_eq!(provider["client"]["status"], "not_checked");
    let registration = json!({
        "redirect_uri": "https://chat.example.com/auth/callback",
        "post_logout_redirect_uri": "https://chat.example.com/auth/logged-out",
        "backchannel_logout_uri": "https://chat.example.com/auth/backchannel-logout",
    });
    assert_eq!(body["registration"], registration);

    let fixture = working(&settings);
    let bad = r#""authorization_endpoint":"javascript:alert(1)""#;
    fixture.environment.answer(DISCOVERY, document(bad));
    let (code, body) = detail(&fixture);
    assert_eq!(code, 503);
    assert_eq!(
        body["registration"], registration,
        "what to register does not depend on the provider"
    );
    let provider = &body["identity_providers"][0];
    assert_eq!(
        provider["discovery"]["status"], "ok",
        "tokens are verified as before"
    );
    assert_eq!(provider["keys"]["status"], "ok");
    assert_eq!(
        provider["sign_in"],
        failed(
            "identity_provider_invalid",
            &format!(
                "The discovery document of the identity provider `{ISSUER}` cannot be used: its `authorization_endpoint` is \
                 not an https URL: \"javascript:alert(1)\". Fix this at the identity provider, or write the right address \
                 into `provider_endpoints`."
            ),
        )
    );
}

const TOKEN: &str = "https://idp.example/t";

/// Everything works, and people sign in; the token endpoint is yet to answer.
fn with_token_endpoint() -> Fixture {
    let fixture = with_sign_in(&json!({"client_authentication": "basic"}));
    let document = format!(
        r#"{{"issuer":"{ISSUER}","jwks_uri":"{KEYS}","authorization_endpoint":"https://idp.example/a","token_endpoint":"{TOKEN}"}}"#
    );
    fixture.environment.answer(DISCOVERY, ok(document));
    fixture
}

#[test]
fn a_wrong_client_secret_shows_before_anybody_has_signed_in() {
    let refused = failed(
        "configuration_error",
        "The identity provider `https://idp.example` refused the gateway's own credentials at its token endpoint \
         (\"invalid_client\"). Compare `client_secret` with the client's secret there, and see that it has not expired (client `app`).",
    );
    let not_refused = json!({
        "status": "not_checked",
        "message": "The identity provider did not object to the client. Whether it gives tokens shows when somebody signs in.",
    });
    let not_asked = json!({
        "status": "not_checked",
        "message": "The identity provider could not be asked, and nobody has signed in since the plugin was started or the \
                    settings were saved.",
    });
    let rows = [
        (401, "invalid_client", 503, refused),
        (400, "invalid_grant", 200, not_refused),
        (503, "temporarily_unavailable", 200, not_asked),
    ];
    for (status, error, expected_status, expected) in rows {
        let fixture = with_token_endpoint();
        let error = json_answer(status, &json!({"error": error}).to_string());
        fixture.environment.answer(TOKEN, error);
        let (status, report) = detail(&fixture);
        let provider = &report["identity_providers"][0];
        assert_eq!((status, &provider["client"]), (expected_status, &expected));
    }
}

#[test]
fn the_provider_is_asked_about_the_client_for_the_holder_of_the_app_key_and_twice_a_minute_at_most()
{
    let refused = || json_answer(401, r#"{"error":"invalid_client"}"#);
    let fixture = with_token_endpoint();
    fixture.environment.answer(TOKEN, refused());
    let asked = || fixture.environment.count(TOKEN);
    brief(&fixture);
    assert_eq!(asked(), 0);
    for (seconds, expected) in [(0, 1), (0, 1), (29, 1), (1, 2)] {
        fixture.environment.advance(Duration::from_secs(seconds));
        detail(&fixture);
        assert_eq!(asked(), expected);
    }
    // The administrator has mended it; a good client is asked for no second time.
    let grant = json_answer(400, r#"{"error":"invalid_grant"}"#);
    fixture.environment.answer(TOKEN, grant);
    for seconds in [30, 3600] {
        fixture.environment.advance(Duration::from_secs(seconds));
        detail(&fixture);
        assert_eq!(asked(), 3);
    }
}

/// An endpoint where people sign in, at an address that Dify gives.
const BASE: &str = "https://dify.example.com/e/abcdefghijklmnop";

fn with_sign_in(changes: &Value) -> Fixture {
    let mut settings = json!({"sign_in": "on", "public_url": BASE, "client_secret": "secret"});
    settings
        .as_object_mut()
        .unwrap()
        .extend(changes.as_object().unwrap().clone());
    working(&settings)
}

#[test]
fn what_to_register_at_the_provider_is_shown_letter_by_letter_and_is_an_operation() {
    for base in [
        BASE,
        "https://chat.example.com",
        "http://localhost:8080/e/abcdefghijklmnop",
    ] {
        let (_, report) = detail(&with_sign_in(&json!({"public_url": base})));
        let registration = report["registration"].as_object().unwrap();
        let rows = [
            ("redirect_uri", "/auth/callback", Responder::Callback),
            (
                "post_logout_redirect_uri",
                "/auth/logged-out",
                Responder::LoggedOut,
            ),
            (
                "backchannel_logout_uri",
                "/auth/backchannel-logout",
                Responder::BackchannelLogout,
            ),
        ];
        assert_eq!(registration.len(), rows.len());
        for (name, path, responder) in rows {
            assert_eq!(registration[name], format!("{base}{path}"));
            let mut operations = OPERATIONS.iter();
            let found = operations.find(|operation| operation.path == path);
            assert_eq!(found.map(|operation| operation.responder), Some(responder));
        }
    }
}

#[test]
fn what_nobody_can_know_before_a_sign_in_is_not_guessed() {
    for (page, shown) in [("on", "served"), ("off", "off")] {
        let (_, report) = detail(&with_sign_in(&json!({"page": page})));
        assert_eq!(
            report["sign_in"],
            json!({
                "public_url": {"status": "ok", "hook_id": super::HOOK},
                "page": shown,
                "session_token": {
                    "status": "not_seen",
                    "message": "Nobody has signed in since the plugin was started or the settings were saved.",
                },
            }),
        );
    }
    assert_eq!(detail(&working(&json!({}))).1.get("sign_in"), None);
}

#[test]
fn how_the_request_came_shows_whether_the_public_url_can_be_right() {
    let note = "This request has not come to the host of `public_url`, which is `https://dify.example.com`. A browser that comes as it did is shown a link to that address, and nobody can sign in before following it.";
    let long = "h".repeat(200);
    for (fields, expected) in [
        (
            vec![("host", "dify.example.com")],
            json!({"host": "dify.example.com"}),
        ),
        (
            vec![
                ("host", "10.0.0.1"),
                ("dify-hook-url", "http://dify.example.com/e/x"),
            ],
            json!({"host": "10.0.0.1", "hook_url": "http://dify.example.com/e/x"}),
        ),
        (
            vec![("host", "10.0.0.1"), ("x-forwarded-host", "other.example")],
            json!({"host": "10.0.0.1", "forwarded_host": "other.example", "note": note}),
        ),
        (
            vec![("host", long.as_str())],
            json!({"host": "h".repeat(120), "note": note}),
        ),
    ] {
        let fixture = with_sign_in(&json!({}));
        let mut request = fixture.request(Method::GET, APP_KEY);
        request.headers.extend(super::headers(&fields));
        let response = answered(fixture.handle("get_health", &request, ""));
        let report: Value = serde_json::from_slice(&response.body).unwrap();
        let mut all = json!({"status": "ok", "hook_id": super::HOOK});
        all.as_object_mut()
            .unwrap()
            .extend(expected.as_object().unwrap().clone());
        assert_eq!(report["sign_in"]["public_url"], all, "{fields:?}");
    }
}

#[test]
fn a_public_url_of_another_endpoint_is_down() {
    let fixture = with_sign_in(&json!({"public_url": "https://dify.example.com/e/another"}));
    let (status, report) = detail(&fixture);
    assert_eq!((status, &report["status"]), (503, &json!("down")));
    assert_eq!(
        report["sign_in"]["public_url"],
        failed(
            "configuration_error",
            "The endpoint's settings are wrong. `public_url` ends with `/e/` and the ID of another endpoint; write the \
             address that Dify shows for this one.",
        )
    );
}

#[test]
fn metadata_that_speak_against_a_sign_in_are_shown_and_refuse_nobody() {
    let unverifiable = "The provider says that it signs ID tokens with [\"HS256\"] alone (`id_token_signing_alg_values_supported`), which the gateway does not verify. Have it sign with one of EdDSA, ES256, ES384, ES512, PS256, PS384, PS512, RS256, RS384, RS512.";
    let unchallenged = "The provider says that it knows no PKCE method but [\"plain\"] (`code_challenge_methods_supported`), and every login uses `S256` (RFC 7636 §4.2). If it refuses logins, allow the client `S256`.";
    for (more, expected) in [
        (json!({}), Value::Null),
        (
            json!({
                "id_token_signing_alg_values_supported": ["HS256", "RS256"],
                "code_challenge_methods_supported": ["plain", "S256"],
            }),
            Value::Null,
        ),
        (
            json!({
                "id_token_signing_alg_values_supported": ["HS256"],
                "code_challenge_methods_supported": ["plain"],
            }),
            json!([unverifiable, unchallenged]),
        ),
    ] {
        let mut document = json!({
            "issuer": ISSUER, "jwks_uri": KEYS,
            "authorization_endpoint": "https://idp.example/a", "token_endpoint": "https://idp.example/t",
        });
        document
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        let fixture = with_sign_in(&json!({}));
        fixture
            .environment
            .answer(DISCOVERY, ok(document.to_string()));
        fixture.environment.answer(TOKEN, status(503));
        let (status, report) = detail(&fixture);
        assert_eq!(status, 200, "{report}");
        let sign_in = &report["identity_providers"][0]["sign_in"];
        assert_eq!(sign_in["warnings"], expected, "{more}");
    }
}

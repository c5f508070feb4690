//! Requests with a session: which count, and which get nothing at all.

use std::time::Duration;

use http::header::{LOCATION, SET_COOKIE};
use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::{APP_KEY, Fixture, HOOK, answered, headers};
use crate::claims::Claims;
use crate::environment::Environment;
use crate::environment::fake::respond;
use crate::gateway::Outcome;
use crate::issuer::Issuer;
use crate::oauth::RefreshToken;
use crate::operation::{OPERATIONS, Responder};
use crate::relay::ResponseHead;
use crate::request::Request;
use crate::response::Response;
use crate::session::{
    CookieNames, KeptToken, Keys, Login, LoginMark, PageSecret, Person, Session, SessionId,
};
use crate::settings::{Settings, UnmetEntries};
use crate::token::{Caller, User};

const BASE: &str = "https://dify.example/e/abcdefghijklmnop";
const SAME_ORIGIN: (&str, &str) = ("sec-fetch-site", "same-origin");
const WINDOW: &[(&str, &str)] = &[
    ("sec-fetch-mode", "navigate"),
    ("sec-fetch-dest", "document"),
    ("accept", "text/html"),
];
const MINUTE: Duration = Duration::from_secs(60);

fn fixture() -> Fixture {
    let fixture = Fixture::new(&json!({
        "sign_in": "on", "public_url": BASE, "client_secret": "secret-of-the-client",
        "allowed_origins": "*", "session_limits": "hours=2 idle=60 check=15",
    }));
    let site = respond(StatusCode::OK, &[], r#"{"title": "A"}"#);
    fixture
        .environment
        .answer("https://dify.example/v1/site", site);
    fixture
}

/// A session, as a cookie and a page token.
struct SignedIn {
    cookie: String,
    token: String,
}

impl SignedIn {
    /// Of `user`; `number` tells its id and its page secret from others.
    fn new(fixture: &Fixture, user: &str, number: u8) -> Self {
        let settings = Settings::parse(&fixture.settings.to_string()).unwrap();
        let sign_in = settings.sign_in.as_ref().unwrap();
        let person = Person {
            caller: Caller {
                user: User::parse("sub", user).unwrap(),
                issuer: Issuer::new(super::ISSUER),
                claims: Claims::new(serde_json::Map::new()),
                scopes: vec!["openid".to_owned()],
                has_all_claims: false,
                is_admin: false,
                unmet: UnmetEntries::default(),
                is_service_account: false,
            },
            name: None,
            subject: user.to_owned(),
            provider_session: None,
        };
        let login = Login {
            person,
            nonce: None,
            mark: LoginMark::of(&format!("0{number}")),
            auth_time: None,
            id_token_issued: None,
            token: Some(KeptToken::Refresh(RefreshToken::new("r".to_owned()))),
        };
        let (id, secret) = (SessionId::new([number; 16]), PageSecret::new([number; 16]));
        let session = Session::begin(login, id, secret, fixture.environment.now());
        let token = session.page_token().to_text();
        let names = CookieNames::new(&sign_in.public_url, HOOK);
        let keys = Keys::new(&settings, sign_in, "e1");
        let sealed = session.seal(&keys, &names, &[number; 24]).unwrap();
        Self {
            cookie: format!("{}={}", names.session(), sealed.value()),
            token,
        }
    }

    fn fields<'a>(&'a self, further: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
        let own = [("cookie", &*self.cookie), ("x-gateway-page", &*self.token)];
        [&own[..], further].concat()
    }
}

fn request(fixture: &Fixture, method: Method, path: &str, fields: &[(&str, &str)]) -> Request {
    let mut request = fixture.request(method, "");
    request.headers = headers(fields);
    path.clone_into(&mut request.path);
    request
}

/// Status and code, or whom Dify is asked for.
fn outcome(fixture: &Fixture, request: &Request) -> String {
    let body = r#"{"query":"q","inputs":{}}"#;
    match fixture.handle("fallback", request, body) {
        Outcome::Relay(mut relay) => {
            // The first request of a person is waited for.
            let head = ResponseHead {
                status: StatusCode::OK,
                headers: http::HeaderMap::new(),
            };
            fixture
                .gateway
                .judge_response_head(&mut relay.context, Ok(head));
            let query = relay.request.url.query().unwrap_or_default();
            assert!(!format!("{:?}", relay.request.headers).contains("gw_"));
            query.to_owned()
        }
        outcome => {
            let response = answered(outcome);
            assert_eq!(response.headers.get(LOCATION), None);
            assert_eq!(response.headers.get(SET_COOKIE), None);
            let body: Value = serde_json::from_slice(&response.body).unwrap();
            format!(
                "{} {}",
                response.status.as_u16(),
                body["code"].as_str().unwrap()
            )
        }
    }
}

fn listed(fixture: &Fixture, fields: &[(&str, &str)]) -> String {
    outcome(
        fixture,
        &request(fixture, Method::GET, "/conversations", fields),
    )
}

#[test]
fn a_session_counts_with_its_page_token_alone_and_from_its_own_origin_alone() {
    type Row<'a> = (&'static str, Vec<(&'a str, &'a str)>, &'static str);
    let fixture = fixture();
    let alice = SignedIn::new(&fixture, "alice", 1);
    let bob = SignedIn::new(&fixture, "bob", 2);
    let token = ("x-gateway-page", &*alice.token);
    let cookie = ("cookie", &*alice.cookie);
    let rows: [Row<'_>; 13] = [
        (
            "as the page sends it",
            alice.fields(&[SAME_ORIGIN]),
            "user=alice",
        ),
        ("a GET without metadata", alice.fields(&[]), "user=alice"),
        (
            "the right origin",
            alice.fields(&[("origin", "https://dify.example")]),
            "user=alice",
        ),
        (
            "no token",
            vec![cookie, SAME_ORIGIN],
            "401 page_token_missing",
        ),
        (
            "an empty token",
            vec![cookie, ("x-gateway-page", ""), SAME_ORIGIN],
            "409 session_changed",
        ),
        (
            "another's token",
            vec![cookie, ("x-gateway-page", &bob.token), SAME_ORIGIN],
            "409 session_changed",
        ),
        (
            "another's cookie",
            vec![("cookie", &bob.cookie), token, SAME_ORIGIN],
            "409 session_changed",
        ),
        (
            "a token and no cookie",
            vec![token, SAME_ORIGIN],
            "401 session_missing",
        ),
        (
            "a cookie that does not open",
            vec![("cookie", "__Secure-gw_abcdefghijklmnop_s=AAAA"), token],
            "401 session_missing",
        ),
        ("nothing at all", vec![], "401 session_missing"),
        (
            "another site",
            alice.fields(&[("sec-fetch-site", "cross-site")]),
            "403 cross_origin_refused",
        ),
        (
            "another host of the site",
            alice.fields(&[("sec-fetch-site", "same-site")]),
            "403 cross_origin_refused",
        ),
        (
            "another origin",
            alice.fields(&[SAME_ORIGIN, ("origin", "https://other.example")]),
            "403 cross_origin_refused",
        ),
    ];
    for (name, fields, expected) in rows {
        assert_eq!(listed(&fixture, &fields), expected, "{name}");
    }
}

#[test]
fn what_changes_something_must_say_where_it_comes_from() {
    let fixture = fixture();
    let alice = SignedIn::new(&fixture, "alice", 1);
    let json = ("content-type", "application/json");
    let chat = |fields: &[(&str, &str)]| {
        let request = request(
            &fixture,
            Method::POST,
            "/chat-messages",
            &[fields, &[json]].concat(),
        );
        outcome(&fixture, &request)
    };
    assert_eq!(chat(&alice.fields(&[])), "403 cross_origin_refused");
    assert_eq!(
        chat(&alice.fields(&[("origin", "null")])),
        "403 cross_origin_refused"
    );
    assert_eq!(chat(&alice.fields(&[SAME_ORIGIN])), "");
    assert_eq!(
        chat(&alice.fields(&[("origin", "https://dify.example")])),
        ""
    );
}

#[test]
fn a_bearer_token_decides_alone_and_another_scheme_is_a_proxys() {
    let fixture = fixture();
    let alice = SignedIn::new(&fixture, "alice", 1);
    let bearer = format!("Bearer {}", fixture.token(&json!({"sub": "carol"})));
    let rows = [
        (
            alice.fields(&[("authorization", &bearer), SAME_ORIGIN]),
            "user=carol",
        ),
        (
            alice.fields(&[("authorization", "Bearer undefined"), SAME_ORIGIN]),
            "401 token_malformed",
        ),
        (
            alice.fields(&[("authorization", "Basic eDp5, Bearer x")]),
            "400 authorization_malformed",
        ),
        (
            alice.fields(&[("authorization", "Basic eDp5"), SAME_ORIGIN]),
            "user=alice",
        ),
        (
            alice.fields(&[("authorization", ""), SAME_ORIGIN]),
            "user=alice",
        ),
        (
            vec![("cookie", &*alice.cookie), ("authorization", "Basic eDp5")],
            "401 token_missing",
        ),
    ];
    for (fields, expected) in rows {
        let found = listed(&fixture, &fields);
        assert_eq!(found, expected, "{:?}", fields.get(2..));
    }
}

#[test]
fn a_session_does_not_open_the_mcp_server() {
    let mut fixture = fixture();
    fixture.settings["mcp"] = "on".into();
    let alice = SignedIn::new(&fixture, "alice", 1);
    let json = ("content-type", "application/json");
    for fields in [
        alice.fields(&[SAME_ORIGIN, json]),
        vec![("cookie", &*alice.cookie), json],
    ] {
        for method in [Method::POST, Method::GET] {
            let request = request(&fixture, method, "/mcp", &fields);
            assert_eq!(outcome(&fixture, &request), "401 token_missing");
        }
    }
    assert_eq!(
        listed(&fixture, &alice.fields(&[SAME_ORIGIN])),
        "user=alice"
    );
}

#[test]
fn a_planted_cookie_changes_nothing_before_or_after_the_right_one() {
    let fixture = fixture();
    let alice = SignedIn::new(&fixture, "alice", 1);
    let mallory = SignedIn::new(&fixture, "mallory", 2);
    for cookies in [
        [&alice.cookie, &mallory.cookie],
        [&mallory.cookie, &alice.cookie],
    ] {
        let cookies = cookies.map(String::as_str).join("; ");
        for (person, expected) in [(&alice, "user=alice"), (&mallory, "user=mallory")] {
            let fields = [
                ("cookie", &*cookies),
                ("x-gateway-page", &*person.token),
                SAME_ORIGIN,
            ];
            assert_eq!(listed(&fixture, &fields), expected);
        }
        let fields = [&[("cookie", &*cookies)], WINDOW].concat();
        let html = document(&fixture, "/", &fields);
        assert!(!html.contains("gateway-page"), "{html}");
        assert!(html.contains("several_sessions"), "{html}");
        assert!(html.contains("Several people are signed in"), "{html}");
    }
}

#[test]
fn a_session_that_was_not_checked_in_time_opens_nothing_but_its_own_operations() {
    let rows = [
        (20 * MINUTE - MINUTE, "user=alice"),
        (21 * MINUTE, "401 session_expired"),
        (121 * MINUTE, "401 session_expired"),
    ];
    for (later, expected) in rows {
        let fixture = fixture();
        let alice = SignedIn::new(&fixture, "alice", 1);
        fixture.environment.advance(later);
        assert_eq!(
            listed(&fixture, &alice.fields(&[SAME_ORIGIN])),
            expected,
            "{later:?}"
        );
        let state = request(
            &fixture,
            Method::GET,
            "/auth/session",
            &alice.fields(&[SAME_ORIGIN]),
        );
        let state = answered(fixture.handle("fallback", &state, ""));
        assert_eq!(
            state.status == StatusCode::OK,
            later < 120 * MINUTE,
            "{later:?}"
        );
    }
}

#[test]
fn whoami_and_the_classes_know_the_person_of_the_session() {
    let fixture = fixture();
    let alice = SignedIn::new(&fixture, "alice", 1);
    let whoami = request(
        &fixture,
        Method::GET,
        "/whoami",
        &alice.fields(&[SAME_ORIGIN]),
    );
    let whoami = answered(fixture.handle("fallback", &whoami, ""));
    let whoami: Value = serde_json::from_slice(&whoami.body).unwrap();
    assert_eq!(
        (&whoami["user"], &whoami["issuer"]),
        (&json!("alice"), &json!(super::ISSUER))
    );
    let admin = request(
        &fixture,
        Method::GET,
        "/app/feedbacks",
        &alice.fields(&[SAME_ORIGIN]),
    );
    assert_eq!(outcome(&fixture, &admin), "403 admin_required");
    let key = format!("Bearer {APP_KEY}");
    let with_key = listed(&fixture, &[("authorization", &key)]);
    assert_eq!(with_key, "401 token_malformed");
}

fn document(fixture: &Fixture, path: &str, fields: &[(&str, &str)]) -> String {
    let response = get(fixture, path, fields);
    String::from_utf8(response.body).unwrap()
}

fn get(fixture: &Fixture, path: &str, fields: &[(&str, &str)]) -> Response {
    let request = request(fixture, Method::GET, path, fields);
    answered(fixture.handle("fallback", &request, ""))
}

#[test]
fn the_page_token_goes_into_the_browsers_window_and_nowhere_else() {
    let fixture = fixture();
    let alice = SignedIn::new(&fixture, "alice", 1);
    let cookie = ("cookie", &*alice.cookie);
    let html = ("accept", "text/html");
    let meta = format!("<meta name=\"gateway-page\" content=\"{}\">", alice.token);
    let window = [WINDOW, &[cookie]].concat();
    assert!(document(&fixture, "/", &window).contains(&meta));
    assert!(document(&fixture, "/auth/logout", &window).contains(&alice.token));

    let without = document(&fixture, "/", &[cookie, html]);
    assert!(!without.contains(&alice.token), "{without}");
    for cause in ["not opened over https", "browser is old", "a proxy removes"] {
        assert!(without.contains(cause), "{without}");
    }
    let elsewhere: [&[(&str, &str)]; 5] = [
        &[cookie, html],
        &[
            cookie,
            html,
            ("sec-fetch-mode", "cors"),
            ("sec-fetch-dest", "empty"),
        ],
        &[
            cookie,
            html,
            ("sec-fetch-mode", "navigate"),
            ("sec-fetch-dest", "iframe"),
        ],
        &[
            cookie,
            html,
            ("sec-fetch-mode", "no-cors"),
            ("sec-fetch-dest", "image"),
        ],
        &[cookie, html, ("sec-fetch-site", "same-origin")],
    ];
    for fields in elsewhere {
        for path in ["/", "/auth/logout", "/auth/logged-out"] {
            let html = document(&fixture, path, fields);
            assert!(!html.contains(&alice.token), "{path} {fields:?}: {html}");
        }
    }
    fixture.environment.advance(21 * MINUTE);
    assert!(
        document(&fixture, "/", &window).contains(&meta),
        "its check is overdue"
    );
    fixture.environment.advance(100 * MINUTE);
    assert!(!document(&fixture, "/", &window).contains("gateway-page"));
}

#[test]
fn the_form_of_the_logout_can_be_sent_and_nothing_else_ends_a_session() {
    let fixture = fixture();
    let alice = SignedIn::new(&fixture, "alice", 1);
    let form = get(
        &fixture,
        "/auth/logout",
        &[WINDOW, &[("cookie", &*alice.cookie)]].concat(),
    );
    assert_eq!(form.headers["referrer-policy"], "same-origin");
    let html = String::from_utf8(form.body).unwrap();
    let form = format!(
        "<form method=\"post\" action=\"{BASE}/auth/logout\"><input type=\"hidden\" name=\"page_token\" value=\"{}\">",
        alice.token
    );
    assert!(html.contains(&form), "{html}");

    let post = |fields: &[(&str, &str)], body: &str| {
        let form = ("content-type", "application/x-www-form-urlencoded");
        let fields = [fields, &[("cookie", &*alice.cookie), form]].concat();
        let request = request(&fixture, Method::POST, "/auth/logout", &fields);
        answered(fixture.handle("fallback", &request, body))
    };
    for (fields, body, code) in [
        (&[SAME_ORIGIN][..], "", "page_token_missing"),
        (
            &[("origin", "https://evil.example")],
            &*format!("page_token={}", alice.token),
            "cross_origin_refused",
        ),
        (
            &[],
            &*format!("page_token={}", alice.token),
            "cross_origin_refused",
        ),
        (&[SAME_ORIGIN], "page_token=AAAA", "session_changed"),
    ] {
        let response = post(fields, body);
        let body: Value = serde_json::from_slice(&response.body).unwrap();
        assert_eq!(body["code"], code);
        assert_eq!(response.headers.get(SET_COOKIE), None);
    }
    assert_eq!(
        listed(&fixture, &alice.fields(&[SAME_ORIGIN])),
        "user=alice"
    );
}

#[test]
fn a_login_and_its_callback_are_for_the_browsers_window() {
    let fixture = fixture();
    let fields: [&[(&str, &str)]; 5] = [
        &[("sec-fetch-mode", "cors"), ("sec-fetch-dest", "empty")],
        &[("sec-fetch-mode", "no-cors"), ("sec-fetch-dest", "image")],
        &[("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "iframe")],
        &[("sec-fetch-mode", "navigate")],
        &[("sec-purpose", "prefetch")],
    ];
    for path in ["/auth/login", "/auth/callback"] {
        for fields in fields {
            let request = request(&fixture, Method::GET, path, fields);
            assert_eq!(
                outcome(&fixture, &request),
                "400 navigation_required",
                "{path} {fields:?}"
            );
        }
        let head = request(&fixture, Method::HEAD, path, WINDOW);
        assert_eq!(outcome(&fixture, &head), "400 navigation_required");
    }
    assert_eq!(fixture.environment.urls(), Vec::<String>::new());
}

#[test]
fn nothing_that_a_script_may_ask_for_answers_with_a_redirect() {
    let fixture = fixture();
    let alice = SignedIn::new(&fixture, "alice", 1);
    let own = OPERATIONS.iter().filter(|row| {
        !matches!(
            row.responder,
            Responder::Dify | Responder::Health | Responder::Refresh | Responder::Logout
        )
    });
    for operation in own {
        let script = [
            SAME_ORIGIN,
            ("sec-fetch-mode", "cors"),
            ("sec-fetch-dest", "empty"),
        ];
        let path = operation.path.replace("<name>", "x");
        let request = request(
            &fixture,
            operation.method.clone(),
            &path,
            &alice.fields(&script),
        );
        let response = answered(fixture.handle("fallback", &request, ""));
        assert!(!response.status.is_redirection(), "{path}");
        assert_eq!(response.headers.get(SET_COOKIE), None, "{path}");
        assert_eq!(
            response.headers.get("access-control-allow-credentials"),
            None,
            "{path}"
        );
    }
}

#[test]
fn where_the_page_is_off_the_page_token_is_in_the_document_of_who_is_signed_in_and_in_no_other() {
    let fixture = Fixture::new(&json!({
        "sign_in": "on", "public_url": BASE, "client_secret": "secret-of-the-client", "page": "off",
    }));
    let alice = SignedIn::new(&fixture, "alice", 1);
    let cookie = ("cookie", alice.cookie.as_str());
    let meta = format!("<meta name=\"gateway-page\" content=\"{}\">", alice.token);
    for (fields, has_token) in [
        ([WINDOW, &[cookie]].concat(), true),
        (WINDOW.to_vec(), false),
        (vec![("accept", "text/html"), cookie], false),
        (
            vec![("accept", "application/json"), SAME_ORIGIN, cookie],
            false,
        ),
    ] {
        let response = answered(fixture.handle(
            "fallback",
            &request(&fixture, Method::GET, "/", &fields),
            "",
        ));
        let html = String::from_utf8_lossy(&response.body);
        assert_eq!(html.contains(&meta), has_token, "{fields:?}: {html}");
        assert_eq!(
            html.contains("/auth/logout\">Sign out</a>"),
            has_token,
            "{html}"
        );
        assert_eq!(html.contains("You are signed in."), has_token, "{html}");
    }
}

#[test]
fn whoami_warns_by_session_of_nothing_that_only_whole_claims_could_show() {
    let changeable = "`user` comes from `email`, which can change or be given to another person. Only `sub` belongs to one person for ever.";
    for (settings, warnings) in [
        (json!({"user_claim": "sub"}), json!([])),
        (
            json!({"user_claim": "email sub", "admin_claims": "groups=ops"}),
            json!([]),
        ),
        (json!({"user_claim": "email"}), json!([changeable])),
        (json!({"token_validation": "userinfo"}), json!([])),
    ] {
        let mut all = json!({
            "sign_in": "on", "public_url": BASE, "client_secret": "secret-of-the-client",
        });
        all.as_object_mut()
            .unwrap()
            .extend(settings.as_object().unwrap().clone());
        let fixture = Fixture::new(&all);
        let alice = SignedIn::new(&fixture, "alice", 1);
        let request = request(
            &fixture,
            Method::GET,
            "/whoami",
            &alice.fields(&[SAME_ORIGIN]),
        );
        let response = answered(fixture.handle("fallback", &request, ""));
        let body: Value = serde_json::from_slice(&response.body).unwrap();
        assert_eq!(
            (&body["user"], &body["warnings"]),
            (&json!("alice"), &warnings),
            "{settings}"
        );
    }
}

#[test]
fn no_line_of_the_log_has_a_cookie_or_a_page_token() {
    let fixture = Fixture::new(&json!({
        "sign_in": "on", "public_url": BASE, "client_secret": "secret-of-the-client", "log_level": "debug",
    }));
    let site = respond(StatusCode::OK, &[], r#"{"title": "A"}"#);
    let address = "https://dify.example/v1/site";
    fixture.environment.answer(address, site);
    let alice = SignedIn::new(&fixture, "alice", 1);
    let (_, value) = alice.cookie.split_once('=').unwrap();
    let console = "value-of-the-consoles-cookie";
    let cookies = format!("access_token={console}; {}", alice.cookie);
    for operation in OPERATIONS {
        let path = operation
            .path
            .replace("<name>", "x")
            .replace("<task_id>", "1e43fa4c-9b1a-430a-b494-ac22222409ae");
        let fields = [
            ("cookie", &*cookies),
            ("x-gateway-page", &*alice.token),
            SAME_ORIGIN,
            ("content-type", "application/json"),
        ];
        let mut request = request(&fixture, operation.method.clone(), &path, &fields);
        operation.handler.clone_into(&mut request.id);
        if matches!(
            operation.responder,
            Responder::Health | Responder::Refresh | Responder::Logout
        ) {
            continue;
        }
        let body = r#"{"query":"q","inputs":{}}"#;
        if let Outcome::Relay(mut relay) = fixture.handle("fallback", &request, body) {
            let head = ResponseHead {
                status: StatusCode::BAD_REQUEST,
                headers: http::HeaderMap::new(),
            };
            let context = &mut relay.context;
            fixture.gateway.judge_response_head(context, Ok(head));
        }
    }
    let lines = fixture.environment.lines();
    assert!(lines.len() > 10, "{}", lines.len());
    for (_, line) in lines {
        for secret in [value, &*alice.token, console] {
            assert!(!line.contains(secret), "{line}");
        }
    }
}

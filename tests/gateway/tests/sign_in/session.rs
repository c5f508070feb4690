//! What a session is worth: which requests it opens, how long, and what ends it.

use std::time::Duration;

use gateway_tests::sign_in::{ScriptedStage, merged, refusal, reopened, signed_in};
use harness::browser::{Kind, Load};
use harness::{Browser, CannedResponse};
use http::Method;
use serde_json::{Value, json};
use stand_in_dify::AppKind;
use url::Url;

fn load(stage: &ScriptedStage, kind: Kind, path: &str) -> Load {
    Load::get(kind, Url::parse(&stage.stage.at(path)).unwrap(), None)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_session_is_one_sealed_cookie_and_the_page_says_whose() {
    let stage = ScriptedStage::new(&json!({})).await;
    let browser = Browser::new();
    let alice = stage.sign_in(&browser, "alice").await;
    let callback = &alice.page.redirects[0];
    let [field] = callback.set_cookies()[..] else {
        panic!("{:?}", callback.set_cookies())
    };
    let attributes: Vec<_> = field.split("; ").skip(1).collect();
    for attribute in ["HttpOnly", "SameSite=Lax", "Path=/e/abcdefghijklmnop/"] {
        assert!(attributes.contains(&attribute), "{attribute}: {field}");
    }
    let cookies = browser.cookies("localhost");
    let session = cookies
        .iter()
        .find(|cookie| cookie.name.ends_with("_s"))
        .unwrap();
    assert!(
        session.name.contains("abcdefghijklmnop"),
        "{}",
        session.name
    );
    assert!(session.max_age.unwrap() <= Duration::from_secs(12 * 3600));
    assert!(!alice.page.shown.text().contains(&session.value));
    for part in ["alice", "refresh-alice"] {
        assert!(!session.value.contains(part), "the cookie is readable");
    }

    let hop = alice.session(&browser).await;
    let answer = hop.json();
    assert_eq!(hop.status, 200, "{answer}");
    let members: Vec<_> = answer
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(
        members,
        [
            "check_in",
            "closed_operations",
            "expires_in",
            "is_admin",
            "name",
            "provider_reachable",
            "signed_in",
            "user"
        ]
    );
    assert_eq!(
        (
            &answer["signed_in"],
            &answer["name"],
            &answer["is_admin"],
            &answer["provider_reachable"]
        ),
        (&json!(true), &json!("alice"), &json!(false), &json!(true))
    );
    assert_eq!(answer["user"], "alice");
    assert!(
        answer["check_in"].as_u64().unwrap() <= 900
            && answer["expires_in"].as_u64().unwrap() <= 12 * 3600,
        "{answer}"
    );
    assert_eq!(hop.header("cache-control"), "no-store");
    assert_eq!(hop.set_cookies(), Vec::<&str>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chat_by_session_reaches_dify_as_the_person_and_sets_no_cookie() {
    let stage = ScriptedStage::new(&json!({})).await;
    let browser = Browser::new();
    browser
        .set_cookie(
            &stage.stage.at("/"),
            "__console=secret-of-the-console; Path=/; HttpOnly",
        )
        .unwrap();
    let alice = stage.sign_in(&browser, "alice").await;
    stage.stage.seen();
    let hop = alice.chat(&browser, "Hello").await;
    assert_eq!(hop.status, 200, "{}", hop.text());
    assert!(hop.cookie_line().contains("secret-of-the-console"));
    assert_eq!(hop.set_cookies(), Vec::<&str>::new());
    let [seen] = &stage.stage.seen()[..] else {
        panic!("Dify was asked more than once")
    };
    let body: Value = serde_json::from_slice(seen.body.as_ref().unwrap()).unwrap();
    assert_eq!(body["user"], "alice");
    for name in ["cookie", "x-gateway-page"] {
        assert!(!seen.headers.contains_key(name), "{name} was relayed");
    }
    let whoami = alice
        .fetch(&browser, Method::GET, "/whoami", &Value::Null)
        .await;
    assert_eq!(
        (whoami.status.as_u16(), &whoami.json()["user"]),
        (200, &json!("alice")),
        "{}",
        whoami.text()
    );
    tokio::time::sleep(Duration::from_secs(1)).await;
    let cookies = browser.cookies("localhost");
    for line in stage.stage.stack.daemon.log_lines() {
        for secret in cookies
            .iter()
            .map(|cookie| cookie.value.as_str())
            .chain([alice.token.as_str()])
        {
            assert!(!line.text.contains(secret), "{}", line.text);
        }
    }
    for request in stage.issuer().seen() {
        assert!(!request.headers.contains_key("cookie"), "{}", request.path);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_session_a_script_gets_401_and_never_a_redirect() {
    let stage = ScriptedStage::new(&json!({})).await;
    let browser = Browser::new();
    let page = Url::parse(&stage.stage.at("/")).unwrap();
    for kind in [Kind::Fetch, Kind::Plain, Kind::Image] {
        for path in ["/info", "/parameters", "/conversations", "/whoami"] {
            let mut load = load(&stage, kind, path);
            load.initiator = Some(page.clone());
            let hop = browser.load(load).await.unwrap();
            assert_eq!(hop.status, 401, "{kind:?} {path}: {}", hop.text());
            assert!(
                ["session_missing", "token_missing"].contains(&refusal(&hop).1.as_str()),
                "{kind:?} {path}: {}",
                hop.text()
            );
            assert!(
                hop.header("www-authenticate").starts_with("Bearer"),
                "{path}"
            );
        }
    }
    let session = browser
        .load(load(&stage, Kind::Plain, "/auth/session"))
        .await
        .unwrap();
    assert_eq!(
        (session.status.as_u16(), session.json()),
        (200, json!({"signed_in": false}))
    );
    let refresh = load(&stage, Kind::Plain, "/auth/refresh")
        .sending(Method::POST, "application/json", "{}")
        .with("origin", &page.origin().ascii_serialization());
    let hop = browser.load(refresh).await.unwrap();
    assert_eq!(
        refusal(&hop),
        (401, "session_missing".to_owned()),
        "{}",
        hop.text()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_root_is_a_page_for_a_navigation_and_todays_json_for_the_rest() {
    let stage = ScriptedStage::new(&json!({"sign_in": "off"})).await;
    let browser = Browser::new();
    let strip = |mut answer: Value| {
        answer.as_object_mut().unwrap().remove("request_id");
        answer
    };
    let today = strip(
        browser
            .load(load(&stage, Kind::Plain, "/"))
            .await
            .unwrap()
            .json(),
    );
    stage.set(&json!({}));
    for kind in [Kind::Fetch, Kind::Plain, Kind::Image] {
        let hop = browser.load(load(&stage, kind, "/")).await.unwrap();
        assert_eq!(hop.header("content-type"), "application/json", "{kind:?}");
        assert_eq!(strip(hop.json()), today, "{kind:?}");
    }
    let old_browser = load(&stage, Kind::Plain, "/").with("accept", "text/html,*/*;q=0.8");
    for load in [load(&stage, Kind::Document, "/"), old_browser] {
        let hop = browser.load(load).await.unwrap();
        assert_eq!(hop.status, 200);
        assert!(
            hop.header("content-type").starts_with("text/html"),
            "{}",
            hop.header("content-type")
        );
        assert_eq!(hop.meta("gateway-page"), None);
        assert_eq!(hop.meta("gateway-base"), Some(stage.stage.public_url()));
        let vary = hop.header("vary").to_lowercase();
        for name in ["accept", "sec-fetch-mode", "sec-fetch-dest"] {
            assert!(vary.split(", ").any(|varied| varied == name), "{vary}");
        }
    }
    // Without Sec-Fetch-* nobody can tell a navigation from a script, so there is no page token.
    stage.sign_in(&browser, "alice").await;
    let hop = browser
        .load(load(&stage, Kind::Plain, "/").with("accept", "text/html"))
        .await
        .unwrap();
    assert_eq!(hop.meta("gateway-page"), None, "{}", hop.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_with_its_hours_and_without_use() {
    let rows = [
        ("hours=2 idle=1440 check=60", 2 * 3600 + 60, "its hours"),
        ("hours=24 idle=10 check=1", 11 * 60, "idle"),
    ];
    for (limits, seconds, case) in rows {
        let stage = ScriptedStage::new(&json!({"session_limits": limits})).await;
        let browser = Browser::new();
        let alice = stage.sign_in(&browser, "alice").await;
        stage.clock.advance(Duration::from_secs(seconds));
        let hop = alice.refresh(&browser).await;
        assert_eq!(
            refusal(&hop),
            (401, "session_expired".to_owned()),
            "{case}: {}",
            hop.text()
        );
        let page = reopened(&browser, &alice).await;
        assert_eq!(page.shown.meta("gateway-page"), None, "{case}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_that_was_changed_ends_the_session_and_one_redirect_begins_another() {
    let stage = ScriptedStage::new(&json!({})).await;
    let rows = [
        json!({"required_claims": "name=alice"}),
        json!({"user_claim": "name"}),
        json!({"admin_claims": "name=alice"}),
        json!({"client_secret": "another"}),
        json!({"app_key": AppKind::Chatflow.key()}),
    ];
    for changes in rows {
        stage.set(&json!({}));
        let browser = Browser::new();
        let alice = stage.sign_in(&browser, "alice").await;
        assert_eq!(alice.session(&browser).await.status, 200);
        stage.set(&changes);
        let hop = alice.chat(&browser, "Hello").await;
        assert_eq!(
            refusal(&hop),
            (401, "session_missing".to_owned()),
            "{changes}: {}",
            hop.text()
        );
        let request = stage.start(&browser, "/auth/login").await;
        let claims = stage.id_claims(&request, "alice");
        stage.set_tokens(&stage.tokens(&claims, "refresh"));
        signed_in(stage.come_back(&browser, &request.callback("a-code")).await);
    }
    // What decides nothing about a person ends nothing.
    stage.set(&json!({}));
    let browser = Browser::new();
    let alice = stage.sign_in(&browser, "alice").await;
    stage.set(&json!({"streams_per_user": "2", "page_origins": "https://images.example.com", "allowed_origins": "https://a.example.com"}));
    assert_eq!(alice.session(&browser).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_and_inputs_of_a_session_are_those_of_a_token() {
    let settings = json!({"admin_claims": "groups=admins", "user_claim": "employee", "required_claims": "groups=staff|admins"});
    let stage = ScriptedStage::of(AppKind::Chatflow, &settings).await;
    let rows = [
        (
            "alice",
            json!({"groups": ["staff"], "employee": 7}),
            "7",
            false,
        ),
        (
            "eve",
            json!({"groups": ["admins"], "employee": "x1"}),
            "x1",
            true,
        ),
    ];
    for (name, changes, user, is_admin) in rows {
        let browser = Browser::new();
        let request = stage.start(&browser, "/auth/login").await;
        let claims = merged(stage.id_claims(&request, name), &changes);
        stage.set_tokens(&stage.tokens(&claims, "refresh"));
        let person = signed_in(stage.come_back(&browser, &request.callback("a-code")).await);
        let answer = person.session(&browser).await.json();
        assert_eq!(
            (&answer["user"], &answer["is_admin"]),
            (&json!(user), &json!(is_admin)),
            "{answer}"
        );
        let hop = person
            .fetch(
                &browser,
                Method::GET,
                "/apps/annotations?page=1",
                &Value::Null,
            )
            .await;
        assert_eq!(
            hop.status,
            if is_admin { 200 } else { 403 },
            "{name}: {}",
            hop.text()
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bearer_token_beside_the_cookie_decides_and_another_scheme_does_not() {
    let stage = ScriptedStage::new(&json!({})).await;
    let browser = Browser::new();
    let alice = stage.sign_in(&browser, "alice").await;
    let bob = stage.stage.token("bob");
    // With a client secret a token that is no JWT is introspected.
    let unknown = CannedResponse::json(&json!({"active": false}));
    stage.issuer().set_answer("/introspect", unknown);
    let rows = [
        (format!("Bearer {bob}"), 200, "bob"),
        ("Bearer bad".to_owned(), 401, ""),
        ("Bearer undefined".to_owned(), 401, ""),
        ("Basic dXNlcjpwYXNzd29yZA==".to_owned(), 200, "alice"),
    ];
    for (authorization, status, user) in rows {
        let load = alice
            .request(Method::GET, "/whoami", &Value::Null)
            .with("authorization", &authorization);
        let hop = browser.load(load).await.unwrap();
        assert_eq!(hop.status, status, "{authorization}: {}", hop.text());
        assert_eq!(
            hop.json()["user"].as_str().unwrap_or_default(),
            user,
            "{authorization}"
        );
    }
}

//! What a browser gets of an endpoint with sign-in: documents, files, headers.

use http::{HeaderMap, HeaderValue, Method, StatusCode};
use serde_json::{Value, json};

use super::{Fixture, answered, headers, relayed};
use crate::environment::fake::respond;
use crate::gateway::{FileResponse, Outcome};
use crate::limits;
use crate::page::{ASSETS, DIRECTORY, PAGE_SCRIPT, PAGE_STYLE};
use crate::relay::ResponseHead;
use crate::request::Request;
use crate::response::Response;

const BASE: &str = "https://dify.example/e/abcdefghijklmnop";
const SITE: &str = "https://dify.example/v1/site";
const INFO: &str = "https://dify.example/v1/info";

const WINDOW: &[(&str, &str)] = &[
    ("sec-fetch-mode", "navigate"),
    ("sec-fetch-dest", "document"),
    ("sec-fetch-site", "none"),
    ("accept", "text/html,*/*;q=0.8"),
];
const SCRIPT: &[(&str, &str)] = &[
    ("sec-fetch-mode", "cors"),
    ("sec-fetch-dest", "empty"),
    ("sec-fetch-site", "same-origin"),
    ("accept", "text/html"),
];

fn fixture(changes: &Value) -> Fixture {
    let mut settings = json!({
        "sign_in": "on", "public_url": BASE, "client_secret": "secret-of-the-client",
    });
    for (name, value) in changes.as_object().unwrap() {
        settings[name] = value.clone();
    }
    let fixture = Fixture::new(&settings);
    let site = json!({
        "title": "Help <desk>", "icon_type": "image", "default_language": "ja-JP",
        "icon_url": "https://files.example/files/1/icon.png?sign=a&nonce=b",
    });
    let site = respond(StatusCode::OK, &[], site.to_string());
    fixture.environment.answer(SITE, site);
    fixture
}

fn request(fixture: &Fixture, path: &str, fields: &[(&str, &str)]) -> Request {
    let mut request = fixture.request(Method::GET, "");
    request.headers = headers(fields);
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    path.clone_into(&mut request.path);
    query.clone_into(&mut request.query);
    request
}

fn get(fixture: &Fixture, path: &str, fields: &[(&str, &str)]) -> Response {
    answered(fixture.handle("fallback", &request(fixture, path, fields), ""))
}

fn file(fixture: &Fixture, path: &str, fields: &[(&str, &str)]) -> FileResponse {
    match fixture.handle("fallback", &request(fixture, path, fields), "") {
        Outcome::File(file) => *file,
        outcome => panic!("{:?}", answered(outcome)),
    }
}

fn text(response: &Response) -> &str {
    str::from_utf8(&response.body).unwrap()
}

/// The head as text, a line a field.
fn head(headers: &HeaderMap) -> Vec<String> {
    let fields = headers.iter();
    let mut lines: Vec<String> = fields
        .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
        .collect();
    lines.sort();
    lines
}

#[test]
fn the_root_is_the_page_in_a_window_and_todays_json_everywhere_else() {
    let today = get(&Fixture::new(&json!({})), "/", &[]);
    let fixture = fixture(&json!({}));
    for fields in [&[][..], SCRIPT, &[("accept", "*/*")]] {
        let response = get(&fixture, "/", fields);
        assert_eq!(response.body, today.body, "{fields:?}");
        assert_eq!(
            head(&response.headers),
            [
                "cache-control: no-store",
                "content-type: application/json",
                "cross-origin-resource-policy: same-origin",
                "vary: Accept, Sec-Fetch-Mode, Sec-Fetch-Dest, Origin",
                "x-content-type-options: nosniff",
                "x-request-id: r1",
            ]
        );
    }
    for fields in [WINDOW, &[("accept", "text/html")]] {
        let response = get(&fixture, "/", fields);
        assert!(text(&response).starts_with("<!doctype html>"), "{fields:?}");
    }
    let off = self::fixture(&json!({"page": "off"}));
    assert_eq!(get(&off, "/", SCRIPT).body, today.body);
    let spelling = get(&fixture, "/v1", WINDOW);
    assert_eq!(spelling.body, today.body);
}

#[test]
fn the_page_of_somebody_signed_out_has_everything_but_a_token() {
    let fixture = fixture(&json!({"page_notice": "Hours: 9 to 5 & no \"weekends\""}));
    let response = get(&fixture, "/", WINDOW);
    let expected = format!(
        "<!doctype html><html lang=\"ja\"><head><meta charset=\"utf-8\"><title>Help &lt;desk&gt;</title>\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"robots\" content=\"noindex\">\
         <meta name=\"gateway-base\" content=\"{BASE}\">\
         <meta name=\"gateway-settings\" content=\"{{&quot;hook&quot;:&quot;abcdefghijklmnop&quot;,\
         &quot;language&quot;:&quot;ja&quot;,&quot;title&quot;:&quot;Help &lt;desk&gt;&quot;,\
         &quot;icon&quot;:&quot;https://files.example/files/1/icon.png?sign=a&amp;nonce=b&quot;,\
         &quot;notice&quot;:&quot;Hours: 9 to 5 &amp; no \\&quot;weekends\\&quot;&quot;,\
         &quot;image_origins&quot;:[&quot;https://files.example&quot;],&quot;hindrance&quot;:null}}\">\
         <link rel=\"icon\" href=\"https://files.example/files/1/icon.png?sign=a&amp;nonce=b\">\
         <link rel=\"stylesheet\" href=\"{BASE}{}\" integrity=\"{}\">\
         <script type=\"module\" src=\"{BASE}{}\" integrity=\"{}\"></script></head>\
         <body><noscript><p>このページには JavaScript が必要です。</p></noscript><div id=\"app\"></div></body></html>",
        PAGE_STYLE.path(),
        PAGE_STYLE.integrity,
        PAGE_SCRIPT.path(),
        PAGE_SCRIPT.integrity,
    );
    assert_eq!(text(&response), expected);
}

#[test]
fn the_page_may_load_ask_and_send_only_below_its_own_path() {
    let fixture = fixture(&json!({"page_origins": "https://images.example"}));
    let response = get(&fixture, "/", WINDOW);
    assert_eq!(
        head(&response.headers),
        [
            "cache-control: no-store",
            &format!(
                "content-security-policy: default-src 'none'; script-src {BASE}/assets/; style-src {BASE}/assets/; \
                 connect-src {BASE}/; img-src {BASE}/ data: blob: https://files.example https://images.example; \
                 media-src blob:; form-action {BASE}/auth/; base-uri 'none'; object-src 'none'; frame-src 'none'; \
                 worker-src 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types dompurify"
            ),
            "content-type: text/html; charset=utf-8",
            "cross-origin-opener-policy: same-origin",
            "cross-origin-resource-policy: same-origin",
            "permissions-policy: microphone=(self), camera=(), geolocation=()",
            "referrer-policy: no-referrer",
            "vary: Accept, Sec-Fetch-Mode, Sec-Fetch-Dest, Origin",
            "x-content-type-options: nosniff",
            "x-request-id: r1",
        ]
    );
}

#[test]
fn the_page_is_there_whatever_dify_says_of_the_app() {
    let robot = "data:image/svg+xml,%3Csvg%20xmlns%3D%27http%3A%2F%2Fwww%2Ew3%2Eorg%2F2000%2Fsvg%27%20viewBox%3D%270%200%2032%2032%27%3E%3Ctext%20y%3D%2726%27%20font%2Dsize%3D%2726%27%3E%F0%9F%A4%96%3C%2Ftext%3E%3C%2Fsvg%3E";
    let rows = [
        (json!({"title": "A"}), json!({}), "A", None),
        (json!({"title": " "}), json!({"name": "B"}), "B", None),
        (json!({}), json!({}), "Chat", None),
        (
            json!({"title": "A", "icon_type": "emoji", "icon": "🤖", "icon_url": null}),
            json!({}),
            "A",
            Some(robot),
        ),
        (
            json!({"title": "A", "icon_type": "emoji", "icon": "robot_face"}),
            json!({}),
            "A",
            None,
        ),
        (
            json!({"title": "A", "icon_url": "javascript:alert(1)"}),
            json!({}),
            "A",
            None,
        ),
        (
            json!({"title": "A", "icon_url": "https://a;script-src *.example/x"}),
            json!({}),
            "A",
            None,
        ),
    ];
    for (site, info, title, icon) in rows {
        let fixture = fixture(&json!({}));
        let site_response = respond(StatusCode::OK, &[], site.to_string());
        fixture.environment.answer(SITE, site_response);
        let info = respond(StatusCode::OK, &[], info.to_string());
        fixture.environment.answer(INFO, info);
        let response = get(&fixture, "/", WINDOW);
        let title = format!("<title>{title}</title>");
        assert!(text(&response).contains(&title), "{site}");
        let found = text(&response)
            .split_once("rel=\"icon\" href=\"")
            .and_then(|(_, rest)| rest.split_once('"'))
            .map(|(href, _)| href);
        assert_eq!(found, icon, "{site}");
    }
    let fixture = fixture(&json!({}));
    let down = respond(StatusCode::BAD_GATEWAY, &[], "no");
    fixture.environment.answer(SITE, down.clone());
    fixture.environment.answer(INFO, down);
    let response = get(&fixture, "/", WINDOW);
    assert_eq!(response.status, StatusCode::OK);
    assert!(text(&response).contains("<title>Chat</title>"));
}

#[test]
fn under_another_address_there_is_a_link_to_the_right_one_and_no_page() {
    let fixture = fixture(&json!({}));
    let fields = [
        WINDOW,
        &[("host", "other.example"), ("accept-language", "pt")],
    ]
    .concat();
    let response = get(&fixture, "/", &fields);
    let html = text(&response);
    assert!(
        html.contains("Este aplicativo tem outro endereço"),
        "{html}"
    );
    assert!(
        html.contains(&format!("<a href=\"{BASE}/\">{BASE}/</a>")),
        "{html}"
    );
    assert!(!html.contains("<script"), "{html}");
    assert_eq!(fixture.environment.urls(), Vec::<String>::new());
}

#[test]
fn a_file_of_the_page_comes_in_the_form_that_the_client_accepts() {
    let fixture = fixture(&json!({"allowed_origins": "*"}));
    for asset in ASSETS {
        let rows = [
            (None, ".gz", None, true),
            (Some("gzip, br"), ".br", Some("br"), false),
            (Some("gzip"), ".gz", Some("gzip"), false),
            (Some("identity;q=0"), ".gz", Some("gzip"), false),
        ];
        for (accepted, suffix, coding, is_decompressed) in rows {
            let fields: Vec<_> = accepted
                .map(|value| ("accept-encoding", value))
                .into_iter()
                .collect();
            let fields = [&fields[..], &[("origin", "https://app.example")]].concat();
            let file = file(&fixture, &asset.path(), &fields);
            assert_eq!(file.file, format!("{}{suffix}", asset.name));
            assert_eq!(file.is_decompressed, is_decompressed, "{accepted:?}");
            let mut expected: Vec<String> = [
                "cache-control: public, max-age=31536000, immutable",
                &format!("content-type: {}", asset.media_type),
                "cross-origin-resource-policy: same-origin",
                "vary: Accept-Encoding, Origin",
                "x-content-type-options: nosniff",
                "x-request-id: r1",
            ]
            .map(str::to_owned)
            .to_vec();
            expected.extend(coding.map(|coding| format!("content-encoding: {coding}")));
            expected.sort();
            assert_eq!(head(&file.head.headers), expected);
        }
    }
    assert!(!DIRECTORY.is_empty());
    for name in ["page.js", "..", "%2e%2e", "page-ESOIH2PM.js.br"] {
        let response = get(&fixture, &format!("/assets/{name}"), &[]);
        assert_eq!(response.status, StatusCode::NOT_FOUND, "{name}");
    }
}

#[test]
fn signed_out_is_said_in_the_browsers_language_and_by_a_document_that_can_do_nothing() {
    let fixture = fixture(&json!({}));
    const HINT: &str = "identity provider may go on";
    for (path, has_hint) in [
        ("/auth/logged-out", true),
        ("/auth/logged-out?state=x", false),
    ] {
        let response = get(&fixture, path, WINDOW);
        assert!(text(&response).contains("<h1>You are signed out</h1>"));
        assert_eq!(text(&response).contains(HINT), has_hint, "{path}");
        assert!(!text(&response).contains("<script"));
        assert_eq!(
            response.headers["content-security-policy"],
            format!(
                "default-src 'none'; style-src {BASE}/assets/; form-action {BASE}/auth/; base-uri 'none'; \
                 frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
            )
        );
        assert_eq!(
            response.headers["cross-origin-opener-policy"],
            "same-origin"
        );
        assert_eq!(response.headers["cache-control"], "no-store");
    }
    let chinese = [WINDOW, &[("accept-language", "zh-CN")]].concat();
    let response = get(&fixture, "/auth/logged-out", &chinese);
    assert!(text(&response).contains("<html lang=\"zh-Hans\">"));
    assert!(text(&response).contains("您已退出登录"));
}

#[test]
fn at_the_address_of_another_endpoint_the_page_says_what_is_wrong() {
    let fixture = fixture(&json!({}));
    let mut request = request(&fixture, "/", WINDOW);
    "another".clone_into(&mut request.hook_id);
    let response = answered(fixture.handle("get_root", &request, ""));
    assert_eq!(response.status, StatusCode::SERVICE_UNAVAILABLE);
    for part in [
        "<h1>The sign-in is not set up correctly</h1>",
        "<code>configuration_error</code>",
        "<code>r1</code>",
        "`public_url` ends with `/e/` and the ID of another endpoint",
    ] {
        assert!(
            text(&response).contains(part),
            "{part}: {}",
            text(&response)
        );
    }
}

#[test]
fn a_file_of_a_conversation_can_do_nothing_in_the_browser() {
    let rows = [
        ("text/html", None, Some("attachment")),
        ("text/html", Some("inline"), Some("attachment")),
        (
            "image/svg+xml",
            Some("inline; filename=\"a.svg\""),
            Some("attachment; filename=\"a.svg\""),
        ),
        (
            "application/javascript",
            Some("attachment; filename=x"),
            Some("attachment; filename=x"),
        ),
        ("image/png", None, None),
        ("IMAGE/PNG; a=b", Some("inline"), Some("inline")),
        ("audio/mpeg", None, None),
        ("video/mp4", None, None),
        ("application/pdf", None, None),
        ("imagex/png", None, Some("attachment")),
        ("", None, Some("attachment")),
    ];
    for is_on in [true, false] {
        let fixture = if is_on {
            fixture(&json!({}))
        } else {
            Fixture::new(&json!({}))
        };
        for (media_type, given, expected) in rows {
            let mut request = fixture.request(Method::GET, &fixture.token(&json!({})));
            request.path = "/files/1e43fa4c-9b1a-430a-b494-ac22222409ae/preview".to_owned();
            let mut relay = relayed(fixture.handle("fallback", &request, ""));
            let mut headers = headers(&[("content-type", media_type)]);
            if let Some(given) = given {
                headers.insert("content-disposition", HeaderValue::from_static(given));
            }
            let head = ResponseHead {
                status: StatusCode::OK,
                headers,
            };
            let response = fixture
                .gateway
                .judge_response_head(&mut relay.context, Ok(head));
            let found = |name: &str| {
                response
                    .headers
                    .get(name)
                    .map(|value| value.to_str().unwrap())
            };
            let (policy, disposition) = if is_on {
                (Some("sandbox"), expected)
            } else {
                (None, given)
            };
            assert_eq!(found("content-security-policy"), policy, "{media_type}");
            assert_eq!(
                found("content-disposition"),
                disposition,
                "{media_type} {given:?}"
            );
            assert_eq!(found("x-content-type-options"), is_on.then_some("nosniff"));
            assert_eq!(
                found("cross-origin-resource-policy"),
                is_on.then_some("same-origin")
            );
        }
    }
}

#[test]
fn no_preflight_allows_the_page_token() {
    let fixture = fixture(&json!({"allowed_origins": "https://app.example"}));
    let mut request = request(
        &fixture,
        "/chat-messages",
        &[
            ("origin", "https://app.example"),
            ("access-control-request-method", "POST"),
            (
                "access-control-request-headers",
                "authorization, X-Gateway-Page, x-gateway-page, accept",
            ),
        ],
    );
    request.method = Method::OPTIONS;
    let response = answered(fixture.handle("fallback", &request, ""));
    assert_eq!(
        response.headers["access-control-allow-headers"],
        "authorization, accept"
    );
    assert_eq!(
        response.headers.get("access-control-allow-credentials"),
        None
    );
}

#[test]
fn the_head_of_a_document_is_short_enough_for_every_proxy() {
    let origin = |length: usize| {
        let host = "o".repeat(60);
        let start = format!("https://{host}.{host}.{host}.");
        format!("{start}{}", "p".repeat(length - start.len()))
    };
    let base = format!(
        "https://dify.example/{}",
        "b".repeat(limits::SIGN_IN_URL - "https://dify.example/".len())
    );
    let origins: Vec<String> = (0..4)
        .map(|_| origin(limits::PAGE_ORIGINS / 4 - 1))
        .collect();
    // Each origin once.
    let origins: Vec<String> = origins
        .iter()
        .zip(["a", "b", "c", "d"])
        .map(|(origin, letter)| origin.replacen('o', letter, 1))
        .collect();
    let asking = format!("https://{}.example", "q".repeat(63));
    for page in ["on", "off"] {
        let fixture = fixture(&json!({
            "public_url": base, "page_origins": origins.join(" "), "page": page, "allowed_origins": asking,
        }));
        let icon = format!("{}/files/1/icon.png", origin(limits::FILE_HOST));
        let site = respond(
            StatusCode::OK,
            &[],
            json!({"title": "A", "icon_url": icon}).to_string(),
        );
        fixture.environment.answer(SITE, site);
        for path in [
            "/",
            "/auth/logged-out",
            "/auth/logout",
            "/auth/callback?error=x",
        ] {
            let fields = [WINDOW, &[("origin", asking.as_str())]].concat();
            let mut request = request(&fixture, path, &fields);
            request.id = "i".repeat(36);
            let response = answered(fixture.handle("fallback", &request, ""));
            let lines = head(&response.headers);
            let length: usize = lines.iter().map(|line| line.len() + 2).sum();
            assert!(
                length + 40 <= limits::RESPONSE_HEAD,
                "{page} {path}: {length} {lines:?}"
            );
            let has_file_host = lines
                .iter()
                .any(|line| line.contains(&origin(limits::FILE_HOST)));
            assert_eq!(has_file_host, page == "on" && path == "/", "{lines:?}");
        }
    }
}

#[test]
fn where_the_page_is_off_a_document_without_a_script_says_so_and_lets_sign_in_and_out() {
    for (language, heading, button) in [
        ("en", "The chat page is switched off", "Sign in"),
        ("zh-CN", "聊天页面已关闭", "登录"),
        ("ja", "チャットページはオフです", "サインイン"),
        ("pt-BR", "A página de chat está desativada", "Entrar"),
    ] {
        let fixture = fixture(&json!({"page": "off"}));
        let fields = [WINDOW, &[("accept-language", language)]].concat();
        let response = get(&fixture, "/", &fields);
        let html = text(&response);
        for part in [
            format!("<h1>{heading}</h1>"),
            format!("<a class=\"button\" href=\"{BASE}/auth/login\">{button}</a>"),
            format!("<meta name=\"gateway-base\" content=\"{BASE}\">"),
        ] {
            assert!(html.contains(&part), "{part}: {html}");
        }
        for part in ["<script", "gateway-page", "/auth/logout"] {
            assert!(!html.contains(part), "{part}: {html}");
        }
        assert_eq!(
            response.headers["cross-origin-opener-policy"],
            "same-origin"
        );
        assert_eq!(
            response.headers["vary"],
            "Accept, Sec-Fetch-Mode, Sec-Fetch-Dest, Origin"
        );
        assert_eq!(fixture.environment.urls(), Vec::<String>::new());
    }
}

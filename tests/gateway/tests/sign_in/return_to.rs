//! The address that a person opened comes back, and never leads off the endpoint.

use gateway_tests::sign_in::ScriptedStage;
use harness::Browser;
use harness::browser::Page;
use serde_json::json;

async fn signed_in_at(stage: &ScriptedStage, return_to: &str) -> Page {
    let browser = Browser::new();
    let query: String = url::form_urlencoded::byte_serialize(return_to.as_bytes()).collect();
    let request = stage
        .start(&browser, &format!("/auth/login?return_to={query}"))
        .await;
    let claims = stage.id_claims(&request, "alice");
    stage.set_tokens(&stage.tokens(&claims, "refresh"));
    stage.come_back(&browser, &request.callback("a-code")).await
}

/// The first `Location` after the callback, exactly as it is written.
fn location(page: &Page) -> &str {
    page.redirects[0].header("location")
}

#[tokio::test(flavor = "multi_thread")]
async fn path_and_query_come_back_byte_for_byte() {
    let stage = ScriptedStage::new(&json!({})).await;
    let base = stage.stage.public_url();
    for path in [
        "/",
        "/?c=1&q=a%26b%2Fc%20d&u=https://x/y",
        "/?q=%E2%82%AC+%C3%A9",
        "/?",
        "/conversations?limit=1",
    ] {
        let page = signed_in_at(&stage, path).await;
        assert_eq!(location(&page), format!("{base}{path}"), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_else_is_asked_for_leads_to_the_page() {
    let stage = ScriptedStage::new(&json!({})).await;
    let base = stage.stage.public_url();
    let too_long = format!("/?q={}", "a".repeat(600));
    let hostile = [
        "",
        "//e",
        "/\\e",
        "////e",
        "/%5ce",
        "/%5Ce",
        "/%09/e",
        "/\t/e",
        "/%2fe",
        "/%2Fe",
        "/%2f%2fe",
        "https:e",
        "https:/e",
        "https://e",
        "https://e/",
        "http://localhost@e",
        "javascript:alert(1)",
        "data:text/html,x",
        "@e",
        ".e",
        "e",
        "\\e",
        "\\\\e",
        "/\\/e",
        "/./\\e",
        "\u{0}",
        "/\u{0}e",
        "/%00e",
        "/%0d%0ae",
        "/\r\nSet-Cookie: a=b",
        "/%0aLocation:%20e",
        "/\u{2028}e",
        "/..",
        "/../",
        "/../../console",
        "/..;/e",
        "/%2e%2e/",
        "/%2E%2E/console",
        "/.%2e/",
        "/a/../../e",
        "/a/%2e%2e/%2e%2e/e",
        "//e@localhost",
        "///e",
        "/\u{2215}e/..",
        "https:\\\\e",
        "HTTPS://e",
        "//localhost:1/e/x",
        "/ /e/../..",
        "?x=//e",
        "#//e",
        " /e",
        "\t//e",
        "/x//e",
        "/auth/logout",
        "/auth/login",
        "/auth/",
        "/assets/x.js",
        "/%7f",
        "/e/bcdefghijklmnopq/../..",
        &too_long,
    ];
    for return_to in hostile {
        let page = signed_in_at(&stage, return_to).await;
        assert_eq!(location(&page), format!("{base}/"), "{return_to:?}");
    }
}

//! Who may use the server, and how a client finds out where to get a token.

use gateway_tests::{Stage, WholeResponse};
use http::Method;
use serde_json::{Value, json};
use stand_in_dify::AppKind;

use crate::client::{RESOURCE, call, legacy, post, stage_of, token_with};

const METADATA: &str = "/.well-known/oauth-protected-resource/mcp";

#[tokio::test(flavor = "multi_thread")]
async fn without_a_token_a_client_learns_where_to_get_one_and_nothing_else() {
    let stage = stage_of(
        AppKind::Chatflow,
        &json!({"mcp_scopes": "https://dify.example/mcp/chat"}),
    )
    .await;
    let challenge = format!(
        "Bearer realm=\"dify\", scope=\"https://dify.example/mcp/chat\", \
         resource_metadata=\"https://dify.example/e/chat{METADATA}\""
    );
    for method in [
        Method::POST,
        Method::GET,
        Method::HEAD,
        Method::DELETE,
        Method::PUT,
    ] {
        let response = WholeResponse::of(stage.request(method.clone(), "/mcp")).await;
        assert_eq!(response.status, 401, "{method}");
        assert_eq!(response.header("www-authenticate"), challenge, "{method}");
    }
    let in_query = format!("/mcp?access_token={}", stage.token("alice"));
    assert_eq!(
        WholeResponse::of(stage.request(Method::POST, &in_query))
            .await
            .status,
        401
    );

    let metadata = WholeResponse::of(stage.request(Method::GET, METADATA)).await;
    assert_eq!(metadata.header("access-control-allow-origin"), "*");
    let issuer = stage.stack.settings()["issuer"].clone();
    assert_eq!(
        metadata.json(),
        json!({
            "resource": RESOURCE,
            "authorization_servers": [issuer],
            "scopes_supported": ["https://dify.example/mcp/chat"],
            "bearer_methods_supported": ["header"],
        })
    );
    assert_eq!(stage.seen().len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_for_the_server_opens_it_whoever_the_client_is_and_opens_nothing_else() {
    let stage = stage_of(AppKind::Chatflow, &json!({})).await;
    let rows = [
        (
            json!({"aud": RESOURCE, "client_id": "whoever-registered", "azp": null}),
            true,
            false,
        ),
        (
            json!({"aud": [RESOURCE, "https://other.example"]}),
            true,
            false,
        ),
        (json!({"aud": "https://dify.example/e/chat"}), false, false),
        (json!({"aud": format!("{RESOURCE}/")}), false, false),
        (
            json!({"aud": "https://dify.example/e/other/mcp"}),
            false,
            false,
        ),
        (json!({}), true, true),
    ];
    for (claims, opens_server, opens_app) in rows {
        let token = token_with(&stage, "alice", &claims);
        let server = post(&stage, &token, &legacy("ping", &json!({})), &[]).await;
        assert_eq!(
            server.status == 200,
            opens_server,
            "{claims}: {}",
            server.text()
        );
        let app = stage.get(&token, "/conversations").await;
        assert_eq!(app.status == 200, opens_app, "{claims}: {}", app.text());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_sign_in_is_asked_for_only_where_it_would_help() {
    let settings = json!({"scopes": "chat", "required_claims": "groups=Staff"});
    let stage = stage_of(AppKind::Chatflow, &settings).await;
    let ping = legacy("ping", &json!({}));
    let without_scope = post(&stage, &stage.token("alice"), &ping, &[]).await;
    let challenge = without_scope.header("www-authenticate").to_owned();
    assert_eq!(without_scope.status, 403);
    assert!(
        challenge.contains("error=\"insufficient_scope\", scope=\"chat\", resource_metadata="),
        "{challenge}"
    );
    let not_staff = token_with(&stage, "alice", &json!({"scope": "chat"}));
    let refused = post(&stage, &not_staff, &ping, &[]).await;
    let challenge = refused.header("www-authenticate").to_owned();
    assert_eq!(
        (refused.status.as_u16(), refused.refusal().1.as_str()),
        (403, "required_claims_not_met")
    );
    assert!(
        !challenge.contains("error") && !challenge.contains("scope"),
        "{challenge}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_token_the_other_methods_are_told_to_post_and_foreign_pages_are_kept_out() {
    let stage = stage_of(
        AppKind::Chatflow,
        &json!({"allowed_origins": "https://app.example"}),
    )
    .await;
    let token = stage.token("alice");
    for method in [Method::GET, Method::HEAD, Method::DELETE, Method::PUT] {
        let response =
            WholeResponse::of(stage.request(method.clone(), "/mcp").bearer_auth(&token)).await;
        assert_eq!(
            (response.status.as_u16(), response.header("allow")),
            (405, "OPTIONS, POST"),
            "{method}"
        );
    }
    let rows = [
        (None, 200),
        (Some("https://app.example"), 200),
        (Some("https://dify.example"), 200),
        (Some("https://evil.example"), 403),
        (Some("null"), 403),
    ];
    for (origin, status) in rows {
        let fields: Vec<_> = origin.iter().map(|origin| ("origin", *origin)).collect();
        let response = post(&stage, &token, &legacy("ping", &json!({})), &fields).await;
        assert_eq!(response.status, status, "{origin:?}");
    }
    let preflight = async |origin: &str| {
        let request = stage
            .request(Method::OPTIONS, "/mcp")
            .header("origin", origin)
            .header("access-control-request-method", "POST")
            .header(
                "access-control-request-headers",
                "mcp-protocol-version, mcp-method, mcp-name, mcp-session-id",
            );
        WholeResponse::of(request).await
    };
    let foreign = preflight("https://evil.example").await;
    assert_eq!(foreign.refusal().1, "origin_refused");
    assert_eq!(foreign.header("access-control-allow-origin"), "");
    let preflight = preflight("https://app.example").await;
    assert_eq!(preflight.status, 204);
    assert_eq!(
        preflight.header("access-control-allow-headers"),
        "mcp-protocol-version, mcp-method, mcp-name, mcp-session-id"
    );
    let exposed = preflight.header("access-control-expose-headers");
    for field in ["Mcp-Session-Id", "WWW-Authenticate"] {
        assert!(exposed.split(", ").any(|name| name == field), "{exposed}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_off_is_not_there_and_one_without_an_address_is_a_mistake() {
    let stage = Stage::of(AppKind::Chatflow).await;
    for (method, path) in [
        (Method::POST, "/mcp"),
        (Method::GET, "/mcp"),
        (Method::GET, METADATA),
    ] {
        let response = WholeResponse::of(stage.request(method, path)).await;
        assert_eq!(response.refusal().1, "not_found", "{path}");
    }
    stage.set_settings(&json!({"mcp": "on", "public_url": null}));
    let response = WholeResponse::of(stage.request(Method::POST, "/mcp")).await;
    let (status, code, message) = response.refusal();
    assert_eq!((status, code.as_str()), (503, "configuration_error"));
    assert!(
        message.contains("`public_url` is missing, and `mcp` `on` needs it"),
        "{message}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn two_people_are_the_users_that_whoami_names_and_never_see_each_others_conversations() {
    let stage = stage_of(AppKind::Chatflow, &json!({"user_claim": "email"})).await;
    let token = |user: &str| {
        let email = format!("{user}@x.example");
        token_with(
            &stage,
            user,
            &json!({"email": email, "email_verified": true}),
        )
    };
    let ask = async |user: &str, arguments: Value| {
        call(&stage, &token(user), "oidc_chatflow", &arguments).await
    };
    let mut conversations = Vec::new();
    for user in ["alice", "bob"] {
        let result = ask(user, json!({"query": "hi"})).await;
        let answer = result["structuredContent"]["answer"]
            .as_str()
            .unwrap()
            .to_owned();
        let whoami = stage.get(&token(user), "/whoami").await.json();
        assert_eq!(whoami["user"], format!("{user}@x.example"));
        let shown = format!("|user={user}@x.example|");
        assert!(answer.contains(&shown), "{answer}");
        conversations.push(result["structuredContent"]["conversation_id"].clone());
    }
    let continued = ask(
        "alice",
        json!({"query": "again", "conversation_id": conversations[0]}),
    )
    .await;
    assert_eq!(
        continued["structuredContent"]["conversation_id"],
        conversations[0]
    );
    let foreign = ask(
        "bob",
        json!({"query": "again", "conversation_id": conversations[0]}),
    )
    .await;
    assert_eq!(foreign["isError"], true, "{foreign}");
    assert!(!foreign.to_string().contains("alice"), "{foreign}");
}

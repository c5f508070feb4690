//! HTTP that servers and proxies may speak and seldom do, from Dify and from an identity provider: it is understood.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use gateway_tests::{Script, Stage, WholeResponse, Wire};
use harness::{Algorithm, CannedResponse as Served, TestIssuer};
use http::Method;
use serde_json::{Value, json};
use stand_in_dify::{AppKind, Fault};

const DISCOVERY: &str = "/.well-known/openid-configuration";
const JWKS: &str = "/jwks";
/// Two interim responses (RFC 9110 §15.2).
const INTERIM: &str = "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n";

/// A response of JSON after interim responses, in two chunks with extensions and with blanks around them (RFC 9112
/// §7.1.1), and with a trailer.
fn unusual(body: &str) -> Vec<u8> {
    let (first, second) = body.split_at(5);
    format!(
        "{INTERIM}HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n5 ; a=\"b\" ; \
         c\r\n{first}\r\n{:x}\t;d=e\r\n{second}\r\n0 ; end\r\nX-Trailer: 1\r\n\r\n",
        second.len()
    )
    .into_bytes()
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

fn token(issuer: &TestIssuer) -> String {
    issuer.token(Algorithm::Es256, &issuer.claims("alice"))
}

#[tokio::test(flavor = "multi_thread")]
async fn interim_responses_and_chunk_extensions_of_dify_are_skipped() {
    let stage = Stage::of(AppKind::Chatflow).await;
    let body = r#"{"name":"chat"}"#;
    let control = stage.control();
    control.set_fault_once("/info", Fault::Garbage(unusual(body)));
    let answer = stage.get(&stage.token("alice"), "/info").await;
    assert_eq!((answer.status.as_u16(), answer.text()), (200, body));
    assert_eq!(
        (answer.header("link"), answer.header("x-trailer")),
        ("", "")
    );

    // No request asks for another protocol.
    let switching = format!("{INTERIM}HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n");
    control.set_fault_once("/info", Fault::Garbage(switching.into_bytes()));
    let message = "What Dify sent is not an HTTP response of its API.";
    assert_eq!(
        stage.get(&stage.token("alice"), "/info").await.refusal(),
        (502, "dify_answer_invalid".to_owned(), message.to_owned())
    );
    stage.assert_unharmed();
}

#[tokio::test(flavor = "multi_thread")]
async fn interim_responses_and_chunk_extensions_of_a_provider_are_skipped() {
    let stage = Stage::of(AppKind::Chatflow).await;
    let wire = Wire::start(Script::Garbage).await;
    wire.send_once(unusual(&stage.issuer().discovery().to_string()));
    stage.set_settings(&json!({"discovery_url": format!("{}/discovery", wire.url())}));
    assert_eq!(stage.get(&token(stage.issuer()), "/info").await.status, 200);
    assert_eq!(wire.request_lines(), ["GET /discovery HTTP/1.1"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn gzip_documents_of_a_provider_are_decoded_within_the_size_limit() {
    let stage = Stage::of(AppKind::Chatflow).await;
    let coded = |body: &str| Served::new(200, gzip(body)).with_header("content-encoding", "gzip");
    let issuer = stage.issuer();
    let keys = json!({ "keys": issuer.keys().public_jwks() });
    issuer.set_answer(DISCOVERY, coded(&issuer.discovery().to_string()));
    issuer.set_answer(JWKS, coded(&format!("\u{feff}{keys}")));
    assert_eq!(stage.get(&token(issuer), "/info").await.status, 200);

    let next = TestIssuer::start().await.unwrap();
    stage.set_settings(&json!({"issuer": next.issuer()}));
    let bomb = coded(&" ".repeat(64 * 1024 * 1024));
    assert!(bomb.body.len() < 128 * 1024, "{}", bomb.body.len());
    next.set_answer(JWKS, bomb);
    let message = format!(
        "The keys (`jwks_uri`) of the identity provider `{}` cannot be used: the response is too large. Fix this at the \
         identity provider.",
        next.issuer()
    );
    assert_eq!(
        stage.get(&token(&next), "/info").await.refusal(),
        (503, "identity_provider_invalid".to_owned(), message)
    );
}

/// A server may close a kept connection just when the next request is on its way (RFC 9110 §9.2.2).
#[tokio::test(flavor = "multi_thread")]
async fn only_get_and_head_are_sent_again_where_a_kept_connection_ends_before_a_byte() {
    let stage = Stage::of(AppKind::Chatflow).await;
    let alice = stage.token("alice");
    let broken = "The connection to Dify broke off before its response had arrived.";
    let broken = (502, "dify_unavailable".to_owned(), broken.to_owned());
    let chat = json!({"query": "hi", "response_mode": "blocking", "inputs": {}});
    let rating = json!({"rating": "like"});
    let message = "/messages/0d4b2f6e-4d1e-4c68-9d0c-6b1a5b1f2c3d/feedbacks";
    let rows: [(Method, &str, Option<&Value>); 4] = [
        (Method::GET, "/info", None),
        (Method::HEAD, "/info", None),
        (Method::POST, "/chat-messages", Some(&chat)),
        (Method::POST, message, Some(&rating)),
    ];
    for (method, path, body) in rows {
        assert_eq!(
            stage.get(&alice, "/site").await.status,
            200,
            "keeps a connection"
        );
        stage.seen();
        stage.control().set_fault_once(path, Fault::CloseBeforeHead);
        let request = stage.request(method.clone(), path).bearer_auth(&alice);
        let answer = WholeResponse::of(match body {
            Some(body) => request.json(body),
            None => request,
        })
        .await;
        let seen = stage.seen();
        let seen: Vec<_> = seen
            .iter()
            .map(|seen| (seen.method.as_str(), seen.path.as_str()))
            .collect();
        let sent = (method.as_str(), &*format!("/v1{path}"));
        if body.is_some() {
            assert_eq!(
                (answer.refusal(), seen),
                (broken.clone(), vec![sent]),
                "{method} {path}"
            );
        } else {
            assert_eq!(
                (answer.status.as_u16(), seen),
                (200, vec![sent; 2]),
                "{method} {path}"
            );
        }
    }
    stage.assert_unharmed();
}

/// Go's `http.Request.Write`, with which the daemon writes the request down, adds a `User-Agent` where there is none.
#[tokio::test(flavor = "multi_thread")]
async fn dify_learns_who_asks_from_the_client_the_daemon_or_the_gateway() {
    let stage = Stage::of(AppKind::Chatflow).await;
    let token = stage.token("alice");
    let long = "x".repeat(1025);
    for (sent, seen) in [
        (Some("curl/8.5.0"), "curl/8.5.0"),
        (None, "Go-http-client/1.1"),
        (Some(""), "oidc-gateway/0.1.0"),
        (Some(&long), "oidc-gateway/0.1.0"),
    ] {
        let request = stage.request(Method::GET, "/info").bearer_auth(&token);
        let request = match sent {
            Some(agent) => request.header("user-agent", agent),
            None => request,
        };
        assert_eq!(WholeResponse::of(request).await.status, 200);
        assert_eq!(stage.seen()[0].headers["user-agent"], seen, "{sent:?}");
    }
}

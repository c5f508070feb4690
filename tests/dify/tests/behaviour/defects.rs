//! What Dify does not isolate, so that a gateway's tests see the difference.

use std::time::Duration;

use futures::future::join_all;
use serde_json::Value;
use stand_in_dify::{AppKind, Options, StandIn};

use crate::client::{ask, json, start};

const CHAT: &str = r#"{"inputs":{},"query":"hi","user":"alice"}"#;

#[tokio::test]
async fn concurrent_first_requests_make_several_end_users_and_hide_all_chats_but_one() {
    let stand_in = StandIn::start(Options {
        creation_window: Duration::from_millis(200),
        ..Options::default()
    })
    .unwrap();
    let chats = (0..4).map(|_| json(&stand_in, AppKind::Chatflow, "POST", "/chat-messages", CHAT));
    join_all(chats).await;
    assert_eq!(
        stand_in.control().end_user_rows(AppKind::Chatflow, "alice"),
        4
    );
    let seen = json(
        &stand_in,
        AppKind::Chatflow,
        "GET",
        "/conversations?user=alice",
        "",
    )
    .await;
    assert_eq!(seen["data"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_finished_first_request_makes_later_ones_safe() {
    let stand_in = start();
    json(&stand_in, AppKind::Chatflow, "POST", "/chat-messages", CHAT).await;
    let chats = (0..4).map(|_| json(&stand_in, AppKind::Chatflow, "POST", "/chat-messages", CHAT));
    join_all(chats).await;
    assert_eq!(
        stand_in.control().end_user_rows(AppKind::Chatflow, "alice"),
        1
    );
}

#[tokio::test]
async fn callers_without_a_user_share_one() {
    let stand_in = start();
    let body = r#"{"inputs":{},"query":"hi","user":"DEFAULT-USER"}"#;
    json(&stand_in, AppKind::Chatflow, "POST", "/chat-messages", body).await;
    for path in [
        "/conversations",
        "/conversations?user=",
        "/conversations?User=bob",
    ] {
        let seen = json(&stand_in, AppKind::Chatflow, "GET", path, "").await;
        assert_eq!(seen["data"].as_array().unwrap().len(), 1, "{path}");
    }
}

#[tokio::test]
async fn anyone_reads_a_run() {
    let stand_in = start();
    let body = r#"{"inputs":{"q":"secret"},"user":"alice"}"#;
    let run = json(&stand_in, AppKind::Workflow, "POST", "/workflows/run", body).await;
    let path = format!(
        "/workflows/run/{}?user=bob",
        run["workflow_run_id"].as_str().unwrap()
    );
    let detail = json(&stand_in, AppKind::Workflow, "GET", &path, "").await;
    let inputs: Value = serde_json::from_str(detail["inputs"].as_str().unwrap()).unwrap();
    assert_eq!(
        (&inputs["sys.user_id"], &inputs["q"]),
        (&"alice".into(), &"secret".into())
    );
}

#[tokio::test]
async fn a_preview_of_anyone_s_file_may_be_cached_by_everyone() {
    let stand_in = start();
    let boundary = "--b\r\nContent-Disposition: form-data; name=";
    let form = format!(
        "{boundary}\"user\"\r\n\r\nalice\r\n{boundary}\"file\"; filename=\"a.txt\"\r\nContent-Type: \
         text/plain\r\n\r\nsecret\r\n--b--\r\n"
    );
    let request = format!(
        "POST /v1/files/upload HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer \
         app-chatflow\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: {}\r\n\r\n{form}",
        form.len()
    );
    let answer = crate::client::raw(stand_in.address(), request.as_bytes()).await;
    let answer = String::from_utf8(answer).unwrap();
    let file: Value = serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap();
    let id = file["id"].as_str().unwrap();
    let digest = "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b";
    assert_eq!(stand_in.control().file_sha256(id).as_deref(), Some(digest));

    let files = format!(
        r#"[{{"type":"document","transfer_method":"local_file","upload_file_id":"{id}"}}]"#
    );
    let chat = format!(r#"{{"inputs":{{}},"query":"f","user":"alice","files":{files}}}"#);
    json(
        &stand_in,
        AppKind::Chatflow,
        "POST",
        "/chat-messages",
        &chat,
    )
    .await;
    let path = format!("/files/{id}/preview?user=bob");
    let (status, head, body) = ask(&stand_in, AppKind::Chatflow, "GET", &path, "").await;
    assert_eq!((status, body.as_str()), (200, "secret"));
    assert!(
        head.contains("cache-control: public, max-age=3600"),
        "{head}"
    );
}

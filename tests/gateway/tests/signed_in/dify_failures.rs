//! Dify down, slow, cutting or talking nonsense: the client learns that from the gateway, and the next request works.

use std::time::Duration;

use gateway_tests::Stage;
use serde_json::{Value, json};
use stand_in_dify::{AppKind, Fault};

const BROKEN_OFF: &str = "The connection to Dify broke off before its response had arrived.";
const PATH: &str = "/chat-messages";
const PAGE: &str = "Dify answered with something other than JSON. An administrator must check that `dify_api_url` is \
    the address of the API, which ends in `/v1`.";
const REDIRECT: &str = "Dify answered with a redirect, which the gateway does not follow. An administrator must put Dify's \
    actual address into `dify_api_url`.";
const COMPRESSED: &str = "Dify, or a proxy before it, compressed its response although the gateway asked it not to. An \
    administrator must turn that off for `dify_api_url`.";
const KEY: &str = "Dify refused the app key of this endpoint. An administrator must put a valid key into `app_key`.";

fn chat(response_mode: &str) -> Value {
    json!({"query": "hi", "response_mode": response_mode, "inputs": {}})
}

fn instead(status: u16, headers: &[(&str, &str)], body: &str) -> Fault {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    Fault::Answer {
        status,
        headers: headers.iter().map(owned).collect(),
        body: body.as_bytes().to_vec(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_response_that_is_not_of_dify_is_reported_as_such() {
    let stage = Stage::of(AppKind::Chatflow).await;
    let token = stage.token("alice");
    let control = stage.control();
    let html = ("content-type", "text/html; charset=utf-8");
    let page = "<html>Bad Gateway</html>";
    let invalid = "What Dify sent is not an HTTP response of its API.";
    let rows: [(&str, Fault, u16, &str, &str); 8] = [
        (
            "closed",
            Fault::CloseBeforeHead,
            502,
            "dify_unavailable",
            BROKEN_OFF,
        ),
        (
            "garbage",
            Fault::Garbage(b"\x00\x01garbage\r\n\r\n".to_vec()),
            502,
            "dify_answer_invalid",
            invalid,
        ),
        (
            "huge headers",
            Fault::HugeHeaders(1024 * 1024),
            502,
            "dify_answer_invalid",
            invalid,
        ),
        (
            "502 page",
            instead(502, &[html], page),
            502,
            "dify_unavailable",
            "Dify, or a proxy before it, answered with status 502 and no JSON.",
        ),
        (
            "503 page",
            instead(503, &[html], page),
            503,
            "dify_busy",
            "A proxy between the gateway and Dify answered with status 503: Dify cannot take the request now. Try again \
             later.",
        ),
        (
            "200 page",
            instead(200, &[html], page),
            502,
            "dify_answer_invalid",
            PAGE,
        ),
        (
            "redirect",
            instead(302, &[("location", "https://elsewhere.example/")], ""),
            502,
            "dify_answer_invalid",
            REDIRECT,
        ),
        (
            "compressed",
            instead(
                200,
                &[
                    ("content-type", "application/json"),
                    ("content-encoding", "gzip"),
                ],
                "x",
            ),
            502,
            "dify_answer_invalid",
            COMPRESSED,
        ),
    ];
    for (name, fault, status, code, message) in rows {
        for mode in ["blocking", "streaming"] {
            control.set_fault_once(PATH, fault.clone());
            let answer = stage.post(&token, PATH, &chat(mode)).await;
            let expected = (status, code.to_owned(), message.to_owned());
            assert_eq!(answer.refusal(), expected, "{name}, {mode}");
            assert_eq!(answer.header("www-authenticate"), "", "{name}");
            let next = stage.post(&token, PATH, &chat(mode)).await;
            assert_eq!(next.status, 200, "after {name}, {mode}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_that_gives_up_or_limits_is_named_and_streaming_where_it_helps() {
    let stage = Stage::of(AppKind::Chatflow).await;
    let token = stage.token("alice");
    let control = stage.control();
    let page = |status| {
        let headers = [("content-type", "text/html"), ("retry-after", "7")];
        instead(status, &headers, "<html>")
    };
    let of_a_run = "it did not wait for the end of the run, which may go on. With `response_mode` `streaming` the \
                    response begins at once, so that its time limit does not matter.";
    let waited = "it waited too long for Dify.";
    let limits = "it limits how often Dify is asked. Try again later.";
    for (mode, status, answered, code, rest, wait) in [
        ("blocking", 504, 504, "dify_timeout", of_a_run, ""),
        ("blocking", 524, 504, "dify_timeout", of_a_run, ""),
        ("streaming", 524, 504, "dify_timeout", waited, ""),
        ("blocking", 429, 429, "rate_limited", limits, "7"),
        (
            "blocking",
            413,
            413,
            "body_too_large",
            "the body is larger than it takes.",
            "",
        ),
    ] {
        control.set_fault_once(PATH, page(status));
        let answer = stage.post(&token, PATH, &chat(mode)).await;
        let message =
            format!("A proxy between the gateway and Dify answered with status {status}: {rest}");
        assert_eq!(answer.refusal(), (answered, code.to_owned(), message));
        assert_eq!(answer.header("retry-after"), wait, "{status}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_without_v1_is_named_in_the_refusal_and_in_health() {
    let stage = Stage::of(AppKind::Chatflow).await;
    let token = stage.token("alice");
    let address = stage.stack.settings()["dify_api_url"]
        .as_str()
        .unwrap()
        .to_owned();
    let elsewhere = format!("{address}/elsewhere");
    stage.set_settings(&json!({"dify_api_url": elsewhere}));
    let refusal = stage.get(&token, "/info").await.refusal();
    let message = "The address in `dify_api_url` does not end in `/v1`, and answered with status 404 and no JSON, as Dify \
                   does where its API is not. An administrator must probably add `/v1` to the end of `dify_api_url`.";
    let expected = (502, "dify_answer_invalid".to_owned(), message.to_owned());
    assert_eq!(refusal, expected);
    let report = stage.get(&AppKind::Chatflow.key(), "/health").await.json();
    assert_eq!(report["dify"]["message"], message);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_app_key_is_not_the_clients_401() {
    let stage = Stage::of(AppKind::Chatflow).await;
    let token = stage.token("alice");
    let control = stage.control();
    control.set_key_revoked(AppKind::Chatflow, true);
    let answer = stage.post(&token, PATH, &chat("blocking")).await;
    assert_eq!(
        answer.refusal(),
        (502, "app_key_rejected".to_owned(), KEY.to_owned())
    );
    assert_eq!(answer.header("www-authenticate"), "");

    control.set_key_revoked(AppKind::Chatflow, false);
    assert_eq!(
        stage.post(&token, PATH, &chat("blocking")).await.status,
        200
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_dify_itself_refuses_passes_as_it_is() {
    let stage = Stage::of(AppKind::Chatflow).await;
    let token = stage.token("alice");
    let json = ("content-type", "application/json");
    for status in [400, 403, 404, 413, 422, 429, 500, 503] {
        let body = format!(r#"{{"code":"some_code","message":"m","status":{status}}}"#);
        stage.control().set_fault_once(
            PATH,
            instead(
                status,
                &[json, ("retry-after", "7"), ("set-cookie", "a=b")],
                &body,
            ),
        );
        let answer = stage.post(&token, PATH, &chat("blocking")).await;
        assert_eq!(
            (answer.status.as_u16(), answer.text()),
            (status, body.as_str())
        );
        assert_eq!(
            (answer.header("retry-after"), answer.header("set-cookie")),
            ("7", "")
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dify_that_is_down_is_told_and_used_again_when_it_is_back() {
    let stage = Stage::of(AppKind::Chatflow).await;
    let token = stage.token("alice");
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let nobody = format!("http://{}/v1", free.local_addr().unwrap());
    drop(free);
    stage.set_settings(&json!({"dify_api_url": nobody}));
    let answer = stage.get(&token, "/info").await;
    let expected = (
        502,
        "dify_unavailable".to_owned(),
        "Dify could not be reached.".to_owned(),
    );
    assert_eq!(answer.refusal(), expected);
    stage.set_settings(&json!({}));
    assert_eq!(stage.get(&token, "/info").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_does_not_begin_in_time_is_504_and_a_slow_answer_waits() {
    let stage = Stage::of(AppKind::Chatflow).await;
    let token = stage.token("alice");
    let late = Fault::Delay(Duration::from_secs(33));
    stage.control().set_fault(PATH, late);
    let (blocking, streaming) = (chat("blocking"), chat("streaming"));
    let (slow, stream) = tokio::join!(
        stage.post(&token, PATH, &blocking),
        stage.post(&token, PATH, &streaming)
    );
    let expected = (
        504,
        "dify_timeout".to_owned(),
        "Dify did not answer in time.".to_owned(),
    );
    assert_eq!(stream.refusal(), expected);
    assert_eq!(slow.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_breaks_off_ends_with_difys_error_event() {
    let stage = Stage::of(AppKind::Chatflow).await;
    let token = stage.token("alice");
    for length in [0, 1, 100, 700] {
        stage.control().set_fault_once(PATH, Fault::CutBody(length));
        let answer = stage.post(&token, PATH, &chat("streaming")).await;
        assert_eq!(answer.status, 200);
        let (_, last) = answer.text().rsplit_once("data: ").unwrap();
        let event: Value = serde_json::from_str(last.strip_suffix("\n\n").unwrap()).unwrap();
        assert_eq!(
            event,
            json!({
                "event": "error", "code": "dify_unavailable", "status": 502, "request_id": answer.request_id(),
                "message": "The connection to Dify broke off before the end of the stream.",
            }),
            "{length} bytes"
        );
        assert_eq!(
            stage.post(&token, PATH, &chat("streaming")).await.status,
            200,
            "after {length} bytes"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_breaks_off_is_not_passed_as_if_it_were_whole() {
    let stage = Stage::of(AppKind::Chatflow).await;
    let token = stage.token("alice");
    for length in [0, 1, 100] {
        stage.control().set_fault_once(PATH, Fault::CutBody(length));
        let answer = stage.post(&token, PATH, &chat("blocking")).await;
        let expected = (502, "dify_unavailable".to_owned(), BROKEN_OFF.to_owned());
        assert_eq!(answer.refusal(), expected, "{length} bytes");
        assert_eq!(
            stage.get(&token, "/info").await.status,
            200,
            "after {length} bytes"
        );
    }
}

//! Forms with files: the bytes stay as they are, and `user` is the caller in every form of a form.

use gateway_tests::{Form, Stage, WholeResponse};
use http::Method;
use reqwest::header::CONTENT_TYPE;
use serde_json::json;
use stand_in_dify::{AppKind, SeenRequest};

use crate::seen;

const FILE: &str = "Content-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\nContent-Type: text/plain\r\n\r\nbytes";
const CREATED: (u16, &str, &str) = (201, "", "");
const UNCLEAR_HEAD: (u16, &str, &str) = (
    400,
    "bad_request",
    "The head of a multipart part can be read in more than one way. Each part needs one `Content-Disposition: form-data; name=\"…\"` on a \
     line of its own, without escapes in the name.",
);
const UNCLEAR_BOUNDARY: (u16, &str, &str) = (
    400,
    "bad_request",
    "The multipart body has a boundary that is not alone on its line. Send CRLF or LF before and after each boundary.",
);
const NO_BOUNDARY: (u16, &str, &str) = (
    400,
    "bad_request",
    "`Content-Type: multipart/form-data` needs one `boundary` of 1 to 70 characters (RFC 2046 §5.1.1).",
);

#[tokio::test(flavor = "multi_thread")]
async fn the_bytes_of_a_sound_arrive_as_they_were_sent_whatever_their_number() {
    let stage = Stage::of(AppKind::AudioChatflow).await;
    let alice = stage.token("alice");
    for size in [0, 1, 65_536, 10_380_902] {
        let bytes: Vec<u8> = (0..size)
            .map(|index: u32| (index.wrapping_mul(2_654_435_761) >> 13) as u8)
            .collect();
        let form = Form::default()
            .file("file", "a.wav", "audio/wav", &bytes)
            .field("user", "mallory");
        let request = stage
            .request(Method::POST, "/audio-to-text")
            .bearer_auth(&alice);
        let answer = WholeResponse::of(form.send_in(request)).await;
        // The stand-in hears the SHA-256.
        assert_eq!(
            (answer.status.as_u16(), answer.json()),
            (200, json!({"text": sha256(&bytes)})),
            "{size} bytes"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_user_a_form_names_dify_reads_the_caller() {
    let stage = Stage::of(AppKind::Chatflow).await;
    let user = |disposition: &str| format!("Content-Disposition: {disposition}\r\n\r\nmallory");
    let lf = |part: &str| part.replace("\r\n", "\n");
    let fields: Vec<String> = (0..998)
        .map(|_| "Content-Disposition: form-data; name=\"a\"\r\n\r\n1".to_owned())
        .collect();
    let cases = [
        ("no user", body(&[FILE]), CREATED),
        (
            "first",
            body(&[&user("form-data; name=\"user\""), FILE]),
            CREATED,
        ),
        (
            "last",
            body(&[FILE, &user("form-data; name=\"user\"")]),
            CREATED,
        ),
        (
            "several",
            body(&[
                &user("form-data; name=\"user\""),
                FILE,
                &user("form-data; name=\"user\""),
            ]),
            CREATED,
        ),
        (
            "a token",
            body(&[&user("form-data; name=user"), FILE]),
            CREATED,
        ),
        (
            "extended",
            body(&[&user("form-data; name*=UTF-8''us%65r"), FILE]),
            CREATED,
        ),
        (
            "upper case",
            body(&[
                &user("Form-Data; NAME=\"user\"").replace("Content-D", "CONTENT-D"),
                FILE,
            ]),
            CREATED,
        ),
        (
            "spaces",
            body(&[&user(" form-data ;\tname=\"user\" ; x=y"), FILE]),
            CREATED,
        ),
        (
            "a file",
            body(&[&user("form-data; name=\"user\"; filename=\"a.txt\""), FILE]),
            CREATED,
        ),
        (
            "LF lines",
            lf(&body(&[&user("form-data; name=\"user\""), FILE])),
            CREATED,
        ),
        (
            "around it",
            format!("user=mallory\r\n{}user=mallory", body(&[FILE])),
            CREATED,
        ),
        (
            "as many parts as Dify takes, with `user`",
            body(&[&fields.join("\r\n--b\r\n"), FILE]),
            CREATED,
        ),
        (
            "escaped",
            body(&[&user("form-data; name=\"us\\er\""), FILE]),
            UNCLEAR_HEAD,
        ),
        (
            "two names",
            body(&[&user("form-data; name=\"a\"; name=\"user\""), FILE]),
            UNCLEAR_HEAD,
        ),
        (
            "continued",
            body(&[&user("form-data; name*0=\"us\"; name*1=\"er\""), FILE]),
            UNCLEAR_HEAD,
        ),
        (
            "folded",
            body(&[&user("form-data;\r\n name=\"user\""), FILE]),
            UNCLEAR_HEAD,
        ),
        (
            "two dispositions",
            body(&[
                &user("form-data; name=\"a\"\r\nContent-Disposition: form-data; name=\"user\""),
                FILE,
            ]),
            UNCLEAR_HEAD,
        ),
        (
            "another charset",
            body(&[&user("form-data; name*=UTF-16''%FE%FF%00u"), FILE]),
            UNCLEAR_HEAD,
        ),
        (
            "padding",
            body(&[&user("form-data; name=\"user\""), FILE]).replacen("--b\r\n", "--b \r\n", 1),
            UNCLEAR_BOUNDARY,
        ),
        ("mid-line", format!("x{}", body(&[FILE])), UNCLEAR_BOUNDARY),
        (
            "no end",
            body(&[FILE]).replace("--b--\r\n", ""),
            (
                400,
                "bad_request",
                "The multipart body does not end with its boundary and `--`.",
            ),
        ),
        (
            "no parts",
            "nothing".to_owned(),
            (
                400,
                "bad_request",
                "The multipart body does not contain the boundary that its content type names.",
            ),
        ),
        (
            "too many parts",
            body(&vec![
                "Content-Disposition: form-data; name=\"a\"\r\n\r\n1";
                1000
            ]),
            (
                400,
                "bad_request",
                "The multipart body has more than 999 parts. Dify takes 1000, and the gateway adds `user`.",
            ),
        ),
    ];
    for (case, body, expected) in cases {
        check(
            &stage,
            case,
            "multipart/form-data; boundary=b",
            &body,
            expected,
        )
        .await;
    }
    let content_types = [
        ("multipart/form-data; boundary=\"b\"", CREATED),
        ("MultiPart/Form-Data; charset=utf-8; Boundary=b", CREATED),
        ("multipart/form-data", NO_BOUNDARY),
        ("multipart/form-data; boundary=b; boundary=c", NO_BOUNDARY),
        ("multipart/form-data; boundary*=UTF-8''b", NO_BOUNDARY),
        ("multipart/form-data; boundary=", NO_BOUNDARY),
        (
            "multipart/mixed; boundary=b",
            (
                415,
                "unsupported_media_type",
                "The content type is `multipart/mixed`. This operation takes `multipart/form-data`.",
            ),
        ),
        (
            "application/json",
            (
                415,
                "unsupported_media_type",
                "The content type is `application/json`. This operation takes `multipart/form-data`.",
            ),
        ),
    ];
    for (content_type, expected) in content_types {
        check(
            &stage,
            content_type,
            content_type,
            &body(&[&user("form-data; name=\"user\""), FILE]),
            expected,
        )
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_file_is_for_dify_to_say() {
    let stage = Stage::of(AppKind::Chatflow).await;
    let untyped = "Content-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nbytes";
    let other = FILE.replace("name=\"file\"", "name=\"other\"");
    let form = "multipart/form-data; boundary=b";
    let cases = [
        (
            form,
            body(&[untyped]),
            (415, "unsupported_file_type", "File type not allowed."),
        ),
        (
            form,
            body(&[]),
            (400, "no_file_uploaded", "Please upload your file."),
        ),
        (
            form,
            body(&[FILE, &other]),
            (400, "too_many_files", "Only one file is allowed."),
        ),
        (
            "application/x-www-form-urlencoded",
            "user=mallory&us%65r=mallory&a=b".to_owned(),
            (400, "no_file_uploaded", "Please upload your file."),
        ),
    ];
    for (content_type, body, (status, code, message)) in cases {
        let answer = upload(&stage, content_type, &body).await;
        let expected = json!({"code": code, "message": message, "status": status});
        assert_eq!(
            (answer.status.as_u16(), answer.json()),
            (status, expected),
            "{body}"
        );
        check_user(&stage, code);
    }
}

async fn check(
    stage: &Stage,
    case: &str,
    content_type: &str,
    body: &str,
    expected: (u16, &str, &str),
) {
    let answer = upload(stage, content_type, body).await;
    if expected != CREATED {
        let (status, code, message) = expected;
        assert_eq!(
            answer.refusal(),
            (status, code.to_owned(), message.to_owned()),
            "{case}"
        );
        assert!(stage.seen().is_empty(), "{case}: Dify was asked");
        return;
    }
    assert_eq!(answer.status.as_u16(), 201, "{case}: {}", answer.text());
    let id = answer.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(
        stage.control().file_sha256(&id),
        Some(sha256(b"bytes")),
        "{case}"
    );
    check_user(stage, case);
}

/// Dify has seen one request, whose only `user` is Alice.
fn check_user(stage: &Stage, case: &str) {
    let seen: Vec<SeenRequest> = stage.seen();
    let [request] = seen.as_slice() else {
        panic!("{case}: {seen:?}")
    };
    assert_eq!(seen::users(request), ["form alice"], "{case}");
    assert!(
        !seen::text(request).contains("mallory"),
        "{case}: {}",
        seen::text(request)
    );
}

async fn upload(stage: &Stage, content_type: &str, body: &str) -> WholeResponse {
    let request = stage
        .request(Method::POST, "/files/upload")
        .bearer_auth(stage.token("alice"));
    WholeResponse::of(
        request
            .header(CONTENT_TYPE, content_type)
            .body(body.to_owned()),
    )
    .await
}

/// A form of these parts, with the boundary `b`.
fn body(parts: &[&str]) -> String {
    let parts: String = parts
        .iter()
        .map(|part| format!("--b\r\n{part}\r\n"))
        .collect();
    format!("{parts}--b--\r\n")
}

fn sha256(bytes: &[u8]) -> String {
    hmac_sha256::Hash::hash(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

use http::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue};

use super::super::{Body, body, headers};
use super::{ALICE, joined, now, operation};
use crate::environment::fake::FakeEnvironment;
use crate::error::{Code, Refusal};
use crate::request::Piece;
use crate::settings::AppKey;

const FORM: &str = "application/x-www-form-urlencoded";
const PART: &str = "--b\r\nContent-Disposition: form-data; name=\"user\"\r\n\r\nalice\r\n";

/// Handler, content type and body as sent, body and content type as relayed.
type Case<'a> = (
    &'a str,
    Option<&'a str>,
    &'a str,
    Option<(&'a str, &'a str)>,
);

#[test]
fn a_body_goes_out_with_its_own_content_type() {
    let json = r#"{"user":"alice"}"#;
    let cases: &[Case] = &[
        (
            "post_chat_messages_stop",
            Some("application/json"),
            "{}",
            Some((json, "application/json")),
        ),
        (
            "post_chat_messages_stop",
            Some("Application/JSON ; charset=x"),
            "{}",
            Some((json, "application/json")),
        ),
        (
            "post_chat_messages_stop",
            Some("application/x+json"),
            "{}",
            Some((json, "application/json")),
        ),
        (
            "put_annotation",
            Some("application/json"),
            "{\"user\":\"bob\"}",
            Some(("{}", "application/json")),
        ),
        (
            "delete_conversation",
            None,
            "",
            Some((json, "application/json")),
        ),
        (
            "delete_conversation",
            Some("text/plain"),
            "",
            Some((json, "application/json")),
        ),
        (
            "delete_conversation",
            Some("application/json"),
            "{\"user\":\"b\"}",
            Some((json, "application/json")),
        ),
        (
            "post_files_upload",
            Some(FORM),
            "user=bob&a=1&us%65r=b",
            Some(("a=1&user=alice", FORM)),
        ),
        (
            "post_files_upload",
            Some("multipart/form-data; boundary=b"),
            "--b--",
            Some((
                &format!("{PART}--b--\r\n"),
                "multipart/form-data; boundary=\"b\"",
            )),
        ),
        (
            "get_messages",
            Some("application/json"),
            "{\"user\":\"bob\"}",
            None,
        ),
        ("delete_annotation", None, "", None),
    ];
    for (handler, content_type, sent, expected) in cases {
        let expected = Body {
            pieces: expected
                .map(|(text, _)| text.to_owned())
                .map(|text| vec![Piece::Own(text.into_bytes())]),
            content_type: expected.map(|(_, content_type)| content_type.to_owned()),
            streaming: false,
        };
        let found = rewritten(handler, *content_type, sent.as_bytes())
            .map(|body| whole(body, sent.as_bytes()));
        assert_eq!(found, Ok(expected), "{handler} {content_type:?} {sent}");
    }
}

#[test]
fn a_body_that_the_operation_does_not_take_is_refused() {
    let json_needed = "This operation takes `application/json`.";
    let multipart_needed = "This operation takes `multipart/form-data`.";
    let no_boundary = "`Content-Type: multipart/form-data` needs one `boundary` of 1 to 70 characters (RFC 2046 §5.1.1).";
    let empty = "The body is empty. This operation needs one.";
    let cases = [
        (
            "post_chat_messages",
            None,
            "{}",
            Code::UnsupportedMediaType,
            format!("The content type is missing. {json_needed}"),
        ),
        (
            "post_chat_messages",
            None,
            "",
            Code::UnsupportedMediaType,
            format!("The content type is missing. {json_needed}"),
        ),
        (
            "post_chat_messages",
            Some("text/json"),
            "{}",
            Code::UnsupportedMediaType,
            format!("The content type is `text/json`. {json_needed}"),
        ),
        (
            "post_chat_messages",
            Some("json"),
            "{}",
            Code::UnsupportedMediaType,
            format!("The content type is not a media type. {json_needed}"),
        ),
        (
            "post_chat_messages",
            Some("text/a`b c"),
            "{}",
            Code::UnsupportedMediaType,
            format!("The content type is not a media type. {json_needed}"),
        ),
        (
            "post_chat_messages",
            Some("TEXT/Plain; charset=utf-8"),
            "{}",
            Code::UnsupportedMediaType,
            format!("The content type is `text/plain`. {json_needed}"),
        ),
        (
            "post_chat_messages",
            Some("application/jsonp"),
            "{}",
            Code::UnsupportedMediaType,
            format!("The content type is `application/jsonp`. {json_needed}"),
        ),
        (
            "post_chat_messages",
            Some(FORM),
            "user=bob",
            Code::UnsupportedMediaType,
            format!("The content type is `{FORM}`. {json_needed}"),
        ),
        (
            "delete_conversation",
            None,
            "{}",
            Code::UnsupportedMediaType,
            format!("The content type is missing. {json_needed}"),
        ),
        (
            "post_files_upload",
            Some("application/json"),
            "{}",
            Code::UnsupportedMediaType,
            format!("The content type is `application/json`. {multipart_needed}"),
        ),
        (
            "post_files_upload",
            None,
            "x",
            Code::UnsupportedMediaType,
            format!("The content type is missing. {multipart_needed}"),
        ),
        (
            "post_chat_messages",
            Some("application/json"),
            "",
            Code::BadRequest,
            empty.to_owned(),
        ),
        (
            "post_chat_messages",
            Some("application/json"),
            "0\r\n\r\n",
            Code::BadRequest,
            empty.to_owned(),
        ),
        (
            "put_annotation",
            Some("application/json"),
            "0\r\n\r\n",
            Code::BadRequest,
            empty.to_owned(),
        ),
        (
            "post_files_upload",
            Some(FORM),
            "",
            Code::BadRequest,
            empty.to_owned(),
        ),
        (
            "post_files_upload",
            Some("multipart/form-data"),
            "x",
            Code::BadRequest,
            no_boundary.to_owned(),
        ),
        (
            "post_files_upload",
            Some("multipart/form-data; boundary=\"\""),
            "x",
            Code::BadRequest,
            no_boundary.to_owned(),
        ),
        (
            "post_files_upload",
            Some("multipart/form-data; boundary=a; boundary=b"),
            "x",
            Code::BadRequest,
            no_boundary.to_owned(),
        ),
        (
            "post_files_upload",
            Some("multipart/form-data; boundary=a; boundary*=utf-8''b"),
            "x",
            Code::BadRequest,
            no_boundary.to_owned(),
        ),
        (
            "post_files_upload",
            Some("multipart/form-data; boundary=a b"),
            "x",
            Code::BadRequest,
            no_boundary.to_owned(),
        ),
    ];
    for (handler, content_type, sent, code, message) in cases {
        let found = rewritten(handler, content_type, sent.as_bytes());
        assert_eq!(
            found,
            Err(Refusal::new(code, message)),
            "{handler} {content_type:?} {sent:?}"
        );
    }
}

#[test]
fn a_body_that_the_daemon_has_cut_is_refused() {
    let message =
        "The body is so long that Dify's plugin daemon cuts it. Send fewer than 10485760 bytes.";
    let sent = vec![b' '; 10_485_760];
    for content_type in ["application/json", "text/plain"] {
        let found = rewritten("post_chat_messages", Some(content_type), &sent);
        assert_eq!(
            found,
            Err(Refusal::new(Code::BodyTooLarge, message)),
            "{content_type}"
        );
    }
}

#[test]
fn a_body_with_a_content_coding_is_refused_before_it_is_read() {
    let long = "x".repeat(33);
    let cases = [
        ("identity", None),
        ("Identity ", None),
        ("gzip", Some("`gzip`")),
        ("BR", Some("`BR`")),
        ("gzip, identity", Some("not one coding")),
        ("", Some("not one coding")),
        ("\u{fffd}", Some("not one coding")),
        (&long, Some("not one coding")),
    ];
    let bodies = [
        ("post_chat_messages", "application/json", "{}"),
        ("post_files_upload", FORM, "a=1"),
        (
            "post_files_upload",
            "multipart/form-data; boundary=b",
            "--b--",
        ),
        ("post_chat_messages", "text/plain", "\u{1f}\u{8b}"),
    ];
    for (coding, found) in cases {
        for (handler, content_type, sent) in bodies {
            let headers = HeaderMap::from_iter([
                (CONTENT_TYPE, HeaderValue::from_static(content_type)),
                (
                    CONTENT_ENCODING,
                    HeaderValue::from_bytes(coding.as_bytes()).unwrap(),
                ),
            ]);
            let environment = FakeEnvironment::new();
            let refusal = now(body(
                operation(handler),
                &headers,
                &sent.as_bytes(),
                &ALICE,
                &*environment,
            ))
            .err();
            let Some(found) = found else {
                let coded = refusal.is_some_and(|refusal| refusal.message().contains("Encoding"));
                assert!(!coded, "{coding:?} {content_type}");
                continue;
            };
            let message = format!(
                "The `Content-Encoding` of the body is {found}. Neither the gateway nor Dify \
                 decodes a body. Send it without a content coding."
            );
            let expected = Refusal::new(Code::UnsupportedMediaType, message);
            assert_eq!(refusal, Some(expected), "{coding:?} {content_type}");
        }
    }
}

#[test]
fn a_form_larger_than_dify_takes_is_refused_and_the_user_in_it_counts() {
    let added = "&user=alice".len();
    let cases = [
        (500_000 - added, None),
        (500_000 - added + 1, Some(500_001)),
        (500_001, Some(500_001)),
    ];
    for (sent, refused) in cases {
        let found = rewritten("post_files_upload", Some(FORM), &vec![b'a'; sent]);
        let refusal = refused.map(|length| {
            let message = format!(
                "The form has {length} bytes, with what the gateway adds. Dify takes at most 500000; send a file as `multipart/form-data`."
            );
            Refusal::new(Code::BadRequest, message)
        });
        assert_eq!(found.err(), refusal, "{sent} bytes");
    }
}

#[test]
fn only_a_run_and_an_event_stream_can_stream() {
    let sent = br#"{"response_mode":"streaming"}"#;
    let cases = [
        ("post_chat_messages", true),
        ("post_workflow_run", true),
        ("post_text_to_audio", false),
        ("post_conversation_name", false),
        ("get_workflow_events", true),
        ("get_messages", false),
    ];
    for (handler, expected) in cases {
        let streaming =
            rewritten(handler, Some("application/json"), sent).map(|found| found.streaming);
        assert_eq!(streaming, Ok(expected), "{handler}");
    }
}

const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

#[test]
fn request_headers_pass_by_a_list() {
    let client = header_map(&[
        ("accept", "text/event-stream"),
        ("accept-language", "ja"),
        ("baggage", "userId=alice"),
        ("traceparent", PARENT),
        ("tracestate", "vendor=1"),
        ("user-agent", "Mozilla/5.0"),
        ("x-trace-id", "t"),
        ("x-trace-session-id", "s"),
        ("authorization", "Bearer the-token"),
        ("accept-encoding", "gzip"),
        ("content-type", "text/plain"),
        ("content-length", "5"),
        ("cookie", "a=b"),
        ("host", "evil.example"),
        ("origin", "https://spa.example"),
        ("x-forwarded-for", "1.2.3.4"),
        ("x-app-code", "x"),
        ("x-app-passport", "x"),
        ("dify-hook-id", "x"),
        ("transfer-encoding", "chunked"),
        ("range", "bytes=0-3"),
    ]);
    let expected = header_map(&[
        ("accept", "text/event-stream"),
        ("accept-language", "ja"),
        ("baggage", "userId=alice"),
        ("traceparent", PARENT),
        ("tracestate", "vendor=1"),
        ("user-agent", "Mozilla/5.0"),
        ("x-trace-id", "t"),
        ("x-trace-session-id", "s"),
        ("authorization", "Bearer app-1"),
        ("accept-encoding", "identity"),
        ("content-type", "application/json"),
    ]);
    let found = headers(
        &client,
        &AppKey::new("app-1".to_owned()),
        Some("application/json"),
    )
    .unwrap();

    assert_eq!(found, expected);
    assert_eq!(format!("{:?}", found.get(AUTHORIZATION)), "Some(Sensitive)");
}

#[test]
fn a_trace_state_without_its_parent_is_dropped_and_no_user_agent_is_the_gateways() {
    let mut client = header_map(&[("traceparent", "00-1-2-01"), ("tracestate", "vendor=1")]);
    client.insert("user-agent", "x".repeat(1025).parse().unwrap());
    let found = headers(&client, &AppKey::new("app-1".to_owned()), None).unwrap();
    let ours = concat!("oidc-gateway/", env!("CARGO_PKG_VERSION"));
    let expected = header_map(&[
        ("user-agent", ours),
        ("authorization", "Bearer app-1"),
        ("accept-encoding", "identity"),
    ]);
    assert_eq!(found, expected);
}

#[test]
fn a_header_that_is_not_ascii_does_not_pass() {
    let mut client = header_map(&[("accept-language", "ja")]);
    for (name, value) in [("accept", "é"), ("x-trace-id", "\u{fffd}")] {
        client.insert(name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
    }
    let found = headers(&client, &AppKey::new("app-1".to_owned()), None).unwrap();
    let names: Vec<_> = found.keys().map(HeaderName::as_str).collect();
    assert_eq!(
        names,
        [
            "user-agent",
            "accept-language",
            "authorization",
            "accept-encoding"
        ]
    );
}

#[test]
fn an_app_key_that_no_header_can_carry_is_a_mistake_of_the_settings() {
    let message = "The setting `app_key` has characters that no key has. Copy it again from the app's API page.";
    let found = headers(&HeaderMap::new(), &AppKey::new("app-\n1".to_owned()), None);

    assert_eq!(found, Err(Refusal::new(Code::ConfigurationError, message)));
}

fn rewritten(handler: &str, content_type: Option<&str>, sent: &[u8]) -> Result<Body, Refusal> {
    let mut headers = HeaderMap::new();
    if let Some(content_type) = content_type {
        headers.insert(CONTENT_TYPE, HeaderValue::from_str(content_type).unwrap());
    }
    let environment = FakeEnvironment::new();
    now(body(
        operation(handler),
        &headers,
        &sent,
        &ALICE,
        &*environment,
    ))
}

/// A body whose pieces are one.
fn whole(body: Body, sent: &[u8]) -> Body {
    Body {
        pieces: body
            .pieces
            .map(|pieces| vec![Piece::Own(joined(&pieces, sent))]),
        ..body
    }
}

fn header_map(headers: &[(&'static str, &'static str)]) -> HeaderMap {
    headers
        .iter()
        .map(|(name, value)| {
            (
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            )
        })
        .collect()
}

use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Map, Value};

use super::super::inputs::RawJson;
use super::super::json::{Edit, Rewritten, json};
use super::joined;
use crate::environment::fake::{FakeEnvironment, poll_once};
use crate::error::{Code, Refusal};

const UTF_16: &str = "The body is UTF-16 or UTF-32. Send JSON in UTF-8 (RFC 8259 §8.1).";

const PLAIN: Edit<'static> = Edit {
    user: None,
    inputs: None,
};
pub(super) const USER: Edit<'static> = Edit {
    user: Some("alice"),
    inputs: None,
};
pub(super) const CHAT: Edit<'static> = Edit {
    user: Some("alice"),
    inputs: Some(&[]),
};

#[test]
fn user_is_the_callers_and_every_other_member_keeps_its_text() {
    let cases = [
        ("{}", r#"{"user":"alice"}"#),
        (
            r#"{"user":"bob","query":"hi"}"#,
            r#"{"query":"hi","user":"alice"}"#,
        ),
        (r#"{"us\u0065r":"bob"}"#, r#"{"user":"alice"}"#),
        (
            r#"{"user":"bob","user":"carol","us\u0065r":7}"#,
            r#"{"user":"alice"}"#,
        ),
        (
            r#"{"a":{"user":"bob"}}"#,
            r#"{"a":{"user":"bob"},"user":"alice"}"#,
        ),
        (
            r#"{"User":"bob"," user":1}"#,
            r#"{"User":"bob"," user":1,"user":"alice"}"#,
        ),
        (
            r#"{"n":1.10,"m":12345678901234567890123,"e":1E2}"#,
            r#"{"n":1.10,"m":12345678901234567890123,"e":1E2,"user":"alice"}"#,
        ),
        ("\t {\"a\" : [1, 2] }\n", r#"{"a" : [1, 2],"user":"alice"}"#),
        (
            "{ \"a\":1 ,\n\"user\" : 1, \"b\":2, \"c\":3 }",
            r#"{"a":1,"b":2, "c":3,"user":"alice"}"#,
        ),
        (
            r#"{"a":1,"b":2,"a":3}"#,
            r#"{"a":1,"b":2,"a":3,"user":"alice"}"#,
        ),
        ("\u{feff}{\"a\":1}", r#"{"a":1,"user":"alice"}"#),
        (
            r#"{"response_mode":"blocking","response_mod\u0065":"streaming"}"#,
            r#"{"response_mod\u0065":"streaming","user":"alice"}"#,
        ),
        (
            r#"{"":"x","\n\"":"\ud83d\ude00"}"#,
            r#"{"":"x","\n\"":"\ud83d\ude00","user":"alice"}"#,
        ),
        (
            r#"{"inputs":{"a":1,"__oidc_email":"x"}}"#,
            r#"{"inputs":{"a":1},"user":"alice"}"#,
        ),
        (r#"{"inputs":[1]}"#, r#"{"inputs":[1],"user":"alice"}"#),
        (r#"{"inputs":null}"#, r#"{"inputs":null,"user":"alice"}"#),
    ];
    for (sent, expected) in cases {
        assert_eq!(text(sent, &USER), Ok(expected.to_owned()), "{sent}");
    }
}

#[test]
fn user_is_removed_where_dify_reads_none() {
    assert_eq!(
        text(r#"{"user":"bob","question":"q"}"#, &PLAIN),
        Ok(r#"{"question":"q"}"#.to_owned())
    );
}

#[test]
fn user_is_escaped() {
    let edit = Edit {
        user: Some("a\"b\\é"),
        ..USER
    };

    assert_eq!(text("{}", &edit), Ok(r#"{"user":"a\"b\\é"}"#.to_owned()));
}

#[test]
fn only_the_gateway_writes_inputs_made_of_claims() {
    let inputs = [
        ("__oidc_email".to_owned(), RawJson::text("a@x")),
        ("__oidc_level".to_owned(), RawJson::of(&3.into())),
    ];
    let edit = Edit {
        inputs: Some(&inputs),
        ..USER
    };
    let cases = [
        (
            "{}",
            r#"{"inputs":{"__oidc_email":"a@x","__oidc_level":3},"user":"alice"}"#,
        ),
        (
            r#"{"inputs":null}"#,
            r#"{"inputs":{"__oidc_email":"a@x","__oidc_level":3},"user":"alice"}"#,
        ),
        (
            r#"{"inputs":{"q":1.0}}"#,
            r#"{"inputs":{"q":1.0,"__oidc_email":"a@x","__oidc_level":3},"user":"alice"}"#,
        ),
        (
            r#"{"inputs":{"__oidc_email":"b@x","_\u005foidc_role":"admin","__oidc_":1,"__OIDC_x":2}}"#,
            r#"{"inputs":{"__OIDC_x":2,"__oidc_email":"a@x","__oidc_level":3},"user":"alice"}"#,
        ),
        (
            r#"{"inputs":{"q":1},"i\u006eputs":{"__oidc_role":"admin"}}"#,
            r#"{"inputs":{"__oidc_email":"a@x","__oidc_level":3},"user":"alice"}"#,
        ),
        (
            r#"{"inputs":{"__oidc_role":"admin"},"inputs":{"q":{"__oidc_role":"kept"}}}"#,
            r#"{"inputs":{"q":{"__oidc_role":"kept"},"__oidc_email":"a@x","__oidc_level":3},"user":"alice"}"#,
        ),
    ];
    for (sent, expected) in cases {
        assert_eq!(text(sent, &edit), Ok(expected.to_owned()), "{sent}");
    }
}

#[test]
fn a_body_that_dify_would_not_take_is_refused() {
    let deep = format!("{{\"a\":{}{}}}", "[".repeat(128), "]".repeat(128));
    let many: String = (0..1001).map(|index| format!("\"{index}\":0,")).collect();
    let many = format!("{{{}}}", many.trim_end_matches(','));
    let many_inputs = format!("{{\"inputs\":{many}}}");
    let large = format!("{{\"a\":[0{}]}}", ",0".repeat(1_000_000));
    let cases: &[(&[u8], &str)] = &[
        (b"", "The body is not a JSON object."),
        (b"[]", "The body is not a JSON object."),
        (b"null", "The body is not a JSON object."),
        (b"\"user\"", "The body is not a JSON object."),
        (b"5", "The body is not a JSON object."),
        (b"\xef\xbb\xbf", "The body is not a JSON object."),
        (
            b"\xef\xbb\xbf\xef\xbb\xbf{}",
            "The body is not a JSON object.",
        ),
        (b" \xef\xbb\xbf{}", "The body is not a JSON object."),
        (b"\xff\xfe{\0}\0", UTF_16),
        (b"\xfe\xff\0{\0}", UTF_16),
        (b"{\0}\0", UTF_16),
        (b"\0{\0}", UTF_16),
        (b"\xff\xfe\0\0{\0\0\0}\0\0\0", UTF_16),
        (b"\0\0\xfe\xff\0\0\0{\0\0\0}", UTF_16),
        (b"{\0\0\0}\0\0\0", UTF_16),
        (b"\0\0\0{\0\0\0}", UTF_16),
        (
            b"{\"a\":\"\xff\"}",
            "The body is not UTF-8: found the byte 0xff at line 1 column 7. Send JSON in UTF-8 (RFC 8259 §8.1).",
        ),
        (
            b"{\n\"a\":\"\xed\xa0\x80\"}",
            "The body is not UTF-8: found the byte 0xed at line 2 column 6. Send JSON in UTF-8 (RFC 8259 §8.1).",
        ),
        (
            b"{}\xc3",
            "The body is not UTF-8: found the byte 0xc3 at line 1 column 3. Send JSON in UTF-8 (RFC 8259 §8.1).",
        ),
        (
            b"{ \0}",
            "The body is not a JSON object that can be relayed: expected a name in double quotes or `}`, but found the byte 0x00 at line 1 column 3.",
        ),
        (
            b"{",
            "The body is not a JSON object that can be relayed: expected a name in double quotes or `}`, but found the end at line 1 column 2.",
        ),
        (
            b"{}\n x",
            "The body is not a JSON object that can be relayed: expected nothing after the object, but found `x` at line 2 column 2.",
        ),
        (
            b"{}{}",
            "The body is not a JSON object that can be relayed: expected nothing after the object, but found `{` at line 1 column 3.",
        ),
        (
            b"{\"a\":NaN}",
            "The body is not a JSON object that can be relayed: expected a value, but found `N` at line 1 column 6.",
        ),
        (
            b"{'a':1}",
            "The body is not a JSON object that can be relayed: expected a name in double quotes or `}`, but found `'` at line 1 column 2.",
        ),
        (
            b"{\"a\":1,}",
            "The body is not a JSON object that can be relayed: expected a name in double quotes, but found `}` at line 1 column 8.",
        ),
        (
            b"{\"a\":01}",
            "The body is not a JSON object that can be relayed: expected `,` or `}`, but found `1` at line 1 column 7.",
        ),
        (
            b"{\"a\":\"\\ud800\"}",
            "The body is not a JSON object that can be relayed: expected both halves of an escaped surrogate pair, but found one at line 1 column 13.",
        ),
        (
            b"{\"us\\ud800er\":1}",
            "The body is not a JSON object that can be relayed: expected both halves of an escaped surrogate pair, but found one at line 1 column 11.",
        ),
        (
            b"{\"a\":1e400}",
            "The body is not a JSON object that can be relayed: expected a number within the range of a 64-bit float, but found a larger one at line 1 column 11.",
        ),
        (
            deep.as_bytes(),
            "The body is not a JSON object that can be relayed: expected at most 128 levels of objects and arrays, but found more at line 1 column 133.",
        ),
        (
            many.as_bytes(),
            "The body is not a JSON object that can be relayed: expected at most 1000 members, but found more at line 1 column 7897.",
        ),
        (
            many_inputs.as_bytes(),
            "The body is not a JSON object that can be relayed: expected at most 1000 members, but found more at line 1 column 7907.",
        ),
        (
            large.as_bytes(),
            "The body is not a JSON object that can be relayed: expected at most 1000000 values, but found more at line 1 column 2000005.",
        ),
    ];
    for (sent, message) in cases {
        let refusal = Refusal::new(Code::BadRequest, *message);
        assert_eq!(
            rewritten(sent, &USER).map(drop),
            Err(refusal),
            "{}",
            String::from_utf8_lossy(sent)
                .chars()
                .take(60)
                .collect::<String>()
        );
    }
}

#[test]
fn inputs_that_are_not_an_object_are_refused_where_the_operation_takes_inputs() {
    let refusal = Refusal::new(
        Code::InvalidParam,
        "`inputs` is not a JSON object. Send an object, such as `{}`.",
    );
    for inputs in ["[]", "\"x\"", "0", "false", "[[\"__oidc_role\",\"admin\"]]"] {
        assert_eq!(
            text(&format!("{{\"inputs\":{inputs}}}"), &CHAT),
            Err(refusal.clone()),
            "{inputs}"
        );
    }
}

#[test]
fn the_last_response_mode_decides_whether_the_answer_streams() {
    let cases = [
        ("{}", false),
        (r#"{"response_mode":"blocking"}"#, false),
        (r#"{"response_mode":"streaming"}"#, true),
        (r#"{"response_mode":"stream\u0069ng"}"#, true),
        (
            r#"{"response_mode":"blocking","response_mode":"streaming"}"#,
            true,
        ),
        (
            r#"{"response_mode":"streaming","response_mode":"blocking"}"#,
            false,
        ),
        (r#"{"response_mode":["streaming"]}"#, false),
    ];
    for (sent, expected) in cases {
        let streaming = rewritten(sent.as_bytes(), &PLAIN).map(|rewritten| rewritten.streaming);
        assert_eq!(streaming, Ok(expected), "{sent}");
    }
}

/// Names that collide often, also escaped.
fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(r#""user""#.to_owned()),
        Just(r#""us\u0065r""#.to_owned()),
        Just(r#""inputs""#.to_owned()),
        Just(r#""in\u0070uts""#.to_owned()),
        Just(r#""__oidc_a""#.to_owned()),
        Just(r#""\u005f_oidc_b""#.to_owned()),
        "\"[a-c]\"".prop_map(|name| name),
    ]
}

fn value() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        "-?[1-9][0-9]{0,12}(\\.[0-9]{1,3})?",
        "\"[a-z \\[\\]{}:,]{0,6}\"",
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(|items| format!("[ {} ]", items.join(", "))),
            object(inner),
        ]
    })
}

fn object(inner: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    vec((name(), inner), 0..5).prop_map(|members| {
        let members: Vec<String> = members
            .into_iter()
            .map(|(name, value)| format!("{name} :{value}"))
            .collect();
        format!("{{ {} }}", members.join(" ,"))
    })
}

proptest! {
    #[test]
    fn dify_reads_every_member_but_user_and_withheld_inputs(sent in object(value())) {
        let mut expected: Map<String, Value> = serde_json::from_str(&sent).unwrap();
        expected.insert("user".to_owned(), "alice".into());
        if let Some(Value::Object(inputs)) = expected.get_mut("inputs") {
            inputs.retain(|name, _| !name.starts_with("__oidc_"));
        }
        let rewritten = text(&sent, &USER).unwrap();

        prop_assert_eq!(serde_json::from_str::<Map<String, Value>>(&rewritten).unwrap(), expected);
        prop_assert_eq!(rewritten.matches("\"user\":\"alice\"").count(), 1);
    }

    #[test]
    fn no_body_makes_it_panic(sent: Vec<u8>) {
        let _ = rewritten(&sent, &CHAT);
    }
}

pub(super) fn text(sent: &str, edit: &Edit<'_>) -> Result<String, Refusal> {
    let rewritten = rewritten(sent.as_bytes(), edit)?;
    Ok(String::from_utf8(joined(&rewritten.pieces, sent.as_bytes())).unwrap())
}

fn rewritten(sent: &[u8], edit: &Edit<'_>) -> Result<Rewritten, Refusal> {
    let environment = FakeEnvironment::new();
    let mut rewriting = pin!(json(&sent, edit, &*environment));
    loop {
        if let Poll::Ready(rewritten) = poll_once(rewriting.as_mut()) {
            return rewritten;
        }
        environment.advance(Duration::from_millis(1));
    }
}

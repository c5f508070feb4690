use serde_json::json;

use super::{parse_object, shown};

#[test]
fn takes_every_json_object_within_the_depth() {
    let rows = [
        ("{}", json!({})),
        (" {\"a\":1}\r\n", json!({"a": 1})),
        (
            r#"{"a":[{"b":null}],"c":-2,"d":1.5,"e":"\u0041","f":true}"#,
            json!({"a": [{"b": null}], "c": -2, "d": 1.5, "e": "A", "f": true}),
        ),
        (r#"{"n":18446744073709551615}"#, json!({"n": u64::MAX})),
        (
            r#"{"a":{"x":1},"b":{"x":2}}"#,
            json!({"a": {"x": 1}, "b": {"x": 2}}),
        ),
    ];
    for (text, expected) in rows {
        let members = parse_object(text.as_bytes(), 3).expect(text);
        assert_eq!(serde_json::Value::Object(members), expected, "{text}");
    }
}

#[test]
fn refuses_what_two_parsers_could_read_differently() {
    let rows: [(&[u8], &str); 18] = [
        (br#"{"a":1,"a":2}"#, "the member `a` occurs twice"),
        (br#"{"a":1,"\u0061":2}"#, "the member `a` occurs twice"),
        (br#"{"x":[{"a":1,"a":1}]}"#, "the member `a` occurs twice"),
        (
            br#"{"x":{"y":{"a":1,"a":1}}}"#,
            "the member `a` occurs twice",
        ),
        (b"[]", "it is not a JSON object"),
        (b"null", "it is not a JSON object"),
        (b"\"{}\"", "it is not a JSON object"),
        (b"7", "it is not a JSON object"),
        (
            b"",
            "it is not JSON: EOF while parsing a value at line 1 column 0",
        ),
        (
            b"{} {}",
            "it is not JSON: trailing characters at line 1 column 4",
        ),
        (
            b"{}\0",
            "it is not JSON: trailing characters at line 1 column 3",
        ),
        (
            b"\xef\xbb\xbf{}",
            "it is not JSON: expected value at line 1 column 1",
        ),
        (
            b"{\"a\":NaN}",
            "it is not JSON: expected value at line 1 column 6",
        ),
        (
            b"{\"a\":1e999}",
            "it is not JSON: number out of range at line 1 column 10",
        ),
        (
            b"{\"a\":1,}",
            "it is not JSON: trailing comma at line 1 column 8",
        ),
        (
            b"{\"a\":\"\xff\"}",
            "it is not JSON: invalid unicode code point at line 1 column 7",
        ),
        (
            br#"{"a":"\ud800"}"#,
            "it is not JSON: unexpected end of hex escape at line 1 column 13",
        ),
        (br#"{"a":[[[1]]]}"#, "it is nested deeper than 3 levels"),
    ];
    for (text, message) in rows {
        let error = parse_object(text, 3).expect_err(message);
        assert_eq!(
            error.to_string(),
            message,
            "{}",
            String::from_utf8_lossy(text)
        );
    }
}

#[test]
fn a_deep_text_costs_no_stack() {
    let text = "[".repeat(100_000);
    let error = parse_object(text.as_bytes(), 1000).expect_err("too deep");
    assert_eq!(
        error.to_string(),
        "it is not JSON: recursion limit exceeded at line 1 column 128"
    );
}

#[test]
fn a_long_name_is_cut_in_the_message() {
    let name = "n".repeat(1000);
    let text = format!(r#"{{"{name}":1,"{name}":2}}"#);
    let error = parse_object(text.as_bytes(), 3).expect_err("twice");
    assert_eq!(
        error.to_string(),
        format!("the member `{}` occurs twice", "n".repeat(64))
    );
}

#[test]
fn foreign_values_are_quoted_and_cut() {
    assert_eq!(shown(&json!("a\"b\nc")), r#""a\"b\nc""#);
    assert_eq!(
        shown(&json!("ä".repeat(500))),
        format!("\"{}…", "ä".repeat(119))
    );
}

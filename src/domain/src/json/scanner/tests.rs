use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Map, Value as Json};

use super::*;

/// Notes the events.
#[derive(Debug, Default, Eq, PartialEq)]
struct Transcript(Vec<String>);

impl Reader for Transcript {
    fn event(&mut self, level: usize, event: Event<'_>) -> Result<(), Problem> {
        let line = match event {
            Event::Name { at, text } => {
                format!("{level} {at} {:?}:", String::from_utf8_lossy(text))
            }
            Event::ValueEnd {
                at,
                value: Value::Text(text),
            } => format!("{level} {at} {:?}", String::from_utf8_lossy(text)),
            Event::ValueEnd { at, value } => format!("{level} {at} {value:?}"),
        };
        self.0.push(line);
        Ok(())
    }
}

/// Reads `text` in pieces of `size` bytes. Where it is refused, the place as well.
fn read(text: &[u8], size: usize) -> Result<Transcript, (Problem, usize)> {
    let mut transcript = Transcript::default();
    let mut scanner = Scanner::at(0);
    for piece in text.chunks(size) {
        scanner
            .feed(piece, &mut transcript)
            .map_err(|problem| (problem, scanner.offset()))?;
    }
    scanner
        .end()
        .map_err(|problem| (problem, scanner.offset()))?;
    Ok(transcript)
}

#[test]
fn the_two_outermost_levels_are_reported_with_their_places() {
    let cases: &[(&str, &[&str])] = &[
        (" {} \n", &[]),
        (
            r#"{"a":1 ,"b" : null,"c":"x","d":true}"#,
            &[
                r#"1 1 "a":"#,
                "1 6 Other",
                r#"1 8 "b":"#,
                "1 18 Null",
                r#"1 19 "c":"#,
                r#"1 26 "x""#,
                r#"1 27 "d":"#,
                "1 35 Other",
            ],
        ),
        (
            r#"{"us\u0065r":{"\ud83d\ude00":[[{"deep":1}]],"n":-0.5e+7},"l":[7,{"deep":[]}]}"#,
            &[
                r#"1 1 "user":"#,
                r#"2 14 "😀":"#,
                "2 43 Other",
                r#"2 44 "n":"#,
                "2 55 Other",
                "1 56 Object",
                r#"1 57 "l":"#,
                "2 63 Other",
                "2 75 Object",
                "1 76 Other",
            ],
        ),
    ];
    for (text, expected) in cases {
        let expected = Transcript(expected.iter().map(|line| line.to_string()).collect());
        for size in [1, 2, 3, 1000] {
            assert_eq!(
                read(text.as_bytes(), size).as_ref(),
                Ok(&expected),
                "{text}"
            );
        }
    }
}

#[test]
fn a_long_string_is_reported_by_its_beginning_and_cannot_pass_for_a_shorter_one() {
    let long = "é".repeat(100);
    let text = format!(r#"{{"{long}":"{}"}}"#, r"\n".repeat(100));
    let expected = [
        format!("1 1 {:?}:", "é".repeat(16)),
        format!("1 406 {:?}", "\n".repeat(32)),
    ];
    for size in [1, 7, 1000] {
        assert_eq!(
            read(text.as_bytes(), size),
            Ok(Transcript(expected.to_vec()))
        );
    }
}

#[test]
fn what_rfc_8259_does_not_have_is_refused_at_its_place() {
    let cases: &[(&str, usize, &str)] = &[
        ("", 0, "expected `{` at the beginning"),
        ("  ", 2, "expected `{` at the beginning"),
        ("[]", 0, "expected `{` at the beginning"),
        (
            "{",
            1,
            "expected a name in double quotes or `}`, but found the end",
        ),
        (
            "{'a':1}",
            1,
            "expected a name in double quotes or `}`, but found `'`",
        ),
        (
            "{,}",
            1,
            "expected a name in double quotes or `}`, but found `,`",
        ),
        (
            "{\"a\":1,}",
            7,
            "expected a name in double quotes, but found `}`",
        ),
        ("{\"a\" 1}", 5, "expected `:`, but found `1`"),
        ("{\"a\":}", 5, "expected a value, but found `}`"),
        ("{\"a\":NaN}", 5, "expected a value, but found `N`"),
        ("{\"a\":+1}", 5, "expected a value, but found `+`"),
        ("{\"a\":.5}", 5, "expected a value, but found `.`"),
        ("{\"a\":`}", 5, "expected a value, but found a backtick"),
        ("{\"a\":[,]}", 6, "expected a value or `]`, but found `,`"),
        ("{\"a\":[1,]}", 8, "expected a value, but found `]`"),
        ("{\"a\":[1}", 7, "expected `,` or `]`, but found `}`"),
        ("{\"a\":1]", 6, "expected `,` or `}`, but found `]`"),
        ("{\"a\":1 2}", 7, "expected `,` or `}`, but found `2`"),
        ("{\"a\":01}", 6, "expected `,` or `}`, but found `1`"),
        ("{\"a\":1.}", 7, "expected a digit, but found `}`"),
        ("{\"a\":-}", 6, "expected a digit, but found `}`"),
        ("{\"a\":1e}", 7, "expected a digit, but found `}`"),
        ("{\"a\":1e+", 8, "expected a digit, but found the end"),
        ("{\"a\":0x1}", 6, "expected `,` or `}`, but found `x`"),
        (
            "{\"a\":nul}",
            8,
            "expected `true`, `false` or `null`, but found `}`",
        ),
        ("{\"a\":True}", 5, "expected a value, but found `T`"),
        (
            "{\"a\":truE}",
            8,
            "expected `true`, `false` or `null`, but found `E`",
        ),
        (
            "{}{}",
            2,
            "expected nothing after the object, but found `{`",
        ),
        (
            "{}\0",
            2,
            "expected nothing after the object, but found the byte 0x00",
        ),
        (
            "{}\u{a0}",
            2,
            "expected nothing after the object, but found the byte 0xc2",
        ),
        (
            "{\"a\n\":1}",
            3,
            "expected a character of a string, with control characters escaped, or its closing quote, but found the byte 0x0a",
        ),
        (
            "{\"a",
            3,
            "expected a character of a string, with control characters escaped, or its closing quote, but found the end",
        ),
        (
            r#"{"\x":1}"#,
            3,
            r#"expected one of `"\/bfnrtu` after a backslash, but found `x`"#,
        ),
        (
            r#"{"\u00g0":1}"#,
            6,
            "expected a hexadecimal digit, but found `g`",
        ),
        (
            r#"{"\u00"#,
            6,
            "expected the rest of an escape, but found the end",
        ),
        (
            r#"{"\ud800":1}"#,
            8,
            "expected both halves of an escaped surrogate pair, but found one",
        ),
        (
            r#"{"\ud800\n":1}"#,
            9,
            "expected both halves of an escaped surrogate pair, but found one",
        ),
        (
            r#"{"\ud800\u0041":1}"#,
            13,
            "expected both halves of an escaped surrogate pair, but found one",
        ),
        (
            r#"{"\udc00":1}"#,
            7,
            "expected both halves of an escaped surrogate pair, but found one",
        ),
        (
            "{\"a\":1e309}",
            10,
            "expected a number within the range of a 64-bit float, but found a larger one",
        ),
        (
            "{\"a\":-1e99999999999}",
            19,
            "expected a number within the range of a 64-bit float, but found a larger one",
        ),
    ];
    for (text, place, message) in cases {
        for size in [1, 2, 1000] {
            let (problem, offset) = read(text.as_bytes(), size).expect_err(text);
            assert_eq!(
                (offset, problem.to_string().as_str()),
                (*place, *message),
                "{text}"
            );
        }
    }
}

#[test]
fn everything_has_a_limit() {
    let levels = |count: usize| format!("{{\"a\":{}{}}}", "[".repeat(count), "]".repeat(count));
    let values = |count: usize| format!("{{\"a\":[0{}]}}", ",0".repeat(count - 2));
    let digits = |count: usize| format!("{{\"a\":0.{}}}", "1".repeat(count - 2));
    let integer = |first: &str, zeros: usize| format!("{{\"a\":{first}{}}}", "0".repeat(zeros));
    let cases = [
        (levels(127), None),
        (levels(128), Some(Problem::TooDeep)),
        (levels(100_000), Some(Problem::TooDeep)),
        (values(1_000_000), None),
        (values(1_000_001), Some(Problem::TooManyValues)),
        (digits(400), None),
        (digits(401), Some(Problem::NumberTooLong)),
        (integer("1", 308), None),
        (integer("2", 308), Some(Problem::NumberTooLarge)),
        (integer("1", 309), Some(Problem::NumberTooLarge)),
    ];
    for (text, problem) in cases {
        let found = read(text.as_bytes(), 1 << 16)
            .err()
            .map(|(problem, _)| problem);
        assert_eq!(found, problem, "{:.20}…", text);
    }
}

/// JSON, and what is nearly JSON.
fn nearly_json() -> impl Strategy<Value = String> {
    let crumbs = prop_oneof![
        4 => Just("{"), 4 => Just("}"), 2 => Just("["), 2 => Just("]"), 3 => Just(","), 3 => Just(":"),
        3 => Just("\"a\""), 2 => Just("\"user\""), 1 => Just("\""), 1 => Just("\\"), 1 => Just("\\u00"),
        1 => Just("\"\\ud83d\\ude00\""), 1 => Just("\"\\ud83d\""), 1 => Just("\"é\\n\""), 1 => Just(" "),
        1 => Just("0"), 1 => Just("-1.5e3"), 1 => Just("1e400"), 1 => Just("."), 1 => Just("e"), 1 => Just("null"),
        1 => Just("true"), 1 => Just("nul"), 1 => Just("\n"),
    ];
    let soup = vec(crumbs, 0..12).prop_map(|crumbs| format!("{{{}", crumbs.concat()));
    let members = vec(
        ("\"[a-c\\\\n\"]{0,2}\"", "[0-9\\[\\]{}\":,.eE+-]{1,4}"),
        0..4,
    );
    let members = members.prop_map(|members| {
        let members: Vec<String> = members
            .iter()
            .map(|(name, value)| format!("{name}:{value}"))
            .collect();
        format!("{{{}}}", members.join(","))
    });
    prop_oneof![soup, members]
}

fn json() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        Just("false".to_owned()),
        "-?(0|[1-9][0-9]{0,3})(\\.[0-9]{1,2})?([eE][+-]?[0-9]{1,2})?",
        "\"(\\\\[\"\\\\/bfnrt]|\\\\u00[0-9a-f]{2}|[a-z é]){0,4}\"",
    ];
    leaf.prop_recursive(4, 30, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(|items| format!("[ {} ]", items.join(" ,"))),
            vec(inner, 0..4).prop_map(|values| {
                let members: Vec<String> = values
                    .iter()
                    .map(|value| format!("\"k\" :{value}"))
                    .collect();
                format!("{{{}}}", members.join(", "))
            }),
        ]
    })
}

proptest! {
    #[test]
    fn an_object_is_what_serde_json_takes_for_one(text in prop_oneof![nearly_json(), json()]) {
        let expected = serde_json::from_str::<Map<String, Json>>(&text).is_ok();

        prop_assert_eq!(read(text.as_bytes(), text.len().max(1)).is_ok(), expected, "{}", text);
    }

    #[test]
    fn one_byte_more_or_less_is_judged_as_serde_json_judges_it(
        text in json(), at in any::<prop::sample::Index>(), byte in "[ -~]",
    ) {
        let mut bytes = format!("{{\"a\":{text}}}").into_bytes();
        let at = at.index(bytes.len());
        bytes.splice(at..=at, byte.bytes());
        let expected = serde_json::from_slice::<Map<String, Json>>(&bytes).is_ok();
        let is_utf8 = str::from_utf8(&bytes).is_ok();

        prop_assert_eq!(is_utf8 && read(&bytes, 1 << 16).is_ok(), expected, "{}", String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn where_a_piece_ends_changes_nothing(text in prop_oneof![nearly_json(), json()], size in 1..9_usize) {
        prop_assert_eq!(read(text.as_bytes(), size), read(text.as_bytes(), 1 << 16));
    }
}

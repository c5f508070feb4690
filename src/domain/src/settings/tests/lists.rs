//! Entries in quotation marks.

use serde_json::json;

use super::{sentences, valid};

#[test]
fn an_entry_in_quotation_marks_keeps_its_separators() {
    let issuer = "https://idp.example.com/realms/main";
    for (text, ids) in [
        ("\"Chat App\"", vec![(None, "Chat App")]),
        (
            "a \"b, c\",d",
            vec![(None, "a"), (None, "b, c"), (None, "d")],
        ),
        (r#""say \"hi\" \\ \n""#, vec![(None, r#"say "hi" \ \n"#)]),
        ("\"a#b\"", vec![(None, "a#b")]),
        (
            "https://idp.example.com/realms/main#\"Chat App\" x",
            vec![(Some(issuer), "Chat App"), (None, "x")],
        ),
        ("a\"b", vec![(None, "a\"b")]),
        (
            "https://idp.example.com/realms/main#k#\"1",
            vec![(Some(issuer), "k#\"1")],
        ),
    ] {
        let settings = valid(&json!({"client_id": text}));
        let parsed: Vec<_> = settings
            .client_ids
            .iter()
            .map(|client| {
                (
                    client.issuer.as_ref().map(|issuer| issuer.as_str()),
                    client.id.as_str(),
                )
            })
            .collect();
        assert_eq!(parsed, ids, "{text}");
    }
    let settings = valid(&json!({"audience": "\"My API, v1\" urn:x"}));
    assert_eq!(settings.audience, ["My API, v1", "urn:x"]);
}

#[test]
fn quotation_marks_must_be_closed_and_straight() {
    let open = "has a `\"` without a second one that closes it; add it, or remove the first.";
    let behind = "goes on after its closing `\"`; write a space or a comma there, or `\\\"` for a `\"` that belongs to it.";
    let empty = "has nothing between its quotation marks; write a value there.";
    let typographic = |mark: &str| {
        format!(
            "has a typographic quotation mark (U+{mark}), which a client ID does not have; copy the ID again, and write it in `\"` \
             if it has spaces or commas."
        )
    };
    for (text, messages) in [
        ("\"Chat App", vec![open.to_owned()]),
        ("a \"b\\\"", vec![format!("(entry 2) {open}")]),
        ("\"Chat\"App", vec![behind.to_owned()]),
        ("\"\" a", vec![format!("(entry 1) {empty}")]),
        (
            "“Chat App”",
            vec![
                format!("(entry 1) {}", typographic("201C")),
                format!("(entry 2) {}", typographic("201D")),
            ],
        ),
    ] {
        let expected: Vec<String> = messages
            .iter()
            .map(|message| format!("`client_id` {message}"))
            .collect();
        assert_eq!(sentences(&json!({"client_id": text})), expected, "{text}");
    }
    for (text, message) in [("\"My API", open), ("\"a\"b", behind), ("\"\"", empty)] {
        assert_eq!(
            sentences(&json!({"audience": text})),
            [format!("`audience` {message}")],
            "{text}"
        );
    }
}

#[test]
fn a_client_id_must_be_ascii() {
    assert_eq!(
        sentences(&json!({"client_id": "bücher"})),
        [
            "`client_id` has the character U+00FC, which a client ID does not have; copy the ID again, and write it in `\"` if \
          it has spaces or commas."
        ]
    );
}

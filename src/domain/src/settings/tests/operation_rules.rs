//! The setting `operation_rules`.

use serde_json::{Map, Value, json};

use super::{sentences, valid};
use crate::claims::{ClaimPath, Claims};
use crate::operation::Operation;
use crate::settings::Closed;

/// The operations that are closed to a caller with these claims and scopes.
fn closed(rules: &str, claims: &Value, scopes: &[&str]) -> Vec<&'static str> {
    let settings = valid(&json!({"operation_rules": rules, "admin_claims": "groups=ops"}));
    let rules = settings.operation_rules;
    let scopes: Vec<String> = scopes.iter().map(ToString::to_string).collect();
    rules.closed_to(rules.unmet_by(&of(claims), &scopes))
}

fn of(claims: &Value) -> Claims {
    Claims::new(claims.as_object().cloned().unwrap_or_default())
}

#[test]
fn an_entry_closes_what_its_names_stand_for_to_all_who_do_not_meet_it() {
    let runner = json!({"roles": ["runner"], "groups": "a;b"});
    let audio = ["post_audio_to_text", "post_text_to_audio"];
    for (rules, claims, expected) in [
        ("audio: nobody", &runner, &audio[..]),
        ("audio: anybody", &runner, &[]),
        ("audio: roles=runner", &runner, &[]),
        ("audio: roles=runner, groups=x", &runner, &audio),
        ("audio: roles=other|runner", &runner, &[]),
        ("audio: roles=runner", &json!({}), &audio),
        (
            " post_text_to_audio,post_audio_to_text :nobody ; ",
            &runner,
            &audio,
        ),
        ("audio: groups=a\\;b", &runner, &[]),
        (
            "filtered: roles=x; files: nobody",
            &runner,
            &[
                "get_file_preview",
                "get_workflows_logs",
                "post_files_upload",
            ],
        ),
    ] {
        assert_eq!(closed(rules, claims, &[]), expected, "{rules}");
    }
}

#[test]
fn the_most_special_name_decides_in_whichever_order() {
    for rules in [
        "user: nobody; files: anybody; post_files_upload: roles=x",
        "post_files_upload: roles=x; files: anybody; user: nobody",
    ] {
        let closed = closed(rules, &json!({}), &[]);
        for (handler, expected) in [
            ("post_chat_messages", true),
            ("get_file_preview", false),
            ("post_files_upload", true),
            ("get_info", false),
        ] {
            assert_eq!(closed.contains(&handler), expected, "{rules} {handler}");
        }
    }
}

#[test]
fn a_rule_on_scope_is_about_each_granted_scope_whichever_claim_has_them() {
    for (scopes, is_closed) in [
        (&["chat", "files"][..], false),
        (&["chat"], true),
        (&[], true),
    ] {
        let closed = closed(
            "post_files_upload: scope=files",
            &json!({"scope": "files"}),
            scopes,
        );
        assert_eq!(!closed.is_empty(), is_closed, "{scopes:?}");
    }
}

#[test]
fn the_claims_by_which_a_caller_meets_a_rule_are_known_and_those_of_no_other_rule() {
    let rules = valid(&json!({
        "operation_rules": "audio: roles=a, level=1; post_files_upload: scope=files, team=x; forms: nobody",
    }))
    .operation_rules;
    let upload = Operation::of_handler("post_files_upload").unwrap();
    let speech = Operation::of_handler("post_text_to_audio").unwrap();
    let scopes = ["files".to_owned()];
    for (claims, closed, expected) in [
        (
            json!({"roles": "a", "level": 1, "team": "x"}),
            (false, false),
            vec!["roles", "level", "team"],
        ),
        (
            json!({"roles": "a", "level": 1}),
            (false, true),
            vec!["roles", "level"],
        ),
        (
            json!({"roles": "b", "level": 1, "team": "x"}),
            (true, false),
            vec!["team"],
        ),
        (json!({}), (true, true), vec![]),
    ] {
        let unmet = rules.unmet_by(&of(&claims), &scopes);
        let is_closed = |operation| rules.closed(operation, unmet).is_some();
        assert_eq!((is_closed(speech), is_closed(upload)), closed, "{claims}");
        let names: Vec<_> = rules.names_of_met(unmet).map(ClaimPath::as_str).collect();
        assert_eq!(names, expected, "{claims}");
    }
    let bad = rules.unmet_by(&of(&json!({"roles": "b", "level": 1})), &[]);
    let expected = Closed::ByRules("roles=a, level=1".to_owned());
    assert_eq!(rules.closed(speech, bad), Some(expected));
}

#[test]
fn every_mistake_is_told_at_once_and_nothing_that_was_written() {
    let no_name = "has a name that no operation that can be ruled, no group and no class has;";
    let written = [
        ("post_file_upload: nobody", format!("{no_name} did you mean `post_files_upload`.")),
        ("secret: nobody", format!("{no_name} take one from the list of operations in the documentation, such as \
            `post_files_upload`, `files` or `user`.")),
        ("get_mata: nobody", format!("{no_name} did you mean `get_meta`.")),
        ("audio", "has no `:`; write operations before it and who may use them behind it, such as `files: nobody`.".to_owned()),
        (": nobody", "has no operation before its `:`; write one, such as `files`.".to_owned()),
        ("forms:", "has nothing behind its `:`; write rules such as `roles=runner`, `nobody` or `anybody`.".to_owned()),
        ("chat: roles", "cannot be read at character 91: expected `=` and a value after the claim, such as `groups=Staff` (or \
            `nobody` or `anybody` alone).".to_owned()),
        ("audio files: nobody", String::new()),
        ("files: anybody", "names `files` a second time; keep one of the two.".to_owned()),
        ("user user: nobody", "names `user` a second time; keep one of the two.".to_owned()),
    ];
    let text: Vec<&str> = written.iter().map(|(entry, _)| *entry).collect();
    let expected: Vec<String> = written
        .iter()
        .zip(1..)
        .filter(|((_, problem), _)| !problem.is_empty())
        .map(|((_, problem), number)| format!("`operation_rules` (entry {number}) {problem}"))
        .collect();
    assert_eq!(
        sentences(&json!({"operation_rules": text.join(";")})),
        expected
    );
}

#[test]
fn rules_that_make_the_endpoint_useless_are_a_mistake() {
    let everything = "admin app by_id filtered owner user: nobody";
    let many: Vec<String> = (0..65).map(|_| "files: nobody".to_owned()).collect();
    for (rules, problem) in [
        (
            everything.to_owned(),
            "closes every operation of the app to everybody, so the endpoint could be used for nothing; remove an \
            entry, or write who may.",
        ),
        (
            "; ;".to_owned(),
            "has separators and no entry; write such as `files: nobody`.",
        ),
        (many.join(";"), "has 65 entries; write at most 64."),
        (
            "annotations: groups=Editors".to_owned(),
            "says who may use `annotations`, but what is for administrators is open to nobody while \
            `admin_claims` is empty; write into `admin_claims` who is an administrator, or remove the name.",
        ),
    ] {
        assert_eq!(
            sentences(&json!({"operation_rules": rules})),
            [format!("`operation_rules` {problem}")]
        );
    }
    assert!(sentences(&json!({"operation_rules": "annotations: nobody"})).is_empty());
}

#[test]
fn the_claims_of_the_rules_are_asked_for_and_the_scopes_are_not() {
    let settings = valid(&json!({
        "operation_rules": "files: level=1, scope=x; audio: nobody", "required_claims": "groups=a", "admin_claims": "roles=b",
    }));
    let names: Vec<&str> = settings.ruled_claims().map(|path| path.as_str()).collect();
    assert_eq!(names, ["groups", "roles", "level"]);
    assert!(valid(&json!(Map::new())).ruled_claims().next().is_none());
}

use serde_json::json;

use super::*;
use crate::claims::ClaimPath;

#[test]
fn a_claim_becomes_what_the_input_takes() {
    let cases = [
        ("text-input", json!({}), json!("a@x"), Ok(r#""a@x""#)),
        (
            "text-input",
            json!({"max_length": 3}),
            json!("äöü"),
            Ok(r#""äöü""#),
        ),
        (
            "text-input",
            json!({"max_length": null}),
            json!(7),
            Ok(r#""7""#),
        ),
        (
            "text-input",
            json!({"max_length": 0}),
            json!("long enough"),
            Ok(r#""long enough""#),
        ),
        (
            "paragraph",
            json!({}),
            json!(["a", "b"]),
            Ok(r#""[\"a\",\"b\"]""#),
        ),
        (
            "paragraph",
            json!({}),
            json!({"a": true}),
            Ok(r#""{\"a\":true}""#),
        ),
        (
            "text-input",
            json!({"max_length": 3}),
            json!("four"),
            Err("the claim has 4 characters, the input takes at most 3"),
        ),
        (
            "select",
            json!({"options": ["red", "blue"]}),
            json!("blue"),
            Ok(r#""blue""#),
        ),
        (
            "select",
            json!({"options": ["red", "blue"]}),
            json!("green"),
            Err("the claim is not one of the input's options"),
        ),
        (
            "select",
            json!({}),
            json!("green"),
            Err("the claim is not one of the input's options"),
        ),
        ("number", json!({}), json!(3), Ok("3")),
        ("number", json!({}), json!(-1.5), Ok("-1.5")),
        ("number", json!({}), json!("42"), Ok("42")),
        (
            "number",
            json!({}),
            json!("4x"),
            Err("the claim is a string, the input takes a number"),
        ),
        (
            "number",
            json!({}),
            json!(true),
            Err("the claim is a boolean, the input takes a number"),
        ),
        ("checkbox", json!({}), json!(true), Ok("true")),
        ("checkbox", json!({}), json!("false"), Ok("false")),
        (
            "checkbox",
            json!({}),
            json!([]),
            Err("the claim is an array, the input takes a boolean"),
        ),
        ("json_object", json!({}), json!({"a": 1}), Ok(r#"{"a":1}"#)),
        (
            "json_object",
            json!({}),
            json!("{}"),
            Err("the claim is a string, the input takes an object"),
        ),
        (
            "file",
            json!({}),
            json!("x"),
            Err("it takes a file, and a claim is never a file"),
        ),
        (
            "file-list",
            json!({}),
            json!(["x"]),
            Err("it takes a file, and a claim is never a file"),
        ),
        ("a-new-kind", json!({}), json!(["x"]), Ok(r#"["x"]"#)),
    ];
    for (kind, entry, claim, expected) in cases {
        let claims = claims(json!({"c": claim}));
        let optional = claim_inputs(
            &claims,
            &InputClaims::Declared,
            Some(&form(kind, &entry, false)),
        );
        let required = claim_inputs(
            &claims,
            &InputClaims::Declared,
            Some(&form(kind, &entry, true)),
        );
        let (sent, left_out, refused) = match expected {
            Ok(text) => (vec![sent("__oidc_c", text)], vec![], None),
            Err(reason) => (
                vec![],
                vec![format!("`__oidc_c`: {reason}")],
                Some(refusal("__oidc_c", reason)),
            ),
        };
        let inputs = ClaimInputs { sent, left_out };

        assert_eq!(optional, Ok(inputs.clone()), "{kind} {entry} {claims:?}");
        assert_eq!(
            required,
            refused.map_or(Ok(inputs), Err),
            "{kind} {entry} {claims:?}"
        );
    }
}

#[test]
fn a_missing_claim_is_not_reported_unless_the_app_requires_it() {
    for claims in [claims(json!({})), claims(json!({"c": null}))] {
        let optional = form("text-input", &json!({}), false);
        let required = form("text-input", &json!({}), true);
        let refusal = refusal("__oidc_c", "the token does not have it");

        assert_eq!(
            claim_inputs(&claims, &InputClaims::Declared, Some(&optional)),
            Ok(ClaimInputs::default())
        );
        assert_eq!(
            claim_inputs(&claims, &InputClaims::Declared, Some(&required)),
            Err(refusal)
        );
    }
}

#[test]
fn a_declared_name_is_found_among_claims_and_their_paths() {
    let claims = claims(json!({
        "email": "a@x",
        "https://x.example/roles": "r",
        "realm_access": {"roles": ["chat"], "deep": {"er": {"most": "4", "x": {"y": "5"}}}},
        "realm_access_roles_literal": "literal",
        "a": {"b": "nested"},
        "a_b": "flat",
        "a.b": "dotted",
    }));
    let cases = [
        ("email", Some(r#""a@x""#)),
        ("https___x_example_roles", Some(r#""r""#)),
        ("realm_access_roles", Some(r#""[\"chat\"]""#)),
        ("realm_access_roles_literal", Some(r#""literal""#)),
        ("realm_access_deep_er_most", Some(r#""4""#)),
        ("realm_access_deep_er_x_y", None),
        ("a_b", Some(r#""flat""#)),
        ("Email", None),
        ("realm", None),
        ("realm_access_", None),
        ("", None),
    ];
    for (name, expected) in cases {
        let body =
            json!({"user_input_form": [{"paragraph": {"variable": format!("__oidc_{name}")}}]});
        let declared = DeclaredInputs::parse(body.to_string().as_bytes()).unwrap();
        let inputs = claim_inputs(&claims, &InputClaims::Declared, Some(&declared)).unwrap();
        let expected = expected.map(|text| sent(&format!("__oidc_{name}"), text));

        assert_eq!(
            inputs,
            ClaimInputs {
                sent: expected.into_iter().collect(),
                left_out: vec![]
            },
            "{name}"
        );
    }
}

#[test]
fn a_selection_is_sent_as_far_as_the_app_declares_it() {
    let claims = claims(
        json!({"email": "a@x", "level": 3, "groups": ["a"], "admin": true, "gone": null, "realm_access": {"roles": ["r"]}}),
    );
    let setting = selected(&[
        ("mail", "email"),
        ("realm_access_roles", "realm_access.roles"),
        ("level", "level"),
        ("groups", "groups"),
        ("admin", "admin"),
        ("gone", "gone"),
    ]);
    let declared = parse(json!([
        {"text-input": {"variable": "__oidc_mail"}},
        {"text-input": {"variable": "__oidc_email"}},
        {"number": {"variable": "__oidc_level"}},
    ]));
    let known = ClaimInputs {
        sent: vec![sent("__oidc_mail", r#""a@x""#), sent("__oidc_level", "3")],
        left_out: vec![
            "`__oidc_email`: the setting `input_claims` does not name a claim for it".to_owned(),
        ],
    };
    let unknown = ClaimInputs {
        sent: vec![
            sent("__oidc_mail", r#""a@x""#),
            sent("__oidc_realm_access_roles", r#""[\"r\"]""#),
            sent("__oidc_level", "3"),
            sent("__oidc_groups", r#""[\"a\"]""#),
            sent("__oidc_admin", r#""true""#),
        ],
        left_out: vec![],
    };

    assert_eq!(claim_inputs(&claims, &setting, Some(&declared)), Ok(known));
    assert_eq!(claim_inputs(&claims, &setting, None), Ok(unknown));
}

#[test]
fn without_a_declaration_strings_and_numbers_go_as_they_are() {
    let claims = claims(
        json!({"email": "a@x", "level": 3, "groups": ["a"], "admin": true, "x:y": "1", "x_y": "2"}),
    );
    let expected = vec![
        sent("__oidc_email", r#""a@x""#),
        sent("__oidc_level", "3"),
        sent("__oidc_x_y", r#""1""#),
    ];

    assert_eq!(
        claim_inputs(&claims, &InputClaims::Declared, None),
        Ok(ClaimInputs {
            sent: expected,
            left_out: vec![]
        })
    );
}

#[test]
fn nothing_is_sent_where_the_setting_is_none() {
    let claims = claims(json!({"c": "x"}));
    for declared in [None, Some(form("text-input", &json!({}), true))] {
        assert_eq!(
            claim_inputs(&claims, &InputClaims::Nothing, declared.as_ref()),
            Ok(ClaimInputs::default())
        );
    }
}

#[test]
fn what_is_kept_for_inputs_makes_the_same_inputs_and_is_nothing_else() {
    let all = claims(json!({
        "email": "a@x",
        "groups": ["a", "b"],
        "level": "many",
        "picture": "https://x.example/p",
        "realm_access": {"roles": ["chat"]},
        "text": "four",
    }));
    let declared = parse(json!([
        {"text-input": {"variable": "__oidc_email"}},
        {"number": {"variable": "__oidc_level"}},
        {"paragraph": {"variable": "__oidc_realm_access_roles"}},
        {"text-input": {"variable": "__oidc_text", "max_length": 3, "required": true}},
        {"file": {"variable": "__oidc_picture"}},
    ]));
    let chosen = selected(&[
        ("mail", "email"),
        ("roles", "realm_access.roles"),
        ("x", "x"),
    ]);
    for (setting, declared, expected) in [
        (
            &InputClaims::Declared,
            Some(&declared),
            json!({"email": "a@x", "realm_access_roles": ["chat"], "text": "four"}),
        ),
        (&InputClaims::Declared, None, json!({})),
        (
            &chosen,
            Some(&declared),
            json!({"email": "a@x", "realm_access.roles": ["chat"]}),
        ),
        (
            &chosen,
            None,
            json!({"email": "a@x", "realm_access.roles": ["chat"]}),
        ),
        (&InputClaims::Nothing, Some(&declared), json!({})),
    ] {
        let kept = claims_for_inputs(&all, setting, declared);
        assert_eq!(kept, claims(expected), "{setting:?}");
        let inputs = |claims| claim_inputs(claims, setting, declared).map(|inputs| inputs.sent);
        if declared.is_some() || !matches!(setting, InputClaims::Declared) {
            assert_eq!(inputs(&kept), inputs(&all), "{setting:?}");
        }
    }
}

#[test]
fn only_inputs_that_claims_can_fill_are_remembered() {
    let cases = [
        (
            json!({"user_input_form": [{"text-input": {"variable": "q"}}, {"number": {}}, {"x": 1}]}),
            Ok(DeclaredInputs::default()),
        ),
        (
            json!({"user_input_form": []}),
            Ok(DeclaredInputs::default()),
        ),
        (json!({"user_input_form": {}}), Err(InvalidParameters)),
        (json!({"opening_statement": ""}), Err(InvalidParameters)),
        (json!([]), Err(InvalidParameters)),
    ];
    for (body, expected) in cases {
        assert_eq!(
            DeclaredInputs::parse(body.to_string().as_bytes()),
            expected,
            "{body}"
        );
    }
    assert_eq!(DeclaredInputs::parse(b"<html>"), Err(InvalidParameters));
}

fn claims(members: Value) -> Claims {
    Claims::new(members.as_object().unwrap().clone())
}

fn form(kind: &str, entry: &Value, is_required: bool) -> DeclaredInputs {
    let mut entry = entry.clone();
    entry["variable"] = "__oidc_c".into();
    entry["required"] = is_required.into();
    parse(json!([{kind: entry}]))
}

fn parse(entries: Value) -> DeclaredInputs {
    DeclaredInputs::parse(json!({"user_input_form": entries}).to_string().as_bytes()).unwrap()
}

fn selected(claims: &[(&str, &str)]) -> InputClaims {
    let claim = |(name, path): &(&str, &str)| InputClaim {
        name: (*name).to_owned(),
        path: ClaimPath::parse(path).unwrap(),
    };
    InputClaims::Selected(claims.iter().map(claim).collect())
}

fn sent(name: &str, json: &str) -> (String, RawJson) {
    (name.to_owned(), RawJson(json.to_owned()))
}

fn refusal(variable: &str, reason: &str) -> Refusal {
    let message = format!(
        "The app requires the input `{variable}`, which only a claim of the token can fill: {reason}. \
         Change the claim at the identity provider, or the input in Dify."
    );
    Refusal::new(Code::ClaimDoesNotFit, message)
}

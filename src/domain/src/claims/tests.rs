use serde_json::{Value, json};

use super::{ClaimPath, Claims, Rules};

fn claims(value: &Value) -> Claims {
    Claims::new(value.as_object().expect("claims are an object").clone())
}

#[test]
fn a_path_is_a_literal_name_first_and_then_a_way_down() {
    let token = json!({
        "sub": "u1",
        "https://x.example/roles": ["a"],
        "realm_access": {"roles": ["b"], "a.b": 1},
        "org.name": "literal",
        "org": {"name": "nested", "deep": {"er": true}},
        "a,b|c=d\\e": "odd",
        "list": [{"name": "in an array"}],
        "null": null,
        "outer.null": null,
        "outer": {"null": "nested", "void": null},
    });
    let claims = claims(&token);
    for (path, found) in [
        ("sub", Some(json!("u1"))),
        (" sub ", Some(json!("u1"))),
        ("https://x.example/roles", Some(json!(["a"]))),
        ("realm_access.roles", Some(json!(["b"]))),
        ("realm_access.a\\.b", Some(json!(1))),
        ("realm_access.a.b", None),
        ("org.name", Some(json!("literal"))),
        ("org.deep.er", Some(json!(true))),
        ("org.deep.er.more", None),
        ("org.nothing", None),
        ("a\\,b\\|c\\=d\\\\e", Some(json!("odd"))),
        ("list.name", None),
        ("list.0", None),
        // What is null is absent, at every level.
        ("null", None),
        ("outer.null", Some(json!("nested"))),
        ("outer.void", None),
        ("outer.void.deeper", None),
        ("SUB", None),
    ] {
        let parsed = ClaimPath::parse(path).expect(path);
        assert_eq!(claims.at(&parsed), found.as_ref(), "{path}");
        assert_eq!(parsed.as_str(), path.trim());
    }
}

#[test]
fn what_is_not_a_path_is_refused_with_the_place_and_what_was_expected() {
    let long = "x".repeat(256);
    let deep = "a.".repeat(16) + "a";
    for (text, message) in [
        ("", "at character 1: expected a claim, such as `groups`"),
        ("  ", "at character 3: expected a claim, such as `groups`"),
        (
            "a..b",
            "at character 1: expected a name before and after each dot; a dot that belongs to a name is written `\\.`",
        ),
        (
            ".a",
            "at character 1: expected a name before and after each dot; a dot that belongs to a name is written `\\.`",
        ),
        (
            "a.",
            "at character 1: expected a name before and after each dot; a dot that belongs to a name is written `\\.`",
        ),
        (
            "a,b",
            "at character 2: expected `\\,`, because `,` alone divides",
        ),
        (
            "a|b",
            "at character 2: expected `\\|`, because `|` alone divides",
        ),
        (
            "a=b",
            "at character 2: expected `\\=`, because `=` alone divides",
        ),
        (
            "a\\b",
            "at character 3: expected `,`, `|`, `=`, `.`, `;` or `\\` after `\\`",
        ),
        (
            "ab\\",
            "at character 4: expected `,`, `|`, `=`, `.`, `;` or `\\` after `\\`",
        ),
        (
            &long,
            "at character 1: expected a path of at most 255 characters",
        ),
        (&deep, "at character 1: expected at most 16 names in a path"),
    ] {
        assert_eq!(
            ClaimPath::parse(text).unwrap_err().to_string(),
            message,
            "{text}"
        );
    }
}

#[test]
fn rules_hold_by_whole_values_only() {
    let token = json!({
        "sub": "u1",
        "groups": ["Domain Users", "chatter", 7, true, null, ["nested"], {"inner": 1}],
        "scope": "chat admin",
        "number": 42,
        "fraction": 1.5,
        "verified": true,
        "denied": false,
        "nothing": null,
        "empty": [],
        "realm_access": {"roles": ["chat"]},
        "urn:zitadel:iam:org:project:roles": {"admin": {"123": "x.example"}, "viewer": false, "guest": null},
        "odd": "a,b|c=d\\e.f",
    });
    let claims = claims(&token);
    for (rules, met) in [
        ("sub=u1", true),
        ("sub=U1", false),
        ("sub=u", false),
        ("sub=u11", false),
        ("groups=Domain Users", true),
        ("groups = Domain Users ", true),
        ("groups=Domain", false),
        ("groups=Users", false),
        ("groups=chat", false),
        ("groups=chat|chatter", true),
        ("groups=7", true),
        ("groups=true", true),
        ("groups=null", false),
        ("groups=nested", false),
        ("groups=inner", false),
        ("scope=chat admin", true),
        ("scope=chat", false),
        ("number=42", true),
        ("number=42.0", false),
        ("number=4", false),
        ("fraction=1.5", true),
        ("verified=true", true),
        ("verified=True", false),
        ("denied=false", true),
        ("nothing=null", false),
        ("empty=x", false),
        ("absent=x", false),
        ("realm_access.roles=chat", true),
        ("realm_access=roles", true),
        ("realm_access.roles=chat, groups=chatter", true),
        ("realm_access.roles=chat, groups=staff", false),
        ("groups=staff, realm_access.roles=chat", false),
        ("urn:zitadel:iam:org:project:roles=admin", true),
        ("urn:zitadel:iam:org:project:roles=viewer", false),
        ("urn:zitadel:iam:org:project:roles=guest", false),
        ("urn:zitadel:iam:org:project:roles=123", false),
        ("odd=a\\,b\\|c\\=d\\\\e\\.f", true),
        ("odd=a\\,b\\|c\\=d\\\\e.f", true),
    ] {
        assert_eq!(
            Rules::parse(rules).expect(rules).met_by(&claims).is_ok(),
            met,
            "{rules}"
        );
    }
}

#[test]
fn the_log_learns_the_first_rule_that_is_not_met_and_why() {
    let claims = claims(&json!({"groups": ["Staff"]}));
    for (rules, unmet) in [
        (
            "groups = Admins | a\\,b , tid=1",
            "`groups=Admins|a\\,b` is not met: the claim has no such value",
        ),
        (
            "groups=Staff, tid=1",
            "`tid=1` is not met: there is no such claim",
        ),
    ] {
        assert_eq!(
            Rules::parse(rules).expect(rules).met_by(&claims),
            Err(unmet.to_owned())
        );
    }
}

#[test]
fn no_rules_are_met_by_everybody_and_cannot_be_written() {
    assert!(Rules::default().is_empty());
    assert_eq!(Rules::default().met_by(&Claims::default()), Ok(()));
    assert!(!Rules::parse("a=b").unwrap().is_empty());
}

#[test]
fn rules_name_their_claims() {
    let rules = Rules::parse("groups=a|b, realm_access.roles=chat").unwrap();
    let names: Vec<&str> = rules.names().map(ClaimPath::as_str).collect();
    assert_eq!(names, ["groups", "realm_access.roles"]);
}

#[test]
fn text_that_is_not_a_list_of_rules_is_refused_with_the_place_and_what_was_expected() {
    let many_rules = vec!["a=b"; 101].join(",");
    let many_values = format!("a={}", vec!["b"; 101].join("|"));
    for (text, message) in [
        ("", "at character 1: expected a claim, such as `groups`"),
        (
            "groups",
            "at character 7: expected `=` and a value after the claim, such as `groups=Staff`",
        ),
        (
            "groups, a=b",
            "at character 7: expected `=` and a value after the claim, such as `groups=Staff`",
        ),
        (
            "groups|a=b",
            "at character 7: expected `\\|`, because `|` alone divides",
        ),
        ("=b", "at character 1: expected a claim, such as `groups`"),
        (
            "groups=",
            "at character 8: expected a value after `=`, such as `groups=Staff`",
        ),
        (
            "groups=a|",
            "at character 10: expected a value after `|`, such as `groups=Staff`",
        ),
        (
            "groups=|a",
            "at character 8: expected a value after `=`, such as `groups=Staff`",
        ),
        (
            "groups=a,",
            "at character 10: expected a claim, such as `groups`",
        ),
        (
            "groups=a,, b=c",
            "at character 10: expected a claim, such as `groups`",
        ),
        (
            "groups=CN=Staff,OU=x",
            "at character 10: expected `\\=`, because `=` alone divides",
        ),
        (
            "groups=DOMAIN\\staff",
            "at character 15: expected `,`, `|`, `=`, `.`, `;` or `\\` after `\\`",
        ),
        (
            "a..b=c",
            "at character 1: expected a name before and after each dot; a dot that belongs to a name is written `\\.`",
        ),
        (&many_rules, "at character 400: expected at most 100 rules"),
        (
            &many_values,
            "at character 203: expected at most 100 values in a rule",
        ),
    ] {
        assert_eq!(
            Rules::parse(text).unwrap_err().to_string(),
            message,
            "{text}"
        );
    }
}

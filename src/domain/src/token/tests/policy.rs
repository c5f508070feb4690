//! Scopes, rules, and what a response of the provider must still hold.

use serde_json::json;

use super::{ISSUER, NOW, assert_refused, assert_taken, claims, judged, refused, settings};
use crate::error::Code;
use crate::issuer::Issuer;
use crate::time::UnixTime;
use crate::token::{accept, check_response};

#[test]
fn scopes_stand_in_any_of_the_claims_that_providers_use() {
    let rows = [
        (json!({"scope": "openid chat"}), vec!["openid", "chat"]),
        (json!({"scope": "  openid   chat "}), vec!["openid", "chat"]),
        (json!({"scope": ["openid", "chat"]}), vec!["openid", "chat"]),
        (json!({"scp": "chat write"}), vec!["chat", "write"]),
        (json!({"scp": ["chat"]}), vec!["chat"]),
        (json!({"permissions": ["read:chat"]}), vec!["read:chat"]),
        (
            json!({"scope": "a", "scp": ["b"], "permissions": ["c"]}),
            vec!["a", "b", "c"],
        ),
        (json!({"permissions": {"chat": true}}), vec![]),
        (json!({}), vec![]),
    ];
    for (changes, expected) in rows {
        assert_eq!(
            judged(&changes, &json!({})).expect("taken").scopes,
            expected,
            "{changes}"
        );
    }
}

#[test]
fn every_scope_of_the_setting_is_needed_and_the_challenge_names_them() {
    let settings = json!({"scopes": "chat openid"});
    assert_taken(&[
        (json!({"scope": "openid profile chat"}), settings.clone()),
        (
            json!({"scope": "openid", "permissions": ["chat"]}),
            settings.clone(),
        ),
    ]);
    let rows = [
        (json!({"scope": "openid"}), "chat", "openid"),
        (json!({"scope": "chatter openid"}), "chat", "chatter openid"),
        (json!({}), "chat openid", ""),
        (json!({"scope": null, "scp": null}), "chat openid", ""),
        (json!({"scope": "CHAT openid"}), "chat", "CHAT openid"),
    ];
    for (changes, missing, has) in rows {
        let refusal = refused(&changes, &settings);
        let message = format!(
            "The token lacks the scope {missing}; it has \"{has}\". Have the client ask for it when people sign in."
        );
        assert_eq!(
            (refusal.code(), refusal.message()),
            (Code::InsufficientScope, &*message)
        );
        assert_eq!(refusal.scope(), Some("chat openid"));
    }
    for (name, value) in [
        ("scope", json!(5)),
        ("scope", json!(["a", 1])),
        ("scp", json!({"a": true})),
    ] {
        let refusal = refused(&json!({name: value}), &settings);
        assert_eq!(refusal.code(), Code::TokenClaimInvalid, "{name}");
    }
}

#[test]
fn what_the_rules_ask_for_only_the_log_says() {
    let settings = json!({"required_claims": "groups=secret-group"});
    assert_taken(&[(json!({"groups": ["x", "secret-group"]}), settings.clone())]);
    for changes in [
        json!({}),
        json!({"groups": ["x"]}),
        json!({"groups": "secret-groups"}),
    ] {
        let refusal = refused(&changes, &settings);
        assert_eq!(refusal.code(), Code::RequiredClaims);
        assert_eq!(
            refusal.message(),
            "The token does not meet the endpoint's `required_claims`. Ask the administrator for access; the \
             gateway's log has the rule."
        );
        assert_eq!(refusal.scope(), None);
        assert!(
            refusal
                .log_detail()
                .is_some_and(|detail| detail.contains("groups=secret-group")),
            "{refusal:?}"
        );
    }
}

#[test]
fn groups_that_entra_left_out_are_not_taken_for_no_groups() {
    let settings = json!({"required_claims": "groups=g1"});
    let overage = "The token names no groups because the person has too many (Entra's group overage), and the endpoint \
        asks for one. In Entra choose \"Groups assigned to the application\" under Token configuration, or use app \
        roles and a rule on `roles`.";
    for changes in [
        json!({"_claim_names": {"groups": "src1"}, "_claim_sources": {"src1": {"endpoint": "https://x"}}}),
        json!({"hasgroups": true}),
        json!({"hasgroups": "true"}),
    ] {
        assert_refused(&[(changes, settings.clone(), Code::GroupsOverage, overage)]);
    }
    for (changes, rules) in [
        (json!({"hasgroups": false}), "groups=g1"),
        (json!({"hasgroups": true, "groups": ["g2"]}), "groups=g1"),
        (json!({"hasgroups": true}), "roles=r1"),
        (json!({"_claim_names": {"other": "src1"}}), "groups=g1"),
    ] {
        let refusal = refused(&changes, &json!({"required_claims": rules}));
        assert_eq!(refusal.code(), Code::RequiredClaims, "{changes} {rules}");
    }
}

#[test]
fn an_administrator_is_who_meets_admin_claims_and_nobody_where_it_is_not_set() {
    for (changes, changed_settings, expected) in [
        (
            json!({"roles": ["admin"]}),
            json!({"admin_claims": "roles=admin"}),
            true,
        ),
        (
            json!({"roles": ["user"]}),
            json!({"admin_claims": "roles=admin"}),
            false,
        ),
        (json!({"roles": ["admin"]}), json!({}), false),
        (
            json!({"roles": ["admin"]}),
            json!({"admin_claims": " "}),
            false,
        ),
    ] {
        let caller = judged(&changes, &changed_settings).expect("taken");
        assert_eq!(caller.is_admin, expected, "{changes} {changed_settings}");
    }
}

#[test]
fn a_provider_may_answer_without_iss_and_exp_but_not_with_other_ones() {
    assert_taken(&[(
        json!({"iss": "absent", "exp": "absent", "iat": "absent"}),
        json!({}),
    )]);
    let rows = [
        (json!({"exp": 1_600_000_000}), Code::TokenExpired),
        (json!({"nbf": 1_800_000_000}), Code::TokenNotYetValid),
        (
            json!({"token_use": "refresh_token"}),
            Code::TokenTypeRefused,
        ),
        (json!({"cnf": {"jkt": "x"}}), Code::TokenBound),
        (json!({"exp": "soon"}), Code::TokenClaimInvalid),
    ];
    for (changes, code) in rows {
        assert_eq!(refused(&changes, &json!({})).code(), code, "{changes}");
    }
    for (iss, code) in [
        (json!(ISSUER), None),
        (json!(null), None),
        (json!("absent"), None),
        (
            json!("https://other.example"),
            Some(Code::TokenIssuerUnknown),
        ),
        (json!(""), Some(Code::TokenIssuerUnknown)),
        (json!(5), Some(Code::TokenClaimInvalid)),
    ] {
        let response = claims(&json!({"iss": iss}));
        let refusal = check_response(&response, &Issuer::new(ISSUER)).err();
        assert_eq!(refusal.map(|refusal| refusal.code()), code, "{iss}");
    }
}

#[test]
fn a_token_that_was_taken_is_refused_when_its_time_has_come() {
    let settings = settings(&json!({}));
    let issuer = || Issuer::new(ISSUER);
    assert!(accept(claims(&json!({})), issuer(), &settings, None, NOW).is_ok());
    let later = accept(
        claims(&json!({})),
        issuer(),
        &settings,
        None,
        UnixTime::from_secs(1_700_000_160),
    );
    assert_eq!(later.expect_err("expired").code(), Code::TokenExpired);
}

#[test]
fn what_the_caller_is_told_never_holds_a_value_of_the_rules() {
    let settings = json!({"required_claims": "tenant=s3cr3t", "admin_claims": "role=4dm1n"});
    for changes in [
        json!({}),
        json!({"tenant": "x"}),
        json!({"aud": "x"}),
        json!({"sub": "absent"}),
    ] {
        let refusal = refused(&changes, &settings);
        let text = format!("{} {:?}", refusal.message(), refusal.scope());
        assert!(
            !text.contains("s3cr3t") && !text.contains("4dm1n"),
            "{text}"
        );
    }
}

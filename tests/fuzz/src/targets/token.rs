//! Tokens, from the compact form to the caller. An input is read as a compact token, and as header, payload and
//! signature on a line each, which no fuzzer would find its way to through base64url.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gateway_domain::jose::{Algorithm, UnverifiedToken};
use gateway_domain::settings::Settings;
use gateway_domain::time::UnixTime;
use gateway_domain::token::{Caller, accept, check_form, issuer_of, judge};
use serde_json::Value;

use crate::reading::{member_names, object};

/// 2026-01-01T00:00:00Z.
const NOW: UnixTime = UnixTime::from_secs(1_767_225_600);

const SETTINGS: [&str; 2] = [
    r#"{"issuer":"https://a.example","client_id":"c","app_key":"app-0123456789"}"#,
    r#"{"issuer":"https://a.example https://login.microsoftonline.com/{tenantid}/v2.0","client_id":"c",
        "app_key":"app-0123456789","audience":"api","scopes":"chat","token_kind":"either","service_accounts":"allow",
        "required_claims":"tid=1","admin_claims":"groups=admin","user_claim":"email sub","user_format":"hashed",
        "user_hash_key":"0123456789abcdef0123456789abcdef"}"#,
];

pub(crate) fn check(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else {
        return;
    };
    check_compact(text);
    let parts = text
        .splitn(3, '\n')
        .map(|part| URL_SAFE_NO_PAD.encode(part));
    check_compact(&parts.collect::<Vec<_>>().join("."));
}

fn check_compact(compact: &str) {
    let Ok(token) = UnverifiedToken::parse(compact) else {
        return;
    };
    assert_says_what_was_sent(compact, &token);
    for settings in SETTINGS {
        let settings = Settings::parse(settings).expect("good settings");
        let form = check_form(
            token.header.media_type.as_deref(),
            &token.claims,
            &settings,
            NOW,
        );
        let Ok(issuer) = form.and_then(|()| issuer_of(&token.claims, &settings)) else {
            continue;
        };
        assert!(settings.issuers.iter().any(|own| own.covers(&issuer)));
        let accepted = accept(token.claims.clone(), issuer, &settings, None, NOW);
        if let Ok(caller) = accepted.and_then(|accepted| judge(accepted, &settings)) {
            assert_is_somebody(&caller, &settings);
        }
    }
}

fn assert_says_what_was_sent(compact: &str, token: &UnverifiedToken<'_>) {
    let decoded: Vec<Vec<u8>> = compact
        .split('.')
        .map(|part| URL_SAFE_NO_PAD.decode(part).expect("strict base64url"))
        .collect();
    let [header, payload, signature] = decoded.as_slice() else {
        panic!("a token of {} parts", decoded.len());
    };
    assert!(!signature.is_empty());
    let members = object(header).expect("the header is an object");
    assert!(member_names(header).are_unique() && member_names(payload).are_unique());
    for foreign in ["b64", "crit", "enc", "zip"] {
        assert!(!members.contains_key(foreign), "`{foreign}`");
    }
    let text = |name: &str| members.get(name).and_then(Value::as_str);
    assert_eq!(
        text("alg").and_then(Algorithm::from_name),
        Some(token.header.algorithm)
    );
    let key_id = text("kid").filter(|id| !id.is_empty());
    assert_eq!(key_id, token.header.key_id.as_deref());
    assert_eq!(object(payload).as_ref(), Some(token.claims.members()));
}

fn assert_is_somebody(caller: &Caller, settings: &Settings) {
    let user = caller.user.as_str();
    assert!(!user.trim().is_empty() && user != "DEFAULT-USER");
    assert!(user.chars().count() <= 255 && !user.contains(char::is_control));
    assert!(settings.required_claims.met_by(&caller.claims).is_ok());
    assert_eq!(
        caller.is_admin,
        settings
            .admin_claims
            .as_ref()
            .is_some_and(|rules| rules.met_by(&caller.claims).is_ok())
    );
}

//! Tokens that stand for a client.

use serde_json::{Value, json};

use super::{assert_refused, judged};
use crate::error::Code;

/// What each provider's token of a client looks like, and what shows it.
fn of_clients() -> Vec<(Value, &'static str)> {
    vec![
        (
            json!({"gty": "client-credentials"}),
            "`gty` is \"client-credentials\"",
        ),
        (
            json!({"gty": "client_credentials"}),
            "`gty` is \"client_credentials\"",
        ),
        (json!({"idtyp": "app"}), "`idtyp` is \"app\""),
        (
            json!({"token_use": "service"}),
            "`token_use` is \"service\"",
        ),
        (
            json!({"preferred_username": "service-account-bot"}),
            "`preferred_username` begins with `service-account-`",
        ),
        (
            json!({"client_id": "chat", "clientHost": "10.0.0.1", "clientAddress": "10.0.0.1"}),
            "it has `client_id` and `clientHost`",
        ),
        (
            json!({"sub": "Ab12@clients", "azp": "Ab12"}),
            "`sub` ends with `@clients`",
        ),
        (
            json!({"sub": "Ab12", "azp": "Ab12"}),
            "`sub` is the client, as `azp` says",
        ),
        (
            json!({"sub": "Ab12", "cid": "Ab12"}),
            "`sub` is the client, as `cid` says",
        ),
        (
            json!({"sub": "o1", "oid": "o1", "tid": "t1"}),
            "`sub` is `oid`, and there is no `scp`",
        ),
    ]
}

#[test]
fn a_client_is_refused_by_default_with_what_shows_it() {
    for (claims, evidence) in of_clients() {
        let message = format!(
            "The token stands for a client and not for a person: {evidence}. Sign a person in, or set \
             `service_accounts` to `allow`."
        );
        assert_refused(&[(claims, json!({}), Code::ServiceAccountRefused, &message)]);
    }
}

#[test]
fn where_clients_are_allowed_they_are_known_as_such() {
    for (claims, evidence) in of_clients() {
        let caller = judged(&claims, &json!({"service_accounts": "allow"})).expect(evidence);
        assert!(caller.is_service_account, "{evidence}");
    }
}

#[test]
fn a_person_is_not_a_client() {
    for claims in [
        json!({}),
        json!({"gty": "password"}),
        json!({"idtyp": "user"}),
        json!({"token_use": "access"}),
        json!({"preferred_username": "alice-service-account-"}),
        json!({"client_id": "chat", "azp": "chat"}),
        json!({"clientHost": "10.0.0.1"}),
        json!({"sub": "alice@clients.example"}),
        json!({"sub": "s1", "oid": "o1", "tid": "t1"}),
        json!({"sub": "o1", "oid": "o1", "tid": "t1", "scp": "chat"}),
        json!({"sub": "o1", "oid": "o1"}),
    ] {
        let caller =
            judged(&claims, &json!({})).unwrap_or_else(|refusal| panic!("{claims}: {refusal:?}"));
        assert!(!caller.is_service_account, "{claims}");
    }
}

#[test]
fn a_mark_of_another_type_is_an_error_and_never_absent() {
    for claims in [
        json!({"gty": ["client-credentials"]}),
        json!({"idtyp": {"app": true}}),
        json!({"preferred_username": ["service-account-bot"]}),
    ] {
        let refusal = judged(&claims, &json!({})).expect_err("wrong type");
        assert_eq!(refusal.code(), Code::TokenClaimInvalid, "{claims}");
    }
}

#[test]
fn a_clients_user_is_the_claim_or_else_its_own_id() {
    let allow = |user_claim: &str| json!({"service_accounts": "allow", "user_claim": user_claim});
    let rows = [
        (
            json!({"gty": "client-credentials", "azp": "bot"}),
            "sub",
            "alice",
        ),
        (
            json!({"gty": "client-credentials", "azp": "bot"}),
            "email",
            "service:bot",
        ),
        (
            json!({"gty": "client-credentials", "client_id": "bot"}),
            "email",
            "service:bot",
        ),
        (
            json!({"gty": "client-credentials", "cid": "bot"}),
            "email",
            "service:bot",
        ),
        (
            json!({"idtyp": "app", "appid": "bot"}),
            "email",
            "service:bot",
        ),
        (json!({"sub": "bot@clients"}), "email", "service:bot"),
    ];
    for (claims, user_claim, user) in rows {
        let caller = judged(&claims, &allow(user_claim)).expect(user);
        assert_eq!(caller.user.as_str(), user, "{claims}");
    }
    let nameless = judged(&json!({"gty": "client-credentials"}), &allow("email"));
    assert_eq!(
        nameless.expect_err("no client").code(),
        Code::UserClaimMissing
    );
}

#[test]
fn no_person_can_pass_for_a_client() {
    let allow = json!({"service_accounts": "allow", "user_claim": "preferred_username"});
    assert_refused(&[(
        json!({"preferred_username": "service:bot"}),
        allow,
        Code::UserClaimUnusable,
        "The token's claim `preferred_username` begins with `service:`, which is reserved for service accounts, so it \
         cannot be a Dify user. It is never changed to fit: write another claim into `user_claim`, or have the \
         identity provider change it.",
    )]);
}

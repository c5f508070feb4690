//! The userinfo endpoint (OpenID Connect Core section 5.3), as the judge of a token and as a source of further claims.

use gateway_tests::Stage;
use serde_json::{Value, json};
use stand_in_dify::AppKind;

use super::{OPAQUE, asked, end_provider, for_resource, without_audience};
use crate::messages::{EMAIL_NOT_VERIFIED, INACTIVE, RULE_NOT_MET};
use crate::outcome::{Outcome, assert_outcomes, outcome, refused, row};

/// Where the provider is asked.
const ENDPOINT: &str = "/me";

#[tokio::test(flavor = "multi_thread")]
async fn the_userinfo_endpoint_vouches_for_tokens_and_completes_claims() {
    let mut stage = Stage::with_identity_provider(AppKind::Chatflow).await;
    tokens_are_worth_what_it_says(&stage).await;
    claims_that_rules_name_are_asked_for(&stage).await;
    an_outage_is_not_the_tokens_fault(&mut stage).await;
}

fn scope_missing(stage: &Stage) -> Outcome {
    let issuer = stage.identity_provider().issuer();
    let message = format!(
        "The token may not ask the userinfo endpoint of `{issuer}`: it needs the scope `openid`."
    );
    refused(403, "insufficient_scope", message)
}

async fn tokens_are_worth_what_it_says(stage: &Stage) {
    let alice = without_audience(stage, "alice").await;
    let bob = without_audience(stage, "bob").await;
    let for_the_api = for_resource(stage, "alice", OPAQUE).await.access_token;
    let rows = [
        row(
            "it knows the token",
            json!({}),
            &alice,
            Ok("alice".to_owned()),
        ),
        row(
            "its claims name the user",
            json!({"user_claim": "email"}),
            &alice,
            Ok("alice%40example.com".to_owned()),
        ),
        row(
            "its claims are judged",
            json!({"user_claim": "email"}),
            &bob,
            refused(403, "email_not_verified", EMAIL_NOT_VERIFIED),
        ),
        row(
            "a rule holds",
            json!({"required_claims": "groups=Domain Users"}),
            &bob,
            Ok("bob".to_owned()),
        ),
        row(
            "a rule does not hold",
            json!({"required_claims": "groups=Domain Users"}),
            &alice,
            refused(403, "required_claims_not_met", RULE_NOT_MET),
        ),
        row(
            "it does not know the token",
            json!({}),
            "made-up",
            refused(401, "token_inactive", INACTIVE),
        ),
        row(
            "the token is for an API",
            json!({}),
            &for_the_api,
            scope_missing(stage),
        ),
    ];
    assert_outcomes(stage, &json!({"token_validation": "userinfo"}), rows).await;
}

/// The tokens of this client say nothing of the person but `sub`.
async fn claims_that_rules_name_are_asked_for(stage: &Stage) {
    let client = stage.identity_provider().introspection();
    let settings = json!({
        "client_id": format!("{} dify-web dify-opaque", client.client_id),
        "client_secret": client.client_secret,
    });
    let bob = without_audience(stage, "bob").await;
    let for_the_api = for_resource(stage, "bob", "urn:dify:web")
        .await
        .access_token;
    let rule = |rule: &str, userinfo: Value| json!({"required_claims": rule, "userinfo": userinfo});
    let not_met = || refused(403, "required_claims_not_met", RULE_NOT_MET);
    let met = || Ok("bob".to_owned());

    let before = asked(stage, ENDPOINT).await;
    let rows = [
        row(
            "nobody is asked unless the setting says so",
            rule("groups=staff", json!(false)),
            &bob,
            not_met(),
        ),
        row(
            "the token says it itself",
            rule("sub=bob", json!(true)),
            &bob,
            met(),
        ),
        row(
            "a JWT says it itself",
            rule("groups=staff", json!(true)),
            &for_the_api,
            met(),
        ),
    ];
    assert_outcomes(stage, &settings, rows).await;
    assert_eq!(asked(stage, ENDPOINT).await, before);

    let rows = [
        row(
            "the endpoint says it",
            rule("groups=staff", json!(true)),
            &bob,
            met(),
        ),
        row(
            "the endpoint denies it",
            rule("groups=admins", json!(true)),
            &bob,
            not_met(),
        ),
        row(
            "the endpoint takes no such token",
            rule("level=1", json!(true)),
            &for_the_api,
            refused(401, "token_inactive", INACTIVE),
        ),
    ];
    assert_outcomes(stage, &settings, rows).await;
    assert_eq!(asked(stage, ENDPOINT).await, before + 3);
}

async fn an_outage_is_not_the_tokens_fault(stage: &mut Stage) {
    stage.set_settings(&json!({"token_validation": "userinfo"}));
    let token = without_audience(stage, "alice").await;
    let issuer = end_provider(stage).await;
    let message = format!(
        "The identity provider `{issuer}` gave no userinfo response: could not connect. Try again in 5 seconds."
    );
    let unavailable = refused(503, "identity_provider_unavailable", message);
    assert_eq!(outcome(stage, &token).await, unavailable);
}

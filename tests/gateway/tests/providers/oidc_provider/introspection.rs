//! Opaque tokens, about which the provider is asked (RFC 7662).

use std::time::Duration;

use gateway_tests::Stage;
use harness::{CannedResponse, TestIssuer, http_client};
use serde_json::{Value, json};
use stand_in_dify::AppKind;

use super::{OPAQUE, asked, end_provider, for_resource, without_audience};
use crate::messages::{INACTIVE, RULE_NOT_MET, credentials_refused};
use crate::outcome::{Outcome, assert_outcomes, outcome, refused, row, with};

/// What the refusal of a token says that the provider does not introspect.
const UNSUPPORTED: &str = "The identity provider does not introspect tokens of this kind (`unsupported_token_type`). If it \
    is a JWT, set `token_validation` to `auto`, so that it is verified with the provider's keys.";

/// What the refusal of an opaque token says where nobody can be asked.
const OPAQUE_UNASKED: &str = "The token is opaque, not a JWT, so no key can verify it. Have the identity provider issue \
    JWTs (Auth0: ask for your API's `audience`; Zitadel: set the application's token type to JWT), or set \
    `client_secret` so that tokens are introspected.";

/// Where the provider is asked.
const ENDPOINT: &str = "/token/introspection";

#[tokio::test(flavor = "multi_thread")]
async fn opaque_tokens_are_worth_what_the_provider_says_of_them() {
    let mut stage = Stage::with_identity_provider(AppKind::Chatflow).await;
    let client = stage.identity_provider().introspection();
    // The first client is the gateway's own; tokens may be meant for any.
    let settings = json!({
        "client_id": format!("{} dify-web dify-opaque", client.client_id),
        "client_secret": client.client_secret,
    });
    the_answer_is_held_to_the_policy(&stage, &settings).await;
    the_secret_goes_into_the_form_where_only_that_is_offered(&stage, &settings).await;
    refused_credentials_are_the_administrators_mistake(&stage, &settings).await;
    one_answer_serves_until_the_tokens_end(&stage, &settings).await;
    a_withdrawn_token_is_inactive(&stage, &settings).await;
    an_outage_is_not_the_tokens_fault(&mut stage, &settings).await;
}

async fn the_answer_is_held_to_the_policy(stage: &Stage, settings: &Value) {
    let meant_for_us = for_resource(stage, "bob", OPAQUE).await.access_token;
    let meant_for_nobody = without_audience(stage, "bob").await;
    let jwt = for_resource(stage, "bob", "urn:dify:web")
        .await
        .access_token;
    let bob = || Ok("bob".to_owned());
    let rows = [
        row("its audience is ours", json!({}), &meant_for_us, bob()),
        row(
            "the choice may be written out",
            json!({"token_validation": "introspection"}),
            &meant_for_us,
            bob(),
        ),
        row(
            "without an audience its client counts",
            json!({}),
            &meant_for_nobody,
            bob(),
        ),
        row(
            "its client is not one of ours",
            json!({"client_id": "dify-gateway dify-web"}),
            &meant_for_nobody,
            refused(
                401,
                "token_audience_refused",
                "The token has no `aud`, and its `client_id` is \"dify-opaque\"; this endpoint accepts tokens for \
                 dify-gateway, dify-web.",
            ),
        ),
        row(
            "its audience is not ours",
            json!({"client_id": "dify-gateway dify-opaque"}),
            &meant_for_us,
            refused(
                401,
                "token_audience_refused",
                "The token's `aud` is \"dify-web\"; this endpoint accepts tokens for dify-gateway, dify-opaque.",
            ),
        ),
        row(
            "a rule holds",
            json!({"required_claims": "groups=Domain Users"}),
            &meant_for_us,
            bob(),
        ),
        row(
            "a rule does not hold",
            json!({"required_claims": "groups=admins"}),
            &meant_for_us,
            refused(403, "required_claims_not_met", RULE_NOT_MET),
        ),
        row(
            "a scope was granted",
            json!({"scopes": "chat"}),
            &meant_for_us,
            bob(),
        ),
        row(
            "a scope was not granted",
            json!({"scopes": "chat admin"}),
            &meant_for_us,
            refused(
                403,
                "insufficient_scope",
                "The token lacks the scope admin; it has \"chat\". Have the client ask for it when people sign in.",
            ),
        ),
        row(
            "nobody issued it",
            json!({}),
            "made-up",
            refused(401, "token_inactive", INACTIVE),
        ),
        row("a JWT is verified", json!({}), &jwt, bob()),
        row(
            "this provider introspects no JWT",
            json!({"token_validation": "introspection"}),
            &jwt,
            refused(401, "token_inactive", UNSUPPORTED),
        ),
        row(
            "without a secret nobody can be asked",
            json!({"client_secret": null}),
            &meant_for_us,
            refused(401, "token_opaque", OPAQUE_UNASKED),
        ),
    ];
    assert_outcomes(stage, settings, rows).await;
}

fn not_the_client(stage: &Stage, client: &str) -> Outcome {
    let issuer = stage.identity_provider().issuer();
    refused(
        503,
        "configuration_error",
        credentials_refused(issuer, client),
    )
}

/// The gateway itself speaks `client_secret_basic`, unless the discovery document offers no more than the other.
async fn the_secret_goes_into_the_form_where_only_that_is_offered(stage: &Stage, settings: &Value) {
    let provider = stage.identity_provider();
    let client = provider.introspection_by_post();
    let url = format!("{}/.well-known/openid-configuration", provider.issuer());
    let answer = http_client().get(url).send().await.unwrap();
    let mut discovery: Value = answer.json().await.unwrap();
    discovery["introspection_endpoint_auth_methods_supported"] = json!(["client_secret_post"]);
    let elsewhere = TestIssuer::start().await.unwrap();
    elsewhere.set_answer("/discovery", CannedResponse::json(&discovery));
    let settings = with(
        settings,
        &json!({
            "discovery_url": format!("{}/discovery", elsewhere.issuer()),
            "client_id": format!("{} dify-web", client.client_id),
        }),
    );
    let token = for_resource(stage, "alice", OPAQUE).await.access_token;
    let wrong = json!({"client_secret": "wrong"});
    let rows = [
        row(
            "the right secret",
            json!({}),
            &token,
            Ok("alice".to_owned()),
        ),
        row(
            "the wrong secret",
            wrong,
            &token,
            not_the_client(stage, &client.client_id),
        ),
    ];
    assert_outcomes(stage, &settings, rows).await;
}

async fn refused_credentials_are_the_administrators_mistake(stage: &Stage, settings: &Value) {
    let token = for_resource(stage, "alice", OPAQUE).await.access_token;
    let refusal = |client| not_the_client(stage, client);
    let rows = [
        row(
            "the wrong secret",
            json!({"client_secret": "wrong"}),
            &token,
            refusal("dify-gateway"),
        ),
        row(
            "an unknown client",
            json!({"client_id": "nobody dify-web"}),
            &token,
            refusal("nobody"),
        ),
        row(
            "the right secret",
            json!({}),
            &token,
            Ok("alice".to_owned()),
        ),
    ];
    assert_outcomes(stage, settings, rows).await;
}

async fn one_answer_serves_until_the_tokens_end(stage: &Stage, settings: &Value) {
    stage.set_settings(&with(settings, &json!({"clock_skew": "0"})));
    let lasting = for_resource(stage, "alice", OPAQUE).await.access_token;
    let before = asked(stage, ENDPOINT).await;
    for _ in 0..3 {
        assert_eq!(outcome(stage, &lasting).await, Ok("alice".to_owned()));
    }
    assert_eq!(asked(stage, ENDPOINT).await, before + 1);

    let short = for_resource(stage, "alice", "urn:dify:opaque-short").await;
    let worth_at_first = outcome(stage, &short.access_token).await;
    tokio::time::sleep(Duration::from_secs(short.expires_in + 1)).await;
    let inactive = refused(401, "token_inactive", INACTIVE);
    assert_eq!(outcome(stage, &short.access_token).await, inactive);
    // On a machine so slow that the token has ended before its first request there is nothing more to see.
    assert!(
        [Ok("alice".to_owned()), inactive].contains(&worth_at_first),
        "{worth_at_first:?}"
    );
}

async fn a_withdrawn_token_is_inactive(stage: &Stage, settings: &Value) {
    stage.set_settings(settings);
    let token = for_resource(stage, "alice", OPAQUE).await.access_token;
    let provider = stage.identity_provider();
    provider.revoke(provider.client_id(), &token).await.unwrap();
    for _ in 0..2 {
        let inactive = refused(401, "token_inactive", INACTIVE);
        assert_eq!(outcome(stage, &token).await, inactive);
    }
}

async fn an_outage_is_not_the_tokens_fault(stage: &mut Stage, settings: &Value) {
    stage.set_settings(settings);
    let known = for_resource(stage, "alice", OPAQUE).await.access_token;
    let unknown = for_resource(stage, "alice", OPAQUE).await.access_token;
    assert_eq!(outcome(stage, &known).await, Ok("alice".to_owned()));
    let issuer = end_provider(stage).await;
    let message = format!(
        "The identity provider `{issuer}` gave no introspection response: could not connect. Try again in 5 seconds."
    );
    let unavailable = refused(503, "identity_provider_unavailable", message);
    assert_eq!(outcome(stage, &unknown).await, unavailable);
    assert_eq!(outcome(stage, &known).await, Ok("alice".to_owned()));
}

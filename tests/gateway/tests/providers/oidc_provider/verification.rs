//! JWTs, verified with the provider's keys.

use std::time::Duration;

use gateway_tests::Stage;
use serde_json::json;
use stand_in_dify::AppKind;

use super::{asked, end_provider, for_resource};
use crate::outcome::{assert_outcomes, outcome, refused, row};

/// Where the keys stand.
const KEYS: &str = "/jwks";

#[tokio::test(flavor = "multi_thread")]
async fn jwts_are_verified_with_the_providers_keys() {
    let mut stage = Stage::with_identity_provider(AppKind::Chatflow).await;
    the_kind_of_token_counts(&stage).await;
    the_audience_and_the_client_count(&stage).await;
    a_token_ends(&stage).await;
    the_first_token_of_a_new_key_is_taken_and_the_last_of_an_old_one_refused(&stage).await;
    an_outage_is_not_the_tokens_fault(&mut stage).await;
}

async fn the_kind_of_token_counts(stage: &Stage) {
    let tokens = for_resource(stage, "alice", "urn:dify:web").await;
    let (access, id) = (&tokens.access_token, &tokens.id_token);
    let alice = || Ok("alice".to_owned());
    let is_access = "The token is of the wrong kind: it is an access token: its header's `typ` is \"at+jwt\". Send the ID \
         token, or set `token_kind`.";
    let rows = [
        row("access is the default", json!({}), access, alice()),
        row("access", json!({"token_kind": "access"}), access, alice()),
        row("either", json!({"token_kind": "either"}), access, alice()),
        row(
            "id",
            json!({"token_kind": "id"}),
            access,
            refused(401, "token_type_refused", is_access),
        ),
        // Nothing in it says what it is, and it is meant for the same client as the access token.
        row("access", json!({"token_kind": "access"}), id, alice()),
        row("either", json!({"token_kind": "either"}), id, alice()),
        row("id", json!({"token_kind": "id"}), id, alice()),
    ];
    assert_outcomes(stage, &json!({}), rows).await;
}

async fn the_audience_and_the_client_count(stage: &Stage) {
    let token = for_resource(stage, "alice", "urn:dify:api")
        .await
        .access_token;
    let api = "https://api.example.com";
    let rows = [
        row(
            "an API is not a client",
            json!({}),
            &token,
            refused(
                401,
                "token_audience_refused",
                "The token's `aud` is \"https://api.example.com\"; this endpoint accepts tokens for dify-web.",
            ),
        ),
        row(
            "the API is the audience",
            json!({"audience": api}),
            &token,
            Ok("alice".to_owned()),
        ),
        row(
            "another client got it",
            json!({"audience": api, "client_id": "dify-mobile"}),
            &token,
            refused(
                401,
                "token_client_refused",
                "The token was issued to the client \"dify-web\" (`client_id`); it must be one of dify-mobile. Write \
                 the client into `client_id` if its people may use this endpoint.",
            ),
        ),
    ];
    assert_outcomes(stage, &json!({}), rows).await;
}

async fn a_token_ends(stage: &Stage) {
    let token = for_resource(stage, "alice", "urn:dify:short").await;
    tokio::time::sleep(Duration::from_secs(token.expires_in + 1)).await;
    stage.set_settings(&json!({"clock_skew": "300"}));
    assert_eq!(
        outcome(stage, &token.access_token).await,
        Ok("alice".to_owned())
    );
    stage.set_settings(&json!({"clock_skew": "0"}));
    let (status, code, message) = outcome(stage, &token.access_token).await.unwrap_err();
    assert_eq!((status, code.as_str()), (401, "token_expired"));
    let words: Vec<_> = message
        .split(|letter: char| letter.is_ascii_digit())
        .filter(|text| !text.is_empty())
        .collect();
    assert_eq!(
        words,
        [
            "The token's `exp`, ",
            ", passed ",
            " seconds ago. Get a new token."
        ]
    );
}

async fn the_first_token_of_a_new_key_is_taken_and_the_last_of_an_old_one_refused(stage: &Stage) {
    stage.set_settings(&json!({}));
    let provider = stage.identity_provider();
    let old = provider.sign_in("alice").await.unwrap();
    assert_eq!(
        outcome(stage, &old.access_token).await,
        Ok("alice".to_owned())
    );
    let before = asked(stage, KEYS).await;
    provider.rotate_keys(false).await.unwrap();
    let new = provider.refresh(&old.refresh_token).await.unwrap();
    assert_eq!(
        outcome(stage, &new.access_token).await,
        Ok("alice".to_owned())
    );
    let (status, code, message) = outcome(stage, &old.access_token).await.unwrap_err();
    assert_eq!((status, code.as_str()), (401, "token_key_unknown"));
    let says = format!(
        "for RS256, and no key of `{}` fits. Sign in again: the provider may have withdrawn the key.",
        provider.issuer()
    );
    assert!(message.ends_with(&says), "{message}");
    assert_eq!(asked(stage, KEYS).await, before + 1);
}

/// What is known goes on; what must be asked for is 503.
async fn an_outage_is_not_the_tokens_fault(stage: &mut Stage) {
    stage.set_settings(&json!({}));
    let token = stage
        .identity_provider()
        .sign_in("alice")
        .await
        .unwrap()
        .access_token;
    assert_eq!(outcome(stage, &token).await, Ok("alice".to_owned()));
    let issuer = end_provider(stage).await;
    let fresh = json!({"discovery_url": format!("{issuer}/.well-known/openid-configuration")});
    let message = format!(
        "The identity provider `{issuer}` gave no discovery document: could not connect. Try again in 5 seconds."
    );
    let rows = [
        row(
            "the keys are known",
            json!({}),
            &token,
            Ok("alice".to_owned()),
        ),
        row(
            "the keys of a new endpoint are not",
            fresh,
            &token,
            refused(503, "identity_provider_unavailable", message),
        ),
    ];
    assert_outcomes(stage, &json!({}), rows).await;
}

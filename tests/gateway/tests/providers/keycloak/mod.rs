//! A real Keycloak. It is skipped where Keycloak cannot be had, except where `CI` is `true`.

mod guide;
mod installation;
mod realm;
mod server;
mod sign_in;

use gateway_tests::{Clock, Stage};
use harness::Issuer;
use serde_json::json;
use stand_in_dify::AppKind;

use crate::messages::{EMAIL_NOT_VERIFIED, INACTIVE, RULE_NOT_MET, credentials_refused};
use crate::outcome::{Outcome, assert_outcomes, outcome, refused, row};
use realm::{ALICE, BOB, PASSWORD};
use server::{Server, access_token};

#[tokio::test(flavor = "multi_thread")]
async fn keycloaks_tokens_are_taken_and_refused() {
    let directory = match installation::directory() {
        Ok(directory) => directory,
        Err(why) => {
            harness::system::skip("keycloaks_tokens_are_taken_and_refused", &why);
            return;
        }
    };
    let keycloak = Server::start(&directory).await;
    let issuer = Issuer::External {
        issuer: keycloak.issuer(),
        client_id: "dify-web".to_owned(),
    };
    let clock = Clock::new();
    let stage = Stage::between(issuer, AppKind::Chatflow, |options| {
        options.environment.push(clock.environment());
    })
    .await;
    a_token_needs_our_audience(&stage, &keycloak).await;
    only_access_tokens_are_taken(&stage, &keycloak).await;
    roles_and_groups_decide(&stage, &keycloak).await;
    a_person_is_known_by_a_claim(&stage, &keycloak).await;
    service_accounts_are_recognised(&stage, &keycloak).await;
    what_a_token_leaves_out_is_introspected(&stage, &keycloak).await;
    the_issuer_is_compared_exactly(&stage, &keycloak).await;
    the_first_token_of_a_new_key_is_taken(&stage, &keycloak).await;
    sign_in::people_sign_in_and_out(&stage, &clock, &keycloak).await;
    clock.set(0);
    guide::its_steps_lead_to_what_it_says(&stage, &keycloak).await;
}

fn user(user: &str) -> Outcome {
    Ok(user.to_owned())
}

async fn a_token_needs_our_audience(stage: &Stage, keycloak: &Server) {
    let with_mapper = access_token(&keycloak.sign_in("bob", "dify-web").await);
    let without = access_token(&keycloak.sign_in("bob", "without-mapper").await);
    let remedy = "The token's `aud` is \"account\"; this endpoint accepts tokens for dify-web. Keycloak: `account` is what it \
         writes without an audience mapper. Add one to the client (Client scopes, the dedicated scope, Add mapper, \
         Audience) with this endpoint's client as Included Client Audience.";
    let rows = [
        row(
            "without a mapper",
            json!({}),
            &without,
            refused(401, "token_audience_refused", remedy),
        ),
        row("with a mapper", json!({}), &with_mapper, user(BOB)),
        row(
            "with a mapper, for another client",
            json!({"client_id": "without-mapper", "audience": "dify-web"}),
            &with_mapper,
            refused(
                401,
                "token_client_refused",
                "The token was issued to the client \"dify-web\" (`azp`); it must be one of without-mapper. Write the \
                 client into `client_id` if its people may use this endpoint.",
            ),
        ),
    ];
    assert_outcomes(stage, &json!({}), rows).await;
}

async fn only_access_tokens_are_taken(stage: &Stage, keycloak: &Server) {
    let tokens = keycloak.sign_in("alice", "dify-web").await;
    let text = |name: &str| tokens[name].as_str().unwrap();
    let is_id = "The token is of the wrong kind: it is an ID token: its claim `typ` is \"id\". Send the access token, or \
         set `token_kind`.";
    let is_access = "The token is of the wrong kind: it is an access token: its claim `typ` is \"bearer\". Send the ID \
         token, or set `token_kind`.";
    let kind = |kind: &str| json!({"token_kind": kind});
    // Keycloak signs its refresh tokens with a secret of its own.
    let refresh = "The token is refused: its `alg` is \"HS512\", and anyone who can verify such a token can also forge it. Choose an asymmetric \
         signing key in the identity provider (Authentik: select a signing key in the provider's settings). Accepted are \
         EdDSA, ES256, ES384, ES512, PS256, PS384, PS512, RS256, RS384, RS512.";
    let rows = [
        row("access token", json!({}), text("access_token"), user(ALICE)),
        row(
            "ID token",
            json!({}),
            text("id_token"),
            refused(401, "token_type_refused", is_id),
        ),
        row(
            "access token as ID token",
            kind("id"),
            text("access_token"),
            refused(401, "token_type_refused", is_access),
        ),
        row(
            "ID token where it is wanted",
            kind("id"),
            text("id_token"),
            user(ALICE),
        ),
        row(
            "refresh token",
            kind("either"),
            text("refresh_token"),
            refused(401, "token_algorithm_refused", refresh),
        ),
    ];
    assert_outcomes(stage, &json!({}), rows).await;
}

async fn roles_and_groups_decide(stage: &Stage, keycloak: &Server) {
    let alice = access_token(&keycloak.sign_in("alice", "dify-web").await);
    let bob = access_token(&keycloak.sign_in("bob", "dify-web").await);
    for rule in [
        "realm_access.roles=chat",
        "resource_access.dify-web.roles=editor|admin",
        "groups=/staff/editors",
        "realm_access.roles=chat, groups=/staff/editors",
    ] {
        let rows = [
            row(rule, json!({}), &alice, user(ALICE)),
            row(
                rule,
                json!({}),
                &bob,
                refused(403, "required_claims_not_met", RULE_NOT_MET),
            ),
        ];
        assert_outcomes(stage, &json!({"required_claims": rule}), rows).await;
    }
}

async fn a_person_is_known_by_a_claim(stage: &Stage, keycloak: &Server) {
    let bob = access_token(&keycloak.sign_in("bob", "dify-web").await);
    let without_sub = access_token(&keycloak.sign_in("alice", "without-sub").await);
    let missing = "The token has none of the claims that say who the person is: sub. Keycloak 25 and newer leaves \
         `sub` out where the client lacks the client scope `basic`, and leaves most out of lightweight access tokens: \
         add the scope, turn `Always use lightweight access token` off, or add a mapper.";
    let rows = [
        row(
            "another claim",
            json!({"user_claim": "preferred_username"}),
            &bob,
            user("bob"),
        ),
        row(
            "an address that is not verified",
            json!({"user_claim": "email"}),
            &bob,
            refused(403, "email_not_verified", EMAIL_NOT_VERIFIED),
        ),
        row(
            "no claim",
            json!({}),
            &without_sub,
            refused(403, "user_claim_missing", missing),
        ),
    ];
    assert_outcomes(stage, &json!({}), rows).await;
}

async fn service_accounts_are_recognised(stage: &Stage, keycloak: &Server) {
    let robot = keycloak.service_account("robot").await;
    let message = "The token stands for a client and not for a person: `preferred_username` begins with \
         `service-account-`. Sign a person in, or set `service_accounts` to `allow`.";
    let rows = [
        row(
            "refused",
            json!({"service_accounts": "refuse"}),
            &robot,
            refused(403, "service_account_refused", message),
        ),
        row(
            "allowed, by a claim",
            json!({"service_accounts": "allow", "user_claim": "preferred_username"}),
            &robot,
            user("service-account-robot"),
        ),
        row(
            "allowed, by its client",
            json!({"service_accounts": "allow", "user_claim": "employee_number"}),
            &robot,
            user("service%3Arobot"),
        ),
    ];
    assert_outcomes(stage, &json!({}), rows).await;
}

/// A lightweight access token is a JWT that says next to nothing, and a withdrawn one keeps its good signature.
async fn what_a_token_leaves_out_is_introspected(stage: &Stage, keycloak: &Server) {
    let settings = json!({
        "client_id": "dify-gateway dify-web",
        "client_secret": PASSWORD,
        "token_validation": "introspection",
    });
    let lightweight = access_token(&keycloak.sign_in("alice", "lightweight").await);
    let withdrawn = access_token(&keycloak.sign_in("alice", "dify-web").await);
    keycloak.revoke("dify-web", &withdrawn).await;
    let verified = json!({"token_validation": "auto"});
    let no_audience = "The token has neither `aud` nor `client_id`, only the `azp` \"lightweight\"; this endpoint accepts tokens for dify-gateway, dify-web. \
         Keycloak leaves `aud` out of lightweight access tokens: turn `Always use lightweight access token` off, or set \
         `token_validation` to `introspection`. Where the client issues none, add an Audience mapper to it (Client \
         scopes, the dedicated scope, Add mapper, Audience).";
    let wrong_secret = credentials_refused(&keycloak.issuer(), "dify-gateway");
    let rows = [
        row(
            "lightweight, introspected",
            json!({}),
            &lightweight,
            user(ALICE),
        ),
        row(
            "lightweight, introspected, with a rule",
            json!({"required_claims": "realm_access.roles=chat"}),
            &lightweight,
            user(ALICE),
        ),
        row(
            "lightweight, verified",
            verified.clone(),
            &lightweight,
            refused(401, "token_audience_refused", no_audience),
        ),
        row(
            "withdrawn, introspected",
            json!({}),
            &withdrawn,
            refused(401, "token_inactive", INACTIVE),
        ),
        row("withdrawn, verified", verified, &withdrawn, user(ALICE)),
        row(
            "the wrong secret",
            json!({"client_secret": "wrong"}),
            &lightweight,
            refused(503, "configuration_error", wrong_secret),
        ),
    ];
    assert_outcomes(stage, &settings, rows).await;
}

/// Keycloak in development mode calls itself by the address at which it is asked.
async fn the_issuer_is_compared_exactly(stage: &Stage, keycloak: &Server) {
    let token = access_token(&keycloak.sign_in("alice", "dify-web").await);
    let (issuer, other) = (keycloak.issuer(), keycloak.issuer_at("localhost"));
    let discovery_url = |issuer: &str| format!("{issuer}/.well-known/openid-configuration");
    let unknown = format!(
        "The token's `iss` is \"{issuer}\", which is not exactly an `issuer` of this endpoint; every character counts, a \
         closing slash too. Keycloak takes `iss` from the address at which the token was asked for: set its `hostname` \
         option, and every address gives the same issuer."
    );
    let another = format!(
        "The discovery document of the identity provider `{issuer}` cannot be used: its `issuer` is \"{other}\". Write into \
         `issuer` exactly what the document says, to the last slash, if that is the provider you mean."
    );
    let rows = [
        row(
            "the setting has another address",
            json!({"issuer": other}),
            &token,
            refused(401, "token_issuer_unknown", unknown.clone()),
        ),
        row(
            "the setting has a closing slash",
            json!({"issuer": format!("{issuer}/")}),
            &token,
            refused(401, "token_issuer_unknown", unknown),
        ),
        row(
            "the document has another address",
            json!({"discovery_url": discovery_url(&other)}),
            &token,
            refused(503, "identity_provider_invalid", another),
        ),
        row(
            "the document has the right one",
            json!({"discovery_url": discovery_url(&issuer)}),
            &token,
            user(ALICE),
        ),
    ];
    assert_outcomes(stage, &json!({}), rows).await;
}

async fn the_first_token_of_a_new_key_is_taken(stage: &Stage, keycloak: &Server) {
    stage.set_settings(&json!({}));
    let old = access_token(&keycloak.sign_in("alice", "dify-web").await);
    assert_eq!(outcome(stage, &old).await, user(ALICE));
    let components = format!("/{}/components", realm::NAME);
    keycloak.administer(&components, &realm::newer_key()).await;
    let new = access_token(&keycloak.sign_in("alice", "dify-web").await);
    assert_ne!(header(&old), header(&new), "the same key has signed both");
    assert_eq!(outcome(stage, &new).await, user(ALICE));
    assert_eq!(outcome(stage, &old).await, user(ALICE));
}

/// The token's header as it is written, which names the key.
fn header(token: &str) -> &str {
    token.split('.').next().unwrap_or_default()
}

//! Two workspaces behind one process: whatever is remembered for one decides nothing for the other.

use futures::future::join_all;
use gateway_tests::{Stage, WholeResponse, further_endpoint, many_connections};
use harness::{Algorithm, HOOK_ID, Keys, TestIssuer};
use http::Method;
use serde_json::{Value, json};
use stand_in_dify::{AppKind, StandIn};

/// What comes of the one token at an endpoint.
#[derive(Clone, Debug, Eq, PartialEq)]
enum Outcome {
    /// Dify is asked: which one, with which app key, and for which user.
    Asked(&'static str, String, String),
    /// The token is refused.
    Refused(u16, String),
}

/// The stage, and what the second workspace has of its own.
struct Two {
    stage: Stage,
    ids: [String; 2],
    other_issuer: TestIssuer,
    other_dify: StandIn,
}

impl Two {
    async fn start() -> Self {
        let endpoint = further_endpoint(0);
        let ids = [HOOK_ID.to_owned(), endpoint.id.clone()];
        let stage = Stage::with(AppKind::Chatflow, |options| {
            options.further_endpoints = vec![endpoint];
            // One user asks many times at once here.
            let runs = ("streams_per_user".to_owned(), json!("32"));
            options.settings.extend([runs]);
        })
        .await;
        Self {
            stage,
            ids,
            other_issuer: TestIssuer::start().await.unwrap(),
            other_dify: StandIn::start(many_connections()).unwrap(),
        }
    }

    /// The very same bytes go to both.
    fn token(&self) -> String {
        let mut claims = self.stage.issuer().claims("alice");
        let more =
            json!({"employee": "e-17", "group": "staff", "scope": "chat", "azp": "dify-web"});
        claims
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        self.stage.issuer().token(Algorithm::Es256, &claims)
    }

    /// Another provider's keys under the very `kid`s of the first one's.
    fn foreign_keys(&self) -> String {
        let (known, foreign) = (self.stage.issuer().keys(), Keys::generate());
        let mut keys = foreign.public_jwks();
        for (key, own) in keys.iter_mut().zip(known.public_jwks()) {
            key["kid"] = own["kid"].clone();
        }
        json!({ "keys": keys }).to_string()
    }

    async fn outcome(&self, endpoint: usize, token: &str, query: &str) -> Outcome {
        let chat = json!({"query": query, "response_mode": "blocking", "inputs": {}});
        let request = self
            .stage
            .request_at(&self.ids[endpoint], Method::POST, "/chat-messages");
        let answer = WholeResponse::of(request.bearer_auth(token).json(&chat)).await;
        if answer.status != 200 {
            let (status, code, _) = answer.refusal();
            return Outcome::Refused(status, code);
        }
        self.asked(query)
    }

    /// Which Dify has seen the query, and how.
    fn asked(&self, query: &str) -> Outcome {
        let difys = [
            ("first", self.stage.control()),
            ("other", self.other_dify.control()),
        ];
        for (name, control) in difys {
            for seen in control.requests() {
                let body: Value =
                    serde_json::from_slice(&seen.body.unwrap_or_default()).unwrap_or_default();
                if body["query"] == query {
                    let key = seen.headers["authorization"].to_str().unwrap().to_owned();
                    return Outcome::Asked(name, key, body["user"].as_str().unwrap().to_owned());
                }
            }
        }
        panic!("no Dify has seen {query}");
    }

    /// The token at both endpoints, in turns and all at once.
    async fn assert_outcomes(&self, case: &str, token: &str, expected: [&Outcome; 2]) {
        for turn in 0..4 {
            let found = self
                .outcome(turn % 2, token, &format!("{case}, turn {turn}"))
                .await;
            assert_eq!(&found, expected[turn % 2], "{case}, turn {turn}");
        }
        let queries: Vec<_> = (0..16)
            .map(|number| format!("{case}, at once {number}"))
            .collect();
        let all = queries.iter().enumerate();
        let all = all.map(|(number, query)| self.outcome(number % 2, token, query));
        for (number, found) in join_all(all).await.iter().enumerate() {
            assert_eq!(found, expected[number % 2], "{case}, at once {number}");
        }
    }
}

fn asked(dify: &'static str, app: AppKind, user: &str) -> Outcome {
    Outcome::Asked(dify, format!("Bearer {}", app.key()), user.to_owned())
}

fn refused(status: u16, code: &str) -> Outcome {
    Outcome::Refused(status, code.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn one_token_at_two_endpoints_is_judged_by_the_settings_of_each_also_when_they_are_swapped() {
    let two = Two::start().await;
    let token = two.token();
    let accepted = asked("first", AppKind::Chatflow, "alice");
    let other_key = AppKind::AudioChatflow.key();
    let rows = [
        (
            "issuer",
            json!({"issuer": two.other_issuer.issuer()}),
            refused(401, "token_issuer_unknown"),
        ),
        (
            "client",
            json!({"client_id": "other"}),
            refused(401, "token_audience_refused"),
        ),
        (
            "rules",
            json!({"required_claims": "group=guests"}),
            refused(403, "required_claims_not_met"),
        ),
        (
            "scopes",
            json!({"scopes": "admin"}),
            refused(403, "insufficient_scope"),
        ),
        (
            "token kind",
            json!({"token_kind": "id"}),
            refused(401, "token_type_refused"),
        ),
        (
            "keys of the same names",
            json!({"jwks": two.foreign_keys()}),
            refused(401, "token_signature_invalid"),
        ),
        (
            "user claim",
            json!({"user_claim": "employee"}),
            asked("first", AppKind::Chatflow, "e-17"),
        ),
        (
            "app key",
            json!({"app_key": other_key}),
            asked("first", AppKind::AudioChatflow, "alice"),
        ),
        (
            "Dify",
            json!({"dify_api_url": two.other_dify.base_url()}),
            asked("other", AppKind::Chatflow, "alice"),
        ),
        (
            "everything that still takes it",
            json!({
                "dify_api_url": two.other_dify.base_url(), "app_key": other_key, "user_claim": "employee",
                "required_claims": "group=staff", "scopes": "chat", "client_id": "dify-web other", "clock_skew": "0",
                "input_claims": "none", "streams_per_user": "31", "service_accounts": "allow", "log_level": "error",
            }),
            asked("other", AppKind::AudioChatflow, "e-17"),
        ),
        (
            "everything",
            json!({
                "issuer": two.other_issuer.issuer(), "client_id": "other", "dify_api_url": two.other_dify.base_url(),
                "app_key": other_key, "user_claim": "employee", "required_claims": "group=guests", "scopes": "admin",
                "token_kind": "id", "clock_skew": "0",
            }),
            refused(401, "token_issuer_unknown"),
        ),
    ];
    for (name, changes, other) in &rows {
        let nothing = json!({});
        for (state, settings, expected) in [
            ("as it is", [&nothing, changes], [&accepted, other]),
            ("swapped", [changes, &nothing], [other, &accepted]),
            ("swapped back", [&nothing, changes], [&accepted, other]),
        ] {
            for (id, changes) in two.ids.iter().zip(settings) {
                two.stage.set_settings_of(id, changes);
            }
            two.assert_outcomes(&format!("{name}, {state}"), &token, expected)
                .await;
        }
    }
    two.stage.assert_unharmed();
}

#[tokio::test(flavor = "multi_thread")]
async fn two_issuers_tokens_for_the_same_subject_open_each_its_own_endpoint() {
    let two = Two::start().await;
    let changes = json!({
        "issuer": two.other_issuer.issuer(), "dify_api_url": two.other_dify.base_url(),
        "app_key": AppKind::AudioChatflow.key(),
    });
    two.stage.set_settings_of(&two.ids[1], &changes);
    let tokens = [
        two.token(),
        two.other_issuer
            .token(Algorithm::Es256, &two.other_issuer.claims("alice")),
    ];
    let own = [
        asked("first", AppKind::Chatflow, "alice"),
        asked("other", AppKind::AudioChatflow, "alice"),
    ];
    let foreign = refused(401, "token_issuer_unknown");
    two.assert_outcomes("the first one's", &tokens[0], [&own[0], &foreign])
        .await;
    two.assert_outcomes("the other's", &tokens[1], [&foreign, &own[1]])
        .await;
    two.stage.assert_unharmed();
}

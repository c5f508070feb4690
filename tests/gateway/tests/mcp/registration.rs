//! The official SDKs without a token, at the real `oidc-provider`: they find it, register, send a person there, and call.

use gateway_tests::sign_in::merged;
use gateway_tests::{McpClient, Stage};
use harness::nginx::{self, Site};
use harness::system::Program;
use harness::{IdentityProvider, Issuer, ProviderFault};
use serde_json::{Value, json};
use stand_in_dify::AppKind;

/// A stage whose endpoint is an MCP server for `app`, and whose provider asks each client for the scope `chat`.
async fn stage_with_provider(app: AppKind, changes: &Value) -> Stage {
    let provider = async { Issuer::IdentityProvider(IdentityProvider::start().await.unwrap()) };
    let (stage, _) = Stage::shared(provider, app).await;
    let settings = json!({"mcp": "on", "public_url": stage.public_url(), "scopes": "chat"});
    stage.set_settings(&merged(settings, changes));
    stage
}

/// What a client does as a person; `client_id` is that of a client that the provider knows.
fn plan(stage: &Stage, user: &str, client_id: Option<&str>, calls: &Value) -> Value {
    let password = stage.identity_provider().password();
    json!({
        "url": stage.at("/mcp"),
        "person": {"name": user, "password": password, "client_id": client_id},
        "calls": calls,
    })
}

/// How often the provider was asked to register a client.
async fn registrations(stage: &Stage) -> u64 {
    let requests = stage.identity_provider().requests().await.unwrap();
    requests.get("/reg").copied().unwrap_or_default()
}

/// One sign-in, for a token of the MCP server (RFC 8707) with the scope that the challenge names.
fn assert_authorized(client: McpClient, report: &Value, stage: &Stage) {
    let authorizations = report["authorizations"].as_array().unwrap();
    let [authorization] = authorizations.as_slice() else {
        panic!("{client:?}: {report}");
    };
    assert_eq!(authorization["resource"], stage.at("/mcp"), "{client:?}");
    assert_eq!(authorization["code_challenge_method"], "S256", "{client:?}");
    let scope = authorization["scope"].as_str().unwrap();
    assert!(
        scope.split(' ').any(|scope| scope == "chat"),
        "{client:?}: {scope}"
    );
}

/// The app has answered, and Dify was asked as `user`.
fn assert_answered(client: McpClient, report: &Value, user: &str) {
    let answer = report["results"][0]["structuredContent"]["answer"].as_str();
    assert!(
        answer
            .unwrap_or_default()
            .contains(&format!("|user={user}|")),
        "{client:?}: {report}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn every_sdk_registers_itself_and_calls_the_app_as_the_person_who_signs_in() {
    let stage = stage_with_provider(AppKind::Workflow, &json!({})).await;
    let calls = json!([{"tool": "oidc_workflow", "arguments": {"q": "x"}}]);
    let clients = McpClient::ALL;
    let found = McpClient::carry_out_all(&clients, |_| plan(&stage, "alice", None, &calls)).await;
    for (client, report) in &found {
        let outputs = &report["results"][0]["structuredContent"]["outputs"];
        assert_eq!(outputs["user_id"], "alice", "{client:?}: {report}");
        assert_authorized(*client, report, &stage);
        let known = stage.identity_provider().client_id();
        assert_ne!(
            report["authorizations"][0]["client_id"], known,
            "{client:?}"
        );
    }
    assert_eq!(registrations(&stage).await, clients.len() as u64);
}

/// There the host's root, where clients look too, answers with HTML.
#[tokio::test(flavor = "multi_thread")]
async fn behind_difys_nginx_every_sdk_finds_the_provider_too() {
    const NAME: &str = "behind_difys_nginx_every_sdk_finds_the_provider_too";
    let Some(program) = Program::Nginx.or_skip(NAME) else {
        return;
    };
    let mut stage = stage_with_provider(AppKind::Chatflow, &json!({})).await;
    let daemon = stage.stack.daemon.base_url().to_owned();
    let nginx = nginx::start(&program, Site::Dify, &daemon).await.unwrap();
    stage.front = Some(nginx.url("127.0.0.1"));
    stage.set_settings(&json!({"mcp": "on", "public_url": stage.public_url(), "scopes": "chat"}));
    let calls = json!([{"tool": "oidc_chatflow", "arguments": {"query": "hi"}}]);
    let clients = McpClient::MAJOR_VERSIONS;
    let found = McpClient::carry_out_all(&clients, |_| plan(&stage, "alice", None, &calls)).await;
    for (client, report) in &found {
        assert_answered(*client, report, "alice");
        assert_authorized(*client, report, &stage);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_sdk_does_with_a_client_that_the_provider_knows_where_it_registers_none() {
    let stage = stage_with_provider(AppKind::Chatflow, &json!({})).await;
    let provider = stage.identity_provider();
    let none = ProviderFault::oauth_error(403, "access_denied");
    provider.fail("/reg", &none, u32::MAX).await.unwrap();
    let calls = json!([{"tool": "oidc_chatflow", "arguments": {"query": "hi"}}]);
    let clients = McpClient::MAJOR_VERSIONS;
    let known = Some(provider.client_id());
    let found = McpClient::carry_out_all(&clients, |_| plan(&stage, "bob", known, &calls)).await;
    for (client, report) in &found {
        assert_answered(*client, report, "bob");
        assert_authorized(*client, report, &stage);
        assert_eq!(
            report["authorizations"][0]["client_id"],
            provider.client_id()
        );
    }
    assert_eq!(registrations(&stage).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_sdk_sends_a_person_to_sign_in_again_where_that_would_not_help() {
    let anybody = json!({"email": "alice@x.example"});
    let rows = [
        // Who alice is stays the same: the answer ends it, and says why.
        (
            json!({"required_claims": "groups=admins"}),
            &anybody,
            1,
            "required_claims_not_met",
        ),
        (
            json!({"user_claim": "employee_number"}),
            &anybody,
            1,
            "user_claim_missing",
        ),
        (
            json!({"service_accounts": "refuse"}),
            &json!({"idtyp": "app"}),
            1,
            "service_account_refused",
        ),
        // The provider has no such scope: one more sign-in may be tried, and then it ends.
        (
            json!({"scopes": "chat archive", "mcp_scopes": "chat"}),
            &anybody,
            2,
            "403",
        ),
    ];
    let stage = stage_with_provider(AppKind::Chatflow, &json!({})).await;
    let settings = json!({"mcp": "on", "public_url": stage.public_url(), "scopes": "chat"});
    for (changes, claims, most, reason) in rows {
        stage.set_settings(&merged(settings.clone(), &changes));
        let provider = stage.identity_provider();
        provider.set_user("alice", claims).await.unwrap();
        let clients = McpClient::MAJOR_VERSIONS;
        let plan = plan(&stage, "alice", None, &json!([]));
        let found = McpClient::carry_out_all(&clients, |_| plan.clone()).await;
        for (client, report) in &found {
            let shown = format!("{client:?} {changes}: {report}");
            let sign_ins = report["authorizations"].as_array().unwrap().len();
            assert!((1..=most).contains(&sign_ins), "{shown}");
            let error = report["error"].as_str().unwrap();
            // The SDKs for Python throw the body of such an answer away.
            let is_told = !matches!(client, McpClient::Python1 | McpClient::Python2);
            assert!(error.contains(reason) || !is_told, "{shown}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_people_with_two_sdks_never_see_each_others_conversations_and_runs() {
    let stage = stage_with_provider(AppKind::Chatflow, &json!({})).await;
    let people = [
        ("alice", McpClient::TypeScript1),
        ("bob", McpClient::Python2),
    ];
    let ask = json!({"tool": "oidc_chatflow", "arguments": {"query": "hi"}});
    let mut mine = Vec::new();
    for (name, client) in people {
        let report = client
            .carry_out(&plan(&stage, name, None, &json!([ask])))
            .await;
        let result = report["results"][0]["structuredContent"].clone();
        let answer = result["answer"].as_str().unwrap_or_default();
        assert!(answer.contains(&format!("|user={name}|")), "{report}");
        mine.push(result);
    }
    for ((name, client), theirs) in people.into_iter().zip(mine.iter().rev()) {
        let (conversation, run) = (&theirs["conversation_id"], &theirs["workflow_run_id"]);
        let own = &mine[usize::from(name == "bob")];
        let calls = json!([
            {"tool": "oidc_chatflow", "arguments": {"query": "again", "conversation_id": own["conversation_id"]}},
            {"tool": "oidc_chatflow", "arguments": {"query": "again", "conversation_id": conversation}},
            {"tool": "get_result", "arguments": {"workflow_run_id": own["workflow_run_id"]}},
            {"tool": "get_result", "arguments": {"workflow_run_id": run}},
        ]);
        let report = client.carry_out(&plan(&stage, name, None, &calls)).await;
        let errors: Vec<_> = (0..4)
            .map(|row| report["results"][row]["isError"].clone())
            .collect();
        assert_eq!(errors, [false, true, false, true], "{name}: {report}");
        let other = if name == "bob" { "alice" } else { "bob" };
        assert!(
            !report["results"]
                .to_string()
                .contains(&format!("user={other}")),
            "{report}"
        );
    }
}

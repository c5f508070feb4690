//! `docs/providers/keycloak.md`, carried out in a new realm: the values are those that the guide has, and so are the messages.

use std::fs;

use gateway_tests::Stage;
use gateway_tests::sign_in::signed_in;
use harness::Browser;
use serde_json::{Map, Value, json};

use super::realm::PASSWORD;
use super::server::{Server, access_token};
use crate::outcome::{Outcome, outcome, with};

/// What stands in the guide for the reader's own addresses.
const ISSUER: &str = "https://keycloak.example.com/realms/company";
const PUBLIC_URL: &str = "https://dify.example.com/e/abcdefghijklmnop";
const SECRET: &str = "the-secret-of-the-client-dify";

const REALM: &str = "company";
const ALICE: &str = "a11ce000-0000-4000-8000-000000000002";

/// The rows of a table: what a field is called, and what is entered there.
type Table = Vec<(String, String)>;

/// Each step needs the one before it.
pub async fn its_steps_lead_to_what_it_says(stage: &Stage, keycloak: &Server) {
    let issuer = keycloak.issuer_of(REALM);
    let guide = fs::read_to_string(harness::workspace::root().join("docs/providers/keycloak.md"));
    let guide = guide.unwrap().replace(ISSUER, &issuer);
    let guide = guide.replace(PUBLIC_URL, &stage.public_url());
    let [page, roles, frontend, audience] = tables(&guide).try_into().unwrap();

    keycloak.administer("", &realm()).await;
    let page = create(keycloak, &page).await;
    add_mapper(keycloak, &page, &roles).await;
    let frontend = create(keycloak, &frontend).await;
    let secret = page["secret"].as_str().unwrap();
    stage.set_settings(&settings(&guide.replace(SECRET, secret)));

    // "Get a test token": direct access grants, for the moment.
    let path = format!("/{REALM}/clients/{}", frontend["id"].as_str().unwrap());
    let grants = json!({"directAccessGrantsEnabled": true});
    keycloak.change(&path, &with(&frontend, &grants)).await;
    let [no_audience, _, no_role] = refusals(&guide).try_into().unwrap();
    assert_eq!(of_user(stage, keycloak, "alice").await, Err(no_audience));
    add_mapper(keycloak, &frontend, &audience).await;
    assert_eq!(
        of_user(stage, keycloak, "alice").await,
        Ok(ALICE.to_owned())
    );
    assert_eq!(of_user(stage, keycloak, "bob").await, Err(no_role));

    let browser = Browser::new();
    let login = stage.at("/auth/login");
    let page = browser.sign_in(&login, "alice", PASSWORD).await.unwrap();
    let session = signed_in(page).session(&browser).await.json();
    assert_eq!(session["user"], ALICE, "the page knows another person");
    let refused = Browser::new()
        .sign_in(&login, "bob", PASSWORD)
        .await
        .unwrap();
    assert_eq!(refused.shown.status, 403, "{}", refused.trail());
}

/// What comes of a user's token of the frontend.
async fn of_user(stage: &Stage, keycloak: &Server, user: &str) -> Outcome {
    let tokens = keycloak.sign_in_to(REALM, user, "dify-web").await;
    outcome(stage, &access_token(&tokens)).await
}

/// A realm as it is at first, with the role of the guide, which alice has and bob has not.
fn realm() -> Value {
    let user = |name: &str, id: &str, roles: &[&str]| {
        json!({
            "id": id, "username": name, "enabled": true, "firstName": name, "lastName": "Example",
            "email": format!("{name}@example.com"), "realmRoles": roles,
            "credentials": [{"type": "password", "value": PASSWORD}],
        })
    };
    let everybody = format!("default-roles-{REALM}");
    json!({
        "realm": REALM,
        "enabled": true,
        "roles": {"realm": [{"name": "dify-user"}]},
        "users": [
            user("alice", ALICE, &["dify-user", &everybody]),
            user("bob", "b0b00000-0000-4000-8000-000000000002", &[&everybody]),
        ],
    })
}

/// Creates a client; returns it as Keycloak has it.
async fn create(keycloak: &Server, table: &Table) -> Value {
    let client = client(table);
    let clients = format!("/{REALM}/clients");
    keycloak.administer(&clients, &client).await;
    let id = client["clientId"].as_str().unwrap();
    let found = keycloak.read(&format!("{clients}?clientId={id}")).await;
    found[0].clone()
}

/// A client with what the console's fields stand for.
fn client(table: &Table) -> Value {
    let mut client = json!({"attributes": {}});
    for (field, value) in table {
        let is_on = || on(value);
        match field.as_str() {
            "Client type" => {
                client["protocol"] = value.replace("OpenID Connect", "openid-connect").into()
            }
            "Client ID" => client["clientId"] = json!(value),
            "Client authentication" => client["publicClient"] = json!(!is_on()),
            "Standard flow" => client["standardFlowEnabled"] = json!(is_on()),
            "Direct access grants" => client["directAccessGrantsEnabled"] = json!(is_on()),
            "Front channel logout" => client["frontchannelLogout"] = json!(is_on()),
            "Valid redirect URIs" => client["redirectUris"] = json!([value]),
            "Web origins" => client["webOrigins"] = json!([value]),
            _ => client["attributes"][attribute(field)] = json!(switched(value)),
        }
    }
    client
}

/// The name of the attribute that a field of a client is.
fn attribute(field: &str) -> &'static str {
    match field {
        "Backchannel logout URL" => "backchannel.logout.url",
        "Backchannel logout session required" => "backchannel.logout.session.required",
        "PKCE Method" => "pkce.code.challenge.method",
        "Valid post logout redirect URIs" => "post.logout.redirect.uris",
        other => panic!("the test does not know the field {other}"),
    }
}

/// Adds a mapper to the dedicated client scope of a client.
async fn add_mapper(keycloak: &Server, client: &Value, table: &Table) {
    let mut mapper = json!({"protocol": "openid-connect"});
    let mut config = Map::new();
    for (field, value) in table {
        let name = match (field.as_str(), value.as_str()) {
            ("Name", name) => {
                mapper["name"] = json!(name);
                continue;
            }
            ("Mapper type", kind) => {
                mapper["protocolMapper"] = json!(mapper_type(kind));
                continue;
            }
            ("Add to ID token", _) => "id.token.claim",
            ("Add to access token", _) => "access.token.claim",
            ("Add to token introspection", _) => "introspection.token.claim",
            ("Add to userinfo", _) => "userinfo.token.claim",
            ("Included Client Audience", _) => "included.client.audience",
            ("Multivalued", _) => "multivalued",
            ("Token Claim Name", _) => "claim.name",
            (other, _) => panic!("the test does not know the field {other}"),
        };
        config.insert(name.to_owned(), json!(switched(value)));
    }
    mapper["config"] = Value::Object(config);
    let id = client["id"].as_str().unwrap();
    let path = format!("/{REALM}/clients/{id}/protocol-mappers/models");
    keycloak.administer(&path, &mapper).await;
}

fn mapper_type(label: &str) -> &'static str {
    match label {
        "Audience" => "oidc-audience-mapper",
        "User Realm Role" => "oidc-usermodel-realm-role-mapper",
        other => panic!("the test does not know the mapper {other}"),
    }
}

fn on(value: &str) -> bool {
    match value {
        "On" => true,
        "Off" => false,
        other => panic!("{other} is neither On nor Off"),
    }
}

/// A switch as Keycloak keeps it in an attribute; other values as they are.
fn switched(value: &str) -> &str {
    match value {
        "On" => "true",
        "Off" => "false",
        other => other,
    }
}

/// The tables of the guide whose second column is a value between backquotes, in their order.
fn tables(guide: &str) -> Vec<Table> {
    let mut tables = Vec::new();
    for line in guide.lines() {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        match cells[..] {
            ["Field" | "Mapper", "Value"] => tables.push(Table::new()),
            [field, value] if line.starts_with("| ") => {
                let value = value
                    .strip_prefix('`')
                    .and_then(|value| value.strip_suffix('`'));
                let row = (field.to_owned(), value.unwrap().to_owned());
                tables.last_mut().unwrap().push(row);
            }
            _ => {}
        }
    }
    tables
}

/// The contents of the guide's blocks with this mark.
fn blocks<'a>(guide: &'a str, mark: &str) -> Vec<&'a str> {
    let begin = format!("\n```{mark}\n");
    let parts: Vec<_> = guide.split(begin.as_str()).skip(1).collect();
    let contents = parts
        .iter()
        .map(|part| part.split("```").next().unwrap().trim());
    contents.collect()
}

fn settings(guide: &str) -> Value {
    let block = blocks(guide, "settings")[0];
    let lines = block.lines().map(|line| line.split_once(": ").unwrap());
    Value::Object(
        lines
            .map(|(name, value)| (name.to_owned(), json!(value)))
            .collect(),
    )
}

/// Status, code and message of the refusals that the guide shows.
fn refusals(guide: &str) -> Vec<(u16, String, String)> {
    let shown = blocks(guide, "refusal").into_iter().map(|block| {
        let (head, message) = block.split_once('\n').unwrap();
        let (status, code) = head.split_once(' ').unwrap();
        (status.parse().unwrap(), code.to_owned(), message.to_owned())
    });
    shown.collect()
}

//! The realm that the tests sign in to, as an administrator would set it up.

use gateway_tests::sign_in::WEB_CLIENT;
use serde_json::{Value, json};

/// The realm's name.
pub const NAME: &str = "dify";
/// Everybody's password, and every confidential client's secret.
pub const PASSWORD: &str = "open-sesame";
/// The `sub` of alice: she has the role `chat`, a role of the client `dify-web`, and a group.
pub const ALICE: &str = "a11ce000-0000-4000-8000-000000000001";
/// The `sub` of bob, who has none of these.
pub const BOB: &str = "b0b00000-0000-4000-8000-000000000001";

/// What creates the realm.
pub fn realm() -> Value {
    json!({
        "realm": NAME,
        "enabled": true,
        "roles": {"realm": [{"name": "chat"}], "client": {"dify-web": [{"name": "editor"}]}},
        "groups": [{"name": "staff", "subGroups": [{"name": "editors"}]}],
        "users": [alice(), user("bob", BOB)],
        "clients": [
            public("dify-web", json!({"protocolMappers": [audience(), groups()]})),
            public("without-mapper", json!({})),
            public("lightweight", json!({
                "attributes": {"client.use.lightweight.access.token.enabled": "true"},
                "protocolMappers": [audience()],
            })),
            // Without the client scope `basic`, which has the mapper for `sub`.
            public("without-sub", json!({"defaultClientScopes": ["roles"], "protocolMappers": [audience()]})),
            json!({
                "clientId": "robot",
                "secret": PASSWORD,
                "serviceAccountsEnabled": true,
                "protocolMappers": [audience()],
            }),
            json!({"clientId": "dify-gateway", "secret": PASSWORD}),
        ],
    })
}

/// The client of the page of an endpoint at this address, as an administrator adds it.
pub fn page(public_url: &str) -> Value {
    json!({
        "clientId": WEB_CLIENT,
        "secret": PASSWORD,
        "redirectUris": [format!("{public_url}/auth/callback")],
        "protocolMappers": [realm_roles()],
        "attributes": {
            "post.logout.redirect.uris": format!("{public_url}/auth/logged-out"),
            "backchannel.logout.url": format!("{public_url}/auth/backchannel-logout"),
            "backchannel.logout.session.required": "true",
        },
    })
}

/// A key that signs from now on, because no other one has this priority.
pub fn newer_key() -> Value {
    json!({
        "name": "newer",
        "providerId": "rsa-generated",
        "providerType": "org.keycloak.keys.KeyProvider",
        "config": {"priority": ["200"]},
    })
}

fn alice() -> Value {
    let mut alice = user("alice", ALICE);
    alice["realmRoles"] = json!(["chat", "default-roles-dify"]);
    alice["clientRoles"] = json!({"dify-web": ["editor"]});
    alice["groups"] = json!(["/staff/editors"]);
    alice
}

fn user(name: &str, id: &str) -> Value {
    json!({
        "id": id,
        "username": name,
        "enabled": true,
        "firstName": name,
        "lastName": "Example",
        "email": format!("{name}@example.com"),
        "realmRoles": ["default-roles-dify"],
        "credentials": [{"type": "password", "value": PASSWORD}],
    })
}

/// A client to which users sign in with their password, which saves the tests a browser.
fn public(id: &str, further: Value) -> Value {
    let mut client =
        json!({"clientId": id, "publicClient": true, "directAccessGrantsEnabled": true});
    for (name, value) in further.as_object().into_iter().flatten() {
        client[name] = value.clone();
    }
    client
}

fn audience() -> Value {
    json!({
        "name": "audience",
        "protocol": "openid-connect",
        "protocolMapper": "oidc-audience-mapper",
        "config": {
            "included.client.audience": "dify-web",
            "access.token.claim": "true",
            "introspection.token.claim": "true",
        },
    })
}

/// Keycloak writes roles into access tokens alone where nobody says more.
fn realm_roles() -> Value {
    json!({
        "name": "roles",
        "protocol": "openid-connect",
        "protocolMapper": "oidc-usermodel-realm-role-mapper",
        "config": {
            "claim.name": "realm_access.roles",
            "multivalued": "true",
            "id.token.claim": "true",
            "userinfo.token.claim": "true",
        },
    })
}

fn groups() -> Value {
    json!({
        "name": "groups",
        "protocol": "openid-connect",
        "protocolMapper": "oidc-group-membership-mapper",
        "config": {"claim.name": "groups", "full.path": "true", "access.token.claim": "true"},
    })
}

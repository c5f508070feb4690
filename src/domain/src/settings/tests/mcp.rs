//! The endpoint as an MCP server.

use serde_json::{Value, json};

use super::{assert_mistakes, valid};
use crate::limits;

const TEMPLATE: &str = "https://login.microsoftonline.com/{tenantid}/v2.0";

fn on(changes: &Value) -> Value {
    let mut settings = json!({"mcp": "on", "public_url": "https://dify.example.com/e/abc/"});
    for (name, value) in changes.as_object().expect("an object") {
        settings[name] = value.clone();
    }
    settings
}

#[test]
fn the_server_has_one_address_however_the_public_url_ends_and_asks_for_the_scopes_of_tokens() {
    assert_eq!(valid(&json!({})).mcp, None);
    let rows = [
        (json!({}), &[] as &[&str]),
        (json!({"scopes": "chat files"}), &["chat", "files"]),
        (
            json!({"scopes": "chat", "mcp_scopes": "https://x.example/mcp/chat"}),
            &["https://x.example/mcp/chat"],
        ),
    ];
    for (changes, scopes) in rows {
        for url in [
            "https://dify.example.com/e/abc",
            "https://dify.example.com/e/abc/",
        ] {
            let mut changes = changes.clone();
            changes["public_url"] = url.into();
            let mcp = valid(&on(&changes)).mcp.expect("it is on");
            assert_eq!(mcp.resource(), "https://dify.example.com/e/abc/mcp");
            assert_eq!(mcp.scopes, scopes, "{changes}");
        }
    }
    let described = valid(&on(&json!({"mcp_description": "For travel."})));
    let mcp = described.mcp.expect("it is on");
    assert_eq!(mcp.description.as_deref(), Some("For travel."));
}

#[test]
fn a_server_without_what_it_needs_is_a_mistake() {
    let long = format!("https://dify.example.com/{}", "x".repeat(limits::MCP_URL));
    let template = json!({
        "issuer": TEMPLATE, "required_claims": "tid=1", "user_format": "hashed", "user_hash_key": "0123456789abcdef",
    });
    assert_mistakes(&[
        (
            json!({"mcp": "on"}),
            "`public_url` is missing, and `mcp` `on` needs it; write the endpoint's address as Dify's plugin page shows it.",
        ),
        (
            on(&json!({"public_url": long})),
            "`public_url` is longer than 512 bytes, and with `mcp` it is in the head of responses; write a shorter one.",
        ),
        (
            on(&template),
            "`issuer` has only Entra's template, and with `mcp` `on` clients need an address to sign in at; write the issuer \
             of one tenant as well.",
        ),
        (
            on(&json!({"mcp_description": "x".repeat(1001)})),
            "`mcp_description` has 1001 characters; write at most 1000.",
        ),
        (
            json!({"mcp": "yes"}),
            "`mcp` is not one of its options; write one of `off`, `on`.",
        ),
    ]);
}

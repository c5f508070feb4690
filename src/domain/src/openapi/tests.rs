use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::descriptions::DESCRIPTIONS;
use super::*;
use crate::error::Code;

const PUBLIC_URL: &str = "https://chat.example/e/abcdefghijklmnop";

fn document_of(changes: &Value) -> Value {
    let mut settings = json!({
        "issuer": "https://idp.example", "client_id": "app", "app_key": "app-0123456789",
        "dify_api_url": "https://dify.example/v1",
    });
    for (name, value) in changes.as_object().unwrap() {
        settings[name] = value.clone();
    }
    let settings = Settings::parse(&settings.to_string()).unwrap();
    serde_json::from_str(&document(&settings)).unwrap()
}

fn with_sign_in() -> Value {
    document_of(&json!({
        "public_url": PUBLIC_URL, "sign_in": "on", "client_secret": "0123456789abcdef0123456789abcdef",
    }))
}

/// `GET /path` of every operation, as the table of operations writes it.
fn listed(document: &Value) -> BTreeSet<String> {
    let paths = document["paths"].as_object().unwrap();
    let operations = paths.iter().flat_map(|(path, methods)| {
        let methods = methods.as_object().unwrap().keys();
        methods.map(move |method| format!("{} {path}", method.to_uppercase()))
    });
    operations
        .map(|operation| operation.replace('{', "<").replace('}', ">"))
        .collect()
}

#[test]
fn every_operation_is_described_in_the_order_of_the_table() {
    let handlers: Vec<_> = OPERATIONS
        .iter()
        .map(|operation| operation.handler)
        .collect();
    let described: Vec<_> = DESCRIPTIONS.iter().map(|row| row.handler).collect();
    assert_eq!(described, handlers);
}

#[test]
fn the_operations_of_the_sign_in_are_shown_where_it_is_on() {
    let (without, with) = (listed(&document_of(&json!({}))), listed(&with_sign_in()));
    let name = |operation: &&Operation| format!("{} {}", operation.method, operation.path);
    let all: BTreeSet<_> = OPERATIONS
        .iter()
        .map(|operation| name(&operation))
        .collect();
    assert_eq!(with, all);
    let sign_in = OPERATIONS.iter().filter(|row| row.class == Class::SignIn);
    let sign_in: BTreeSet<_> = sign_in.map(|operation| name(&operation)).collect();
    assert_eq!(without, &all - &sign_in);
    assert_eq!(sign_in.len(), 9);
}

#[test]
fn an_operation_that_is_closed_to_everybody_is_not_shown() {
    let closed =
        document_of(&json!({"operation_rules": "files: nobody; conversations: groups=staff"}));
    let gone = &listed(&document_of(&json!({}))) - &listed(&closed);
    let gone: Vec<_> = gone.iter().map(String::as_str).collect();
    assert_eq!(gone, ["GET /files/<file_id>/preview", "POST /files/upload"]);
}

#[test]
fn every_reference_leads_to_a_part_and_every_part_is_used() {
    let document = with_sign_in();
    let mut used = BTreeSet::new();
    collect_references(&document, &mut used);
    let parts = ["parameters", "responses", "schemas"]
        .into_iter()
        .flat_map(|kind| {
            let names = document["components"][kind].as_object().unwrap().keys();
            names.map(move |name| format!("#/components/{kind}/{name}"))
        });
    assert_eq!(used, parts.collect());
}

fn collect_references(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Array(values) => values
            .iter()
            .for_each(|value| collect_references(value, found)),
        Value::Object(members) => {
            if let Some(Value::String(target)) = members.get("$ref") {
                found.insert(target.clone());
            }
            members
                .values()
                .for_each(|value| collect_references(value, found));
        }
        _ => {}
    }
}

#[test]
fn no_request_has_a_member_that_the_gateway_sets() {
    let document = with_sign_in();
    let schemas = &document["components"]["schemas"];
    for operation in document["paths"]
        .as_object()
        .unwrap()
        .values()
        .flat_map(|path| path.as_object().unwrap().values())
    {
        let contents = operation["requestBody"]["content"].as_object();
        for content in contents.into_iter().flatten().map(|(_, content)| content) {
            let name = content["schema"]["$ref"]
                .as_str()
                .unwrap()
                .rsplit('/')
                .next()
                .unwrap();
            let members = &schemas[name]["properties"];
            assert_eq!(members.get("user"), None, "{name}");
        }
    }
}

#[test]
fn the_codes_are_those_of_the_gateway() {
    let codes: Vec<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
    let document = document_of(&json!({}));
    assert_eq!(
        document["components"]["schemas"]["ErrorCode"],
        json!({"type": "string", "enum": codes})
    );
}

#[test]
fn the_server_is_the_public_url_or_the_place_of_the_document() {
    let rows = [
        (json!({}), "."),
        (json!({"public_url": PUBLIC_URL}), PUBLIC_URL),
        (json!({"public_url": format!("{PUBLIC_URL}/")}), PUBLIC_URL),
    ];
    for (settings, url) in rows {
        assert_eq!(
            document_of(&settings)["servers"],
            json!([{"url": url}]),
            "{settings}"
        );
    }
}

#[test]
fn an_operation_asks_for_the_credentials_of_its_class() {
    let page = json!({"session": [], "pageToken": []});
    let bearer = json!({"accessToken": []});
    let of = |document: &Value, path: &str, method: &str| {
        document["paths"][path][method]["security"].clone()
    };
    let (without, with) = (document_of(&json!({})), with_sign_in());
    assert_eq!(without["security"], json!([bearer]));
    assert_eq!(with["security"], json!([bearer, page]));
    let rows = [
        ("/chat-messages", "post", Value::Null),
        ("/whoami", "get", Value::Null),
        ("/", "get", json!([])),
        ("/openapi.json", "get", json!([])),
        ("/health", "get", json!([{}, {"appKey": []}])),
        (
            "/metrics",
            "get",
            json!([{"metricsToken": []}, {"appKey": []}]),
        ),
        ("/auth/login", "get", json!([])),
        ("/auth/session", "get", json!([page])),
        ("/auth/refresh", "post", json!([page])),
        ("/auth/logout", "post", json!([page])),
        ("/auth/logout", "get", json!([{"session": []}])),
        ("/auth/backchannel-logout", "post", json!([])),
    ];
    for (path, method, expected) in rows {
        assert_eq!(of(&with, path, method), expected, "{method} {path}");
    }
}

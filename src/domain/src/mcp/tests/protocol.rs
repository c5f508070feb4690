use http::{HeaderMap, HeaderValue};
use serde_json::{Value, json};

use super::super::{
    Era, Message, Method, Reply, Request, Server, discovered, initialized, judge,
    judge_notification, read,
};

const VERSION: &str = "io.modelcontextprotocol/protocolVersion";
const CAPABILITIES: &str = "io.modelcontextprotocol/clientCapabilities";

/// A header field.
type Field = (&'static str, &'static str);

/// The method, the parameters, the header, and the era, or status and code of the error.
type Row = (&'static str, Value, Vec<Field>, Result<Era, (u16, i64)>);

fn request(method: &str, params: &Value) -> Request {
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).to_string();
    match read(body.as_bytes()) {
        Ok(Message::Request(request)) => request,
        other => panic!("{other:?}"),
    }
}

fn fields(pairs: &[(&'static str, &str)]) -> HeaderMap {
    let pairs = pairs.iter();
    pairs
        .map(|(name, value)| {
            (
                name.parse().unwrap(),
                HeaderValue::from_bytes(value.as_bytes()).unwrap(),
            )
        })
        .collect()
}

/// Era, or status and code of the error.
fn judged(method: &str, params: &Value, pairs: &[(&'static str, &str)]) -> Result<Era, (u16, i64)> {
    judge(&fields(pairs), &request(method, params))
        .map(|protocol| protocol.era)
        .map_err(|failure| {
            let (status, body) = Reply::default().failure(&failure);
            let body: Value = serde_json::from_slice(&body).unwrap();
            (status.as_u16(), body["error"]["code"].as_i64().unwrap())
        })
}

fn assert_judged(rows: Vec<Row>) {
    for (method, params, fields, expected) in rows {
        assert_eq!(
            judged(method, &params, &fields),
            expected,
            "{method} {params} {fields:?}"
        );
    }
}

fn modern(version: &str) -> Value {
    json!({"_meta": {VERSION: version, CAPABILITIES: {}}})
}

#[test]
fn the_era_is_what_a_request_says_and_what_it_says_must_agree() {
    const NEW: &str = "2026-07-28";
    let good = [("mcp-protocol-version", NEW), ("mcp-method", "tools/list")];
    let call = |name: &str| {
        let mut params = modern(NEW);
        params["name"] = name.into();
        params
    };
    let call_fields = |name: &'static str| {
        [
            ("mcp-protocol-version", NEW),
            ("mcp-method", "tools/call"),
            ("mcp-name", name),
        ]
    };
    let without_capabilities = json!({"_meta": {VERSION: NEW}});
    let rows: Vec<Row> = vec![
        ("tools/list", json!({}), vec![], Ok(Era::Legacy)),
        (
            "tools/list",
            json!({}),
            vec![("mcp-protocol-version", "2025-06-18")],
            Ok(Era::Legacy),
        ),
        (
            "tools/list",
            json!({}),
            vec![("mcp-protocol-version", "1999-01-01")],
            Err((400, -32600)),
        ),
        (
            "initialize",
            json!({}),
            vec![("mcp-protocol-version", "1999-01-01")],
            Ok(Era::Legacy),
        ),
        ("tools/list", modern(NEW), good.to_vec(), Ok(Era::Modern)),
        ("tools/list", json!({}), good.to_vec(), Err((400, -32602))),
        (
            "tools/list",
            json!({"_meta": {}}),
            good.to_vec(),
            Err((400, -32602)),
        ),
        (
            "tools/list",
            without_capabilities,
            good.to_vec(),
            Err((400, -32602)),
        ),
        ("server/discover", json!({}), vec![], Err((400, -32602))),
        (
            "tools/list",
            modern("2099-01-01"),
            vec![
                ("mcp-protocol-version", "2099-01-01"),
                ("mcp-method", "tools/list"),
            ],
            Err((400, -32022)),
        ),
        (
            "tools/list",
            modern("2099-01-01"),
            good.to_vec(),
            Err((400, -32020)),
        ),
        (
            "tools/list",
            modern(NEW),
            vec![("mcp-method", "tools/list")],
            Err((400, -32020)),
        ),
        (
            "tools/list",
            modern(NEW),
            vec![
                ("mcp-protocol-version", "2025-11-25"),
                ("mcp-method", "tools/list"),
            ],
            Err((400, -32020)),
        ),
        (
            "tools/list",
            modern(NEW),
            vec![("mcp-protocol-version", NEW)],
            Err((400, -32020)),
        ),
        (
            "tools/list",
            modern(NEW),
            vec![("mcp-protocol-version", NEW), ("mcp-method", "TOOLS/LIST")],
            Err((400, -32020)),
        ),
        (
            "tools/call",
            call("a"),
            call_fields("a").to_vec(),
            Ok(Era::Modern),
        ),
        (
            "tools/call",
            call("a"),
            call_fields("b").to_vec(),
            Err((400, -32020)),
        ),
        (
            "tools/call",
            call("ü"),
            call_fields("=?base64?w7w=?=").to_vec(),
            Ok(Era::Modern),
        ),
        (
            "tools/call",
            call("a"),
            call_fields("=?base64?w7w=?=").to_vec(),
            Err((400, -32020)),
        ),
        (
            "tools/call",
            call("a"),
            call_fields("=?base64?***?=").to_vec(),
            Err((400, -32020)),
        ),
        (
            "tools/call",
            call("a"),
            call_fields("a")[..2].to_vec(),
            Err((400, -32020)),
        ),
    ];
    assert_judged(rows);
}

#[test]
fn a_revision_that_is_not_spoken_is_answered_with_all_that_are() {
    let request = request("tools/list", &modern("2099-01-01"));
    let failure = judge(&HeaderMap::new(), &request).unwrap_err();
    let (_, body) = Reply::default().failure(&failure);
    let body: Value = serde_json::from_slice(&body).unwrap();
    let data = json!({"supported": ["2026-07-28", "2025-11-25", "2025-06-18", "2025-03-26"], "requested": "2099-01-01"});
    assert_eq!(body["error"]["data"], data);
}

#[test]
fn the_name_of_a_client_is_printable_and_short() {
    let name = format!("a\u{1b}[31m\n{}", "x".repeat(100));
    let request = request("initialize", &json!({"clientInfo": {"name": name}}));
    let client = judge(&HeaderMap::new(), &request).unwrap().client.unwrap();
    assert_eq!(client, format!("a?[31m?{}", "x".repeat(33)));
}

#[test]
fn each_era_has_its_own_methods() {
    let rows = [
        ("ping", Ok(Method::Ping), Err(404)),
        ("initialize", Ok(Method::Initialize), Err(404)),
        ("server/discover", Err(200), Ok(Method::Discover)),
        ("tools/list", Ok(Method::List), Ok(Method::List)),
        ("tools/call", Ok(Method::Call), Ok(Method::Call)),
        ("prompts/list", Err(200), Err(404)),
        ("logging/setLevel", Err(200), Err(404)),
    ];
    for (name, legacy, modern) in rows {
        for (era, expected) in [(Era::Legacy, legacy), (Era::Modern, modern)] {
            let found = Method::of(name, era).map_err(|failure| {
                let (status, body) = Reply::default().failure(&failure);
                assert!(String::from_utf8_lossy(&body).contains("-32601"));
                status.as_u16()
            });
            assert_eq!(found, expected, "{name} {era:?}");
        }
    }
}

#[test]
fn initialize_is_answered_with_the_revision_asked_for_or_the_newest_that_has_it() {
    let rows = [
        ("2025-11-25", "2025-11-25"),
        ("2025-06-18", "2025-06-18"),
        ("2025-03-26", "2025-03-26"),
        ("2024-11-05", "2025-11-25"),
        ("1999-01-01", "2025-11-25"),
        ("2026-07-28", "2025-11-25"),
    ];
    for (requested, expected) in rows {
        let params = json!({"protocolVersion": requested});
        let result = initialized(params.as_object().unwrap(), Server { app: None }).unwrap();
        assert_eq!(result["protocolVersion"], expected, "{requested}");
        assert_eq!(result["capabilities"], json!({"tools": {}}));
    }
    assert!(initialized(&serde_json::Map::new(), Server { app: None }).is_err());
}

#[test]
fn discovery_says_what_every_modern_result_must() {
    let result = discovered(Server { app: None });
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(
        result,
        json!({
            "resultType": "complete",
            "supportedVersions": ["2026-07-28", "2025-11-25", "2025-06-18", "2025-03-26"],
            "capabilities": {"tools": {}},
            "ttlMs": 60000,
            "cacheScope": "private",
            "_meta": {"io.modelcontextprotocol/serverInfo": {"name": "dify-oidc-gateway", "version": version}},
        })
    );
}

#[test]
fn what_stands_between_cannot_be_told_something_else_by_the_fields() {
    const NEW: &str = "2026-07-28";
    let named = |name: &str| json!({"name": name});
    let twice = |name: &'static str, values: [&'static str; 2]| {
        let good = [("mcp-protocol-version", NEW), ("mcp-method", "tools/list")];
        let others = good.into_iter().filter(move |(other, _)| *other != name);
        others.chain(values.map(|value| (name, value))).collect()
    };
    let rows: Vec<Row> = vec![
        // A field that stands there counts in the legacy era too.
        (
            "tools/call",
            named("a"),
            vec![("mcp-method", "tools/list")],
            Err((400, -32020)),
        ),
        (
            "tools/call",
            named("a"),
            vec![("mcp-name", "b")],
            Err((400, -32020)),
        ),
        (
            "tools/call",
            named("a"),
            vec![("mcp-method", "tools/call"), ("mcp-name", "a")],
            Ok(Era::Legacy),
        ),
        (
            "initialize",
            json!({}),
            vec![("mcp-method", "tools/list")],
            Err((400, -32020)),
        ),
        // Of two, each reader might take another one.
        (
            "tools/list",
            modern(NEW),
            twice("mcp-method", ["tools/list", "tools/call"]),
            Err((400, -32020)),
        ),
        (
            "tools/list",
            modern(NEW),
            twice("mcp-method", ["tools/list", "tools/list"]),
            Err((400, -32020)),
        ),
        (
            "tools/list",
            modern(NEW),
            twice("mcp-protocol-version", [NEW, "2025-11-25"]),
            Err((400, -32020)),
        ),
        (
            "tools/list",
            json!({}),
            twice("mcp-protocol-version", ["2025-11-25", NEW]),
            Err((400, -32020)),
        ),
        (
            "tools/list",
            json!({}),
            vec![("mcp-protocol-version", "2026-07-28é")],
            Err((400, -32020)),
        ),
    ];
    assert_judged(rows);
}

#[test]
fn the_fields_of_a_notification_must_not_contradict_it_either() {
    let rows = [
        (vec![], None),
        (vec![("mcp-protocol-version", "2025-11-25")], None),
        (
            vec![
                ("mcp-protocol-version", "2026-07-28"),
                ("mcp-method", "notifications/cancelled"),
            ],
            None,
        ),
        (vec![("mcp-protocol-version", "1999-01-01")], Some(-32600)),
        (vec![("mcp-method", "tools/list")], Some(-32020)),
    ];
    let body = br#"{"jsonrpc":"2.0","method":"notifications/cancelled"}"#;
    let Ok(Message::Notification(notification)) = read(body) else {
        panic!("no notification");
    };
    for (pairs, code) in rows {
        let found = judge_notification(&fields(&pairs), &notification).err();
        let found = found.map(|failure| {
            let (status, body) = Reply::default().failure(&failure);
            assert_eq!(status, 400);
            let body: Value = serde_json::from_slice(&body).unwrap();
            body["error"]["code"].as_i64().unwrap()
        });
        assert_eq!(found, code, "{pairs:?}");
    }
}

//! Clients and a Dify that do not keep to the rules, through the packaged plugin.

use std::time::Duration;

use gateway_tests::WholeResponse;
use http::Method;
use serde_json::{Value, json};
use stand_in_dify::{AppKind, Fault};

use crate::client::{MODERN, call, call_with, legacy, messages, post, stage_of, text};

fn events(body: Vec<u8>) -> Fault {
    Fault::Answer {
        status: 200,
        headers: vec![("content-type".to_owned(), "text/event-stream".to_owned())],
        body,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_of_dify_that_is_broken_has_one_result_and_harms_nobody() {
    let stage = stage_of(AppKind::Chatflow, &json!({})).await;
    let token = stage.token("alice");
    let large = format!(
        "data: {{\"event\":\"node_finished\",\"x\":\"{}\"}}\n\n",
        "y".repeat(3 << 20)
    );
    let end = "data: {\"event\":\"message_end\",\"metadata\":{}}\n\n";
    let said = "data: {\"event\":\"message\",\"answer\":\"Hi\"}\r\n\r\n";
    let rows = [
        (Fault::CutBody(300), "(dify_unavailable)"),
        (Fault::CloseBeforeHead, "(dify_unavailable)"),
        (
            Fault::Garbage(b"\0\x01 no response".to_vec()),
            "(dify_answer_invalid)",
        ),
        (Fault::NeverEnd, "q=hi|user=alice"),
        (
            events(format!("{large}{said}{large}{end}{end}").into_bytes()),
            "Hi",
        ),
        (events(b"data: x\n\n".repeat(50_000)), "(dify_unavailable)"),
        (events(Vec::new()), "(dify_unavailable)"),
        (
            Fault::Answer {
                status: 429,
                headers: vec![],
                body: b"<html>".to_vec(),
            },
            "(rate_limited)",
        ),
        (
            Fault::Answer {
                status: 502,
                headers: vec![],
                body: b"<html>502 Bad Gateway</html>".to_vec(),
            },
            "(dify_unavailable)",
        ),
    ];
    for (fault, expected) in rows {
        let shown: String = format!("{fault:?}").chars().take(60).collect();
        stage.control().set_fault_once("/chat-messages", fault);
        let params = json!({"name": "oidc_chatflow", "arguments": {"query": "hi"}});
        let messages = call_with(&stage, &token, &params).await;
        assert_eq!(messages.len(), 1, "{shown}: {messages:?}");
        let found = text(&messages[0]["result"]);
        assert!(found.contains(expected), "{shown}: {found}");
    }
    let after = call(&stage, &token, "oidc_chatflow", &json!({"query": "hi"})).await;
    assert_eq!(after["structuredContent"]["status"], "succeeded");
    stage.assert_unharmed();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_message_is_refused_before_dify_is_asked() {
    let stage = stage_of(AppKind::Chatflow, &json!({})).await;
    let token = stage.token("alice");
    let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    let nested =
        format!(r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{{"a":{deep}}}}}"#);
    let long_id = format!(
        r#"{{"jsonrpc":"2.0","id":"{}","method":"ping"}}"#,
        "i".repeat(300)
    );
    let rows: [(&[u8], i64); 11] = [
        (b"\xff\xfe{}", -32700),
        (b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}{}", -32700),
        (b"[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\"}]", -32600),
        (b"null", -32600),
        (b"{\"jsonrpc\":\"2.0\",\"id\":null,\"method\":\"ping\"}", -32600),
        (b"{\"jsonrpc\":\"2.0\",\"id\":1e400,\"method\":\"ping\"}", -32700),
        (b"{\"jsonrpc\":\"2.0\",\"id\":99999999999999999999,\"method\":\"ping\"}", -32600),
        (b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"method\":\"tools/list\"}", -32600),
        (b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"params\":{\"a\":1,\"\\u0061\":2}}", -32600),
        (nested.as_bytes(), -32600),
        (long_id.as_bytes(), -32600),
    ];
    for (body, code) in rows {
        let request = stage.request(Method::POST, "/mcp").bearer_auth(&token);
        let request = request.header("content-type", "application/json");
        let response = WholeResponse::of(request.body(body.to_vec())).await;
        let shown: String = String::from_utf8_lossy(body).chars().take(60).collect();
        assert_eq!(response.status, 400, "{shown}: {}", response.text());
        let told = response.json();
        assert_eq!(told["error"]["code"], code, "{shown}: {told}");
        assert_eq!(told.get("id"), None, "{shown}: {told}");
    }
    assert_eq!(stage.seen().len(), 0);
    stage.assert_unharmed();
}

/// A message, its fields beside the usual ones, and the status and code of its response. Code 0 is an error of the tool.
type Row = (Value, &'static [(&'static str, &'static str)], u16, i64);

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_message_has_the_status_of_its_era_and_is_told_after_the_token() {
    const LIST: &[(&str, &str)] = &[
        ("mcp-protocol-version", MODERN),
        ("mcp-method", "tools/list"),
    ];
    const CALL: &[(&str, &str)] = &[
        ("mcp-protocol-version", MODERN),
        ("mcp-method", "tools/call"),
        ("mcp-name", "oidc_workflow"),
    ];
    const PING: &[(&str, &str)] = &[("mcp-protocol-version", MODERN), ("mcp-method", "ping")];
    const FUTURE: &[(&str, &str)] = &[
        ("mcp-protocol-version", "2099-01-01"),
        ("mcp-method", "tools/list"),
    ];
    let modern = |method: &str, version: &str, more: Value| {
        let meta = json!({
            "io.modelcontextprotocol/protocolVersion": version,
            "io.modelcontextprotocol/clientCapabilities": {},
        });
        let mut params = more;
        params["_meta"] = meta;
        legacy(method, &params)
    };
    let call = |name: &str, arguments: Value| json!({"name": name, "arguments": arguments});
    let good = legacy("tools/list", &json!({}));
    let rows: Vec<Row> = vec![
        (json!([good]), &[], 400, -32600),
        (json!([]), LIST, 400, -32600),
        (json!({"jsonrpc": "2.0", "id": 1}), &[], 400, -32600),
        (json!({"id": 1, "method": "ping"}), &[], 400, -32600),
        (
            good.clone(),
            &[("mcp-protocol-version", "1999-01-01")],
            400,
            -32600,
        ),
        (
            good.clone(),
            &[("mcp-protocol-version", "latest")],
            400,
            -32600,
        ),
        (good.clone(), LIST, 400, -32602),
        (modern("tools/list", MODERN, json!({})), &[], 400, -32020),
        (modern("tools/list", MODERN, json!({})), CALL, 400, -32020),
        (
            modern("tools/list", "2099-01-01", json!({})),
            FUTURE,
            400,
            -32022,
        ),
        (legacy("server/discover", &json!({})), &[], 400, -32602),
        (legacy("prompts/list", &json!({})), &[], 200, -32601),
        (
            json!({"jsonrpc": "2.0", "id": "a", "method": ""}),
            &[],
            200,
            -32601,
        ),
        (modern("ping", MODERN, json!({})), PING, 404, -32601),
        (legacy("initialize", &json!({})), &[], 200, -32602),
        (legacy("tools/list", &json!([])), &[], 400, -32602),
        (legacy("tools/call", &json!({})), &[], 200, -32602),
        (legacy("tools/call", &json!({"name": 5})), &[], 200, -32602),
        (
            legacy("tools/call", &call("Oidc_workflow", json!({}))),
            &[],
            200,
            -32602,
        ),
        (
            legacy("tools/call", &call("oidc_workflow", json!([]))),
            &[],
            200,
            0,
        ),
        (
            legacy("tools/call", &call("oidc_workflow", json!("q"))),
            &[],
            200,
            0,
        ),
        (
            legacy("tools/call", &call("oidc_workflow", json!({"a": 1}))),
            &[],
            200,
            0,
        ),
        (
            legacy("tools/call", &call("get_result", json!({}))),
            &[],
            200,
            0,
        ),
        (
            modern(
                "tools/call",
                MODERN,
                call("oidc_workflow", json!({"q": {}})),
            ),
            CALL,
            200,
            0,
        ),
    ];
    let stage = stage_of(AppKind::Workflow, &json!({})).await;
    let token = stage.token("alice");
    for (message, fields, _, _) in &rows {
        let response = post(&stage, "opaque", message, fields).await;
        let (status, code, _) = response.refusal();
        assert_eq!((status, code.as_str()), (401, "token_opaque"), "{message}");
    }
    assert_eq!(stage.seen().len(), 0);
    for (message, fields, status, code) in rows {
        let response = post(&stage, &token, &message, fields).await;
        let told = response.json();
        assert_eq!(response.status, status, "{message}: {told}");
        match code {
            0 => assert_eq!(told["result"]["isError"], true, "{message}: {told}"),
            code => assert_eq!(told["error"]["code"], code, "{message}: {told}"),
        }
        assert_eq!(told["jsonrpc"], "2.0", "{message}");
        let id = message
            .get("id")
            .filter(|_| message.get("jsonrpc").is_some());
        assert_eq!(told.get("id"), id, "{message}: {told}");
    }
    assert!(stage.seen().iter().all(|seen| seen.path == "/v1/info"));
    stage.assert_unharmed();
}

#[tokio::test(flavor = "multi_thread")]
async fn fields_that_stand_there_twice_do_not_pass_for_another_request() {
    let stage = stage_of(AppKind::Chatflow, &json!({})).await;
    let token = stage.token("alice");
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": MODERN,
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    let list = legacy("tools/list", &json!({"_meta": meta}));
    let fields = |methods: &[&'static str]| {
        let mut fields = vec![("mcp-protocol-version", MODERN)];
        fields.extend(methods.iter().map(|method| ("mcp-method", *method)));
        fields
    };
    let rows: [(&[&str], u16); 5] = [
        (&["tools/list"], 200),
        (&["tools/list", "tools/call"], 400),
        (&["tools/call", "tools/list"], 400),
        (&["tools/list", "tools/list"], 400),
        (&["tools/call"], 400),
    ];
    for (methods, status) in rows {
        let response = post(&stage, &token, &list, &fields(methods)).await;
        assert_eq!(response.status, status, "{methods:?}: {}", response.text());
        if status == 400 {
            assert_eq!(response.json()["error"]["code"], -32020, "{methods:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_leaves_keeps_its_place_until_the_run_has_ended() {
    let stage = stage_of(AppKind::SlowWorkflow, &json!({"streams_per_user": "1"})).await;
    let token = stage.token("alice");
    let ask = async |seconds: &str| {
        let arguments = json!({"secs": seconds});
        call(&stage, &token, "slow_workflow", &arguments).await
    };
    let params = json!({"name": "slow_workflow", "arguments": {"secs": "2"}});
    let request = stage.request(Method::POST, "/mcp").bearer_auth(&token);
    let request = request
        .header("accept", "text/event-stream")
        .json(&legacy("tools/call", &params));
    let mut left = request.send().await.unwrap();
    assert_eq!(left.chunk().await.unwrap().unwrap(), ": working\n\n");
    drop(left);
    let meanwhile = ask("0").await;
    assert!(
        text(&meanwhile).ends_with("(too_many_streams)"),
        "{meanwhile}"
    );
    let mut later = Value::Null;
    for _ in 0..50 {
        tokio::time::sleep(Duration::from_millis(200)).await;
        later = ask("0").await;
        if later.get("isError").is_none() {
            break;
        }
    }
    assert_eq!(later["structuredContent"]["status"], "succeeded", "{later}");
    stage.assert_unharmed();
}

/// Twenty people at once, each with a call of their own.
#[tokio::test(flavor = "multi_thread")]
async fn of_many_calls_at_once_each_gets_its_own_result() {
    let stage = stage_of(AppKind::Chatflow, &json!({})).await;
    let one = async |number: usize| {
        let (user, query) = (format!("user-{number}"), format!("q{number}"));
        let message = legacy(
            "tools/call",
            &json!({"name": "oidc_chatflow", "arguments": {"query": query}}),
        );
        let accept = [("accept", "text/event-stream")];
        let response = post(&stage, &stage.token(&user), &message, &accept).await;
        let told = messages(response.text()).pop().expect("a result");
        let answer = text(&told["result"]);
        assert!(
            answer.contains(&format!("q={query}|user={user}|")),
            "{answer}"
        );
    };
    futures::future::join_all((0..20).map(one)).await;
    stage.assert_unharmed();
}

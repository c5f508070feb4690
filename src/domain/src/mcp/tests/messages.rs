use serde_json::{Value, json};

use super::super::{Message, Reply, read};
use crate::limits;

fn refused(body: &str) -> (u64, Value) {
    let (id, failure) = read(body.as_bytes()).unwrap_err();
    let reply = Reply {
        id,
        ..Reply::default()
    };
    let (status, body) = reply.failure(&failure);
    let body: Value = serde_json::from_slice(&body).unwrap();
    (status.as_u16().into(), body)
}

#[test]
fn what_is_no_message_is_refused_with_the_code_that_json_rpc_has_for_it() {
    let many = format!(
        r#"{{"jsonrpc":"2.0","id":1,"method":"m","params":{{"a":[{}1]}}}}"#,
        "1,".repeat(6000)
    );
    let deep = format!(
        r#"{{"jsonrpc":"2.0","id":1,"method":"m","params":{{"a":{}{}}}}}"#,
        "[".repeat(70),
        "]".repeat(70)
    );
    let rows: [(&str, i64, Option<Value>); 15] = [
        ("", -32700, None),
        ("{", -32700, None),
        ("\u{feff}{}", -32700, None),
        (r#"{"jsonrpc":"2.0","id":1,"method":"m"} x"#, -32700, None),
        ("null", -32600, None),
        ("5", -32600, None),
        (
            r#"[{"jsonrpc":"2.0","id":1,"method":"ping"}]"#,
            -32600,
            None,
        ),
        (
            r#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#,
            -32600,
            None,
        ),
        (
            r#"{"jsonrpc":"2.0","id":1.5,"method":"ping"}"#,
            -32600,
            None,
        ),
        (
            r#"{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}"#,
            -32600,
            None,
        ),
        (r#"{"jsonrpc":"1.0","id":1,"method":"ping"}"#, -32600, None),
        (
            r#"{"jsonrpc":"2.0","id":"a","method":5}"#,
            -32600,
            Some(json!("a")),
        ),
        (
            r#"{"jsonrpc":"2.0","id":1,"method":"ping","params":[]}"#,
            -32602,
            Some(json!(1)),
        ),
        (&many, -32600, None),
        (&deep, -32600, None),
    ];
    for (body, code, id) in rows {
        let (status, response) = refused(body);
        let shown: String = body.chars().take(60).collect();
        assert_eq!(status, 400, "{shown}");
        assert_eq!(response["error"]["code"], code, "{shown}: {response}");
        assert_eq!(response.get("id"), id.as_ref(), "{shown}");
    }
}

#[test]
fn an_id_is_an_integer_or_a_string_and_comes_back_as_it_was() {
    let longest = json!("i".repeat(limits::MCP_ID));
    for id in [
        json!(0),
        json!(-5),
        json!(u64::MAX),
        json!(""),
        json!("a"),
        longest,
    ] {
        let body = json!({"jsonrpc": "2.0", "id": id, "method": "ping"}).to_string();
        let Ok(Message::Request(request)) = read(body.as_bytes()) else {
            panic!("{body}");
        };
        assert_eq!(json!(request.id), id);
    }
    let too_long = "i".repeat(limits::MCP_ID + 1);
    let body = json!({"jsonrpc": "2.0", "id": too_long, "method": "ping"}).to_string();
    assert_eq!(
        refused(&body).1["error"],
        json!({
            "code": -32600,
            "message": "`id` is neither an integer nor a string of at most 256 bytes; a request needs one.",
        })
    );
}

#[test]
fn what_has_no_id_is_a_notification_and_what_has_no_method_a_response() {
    let body = r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#;
    assert!(matches!(
        read(body.as_bytes()),
        Ok(Message::Notification(_))
    ));
    let body = r#"{"jsonrpc":"2.0","id":1,"result":{}}"#;
    assert_eq!(read(body.as_bytes()), Ok(Message::Response));
}

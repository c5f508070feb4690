//! A second user tries to get at the first one's data through every parameter that there is.

use gateway_tests::{Stage, WholeResponse};
use harness::Algorithm;
use http::Method;
use serde_json::{Value, json};
use stand_in_dify::AppKind;
use url::form_urlencoded;

use crate::things::Things;

const FILTER: &str = "created_by_end_user_session_id";

#[tokio::test(flavor = "multi_thread")]
async fn a_run_of_another_user_does_not_exist_however_it_is_asked_for() {
    let stage = Stage::of(AppKind::Workflow).await;
    let mut things = Things::of(&stage, AppKind::Workflow, "alice");
    let run = things.fill("<workflow_run_id>").await;
    let (alice, bob) = (stage.token("alice"), stage.token("bob"));
    let targets = [
        format!("/workflows/run/{run}"),
        format!("/workflows/run/{}", run.to_uppercase()),
        format!("/workflows/run/{run}?user=alice"),
        format!("/workflows/run/{run}?{FILTER}=alice"),
        format!("/workflows/run/{run}?inputs=%7B%22sys.user_id%22%3A%22bob%22%7D"),
        format!("//workflows/run/{run}"),
        format!("/workflows%2Frun/{run}"),
    ];
    let nothing = "You have no workflow run with this id.";
    let refusal = (404, "not_found".to_owned(), nothing.to_owned());
    for target in &targets {
        let mine = stage.get(&alice, target).await;
        assert_eq!(
            (mine.status.as_u16(), mine.json()["id"].as_str()),
            (200, Some(run.as_str())),
            "{target}"
        );
        assert_eq!(stage.get(&bob, target).await.refusal(), refusal, "{target}");
    }
    let head = WholeResponse::of(stage.request(Method::HEAD, &targets[0]).bearer_auth(&bob)).await;
    assert_eq!((head.status.as_u16(), head.body.len()), (404, 0));
    let unknown = format!("/workflows/run/{}", uuid_of(0));
    assert_eq!(
        stage.get(&bob, &unknown).await.refusal(),
        refusal,
        "the same words as for none at all"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_logs_are_the_callers_own_whatever_filter_is_sent() {
    let stage = Stage::of(AppKind::Workflow).await;
    stage.set_settings(&json!({"admin_claims": "role=admin"}));
    for owner in ["alice", "alice", "bob"] {
        Things::of(&stage, AppKind::Workflow, owner)
            .fill("<workflow_run_id>")
            .await;
    }
    let bobs = [
        String::new(),
        format!("{FILTER}=alice"),
        format!("{FILTER}=alice&{FILTER}=bob&{FILTER}=alice"),
        format!("{FILTER}="),
        "created%5Fby_end_user_session_id=alice".to_owned(),
        format!("{FILTER}[]=alice"),
        format!("{FILTER}=bob%00&{FILTER}=%20alice"),
        format!("{}=alice", FILTER.to_uppercase()),
        "user=alice&created_by_account=".to_owned(),
        "page=1&limit=100&status=succeeded&keyword=".to_owned(),
        "created_at__after=2020-01-01T00:00:00Z".to_owned(),
    ];
    let bob = stage.token("bob");
    for query in &bobs {
        stage.seen();
        assert_eq!(
            owners(&stage.get(&bob, &format!("/workflows/logs?{query}")).await),
            ["bob"],
            "{query}"
        );
        assert_eq!(filters(&stage), ["bob"], "{query}: exactly one filter");
    }
    let admin = token(&stage, &json!({"sub": "dave", "role": "admin"}));
    let others = [
        (stage.token("alice"), "", &["alice", "alice"][..]),
        (
            stage.token("carol"),
            "created_by_end_user_session_id=alice",
            &[],
        ),
        (bob.clone(), "created_by_account=admin@example.com", &[]),
        (admin.clone(), "", &["alice", "alice", "bob"]),
        (
            admin.clone(),
            "created_by_end_user_session_id=alice",
            &["alice", "alice"],
        ),
        (admin.clone(), "keyword=bob", &["bob"]),
    ];
    for (token, query, expected) in others {
        let answer = stage.get(&token, &format!("/workflows/logs?{query}")).await;
        assert_eq!(owners(&answer), expected, "{query}");
    }
    let message = format!(
        "`keyword` cannot be used together with `{FILTER}`, which Dify answers with an error. The gateway sets that \
         filter to the caller for everyone who does not meet `admin_claims`. Leave `keyword` out."
    );
    let keywords = [
        (&bob, "keyword=a".to_owned()),
        (&bob, "key%77ord=a".to_owned()),
        (&admin, format!("keyword=a&{FILTER}=bob")),
    ];
    stage.seen();
    for (token, query) in keywords {
        let refusal = stage
            .get(token, &format!("/workflows/logs?{query}"))
            .await
            .refusal();
        assert_eq!(
            refusal,
            (400, "invalid_param".to_owned(), message.clone()),
            "{query}"
        );
    }
    assert!(stage.seen().is_empty(), "Dify was asked");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chat_of_another_user_cannot_be_read_changed_or_gone_on_with() {
    let stage = Stage::of(AppKind::Chatflow).await;
    let mut things = Things::of(&stage, AppKind::Chatflow, "alice");
    let file = things.fill("<file_id>").await;
    let chat = things.fill("/conversations/<conversation_id>").await;
    let message = things.fill("/messages/<message_id>").await;
    let variable = things
        .fill("/conversations/<conversation_id>/variables/<variable_id>")
        .await;
    let id = things.fill("<conversation_id>").await;
    let alice = stage.token("alice");
    let before = view(&stage, &alice, &id).await;

    let own = json!({"type": "document", "transfer_method": "local_file", "upload_file_id": file});
    let attacks = [
        (
            Method::GET,
            format!("/messages?conversation_id={id}&user=alice"),
            Value::Null,
            (404, "not_found"),
        ),
        (
            Method::GET,
            format!("{chat}/variables?user=alice"),
            Value::Null,
            (404, "not_found"),
        ),
        (
            Method::GET,
            format!("/conversations?last_id={id}&user=alice"),
            Value::Null,
            (404, "not_found"),
        ),
        (
            Method::GET,
            format!("{message}/suggested?user=alice"),
            Value::Null,
            (404, "not_found"),
        ),
        (
            Method::PUT,
            variable,
            json!({"user": "alice", "value": "stolen"}),
            (404, "not_found"),
        ),
        (
            Method::POST,
            format!("{chat}/name"),
            json!({"user": "alice", "name": "stolen"}),
            (404, "not_found"),
        ),
        (
            Method::POST,
            format!("{message}/feedbacks"),
            json!({"user": "alice", "rating": "like"}),
            (404, "not_found"),
        ),
        (
            Method::DELETE,
            chat,
            json!({"user": "alice"}),
            (404, "not_found"),
        ),
        (
            Method::POST,
            "/chat-messages".to_owned(),
            json!({"user": "alice", "query": "go on", "inputs": {}, "conversation_id": id}),
            (404, "not_found"),
        ),
        (
            Method::POST,
            "/chat-messages".to_owned(),
            json!({"user": "alice", "query": "hi", "inputs": {}, "files": [own]}),
            (400, "invalid_param"),
        ),
    ];
    let bob = stage.token("bob");
    for (method, target, body, expected) in attacks {
        let case = format!("{method} {target}");
        let request = stage.request(method, &target).bearer_auth(&bob);
        let answer = WholeResponse::of(if body.is_null() {
            request
        } else {
            request.json(&body)
        })
        .await;
        let code = answer.json()["code"].as_str().unwrap().to_owned();
        assert_eq!((answer.status.as_u16(), code.as_str()), expected, "{case}");
    }
    assert_eq!(
        view(&stage, &alice, &id).await,
        before,
        "what Alice sees has changed"
    );
    let bobs = stage.get(&bob, "/conversations?user=alice").await.json();
    assert_eq!(bobs["data"], json!([]), "Bob has started nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_admin_operation_is_refused_before_the_body_is_looked_at() {
    let stage = Stage::of(AppKind::Chatflow).await;
    stage.set_settings(&json!({"admin_claims": "role=admin"}));
    let bob = token(&stage, &json!({"sub": "bob", "role": "administrator"}));
    let large = " ".repeat(1024 * 1024);
    let bodies = [
        ("application/json", ""),
        ("application/json", "{"),
        ("text/plain", "x"),
        ("application/json", &large),
    ];
    for (content_type, body) in bodies {
        let request = stage
            .request(Method::POST, "/apps/annotations?role=admin")
            .bearer_auth(&bob);
        let request = request
            .header("content-type", content_type)
            .body(body.to_owned());
        let answer = WholeResponse::of(request).await;
        let message = "POST /apps/annotations touches the data of every user of the app. The token does not meet the \
                       endpoint's `admin_claims`.";
        assert_eq!(
            answer.refusal(),
            (403, "admin_required".to_owned(), message.to_owned())
        );
        let challenge = "Bearer realm=\"dify\"";
        assert_eq!(answer.header("www-authenticate"), challenge);
    }
    stage.set_settings(&json!({"admin_claims": null}));
    let admin = token(&stage, &json!({"sub": "dave", "role": "admin"}));
    let answer = stage.get(&admin, "/apps/annotations").await;
    assert_eq!(
        answer.refusal().1,
        "admin_required",
        "without the setting nobody is an admin"
    );
    assert!(stage.seen().is_empty(), "Dify was asked");
}

/// All that a user sees of a conversation.
async fn view(stage: &Stage, token: &str, conversation: &str) -> Value {
    let mut seen = Vec::new();
    for target in [
        "/conversations".to_owned(),
        format!("/messages?conversation_id={conversation}"),
        format!("/conversations/{conversation}/variables"),
    ] {
        let mut answer = stage.get(token, &target).await.json();
        unsign(&mut answer);
        seen.push(answer);
    }
    json!(seen)
}

/// Links to files have a new signature in each response.
fn unsign(answer: &mut Value) {
    match answer {
        Value::Array(items) => items.iter_mut().for_each(unsign),
        Value::Object(members) => {
            members.remove("url");
            members.values_mut().for_each(unsign);
        }
        _ => {}
    }
}

fn token(stage: &Stage, claims: &Value) -> String {
    let mut all = stage.issuer().claims("");
    all.as_object_mut()
        .unwrap()
        .extend(claims.as_object().unwrap().clone());
    stage.issuer().token(Algorithm::Es256, &all)
}

/// Whose runs a page of logs shows, in alphabetical order.
fn owners(answer: &WholeResponse) -> Vec<String> {
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.text());
    let page = answer.json();
    let entries = page["data"].as_array().unwrap().iter();
    let mut owners: Vec<String> = entries
        .map(|entry| {
            entry["created_by_end_user"]["session_id"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    owners.sort();
    owners
}

/// Every filter by user in the only request that Dify has seen.
fn filters(stage: &Stage) -> Vec<String> {
    let seen = stage.seen();
    let [request] = seen.as_slice() else {
        panic!("{seen:?}")
    };
    let pairs = form_urlencoded::parse(request.query.as_bytes());
    pairs
        .filter(|(name, _)| name == FILTER)
        .map(|(_, value)| value.into_owned())
        .collect()
}

fn uuid_of(number: u8) -> String {
    format!("00000000-0000-4000-8000-{number:012}")
}

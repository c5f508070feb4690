//! The first five operations, one for each kind of body.

use gateway_tests::{Form, Stage, WholeResponse};
use http::Method;
use serde_json::{Value, json};
use stand_in_dify::AppKind;

/// Almost as much as the daemon passes on.
const LARGEST: usize = 99 * 1024 * 1024 / 10;

#[tokio::test(flavor = "multi_thread")]
async fn a_file_arrives_as_it_was_sent() {
    let stage = Stage::of(AppKind::Chatflow).await;
    let token = stage.token("alice");
    for length in [0, 1, LARGEST] {
        let bytes: Vec<u8> = (0..length)
            .map(|index| (index * index % 251) as u8)
            .collect();
        let form = Form::default().field("user", "bob").file(
            "file",
            "a.bin",
            "application/octet-stream",
            &bytes,
        );
        let request = stage
            .request(Method::POST, "/files/upload")
            .bearer_auth(&token);
        let answer = WholeResponse::of(form.send_in(request)).await;
        assert_eq!(answer.status, 201, "{length}: {}", answer.text());
        let file = answer.json();
        assert_eq!(
            (&file["size"], &file["name"]),
            (&json!(length), &json!("a.bin"))
        );
        let stored = stage.control().file_sha256(file["id"].as_str().unwrap());
        assert_eq!(stored.unwrap(), sha256(&bytes), "{length} bytes");
    }
    let rows = |user| stage.control().end_user_rows(AppKind::Chatflow, user);
    assert_eq!((rows("alice"), rows("bob")), (1, 0));
}

fn sha256(bytes: &[u8]) -> String {
    let digest = hmac_sha256::Hash::hash(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_other_operations_answer_what_dify_answers() {
    let stage = Stage::of(AppKind::Workflow).await;
    let token = stage.token("alice");

    let answer = stage.get(&token, "/parameters").await;
    let form = answer.json()["user_input_form"].as_array().map(Vec::len);
    assert_eq!(
        (answer.status.as_u16(), form),
        (200, Some(4)),
        "{}",
        answer.text()
    );
    stage.control().forget_requests();

    let run = json!({"inputs": {"q": "x"}, "response_mode": "blocking", "user": "bob"});
    let answer = stage.post(&token, "/workflows/run", &run).await;
    let data = &answer.json()["data"];
    assert_eq!(
        (answer.status.as_u16(), &data["status"]),
        (200, &json!("succeeded"))
    );
    assert_eq!(
        data["outputs"],
        json!({"q": "x", "email": null, "level": null, "user_id": "alice"})
    );
    let seen: Vec<Value> = stage
        .seen()
        .iter()
        .map(|seen| serde_json::from_slice(seen.body.as_ref().unwrap()).unwrap())
        .collect();
    assert_eq!(
        seen,
        [json!({"inputs": {"q": "x"}, "response_mode": "blocking", "user": "alice"})]
    );

    // Dify's own refusals are relayed as they are.
    let answer = stage.get(&token, "/conversations").await;
    assert_eq!(answer.status, 400);
    assert_eq!(
        answer.json(),
        json!({
            "code": "not_chat_app", "status": 400,
            "message": "Please check if your app mode matches the right API route.",
        })
    );
}

//! Large responses that Dify sends as fast as it can, and everybody else.

use futures::future::join_all;
use gateway_tests::Stage;
use stand_in_dify::{AppKind, Fault};

const ANSWERS: usize = 4;
const LENGTH: usize = 40 * 1024 * 1024;
const PATH: &str = "/files/6f1d2c3b-0000-4000-8000-000000000009/preview";

/// How many small requests are answered by Dify, one after the other, while `busy` goes on.
async fn answered_during(stage: &Stage, token: &str, busy: impl Future<Output = ()>) -> usize {
    let mut count = 0;
    let asking = async {
        loop {
            let answer = stage.get(token, "/info").await;
            assert_eq!(answer.status, 200);
            count += 1;
        }
    };
    tokio::select! {
        () = asking => {}
        () = busy => {}
    }
    count
}

#[tokio::test(flavor = "multi_thread")]
async fn others_are_answered_while_large_answers_pass() {
    let stage = Stage::of(AppKind::Chatflow).await;
    let token = stage.token("alice");
    let large = Fault::Answer {
        status: 200,
        headers: vec![(
            "content-type".to_owned(),
            "application/octet-stream".to_owned(),
        )],
        body: vec![b'x'; LENGTH],
    };
    stage.control().set_fault(PATH, large);
    assert_eq!(stage.get(&token, "/info").await.status, 200);
    let passing = async {
        let answers = join_all((0..ANSWERS).map(|_| stage.get(&token, PATH))).await;
        for answer in answers {
            assert_eq!((answer.status.as_u16(), answer.body.len()), (200, LENGTH));
        }
    };
    let count = answered_during(&stage, &token, passing).await;
    // There are 160 pieces of 1 MiB, and each leaves the others a turn.
    assert!(count >= 8, "{count} requests were answered meanwhile");
    stage.assert_unharmed();
}

//! Replays what a real Dify 1.16.1 was asked and compares what the stand-in answers.
//!
//! Status, headers and bodies must be equal, except for what no two servers share: identities are
//! matched up (the same one there must be the same one here), times and signatures are not read.

#![cfg(test)]

mod compare;
mod exchange;
mod replay;
mod script;
mod wire;

use exchange::Exchange;
use replay::Replay;

const RECORDING: &str = include_str!("../../fixtures/dify-1.16-recorded.jsonl");

#[tokio::test(flavor = "multi_thread")]
async fn the_stand_in_answers_as_a_real_server_did() {
    let exchanges: Vec<Exchange> = RECORDING.lines().map(Exchange::parse).collect();
    let mut replay = Replay::start(&exchanges);
    let mut compared = 0;
    for exchange in &exchanges {
        if script::left_out(&exchange.name).is_some() {
            continue;
        }
        replay.play(exchange).await;
        compared += 1;
    }
    assert!(
        replay.differences.is_empty(),
        "{}",
        replay.differences.join("\n")
    );
    assert!(
        compared * 10 >= exchanges.len() * 9,
        "only {compared} of {} exchanges were compared",
        exchanges.len()
    );
}

#[test]
fn the_script_names_only_exchanges_of_the_recording() {
    let names: Vec<String> = RECORDING
        .lines()
        .map(|line| Exchange::parse(line).name)
        .collect();
    let unknown: Vec<&str> = script::names()
        .filter(|name| !names.iter().any(|other| other == name))
        .collect();
    assert_eq!(unknown, Vec::<&str>::new());
}

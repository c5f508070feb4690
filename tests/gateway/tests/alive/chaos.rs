//! Twenty seconds of what `cargo xtask soak --target chaos` does for ten minutes.

use std::time::Duration;

use gateway_tests::chaos::Chaos;

/// `CHAOS_SEED` repeats a run that has failed.
fn seed() -> u64 {
    std::env::var("CHAOS_SEED").map_or_else(|_| fastrand::u64(..), |seed| seed.parse().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_request_ends_rightly_or_with_the_promised_error_whatever_fails() {
    let chaos = Chaos {
        seed: seed(),
        duration: Duration::from_secs(20),
    };
    let tally = chaos.run().await;
    // Else the faults have not been met.
    for end in [
        "right",
        "cut",
        "left",
        "dify_answer_invalid",
        "dify_unavailable",
        "identity_provider_unavailable",
        "token_missing",
        "token_signature_invalid",
        "too_many_requests",
    ] {
        assert!(
            tally.contains_key(end),
            "{end} is not among {tally:?}, seed {}",
            chaos.seed
        );
    }
}

//! libFuzzer at work on the target that the environment variable `FUZZ_TARGET` names.
#![no_main]

use std::sync::LazyLock;

use gateway_fuzz::TARGETS;
use libfuzzer_sys::fuzz_target;

static CHECK: LazyLock<fn(&[u8])> = LazyLock::new(|| {
    let name = std::env::var("FUZZ_TARGET").unwrap_or_default();
    let target = TARGETS.iter().find(|target| target.name == name);
    target.map_or_else(
        || {
            eprintln!(
                "FUZZ_TARGET is {name:?}, which is not a target; `cargo xtask soak` sets it."
            );
            std::process::exit(2)
        },
        |target| target.check,
    )
});

fuzz_target!(|input: &[u8]| CHECK(input));

//! `cargo xtask <command>`: see `cargo xtask --help`.

use std::process::ExitCode;

fn main() -> ExitCode {
    match xtask::run() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

//! Runs a stand-in by itself: `stand-in-dify [--port <port>]`. It prints one line of JSON with its
//! address and the apps' keys and stays up until it is interrupted.

use std::process::ExitCode;

use stand_in_dify::{AppKind, Options, StandIn};

fn main() -> ExitCode {
    match run(std::env::args().skip(1).collect()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Vec<String>) -> Result<(), String> {
    let options = Options {
        port: port(&arguments)?,
        ..Options::default()
    };
    let port = options.port;
    let stand_in =
        StandIn::start(options).map_err(|error| format!("Port {port} cannot be used: {error}."))?;
    let keys: serde_json::Map<_, _> = AppKind::ALL
        .into_iter()
        .map(|app| (app.name().to_owned(), app.key().into()))
        .collect();
    println!(
        "{}",
        serde_json::json!({ "base_url": stand_in.base_url(), "keys": keys })
    );
    wait_for_interrupt().map_err(|error| format!("SIGINT cannot be caught: {error}."))
}

fn port(arguments: &[String]) -> Result<u16, String> {
    match arguments {
        [] => Ok(0),
        [name, port] if name == "--port" => port
            .parse()
            .map_err(|_| format!("--port was {port:?}; write a number from 0 to 65535.")),
        other => Err(format!(
            "Arguments were {other:?}; write --port and a number, or nothing."
        )),
    }
}

fn wait_for_interrupt() -> std::io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(tokio::signal::ctrl_c())
}

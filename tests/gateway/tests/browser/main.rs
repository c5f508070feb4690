//! The specs of `tests/browser` in Chromium: one origin with Dify's console, the packaged plugin and other plugins.

#![cfg(test)]

mod frontend;
mod neighbours;

use std::path::Path;
use std::process::Stdio;

use gateway_tests::{Stage, further_endpoint};
use harness::system::Program;
use harness::{HOOK_ID, Origin, workspace};
use serde_json::{Value, json};
use stand_in_dify::AppKind;
use tokio::process::Command;

#[tokio::test(flavor = "multi_thread")]
async fn the_specs_hold_in_chromium() {
    let Some(chromium) = Program::Chromium.or_skip("the_specs_hold_in_chromium") else {
        return;
    };
    let mut stage = Stage::with_sign_in(AppKind::Chat, &json!({})).await;
    let origin = Origin::start().await.unwrap();
    origin.forward("/e/", &[stage.stack.daemon.base_url()]);
    neighbours::serve(&origin, stage.control());
    stage.front = Some(origin.url("localhost"));
    let client = gateway_tests::sign_in::client(&stage.public_url());
    stage.identity_provider().register(&client).await.unwrap();
    stage.set_sign_in(&json!({"allowed_origins": "*"}));

    let mut described = described(&stage, &origin);
    described["apps"] = further_apps(&stage).await;
    play(&chromium, &described, &[]).await;
    stage.assert_unharmed();
}

/// The apps of the stand-in besides the first, by name, each at an address of its own.
async fn further_apps(stage: &Stage) -> Value {
    let mut apps = json!({});
    for (number, app) in (0..).zip(AppKind::ALL) {
        let hook = further_endpoint(number);
        stage.stack.daemon.add_hook(hook.clone());
        let page = stage.stack.turn_page_on(&hook.id, &app.key()).await;
        apps[app.name()] = json!(page.unwrap());
    }
    apps
}

/// What the specs know of the stage: `stage` of `tests/browser/stage.mjs`.
fn described(stage: &Stage, origin: &Origin) -> Value {
    let (local, other_site) = (origin.url("localhost"), origin.url("127.0.0.1"));
    let provider = stage.identity_provider();
    json!({
        "url": format!("{local}/e/{HOOK_ID}"),
        "console": format!("{local}/console"),
        "api": format!("{local}/console/api/account/profile"),
        "otherPlugin": format!("{local}{}", neighbours::OTHER_PLUGIN),
        "coopPlugin": format!("{local}{}", neighbours::COOP_PLUGIN),
        "otherSite": format!("{other_site}{}", neighbours::OTHER_PLUGIN),
        "control": format!("{local}{}", neighbours::CONTROL),
        "issuer": provider.issuer(),
        "password": provider.password(),
    })
}

/// Plays the specs that Playwright's `arguments` choose, its output as it comes.
async fn play(chromium: &Path, stage: &Value, arguments: &[&str]) {
    // Playwright empties it, and two of them may play at once.
    let output = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("browser")
        .join(arguments.last().unwrap_or(&"specs"));
    let mut playwright = Command::new("node");
    playwright
        .arg("node_modules/@playwright/test/cli.js")
        .arg("test")
        .args(arguments)
        .current_dir(workspace::browser_tests().unwrap())
        .env("CHROMIUM", chromium)
        .env("OUTPUT", output)
        .env("STAGE", stage.to_string())
        .stdin(Stdio::null())
        .kill_on_drop(true);
    let status = playwright.status().await.unwrap();
    assert!(status.success(), "the specs have failed: {status}");
}

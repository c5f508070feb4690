//! What is done with the demo's page in Chromium by the scripts of `tests/browser`: pictures, and measurements.

use std::process::Command;

use anyhow::{Context, Result, bail};
use harness::Issuer;
use harness::system::Program;
use serde_json::{Map, Value, json};
use tokio::runtime::Runtime;

use super::{Options, Running, dify, start};
use crate::workspace::Workspace;
use crate::{package, setup, step};

/// What the pictures need that no test does: families with Japanese and with emoji.
const FONTS: [(&str, &str); 2] = [
    (":lang=ja", "fonts-noto-cjk"),
    (":charset=1f600", "fonts-noto-color-emoji"),
];

/// `cargo xtask screenshots`: writes every picture to `target/screenshots`, and those of the README to `_assets`.
///
/// # Errors
/// Chromium or a font is not installed, a set-up step has failed, or the page was not as the pictures show it.
pub fn take_screenshots(workspace: &Workspace) -> Result<()> {
    fonts(workspace)?;
    let mut script = Command::new("node");
    script
        .arg("screenshots.mjs")
        .env("PICTURES", workspace.target().join("screenshots"))
        .env("README_PICTURES", workspace.root().join("_assets"));
    on_the_demo(workspace, "taking the pictures", script)
}

/// `cargo xtask frames`: measures long conversations and answers in Chromium, and prints the figures.
///
/// # Errors
/// Chromium is not installed, a set-up step has failed, or the page did not do what is measured.
pub fn measure_frames(workspace: &Workspace) -> Result<()> {
    let mut script = Command::new("node");
    script.arg("frames.mjs");
    on_the_demo(workspace, "measuring", script)
}

/// Builds the package, starts the demo and runs a script of `tests/browser` on it.
fn on_the_demo(workspace: &Workspace, what: &str, mut script: Command) -> Result<()> {
    let chromium = Program::Chromium
        .find()
        .with_context(|| Program::Chromium.remedy())?;
    setup::environment(workspace)?;
    setup::identity_provider(workspace)?;
    setup::browser_tests(workspace)?;
    package::build(workspace, package::Packaging::default())?;
    dify::build(workspace)?;
    let options = Options {
        app: "chat".to_owned(),
        ..Options::default()
    };
    let runtime = Runtime::new()?;
    let running = runtime.block_on(start(workspace, options, None, None))?;
    script
        .current_dir(workspace.root().join("tests/browser"))
        .env("CHROMIUM", chromium)
        .env("STAGE", described(&running)?.to_string());
    step::run(what, &mut script)
}

/// What the script knows of the demo: the addresses by app, and how to sign in.
fn described(Running { stack, pages, .. }: &Running) -> Result<Value> {
    let Issuer::IdentityProvider(provider) = &stack.issuer else {
        bail!("the pictures are taken on the demo's own identity provider");
    };
    let pages = pages.iter().map(|(app, page)| (app.clone(), json!(page)));
    let pages: Map<_, _> = pages.collect();
    Ok(json!({"pages": pages, "url": stack.page_url(), "password": provider.password()}))
}

/// A glyph that no font has is a box in the picture.
fn fonts(workspace: &Workspace) -> Result<()> {
    for (pattern, package) in FONTS {
        let list = step::read(workspace.command("fc-list").arg(pattern))?;
        if list.is_empty() {
            bail!(
                "no font has what the pictures show; install one, for example `apt-get install {package}`"
            );
        }
    }
    Ok(())
}

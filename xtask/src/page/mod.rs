//! `cargo xtask page`: the chat page, built by esbuild, compressed, and listed in a table that the module is compiled with.
//!
//! The same source gives the same bytes in any directory, so that the table that is checked in fits everybody's build.

use std::fs;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::workspace::Workspace;
use crate::{setup, step};

mod compress;
#[cfg(feature = "all")]
pub mod notices;
mod table;

/// Where the page's source is.
pub const SOURCE: &str = "page";

/// Where the licence notices of everything that is in the package are, in a checkout and in the package.
pub const NOTICES: &str = "THIRD_PARTY.txt";

/// Where the built files are, in a checkout and in the package.
pub const BUILT: &str = "page/assets";

/// What a build leaves beside the files that are served.
#[derive(Deserialize)]
struct Summary {
    #[cfg(feature = "all")]
    packages: Vec<BundledPackage>,
    imports: Vec<String>,
}

/// An npm package of which a part is in the page.
#[cfg(feature = "all")]
#[derive(Deserialize)]
struct BundledPackage {
    name: String,
    version: String,
    license: String,
}

/// A file of the page as esbuild wrote it.
struct File {
    name: String,
    bytes: Vec<u8>,
}

/// Builds the page and writes the table of its files.
///
/// # Errors
/// Node is missing or too old, or esbuild has failed.
pub fn write(workspace: &Workspace) -> Result<()> {
    let table = build(workspace)?;
    workspace.replace(table::PATH, table.as_bytes())
}

/// Builds the page, and checks that the table which is checked in fits it.
///
/// # Errors
/// As [`write()`], or the table differs.
pub fn check(workspace: &Workspace) -> Result<()> {
    if workspace.read(table::PATH)? != build(workspace)? {
        bail!(
            "{} does not fit the page; run `cargo xtask page` and commit it",
            table::PATH
        );
    }
    Ok(())
}

/// Builds again whenever a file changes, and serves the page from memory in front of a gateway that runs, until Ctrl-C.
///
/// # Errors
/// Node is missing or too old, or the address is not one of a gateway.
pub fn watch(workspace: &Workspace, gateway: &str) -> Result<()> {
    setup::page(workspace)?;
    let mut node = workspace.command("node");
    node.current_dir(workspace.path(SOURCE));
    step::run("watching the page", node.args(["dev/watch.mjs", gateway]))
}

/// Checks types, lint and format, and runs the tests that need no browser.
///
/// # Errors
/// The step that failed.
pub fn test(workspace: &Workspace) -> Result<()> {
    setup::page(workspace)?;
    for (what, script) in [
        ("checking the types of the page (tsc)", "types"),
        ("linting the page (biome)", "lint"),
        ("testing the page (node)", "test"),
    ] {
        let mut npm = workspace.command("npm");
        npm.current_dir(workspace.path(SOURCE));
        step::run(what, npm.args(["run", "--silent", script]))?;
    }
    Ok(())
}

/// Builds and compresses the page; returns the text of the table.
fn build(workspace: &Workspace) -> Result<String> {
    setup::page(workspace)?;
    let mut node = workspace.command("node");
    node.current_dir(workspace.path(SOURCE));
    step::run("building the page (esbuild)", node.arg("build.mjs"))?;

    let summary = summary(workspace)?;
    if !summary.imports.is_empty() {
        bail!(
            "the page would load {} before it starts: what it loads later must not import what it needs at once, or \
             esbuild moves the shared part into a file of its own",
            summary.imports.join(", ")
        );
    }
    let files = files(workspace)?;
    let mut rows = Vec::new();
    for file in &files {
        let compressed = compress::both(workspace, &file.bytes)?;
        workspace.replace(&format!("{BUILT}/{}.br", file.name), &compressed.brotli)?;
        workspace.replace(&format!("{BUILT}/{}.gz", file.name), &compressed.gzip)?;
        rows.push(table::Row::of(file, &compressed)?);
    }
    table::render(&rows)
}

fn summary(workspace: &Workspace) -> Result<Summary> {
    let path = format!("{BUILT}/build.json");
    serde_json::from_str(&workspace.read(&path)?).with_context(|| format!("{path} cannot be used"))
}

/// The files that are served, sorted by name.
fn files(workspace: &Workspace) -> Result<Vec<File>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(workspace.path(BUILT))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name != "build.json" {
            let bytes = fs::read(entry.path())?;
            files.push(File { name, bytes });
        }
    }
    files.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(files)
}

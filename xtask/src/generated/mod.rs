//! The files that are generated from the Rust tables, and whether those that are checked in still fit them.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context, Result, bail};

use crate::step;
use crate::workspace::Workspace;

mod documents;
mod endpoints;
mod manifest;
mod provider;
mod yaml;

#[cfg(test)]
mod tests;

/// Where the endpoint files are.
const ENDPOINTS: &str = "endpoints";

/// Path from the root of the checkout → contents.
type Files = BTreeMap<String, String>;

/// Writes every generated file, and removes the endpoint files of operations that are gone.
///
/// # Errors
/// A file cannot be read or written, or a value of Cargo.toml is missing.
pub fn write(workspace: &Workspace) -> Result<()> {
    let files = files(workspace)?;
    for (path, contents) in &files {
        let target = workspace.path(path);
        fs::create_dir_all(
            target
                .parent()
                .context("a generated file has no directory")?,
        )?;
        fs::write(target, contents).with_context(|| format!("{path} cannot be written"))?;
    }
    for path in leftovers(workspace, &files)? {
        fs::remove_file(workspace.path(&path))
            .with_context(|| format!("{path} cannot be removed"))?;
    }
    step::announce(&format!("wrote {} generated files", files.len()));
    Ok(())
}

/// Checks that [`write()`] would change nothing.
///
/// # Errors
/// The files that it would change.
pub fn check(workspace: &Workspace) -> Result<()> {
    step::announce("comparing the generated files with the Rust tables");
    let drift = drift(workspace)?;
    if !drift.is_empty() {
        bail!(
            "the generated files do not fit the Rust tables; run `cargo xtask manifest`\n{}",
            drift.join("\n")
        );
    }
    Ok(())
}

fn drift(workspace: &Workspace) -> Result<Vec<String>> {
    let files = files(workspace)?;
    let mut drift: Vec<_> = files
        .iter()
        .filter_map(|(path, wanted)| difference(workspace, path, wanted))
        .collect();
    drift.extend(
        leftovers(workspace, &files)?
            .iter()
            .map(|path| format!("  {path} belongs to no operation")),
    );
    Ok(drift)
}

fn difference(workspace: &Workspace, path: &str, wanted: &str) -> Option<String> {
    let Ok(present) = workspace.read(path) else {
        return Some(format!("  {path} is missing"));
    };
    if present == wanted {
        return None;
    }
    let line = present
        .lines()
        .zip(wanted.lines())
        .take_while(|(present, wanted)| present == wanted)
        .count()
        + 1;
    Some(format!("  {path} differs from line {line} on"))
}

fn files(workspace: &Workspace) -> Result<Files> {
    let mut files = Files::new();
    files.insert(
        "manifest.yaml".to_owned(),
        manifest::render(&workspace.publication()?)?,
    );
    files.insert("provider/oidc_gateway.yaml".to_owned(), provider::render()?);
    files.extend(endpoints::render());
    files.extend(documents::render(workspace)?);
    Ok(files)
}

fn leftovers(workspace: &Workspace, files: &Files) -> Result<Vec<String>> {
    let Ok(entries) = fs::read_dir(workspace.path(ENDPOINTS)) else {
        return Ok(Vec::new());
    };
    let mut leftovers = Vec::new();
    for entry in entries {
        let path = format!("{ENDPOINTS}/{}", entry?.file_name().to_string_lossy());
        if path.ends_with(".py") && !files.contains_key(&path) {
            leftovers.push(path);
        }
    }
    leftovers.sort();
    Ok(leftovers)
}

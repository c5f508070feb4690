//! `dist/<author>-oidc_gateway-<version>.difypkg`.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::contents::Contents;
use crate::workspace::Workspace;
use crate::{generated, marketplace, module, page, step};

mod archive;

const DIRECTORY: &str = "dist";

/// Builds the module and packages it with everything that Dify needs; returns the path of the package.
///
/// # Errors
/// The build has failed, the generated files have drifted, or the marketplace would refuse the package.
pub fn build(workspace: &Workspace) -> Result<PathBuf> {
    page::check(workspace)?;
    page::notices::write(workspace)?;
    module::build(workspace)?;
    generated::check(workspace)?;
    let publication = workspace.publication()?;
    let name = format!(
        "{}-oidc_gateway-{}.difypkg",
        publication.author, publication.version
    );
    step::announce(&format!("packaging {name}"));

    let contents = Contents::of(workspace)?;
    let violations = marketplace::violations(&contents)?;
    if !violations.is_empty() {
        bail!(
            "Dify's marketplace would refuse the package:\n  {}",
            violations.join("\n  ")
        );
    }
    let bytes = archive::write(&contents)?;

    let path = format!("{DIRECTORY}/{name}");
    workspace.replace(&path, &bytes)?;
    remove_others(&workspace.path(DIRECTORY), &name)?;
    step::announce(&format!(
        "{path}: {} files, {} kB",
        contents.count(),
        bytes.len().div_ceil(1000)
    ));
    Ok(workspace.path(&path))
}

/// Removes packages of this plugin with another author or version: nobody should install one of them by mistake.
fn remove_others(directory: &Path, name: &str) -> Result<()> {
    for entry in fs::read_dir(directory)? {
        let file = entry?.file_name();
        let other = file.to_string_lossy();
        if other != name && other.contains("-oidc_gateway-") && other.ends_with(".difypkg") {
            fs::remove_file(directory.join(&file))
                .with_context(|| format!("{DIRECTORY}/{other} cannot be removed"))?;
        }
    }
    Ok(())
}

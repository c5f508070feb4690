//! `dist/<author>-oidc_gateway-<version>.difypkg`.

use std::path::PathBuf;

use anyhow::{Result, bail};

use crate::workspace::Workspace;
use crate::{generated, marketplace, module, step};

mod archive;
mod contents;

pub use contents::Contents;

/// Builds the module and packages it with everything that Dify needs; returns where the package is.
///
/// # Errors
/// The build has failed, the generated files have drifted, or the marketplace would refuse the package.
pub fn build(workspace: &Workspace) -> Result<PathBuf> {
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

    let path = format!("dist/{name}");
    workspace.replace(&path, &bytes)?;
    step::announce(&format!(
        "{path}: {} files, {} kB",
        contents.count(),
        bytes.len().div_ceil(1000)
    ));
    Ok(workspace.path(&path))
}

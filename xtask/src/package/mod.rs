//! `dist/<author>-oidc_gateway-<version>.difypkg`.

#[cfg(feature = "all")]
use std::fs;
#[cfg(feature = "all")]
use std::path::Path;
use std::path::PathBuf;

#[cfg(feature = "all")]
use anyhow::bail;
use anyhow::{Context, Result};

use crate::contents::Contents;
use crate::module::{self, Profile};
use crate::workspace::Workspace;
#[cfg(feature = "all")]
use crate::{generated, marketplace, setup};
use crate::{page, step};

mod archive;
#[cfg(feature = "all")]
mod offline;
#[cfg(feature = "all")]
mod released;

use archive::Compression;

#[cfg(feature = "all")]
const DIRECTORY: &str = "dist";

/// Packages the plugin for the demo as fast as that goes, into the target directory: the module is compiled quickly, and
/// nothing is compressed. The host, the declarations and the page are those of the release.
///
/// # Errors
/// The build has failed.
pub fn quick(workspace: &Workspace) -> Result<PathBuf> {
    page::check(workspace)?;
    let module = module::compile(workspace, Profile::Demo)?;
    let contents = Contents::unpublished(workspace, module)?;
    let bytes = archive::write(&contents, Compression::None)?;
    let path = workspace.target().join("demo.difypkg");
    // Another demo may be reading the one that is there.
    let unfinished = path.with_extension(format!("difypkg.{}", std::process::id()));
    std::fs::write(&unfinished, bytes)
        .and_then(|()| std::fs::rename(&unfinished, &path))
        .with_context(|| format!("{} cannot be written", path.display()))?;
    step::announce(&format!("{}: {} files", path.display(), contents.count()));
    Ok(path)
}

/// What is packaged, and for whom.
#[cfg(feature = "all")]
#[derive(Clone, Copy, Debug, Default, clap::Args)]
pub struct Packaging {
    /// Makes a package with the wheels of its requirements too, for a Dify that reaches no package index, in dist/offline/.
    #[arg(long)]
    pub offline: bool,
    /// Refuses what must not be released: the placeholders of Cargo.toml, and settings that are not listed as released.
    #[arg(long)]
    pub release: bool,
}

/// Builds the module and packages it with everything that Dify needs; returns the path of the package, of the one with
/// wheels if that is asked for.
///
/// # Errors
/// The build has failed, the generated files have drifted, the marketplace would refuse the package, or it must not be
/// released.
#[cfg(feature = "all")]
pub fn build(workspace: &Workspace, packaging: Packaging) -> Result<PathBuf> {
    let obstacles = released::obstacles(workspace)?;
    if packaging.release && !obstacles.is_empty() {
        bail!("this must not be released:\n  {}", obstacles.join("\n  "));
    }
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
    let bytes = archive::write(&contents, Compression::Smallest)?;

    let path = format!("{DIRECTORY}/{name}");
    workspace.replace(&path, &bytes)?;
    remove_others(&workspace.path(DIRECTORY), &name)?;
    for obstacle in &obstacles {
        step::announce(&format!("warning: not to be released: {obstacle}"));
    }
    step::announce(&format!(
        "{path}: {} files, {} kB",
        contents.count(),
        bytes.len().div_ceil(1000)
    ));
    if packaging.offline {
        let python = setup::environment(workspace)?;
        let name = name.replace(".difypkg", "-offline.difypkg");
        return offline::write(workspace, &python, &contents, &name);
    }
    Ok(workspace.path(&path))
}

/// Removes packages of this plugin with another author or version: nobody should install one of them by mistake.
#[cfg(feature = "all")]
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

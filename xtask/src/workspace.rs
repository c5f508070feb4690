//! The paths of a checkout, and the publisher of the plugin.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use serde::Deserialize;

/// A checkout of this repository.
#[derive(Clone, Debug)]
pub struct Workspace {
    root: PathBuf,
    target: PathBuf,
}

impl Workspace {
    /// The checkout that this program was built from.
    pub fn this() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .parent()
            .unwrap_or(Path::new("."))
            .to_path_buf();
        let target =
            env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
        Self { root, target }
    }

    /// The checkout at `root`, with a target directory of its own.
    pub fn at(root: PathBuf) -> Self {
        let target = root.join("target");
        Self { root, target }
    }

    /// The root of the checkout.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The directory that cargo builds into.
    pub fn target(&self) -> &Path {
        &self.target
    }

    /// A path inside the checkout, given with `/`.
    pub fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// The text of a file of the checkout.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn read(&self, relative: &str) -> Result<String> {
        fs::read_to_string(self.path(relative))
            .with_context(|| format!("{relative} cannot be read"))
    }

    /// Writes a file that other processes may be reading: they see the old bytes or the new ones, never a mixture. A file
    /// that has these bytes already keeps its modification time.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn replace(&self, relative: &str, bytes: &[u8]) -> Result<()> {
        let path = self.path(relative);
        if fs::read(&path).is_ok_and(|present| present == bytes) {
            return Ok(());
        }
        let unfinished = self.path(&format!("{relative}.unfinished"));
        fs::create_dir_all(path.parent().unwrap_or(&self.root))?;
        fs::write(&unfinished, bytes).with_context(|| format!("{relative} cannot be written"))?;
        fs::rename(&unfinished, &path).with_context(|| format!("{relative} cannot be replaced"))
    }

    /// A command that runs in the root of the checkout.
    pub fn command(&self, program: impl Into<OsString>) -> Command {
        let mut command = Command::new(program.into());
        command.current_dir(&self.root);
        command
    }

    /// The cargo that started this program, or the one on PATH, building into [`Self::target`].
    pub fn cargo(&self) -> Command {
        let mut command = self.command(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.env("CARGO_TARGET_DIR", &self.target);
        command
    }

    /// The publisher of the plugin, from Cargo.toml.
    ///
    /// # Errors
    /// Cargo.toml lacks one of the values.
    pub fn publication(&self) -> Result<Publication> {
        let manifest: CargoManifest = toml::from_str(&self.read("Cargo.toml")?)
            .context("Cargo.toml must have authors, repository and version in [workspace.package] and contact in [workspace.metadata.plugin]")?;
        let package = manifest.workspace.package;
        let author = package
            .authors
            .into_iter()
            .next()
            .context("[workspace.package] authors in Cargo.toml is empty")?;
        Ok(Publication {
            author,
            contact: manifest.workspace.metadata.plugin.contact,
            repository: package.repository,
            version: package.version,
        })
    }
}

/// The values that a publisher changes in Cargo.toml.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Publication {
    /// The plugin's author in Dify's marketplace.
    pub author: String,
    /// An e-mail address.
    pub contact: String,
    /// The address of the source repository.
    pub repository: String,
    /// Three numbers with dots between them.
    pub version: String,
}

impl Publication {
    /// What is still as this repository has it and must be the publisher's own, one sentence each. The author is half of
    /// the plugin's id in Dify (`<author>/oidc_gateway`), so it must be right before the first release.
    pub fn placeholders(&self) -> Vec<String> {
        let mut placeholders = Vec::new();
        if self.author == "oidc-gateway" {
            placeholders.push(format!(
                "[workspace.package] authors in Cargo.toml is the placeholder `{}`: write your own name in the \
                 marketplace. It is half of the plugin's id in Dify, and to change it later orphans every endpoint that \
                 users have made",
                self.author
            ));
        }
        // RFC 2606, section 2: nobody has an address there.
        if self.contact.ends_with(".example") {
            placeholders.push(format!(
                "[workspace.metadata.plugin] contact in Cargo.toml is the placeholder `{}`: write an address that you read",
                self.contact
            ));
        }
        if self
            .repository
            .starts_with("https://github.com/oidc-gateway/")
        {
            placeholders.push(format!(
                "[workspace.package] repository in Cargo.toml is the placeholder `{}`: write where your source is",
                self.repository
            ));
        }
        placeholders
    }
}

#[derive(Deserialize)]
struct CargoManifest {
    workspace: CargoWorkspace,
}

#[derive(Deserialize)]
struct CargoWorkspace {
    metadata: Metadata,
    package: Package,
}

#[derive(Deserialize)]
struct Metadata {
    plugin: Plugin,
}

#[derive(Deserialize)]
struct Package {
    authors: Vec<String>,
    repository: String,
    version: String,
}

#[derive(Deserialize)]
struct Plugin {
    contact: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_yet_the_publishers_own_is_named_with_what_it_means() {
        let own = Publication {
            author: "somebody".to_owned(),
            contact: "somebody@example.com".to_owned(),
            repository: "https://github.com/somebody/gateway".to_owned(),
            version: "1.2.3".to_owned(),
        };
        assert_eq!(own.placeholders(), Vec::<String>::new());
        let placeholder = Publication {
            author: "oidc-gateway".to_owned(),
            contact: "maintainers@oidc-gateway.example".to_owned(),
            repository: "https://github.com/oidc-gateway/oidc_gateway".to_owned(),
            ..own
        };
        assert_eq!(
            placeholder.placeholders(),
            [
                "[workspace.package] authors in Cargo.toml is the placeholder `oidc-gateway`: write your own name in the \
                 marketplace. It is half of the plugin's id in Dify, and to change it later orphans every endpoint that \
                 users have made",
                "[workspace.metadata.plugin] contact in Cargo.toml is the placeholder \
                 `maintainers@oidc-gateway.example`: write an address that you read",
                "[workspace.package] repository in Cargo.toml is the placeholder \
                 `https://github.com/oidc-gateway/oidc_gateway`: write where your source is",
            ]
        );
    }
}

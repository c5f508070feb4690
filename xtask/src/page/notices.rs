//! `THIRD_PARTY.txt`: the licence notices of everything that is compiled into the module or bundled into the page.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;

use super::{NOTICES, SOURCE};
use crate::step;
use crate::workspace::Workspace;

/// The crate that is compiled to the module, and what it is compiled for.
const MODULE: (&str, &str) = ("gateway", "wasm32-unknown-unknown");

const RULE: &str =
    "\n--------------------------------------------------------------------------------\n\n";

/// Writes the notices; the page has been built before.
///
/// # Errors
/// A package has no readable notice, or cargo has failed.
pub fn write(workspace: &Workspace) -> Result<()> {
    let mut notices = Notices::default();
    for package in super::summary(workspace)?.packages {
        let directory = workspace.path(&format!("{SOURCE}/node_modules/{}", package.name));
        let title = format!("{} {} (npm)", package.name, package.version);
        notices.add(title, &package.license, &directory)?;
    }
    for package in crates(workspace)? {
        let directory = Path::new(&package.manifest_path).parent();
        let directory = directory.context("a manifest has no directory")?;
        let title = format!("{} {} (crate)", package.name, package.version);
        let license = package.license.as_deref().unwrap_or("see below");
        notices.add(title, license, directory)?;
    }
    workspace.replace(NOTICES, notices.render()?.as_bytes())
}

/// The text of a notice → the packages that have it. Many have the same, but for the name of who holds the copyright.
#[derive(Default)]
struct Notices(BTreeMap<String, BTreeSet<String>>);

impl Notices {
    fn add(&mut self, title: String, license: &str, directory: &Path) -> Result<()> {
        let text = notice(license, directory)
            .with_context(|| format!("the notice of {title} cannot be read"))?;
        let title = format!("{title}, {license}");
        self.0.entry(text).or_default().insert(title);
        Ok(())
    }

    fn render(&self) -> Result<String> {
        let mut groups: Vec<_> = self.0.iter().map(|(text, titles)| (titles, text)).collect();
        groups.sort();
        let mut all = String::from(
            "host/gateway.wasm and the files in page/ contain parts of the packages below.\n\
             Where a package may be used under one of several licences, it is used under MIT if that is one of them.\n",
        );
        for (titles, text) in groups {
            all.push_str(RULE);
            for title in titles {
                writeln!(all, "{title}")?;
            }
            write!(all, "\n{text}\n")?;
        }
        Ok(all)
    }
}

/// The notice that must go with a package: its MIT licence if it has a file for that, else every licence file; always its
/// NOTICE and COPYRIGHT.
fn notice(license: &str, directory: &Path) -> Result<String> {
    let mut names = Vec::new();
    for entry in fs::read_dir(directory)? {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    let starts = |name: &str, words: &[&str]| {
        let name = name.to_uppercase();
        words.iter().any(|word| name.starts_with(word))
    };
    let mit: Vec<_> = names
        .iter()
        .filter(|name| starts(name, &["LICENSE-MIT"]))
        .collect();
    let licenses = names
        .iter()
        .filter(|name| starts(name, &["LICEN", "COPYING", "UNLICENSE"]));
    let licenses = if mit.is_empty() {
        licenses.collect()
    } else {
        mit
    };
    let others = names
        .iter()
        .filter(|name| starts(name, &["NOTICE", "COPYRIGHT"]));

    let mut texts = Vec::new();
    for name in others.chain(licenses) {
        let text = fs::read_to_string(directory.join(name))?.replace("\r\n", "\n");
        texts.push(text.trim().to_owned());
    }
    if texts.is_empty() {
        texts.push(format!(
            "Its package holds no notice. It is licensed under {license}."
        ));
    }
    Ok(texts.join("\n\n"))
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    resolve: Resolve,
}

#[derive(Deserialize)]
struct Package {
    id: String,
    name: String,
    version: String,
    license: Option<String>,
    manifest_path: String,
    source: Option<String>,
    targets: Vec<Target>,
}

#[derive(Deserialize)]
struct Target {
    kind: Vec<String>,
}

#[derive(Deserialize)]
struct Resolve {
    nodes: Vec<Node>,
}

#[derive(Deserialize)]
struct Node {
    id: String,
    deps: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    pkg: String,
    dep_kinds: Vec<DependencyKind>,
}

#[derive(Deserialize)]
struct DependencyKind {
    kind: Option<String>,
}

/// The crates of others whose code is in the module: neither macros nor what only builds or tests.
fn crates(workspace: &Workspace) -> Result<Vec<Package>> {
    let (root, target) = MODULE;
    let mut cargo = workspace.cargo();
    cargo.args([
        "metadata",
        "--format-version",
        "1",
        "--locked",
        "--filter-platform",
        target,
    ]);
    let metadata: Metadata = serde_json::from_str(&step::read(&mut cargo)?)
        .context("the output of `cargo metadata` cannot be read")?;

    let macros: BTreeSet<&str> = metadata
        .packages
        .iter()
        .filter(|each| each.is_macro())
        .map(|each| &*each.id)
        .collect();
    let root = metadata.packages.iter().find(|each| each.name == root);
    let mut open = vec![
        &*root
            .context("cargo does not know the crate of the module")?
            .id,
    ];
    let nodes: BTreeMap<&str, &Node> = metadata
        .resolve
        .nodes
        .iter()
        .map(|node| (&*node.id, node))
        .collect();
    let mut linked = BTreeSet::new();
    while let Some(id) = open.pop() {
        if macros.contains(id) || !linked.insert(id.to_owned()) {
            continue;
        }
        let node = nodes
            .get(id)
            .with_context(|| format!("cargo has not resolved {id}"))?;
        let needed = node
            .deps
            .iter()
            .filter(|each| each.dep_kinds.iter().any(|kind| kind.kind.is_none()));
        open.extend(needed.map(|each| &*each.pkg));
    }
    let packages = metadata.packages.into_iter();
    Ok(packages
        .filter(|each| linked.contains(&each.id) && each.source.is_some())
        .collect())
}

impl Package {
    fn is_macro(&self) -> bool {
        self.targets
            .iter()
            .any(|target| target.kind.iter().any(|kind| kind == "proc-macro"))
    }
}

//! Cargo.toml against Cargo.lock, and the manifests of all crates against the workspace's.
#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails has failed its test"
)]

use std::collections::BTreeSet;

use toml::{Table, Value};
use xtask::workspace::Workspace;

/// Cargo only warns about a profile for a package that does not exist. After a rename upstream the package would be built
/// like all others.
#[test]
fn every_package_with_a_profile_of_its_own_is_in_the_lock_file() {
    let lock = read("Cargo.lock");
    let locked: BTreeSet<_> = array(&lock, "package")
        .iter()
        .map(|package| package["name"].as_str().unwrap())
        .collect();
    let manifest = read("Cargo.toml");
    let profiles = manifest["profile"].as_table().unwrap();
    let named: Vec<_> = profiles
        .values()
        .filter_map(|profile| profile.get("package")?.as_table())
        .flat_map(Table::keys)
        .filter(|name| *name != "*")
        .collect();
    assert!(named.len() > 10, "{named:?}");
    let missing: Vec<_> = named
        .iter()
        .filter(|name| !locked.contains(name.as_str()))
        .collect();
    assert!(missing.is_empty(), "{missing:?} are not in Cargo.lock");
}

#[test]
fn every_crate_inherits_the_lints_of_the_workspace() {
    let manifest = read("Cargo.toml");
    for member in array(manifest["workspace"].as_table().unwrap(), "members") {
        let path = format!("{}/Cargo.toml", member.as_str().unwrap());
        let inherits = read(&path)
            .get("lints")
            .and_then(|lints| lints.get("workspace")?.as_bool());
        assert_eq!(
            inherits,
            Some(true),
            "{path}: [lints] needs workspace = true"
        );
    }
}

fn read(path: &str) -> Table {
    Workspace::this().read(path).unwrap().parse().unwrap()
}

fn array<'a>(table: &'a Table, name: &str) -> &'a [Value] {
    table[name].as_array().unwrap()
}

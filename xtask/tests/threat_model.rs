//! SECURITY.md against the tests that it names.
#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails has failed its test"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use xtask::workspace::Workspace;

/// Where SECURITY.md says that they are.
const PLACES: [&str; 4] = [
    "src/domain/src",
    "tests/browser/specs",
    "tests/gateway",
    "tests/host",
];

#[test]
fn every_test_that_the_threat_model_names_exists() {
    let workspace = Workspace::this();
    let mut tests = BTreeSet::new();
    for place in PLACES {
        collect(&workspace.path(place), &mut tests);
    }
    let document = workspace.read("SECURITY.md").unwrap();
    let rows: Vec<_> = document
        .lines()
        .filter(|line| line.starts_with("| **"))
        .collect();
    assert!(!rows.is_empty());
    for row in rows {
        let (_, named) = row.trim_end_matches(" |").rsplit_once("| ").unwrap();
        // The name of a spec is a sentence, which may have a comma.
        for name in named.trim_matches('`').split("`, `") {
            assert!(tests.contains(name), "{name} is named in {row}");
        }
    }
}

/// The names of all functions in the Rust and Python files below `directory`, and of all specs for the browser.
fn collect(directory: &Path, names: &mut BTreeSet<String>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, names);
        } else if path
            .extension()
            .is_some_and(|end| end == "rs" || end == "py" || end == "mjs")
        {
            let text = fs::read_to_string(&path).unwrap();
            names.extend(text.lines().filter_map(name));
        }
    }
}

fn name(line: &str) -> Option<String> {
    let line = line.trim_start();
    if let Some(spec) = line.strip_prefix("test('") {
        return spec.split_once('\'').map(|(name, _)| name.to_owned());
    }
    let function = ["fn ", "async fn ", "def "]
        .into_iter()
        .find_map(|keyword| line.strip_prefix(keyword))?;
    function.split_once('(').map(|(name, _)| name.to_owned())
}

//! The built module and the package around it.
#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails has failed its test"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use gateway_domain::operation::OPERATIONS;
use serde_json::Value;
use wasmparser::{ExternalKind, Parser, Payload};
use xtask::contents::Contents;
use xtask::workspace::Workspace;
use xtask::{module, package};

/// What the module exports beside its handlers.
const OTHER_EXPORTS: &[&str] = &[
    "call_cell",
    "call_failed",
    "fetch_done",
    "judge_response",
    "judge_response_head",
    "relay_ended",
    "timer_done",
    "translation_began",
    "translation_ended",
    "translation_piece",
];

/// A tenth over the 2.88 MB that the module has today, half a megabyte of them for sign-in and its private keys, and as much
/// for the MCP server, metrics, rules and the OpenAPI document. Its size is not a target, but a dependency that comes in by
/// accident is seen.
const MOST_BYTES: usize = 3_170_000;

/// Packages of another version and of another author, which an earlier build could have left.
const OLDER: [&str; 2] = [
    "dist/gateway-oidc_gateway-0.0.0.difypkg",
    "dist/somebody-oidc_gateway-0.0.0.difypkg",
];

/// The package of this checkout, built once for all tests where older ones are.
static PACKAGE: LazyLock<PathBuf> = LazyLock::new(|| {
    let workspace = Workspace::this();
    for path in OLDER {
        workspace.replace(path, b"old").unwrap();
    }
    package::build(&workspace, package::Packaging::default()).unwrap()
});

#[test]
fn the_module_exports_exactly_one_handler_for_each_operation_and_the_fallback() {
    let exported: BTreeSet<_> = exported_functions(&built_module())
        .into_iter()
        .filter(|name| !name.starts_with("__") && !OTHER_EXPORTS.contains(&name.as_str()))
        .collect();
    let operations = OPERATIONS.iter().map(|operation| operation.handler);
    let expected: BTreeSet<_> = operations.chain(["fallback"]).map(str::to_owned).collect();
    assert_eq!(exported, expected);
}

#[test]
fn no_older_package_of_this_plugin_is_left_beside_the_new_one() {
    assert!(PACKAGE.is_file());
    let left: Vec<_> = OLDER
        .iter()
        .filter(|path| Workspace::this().path(path).exists())
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn the_module_is_small() {
    let length = built_module().len();
    assert!(length <= MOST_BYTES, "{length} bytes");
}

#[test]
fn the_module_holds_no_text_of_the_plugin_page() {
    let module = built_module();
    let module = String::from_utf8_lossy(&module);
    let texts = Workspace::this().read("texts/settings.yaml").unwrap();
    let settings: BTreeMap<String, Value> = serde_saphyr::from_str(&texts).unwrap();
    let helps = settings
        .values()
        .flat_map(|texts| texts["help"].as_object().unwrap().values())
        .map(|help| help.as_str().unwrap());
    let found: Vec<_> = helps.filter(|help| module.contains(help)).collect();
    assert_eq!(found, Vec::<&str>::new());
}

#[test]
fn the_same_source_gives_the_same_package_in_another_directory() {
    let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let here = Workspace::this();
    let there = Workspace::at(directory.path().join("another/checkout"));
    copy_sources(&here, &there);
    let package = package::build(&there, package::Packaging::default()).unwrap();

    let contents = |workspace| Contents::of(workspace).unwrap();
    let (ours, theirs) = (contents(&here), contents(&there));
    let different: Vec<_> = ours
        .files()
        .zip(theirs.files())
        .filter(|(ours, theirs)| ours != theirs)
        .collect();
    let different: Vec<_> = different.iter().map(|((path, _), _)| path).collect();
    assert!(different.is_empty(), "{different:?}");
    assert!(
        fs::read(&*PACKAGE).unwrap() == fs::read(package).unwrap(),
        "the zip files differ"
    );
}

fn built_module() -> Vec<u8> {
    LazyLock::force(&PACKAGE);
    fs::read(Workspace::this().path(module::PATH)).unwrap()
}

fn exported_functions(module: &[u8]) -> Vec<String> {
    let mut names = Vec::new();
    for payload in Parser::new(0).parse_all(module) {
        if let Payload::ExportSection(exports) = payload.unwrap() {
            let functions = exports.into_iter().map(Result::unwrap);
            let functions = functions.filter(|export| export.kind == ExternalKind::Func);
            names.extend(functions.map(|export| export.name.to_owned()));
        }
    }
    names
}

/// Copies what git would commit: no build output and nothing that is ignored.
fn copy_sources(from: &Workspace, to: &Workspace) {
    let mut list = Command::new("git");
    list.args([
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ]);
    let listed = list.current_dir(from.root()).output().unwrap();
    assert!(
        listed.status.success(),
        "{}",
        String::from_utf8_lossy(&listed.stderr)
    );
    for path in String::from_utf8(listed.stdout)
        .unwrap()
        .split_terminator('\0')
    {
        copy(&from.path(path), &to.path(path));
    }
}

/// A file that was removed and is still in the index is not there to be copied.
fn copy(from: &Path, to: &Path) {
    if from.is_file() {
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(from, to).unwrap();
    }
}

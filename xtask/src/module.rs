//! Builds `host/gateway.wasm` so that the same source gives the same bytes in any directory.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use wasm_bindgen_cli_support::Bindgen;

use crate::workspace::Workspace;
use crate::{setup, step};

/// Where the module is, from the root of the checkout.
pub const PATH: &str = "host/gateway.wasm";

const TARGET: &str = "wasm32-unknown-unknown";

/// How the module is compiled: a profile of Cargo.toml.
#[derive(Clone, Copy, Debug)]
pub enum Profile {
    /// Quickly.
    Demo,
    /// Well.
    Release,
}

impl Profile {
    const fn name(self) -> &'static str {
        match self {
            Self::Demo => "demo",
            Self::Release => "module",
        }
    }
}

/// Builds the module that is released and tested.
///
/// # Errors
/// The compiler or wasm-bindgen has failed.
pub fn build(workspace: &Workspace) -> Result<()> {
    workspace.replace(PATH, &compile(workspace, Profile::Release)?)
}

/// Compiles the module.
///
/// # Errors
/// As [`build`].
pub fn compile(workspace: &Workspace, profile: Profile) -> Result<Vec<u8>> {
    setup::wasm_target(workspace, TARGET)?;
    let mut fetch = workspace.cargo();
    fetch.args(["fetch", "--quiet", "--locked", "--target", TARGET]);
    step::run("fetching crates", &mut fetch)?;

    let mut build = workspace.cargo();
    build.args([
        "build",
        "--locked",
        "--profile",
        profile.name(),
        "--package",
        "gateway",
        "--target",
        TARGET,
    ]);
    build.env("CARGO_ENCODED_RUSTFLAGS", rust_flags(workspace)?);
    step::run("compiling gateway.wasm", &mut build)?;

    let compiled = workspace
        .target()
        .join(TARGET)
        .join(profile.name())
        .join("gateway.wasm");
    bind(&compiled).with_context(|| format!("wasm-bindgen cannot process {}", compiled.display()))
}

/// Wide arithmetic makes an RSA verification four to six times as fast; vectors (`simd128`) make the module smaller and a
/// seen token a twentieth faster. wasmtime supports both on every processor. rustc warns that the first is unstable, and that warning cannot be allowed alone, so all are; clippy denies warnings in the same source.
fn rust_flags(workspace: &Workspace) -> Result<OsString> {
    let mut flags = OsString::from("-Ctarget-feature=+wide-arithmetic,+simd128\u{1f}-Awarnings");
    for (from, to) in remapped_prefixes(workspace)? {
        flags.push("\u{1f}--remap-path-prefix=");
        flags.push(from);
        flags.push("=");
        flags.push(to);
    }
    Ok(flags)
}

/// Every directory of this machine that the compiler could write into a panic message.
fn remapped_prefixes(workspace: &Workspace) -> Result<Vec<(PathBuf, String)>> {
    let home = cargo_home()?;
    let mut prefixes = vec![
        (workspace.root().to_path_buf(), "/gateway".to_owned()),
        (home.clone(), "/cargo".to_owned()),
    ];
    prefixes.extend(
        registry_sources(&home)?
            .into_iter()
            .map(|source| (source, "/crates".to_owned())),
    );
    prefixes.push(standard_library(workspace)?);
    Ok(prefixes)
}

fn cargo_home() -> Result<PathBuf> {
    let named = env::var_os("CARGO_HOME").map(PathBuf::from);
    named
        .or_else(|| env::home_dir().map(|home| home.join(".cargo")))
        .context("neither CARGO_HOME nor HOME is set")
}

/// A registry's directory is named after its address, which differs where a mirror is used.
fn registry_sources(home: &Path) -> Result<Vec<PathBuf>> {
    let directory = home.join("registry/src");
    let entries = fs::read_dir(&directory)
        .with_context(|| format!("{} cannot be read", directory.display()))?;
    let mut sources = entries
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<Vec<_>>>()?;
    sources.sort();
    Ok(sources)
}

/// Where the component `rust-src` is installed, rustc writes its path instead of the one that the release was built with.
fn standard_library(workspace: &Workspace) -> Result<(PathBuf, String)> {
    let system_root = step::read(workspace.command("rustc").args(["--print", "sysroot"]))?;
    let version = step::read(workspace.command("rustc").arg("-vV"))?;
    let commit = version
        .lines()
        .find_map(|line| line.strip_prefix("commit-hash: "));
    let commit = commit.context("`rustc -vV` names no commit-hash")?;
    Ok((
        Path::new(&system_root).join("lib/rustlib/src/rust"),
        format!("/rustc/{commit}"),
    ))
}

fn bind(compiled: &Path) -> Result<Vec<u8>> {
    let mut output = Bindgen::new()
        .input_path(compiled)
        .bundler(true)?
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate_output()?;
    Ok(output.wasm_mut().emit_wasm())
}

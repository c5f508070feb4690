//! Whether each package of others may be used: its licence, and the index that it comes from.
//!
//! The list is that of `deny.toml`. cargo-deny holds the crates to it; this the packages of Python and npm.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use spdx::{Expression, ParseMode};

use crate::setup::Environment;
use crate::step;
use crate::workspace::Workspace;

const LIST: &str = "deny.toml";

/// Licences of what is used as it is and is part of no file of the package: Python packages, which Dify installs beside the
/// plugin, and tools of npm. None says anything about what uses them.
const BESIDE: &[&str] = &[
    "BlueOak-1.0.0",
    "CC0-1.0",
    "CNRI-Python",
    "MIT-0",
    "MPL-2.0",
    "PSF-2.0",
    "Python-2.0",
    "ZPL-2.1",
];

/// What Python packages wrote before there was a field for an SPDX expression.
const NAMES: &[(&str, &str)] = &[
    ("Apache Software License", "Apache-2.0"),
    ("BSD License", "BSD-3-Clause"),
    ("MIT License", "MIT"),
    ("Mozilla Public License 2.0 (MPL 2.0)", "MPL-2.0"),
];

/// The lock files of npm, and whether what is no tool among their packages is bundled into the plugin's page.
const NPM: [(&str, bool); 7] = [
    ("page/package-lock.json", true),
    ("tests/browser/package-lock.json", false),
    ("tests/clients/mcp-programs/package-lock.json", false),
    ("tests/clients/mcp/package-lock.json", false),
    ("tests/clients/npm/package-lock.json", false),
    ("tests/clients/openapi/package-lock.json", false),
    ("tests/identity-provider/package-lock.json", false),
];

/// Packages of npm that point to a file instead of naming a licence, and what the file says.
const READ: [(&str, &str); 1] = [
    // The MCP project is on its way from the one to the other.
    (
        "node_modules/@modelcontextprotocol/inspector",
        "MIT AND Apache-2.0",
    ),
];

const NPM_REGISTRY: &str = "https://registry.npmjs.org/";

/// Prints what each installed distribution says of its licence, the best first.
const PYTHON: &str = r#"
import importlib.metadata, json
for each in importlib.metadata.distributions():
    data = each.metadata
    classifiers = [c.split(" :: ")[-1] for c in data.get_all("Classifier") or [] if c.startswith("License ::")]
    said = [data.get("License-Expression"), *classifiers, (data.get("License") or "").split("\n")[0].strip()]
    print(json.dumps({"title": f"{each.name} {each.version}", "said": [s for s in said if s]}))
"#;

#[derive(Deserialize)]
struct List {
    licenses: Licenses,
}

#[derive(Deserialize)]
struct Licenses {
    allow: Vec<String>,
}

#[derive(Deserialize)]
struct Lock {
    packages: BTreeMap<String, NpmPackage>,
}

#[derive(Deserialize)]
struct NpmPackage {
    license: Option<String>,
    resolved: Option<String>,
    #[serde(default)]
    dev: bool,
}

#[derive(Deserialize)]
struct Distribution {
    title: String,
    said: Vec<String>,
}

/// Checks every package.
///
/// # Errors
/// cargo-deny has found something; packages may not be used, each with the reason; or a list cannot be read.
pub fn check(workspace: &Workspace, python: &Environment) -> Result<()> {
    crates(workspace, python)?;
    step::announce("checking the licences and the sources of the packages of Python and npm");
    let list: List =
        toml::from_str(&workspace.read(LIST)?).with_context(|| format!("{LIST} cannot be used"))?;
    let strict: Vec<&str> = list.licenses.allow.iter().map(String::as_str).collect();
    let beside: Vec<&str> = [strict.as_slice(), BESIDE].concat();
    let mut problems = Vec::new();
    for (path, is_bundled) in NPM {
        let tools = if is_bundled { &strict } else { &beside };
        problems.extend(npm(&workspace.read(path)?, tools, &beside)?);
    }
    problems.extend(distributions(workspace, python, &beside)?);
    ensure!(
        problems.is_empty(),
        "these packages may not be used; see {LIST}:\n  {}",
        problems.join("\n  ")
    );
    Ok(())
}

/// Advisories are not asked for: a test must not fail because of what somebody has published today.
fn crates(workspace: &Workspace, python: &Environment) -> Result<()> {
    let mut deny = workspace.command(python.program("cargo-deny"));
    deny.args(["--locked", "check", "licenses", "bans", "sources"]);
    step::run("checking the crates (cargo-deny)", &mut deny)
}

/// The packages of a lock file. A tool is not part of what is built.
fn npm(lock: &str, allowed: &[&str], of_tools: &[&str]) -> Result<Vec<String>> {
    let lock: Lock = serde_json::from_str(lock)?;
    let mut problems = Vec::new();
    // The empty name is the package that is locked.
    for (path, package) in lock.packages.iter().filter(|(path, _)| !path.is_empty()) {
        let title = format!("{path} (npm)");
        // Without the field it comes from the registry.
        let elsewhere = package.resolved.as_deref();
        if let Some(source) = elsewhere.filter(|source| !source.starts_with(NPM_REGISTRY)) {
            problems.push(format!("{title} comes from {source}"));
        }
        let allowed = if package.dev { of_tools } else { allowed };
        let license = match package.license.as_deref() {
            Some("SEE LICENSE IN LICENSE") => {
                let read = READ.iter().find(|(read, _)| read == path);
                read.map(|(_, license)| *license)
            }
            license => license,
        };
        problems.extend(problem(&title, license, allowed));
    }
    Ok(problems)
}

fn distributions(
    workspace: &Workspace,
    python: &Environment,
    allowed: &[&str],
) -> Result<Vec<String>> {
    let mut command = workspace.command(python.program("python"));
    let printed = step::read(command.args(["-c", PYTHON]))?;
    let mut problems = Vec::new();
    for line in printed.lines() {
        let Distribution { title, said } = serde_json::from_str(line)?;
        let title = format!("{title} (Python)");
        let license = said.iter().find_map(|said| named(said));
        problems.extend(problem(&title, license.as_deref(), allowed));
    }
    Ok(problems)
}

/// The SPDX expression that a Python package has written, or has meant.
fn named(said: &str) -> Option<String> {
    let by_name = NAMES.iter().find(|(name, _)| *name == said);
    if let Some((_, license)) = by_name {
        return Some((*license).to_owned());
    }
    Expression::parse(said).is_ok().then(|| said.to_owned())
}

/// Why a package with this licence may not be used.
fn problem(title: &str, license: Option<&str>, allowed: &[&str]) -> Option<String> {
    let Some(license) = license else {
        return Some(format!("{title} names no licence"));
    };
    match Expression::parse_mode(license, ParseMode::LAX) {
        Ok(expression) => {
            let may = expression.evaluate(|required| {
                let required = required.to_string();
                allowed.iter().any(|allowed| *allowed == required)
            });
            (!may).then(|| format!("{title} is licensed under {license}"))
        }
        Err(_) => Some(format!("{title} has a licence that is not SPDX: {license}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALLOWED: &[&str] = &["MIT", "Apache-2.0 WITH LLVM-exception", "Unicode-3.0"];

    #[test]
    fn a_licence_that_is_not_on_the_list_is_named() {
        for (license, expected) in [
            (Some("MIT"), None),
            (Some("GPL-3.0-only OR MIT"), None),
            (Some("GPL-3.0-only/MIT"), None),
            (Some("Apache-2.0 WITH LLVM-exception"), None),
            (Some("(MIT OR Apache-2.0) AND Unicode-3.0"), None),
            (Some("Apache-2.0"), Some("a 1 is licensed under Apache-2.0")),
            (
                Some("MIT AND GPL-3.0-only"),
                Some("a 1 is licensed under MIT AND GPL-3.0-only"),
            ),
            (
                Some("Free for all"),
                Some("a 1 has a licence that is not SPDX: Free for all"),
            ),
            (None, Some("a 1 names no licence")),
        ] {
            assert_eq!(
                problem("a 1", license, ALLOWED).as_deref(),
                expected,
                "{license:?}"
            );
        }
    }

    #[test]
    fn a_tool_may_have_another_licence_than_what_is_bundled_and_none_comes_from_elsewhere() {
        let lock = r#"{"packages": {
            "": {},
            "node_modules/bundled": {"license": "MPL-2.0", "resolved": "https://registry.npmjs.org/b.tgz"},
            "node_modules/tool": {"license": "MPL-2.0", "dev": true, "resolved": "https://registry.npmjs.org/t.tgz"},
            "node_modules/other": {"license": "MIT", "resolved": "git+ssh://git@example.com/o.git"}
        }}"#;
        assert_eq!(
            npm(lock, &["MIT"], &["MIT", "MPL-2.0"]).unwrap(),
            [
                "node_modules/bundled (npm) is licensed under MPL-2.0",
                "node_modules/other (npm) comes from git+ssh://git@example.com/o.git",
            ]
        );
    }

    #[test]
    fn every_lock_file_of_npm_is_checked() {
        let workspace = Workspace::this();
        let listed = step::read(workspace.command("git").args([
            "ls-files",
            "package-lock.json",
            "**/package-lock.json",
        ]));
        let listed = listed.unwrap();
        let checked: Vec<_> = NPM.iter().map(|(path, _)| *path).collect();
        assert_eq!(listed.lines().collect::<Vec<_>>(), checked);
    }

    #[test]
    fn what_older_python_packages_say_is_understood() {
        for (said, expected) in [
            ("MIT", Some("MIT")),
            ("BSD License", Some("BSD-3-Clause")),
            ("UNKNOWN", None),
            ("", None),
        ] {
            assert_eq!(named(said).as_deref(), expected, "{said}");
        }
    }
}

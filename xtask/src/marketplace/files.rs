//! Names, kinds and sizes of the files.

use crate::contents::Contents;

const DIRECTORIES: &[&str] = &[
    ".git",
    ".idea",
    ".mypy_cache",
    ".nox",
    ".pytest_cache",
    ".ruff_cache",
    ".tox",
    ".venv",
    ".vscode",
    "__pycache__",
    "build",
    "dist",
    "env",
    "node_modules",
    "venv",
];

const NAMES: &[&str] = &[
    ".DS_Store",
    ".env",
    "id_dsa",
    "id_ecdsa",
    "id_ed25519",
    "id_rsa",
];

const SUFFIXES: &[&str] = &[
    ".app", ".bak", ".bin", ".command", ".dll", ".dylib", ".exe", ".key", ".log", ".node", ".p12",
    ".pem", ".pfx", ".pyc", ".pyd", ".pyo", ".run", ".sh", ".so", ".swo", ".swp", ".tmp",
];

/// How the executables of Linux, Windows and macOS begin. WebAssembly is not one of them.
const EXECUTABLES: &[(&[u8], &str)] = &[
    (b"\x7fELF", "ELF"),
    (b"MZ", "PE"),
    (b"\xfe\xed\xfa\xce", "Mach-O"),
    (b"\xfe\xed\xfa\xcf", "Mach-O"),
    (b"\xce\xfa\xed\xfe", "Mach-O"),
    (b"\xcf\xfa\xed\xfe", "Mach-O"),
    (b"\xca\xfe\xba\xbe", "Mach-O"),
];

/// Bytes of all files together, unpacked (`MAX_PLUGIN_PACKAGE_SIZE` of the daemon).
const MAXIMUM_SIZE: usize = 52_428_800;

const MAXIMUM_COUNT: usize = 5000;

/// What is wrong with the files.
pub fn violations(contents: &Contents) -> Vec<String> {
    let mut violations: Vec<_> = contents
        .files()
        .filter_map(|(path, bytes)| violation(path, bytes))
        .collect();
    let size: usize = contents.files().map(|(_, bytes)| bytes.len()).sum();
    if size > MAXIMUM_SIZE {
        violations.push(format!(
            "the files have {size} bytes; the limit is {MAXIMUM_SIZE}"
        ));
    }
    if contents.count() > MAXIMUM_COUNT {
        violations.push(format!(
            "there are {} files; the limit is {MAXIMUM_COUNT}",
            contents.count()
        ));
    }
    violations
}

fn violation(path: &str, bytes: &[u8]) -> Option<String> {
    let (directories, name) = path.rsplit_once('/').unwrap_or(("", path));
    if let Some(directory) = directories
        .split('/')
        .find(|directory| DIRECTORIES.contains(directory))
    {
        return Some(format!(
            "{path} is in `{directory}`, which must not be packaged"
        ));
    }
    if NAMES.contains(&name) || name.starts_with(".env.") {
        return Some(format!(
            "{path} must not be packaged: files of this name hold a machine's own secrets or settings"
        ));
    }
    if let Some(suffix) = SUFFIXES.iter().find(|suffix| name.ends_with(*suffix)) {
        return Some(format!(
            "{path} must not be packaged: the marketplace refuses {suffix} files"
        ));
    }
    let (_, kind) = EXECUTABLES
        .iter()
        .find(|(magic, _)| bytes.starts_with(magic))?;
    Some(format!(
        "{path} is a native executable ({kind}), which the marketplace refuses"
    ))
}

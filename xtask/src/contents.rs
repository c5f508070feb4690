//! The files of the package: only those listed here, whatever else is in the checkout.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context, Result};

use crate::workspace::Workspace;
use crate::{module, page};

const FILES: &[&str] = &[
    "LICENSE",
    "PRIVACY.md",
    "README.md",
    "SECURITY.md",
    page::NOTICES,
    module::PATH,
    "main.py",
    "manifest.yaml",
    "requirements.txt",
];

/// Directories, and the suffix of the files in them that are packaged. Subdirectories are not.
const DIRECTORIES: &[(&str, &str)] = &[
    ("_assets", ".png"),
    ("_assets", ".svg"),
    ("endpoints", ".py"),
    ("host", ".py"),
    ("host/http", ".py"),
    ("host/sdk", ".py"),
    ("host/wasm", ".py"),
    (page::BUILT, ".br"),
    (page::BUILT, ".gz"),
    ("provider", ".yaml"),
    ("readme", ".md"),
];

/// The files of a package, sorted by their path.
#[derive(Clone, Debug, Default)]
pub struct Contents(BTreeMap<String, Vec<u8>>);

impl Contents {
    /// Reads the files of a checkout.
    ///
    /// # Errors
    /// A file or directory is missing.
    pub fn of(workspace: &Workspace) -> Result<Self> {
        let mut paths: Vec<_> = FILES.iter().map(|&path| path.to_owned()).collect();
        for &(directory, suffix) in DIRECTORIES {
            paths.extend(files_in(workspace, directory, suffix)?);
        }
        read(workspace, paths)
    }

    /// The files of a plugin that nobody publishes: with this module, and without the notices of its parts.
    ///
    /// # Errors
    /// As [`Self::of`].
    pub fn unpublished(workspace: &Workspace, module: Vec<u8>) -> Result<Self> {
        let is_built = |path: &&str| [page::NOTICES, module::PATH].contains(path);
        let paths = FILES.iter().filter(|path| !is_built(path));
        let mut paths: Vec<_> = paths.map(|&path| path.to_owned()).collect();
        for &(directory, suffix) in DIRECTORIES {
            paths.extend(files_in(workspace, directory, suffix)?);
        }
        let mut contents = read(workspace, paths)?;
        contents.0.insert(module::PATH.to_owned(), module);
        Ok(contents)
    }

    /// How many files there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Path and bytes of each file, sorted by path.
    pub fn files(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.0
            .iter()
            .map(|(path, bytes)| (path.as_str(), bytes.as_slice()))
    }

    /// Path and text of each file that is text, sorted by path.
    pub fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files()
            .filter_map(|(path, bytes)| Some((path, str::from_utf8(bytes).ok()?)))
    }

    /// The text of one file.
    pub fn text(&self, path: &str) -> Option<&str> {
        str::from_utf8(self.0.get(path)?).ok()
    }

    /// Whether there is such a file.
    pub fn contains(&self, path: &str) -> bool {
        self.0.contains_key(path)
    }
}

impl FromIterator<(String, Vec<u8>)> for Contents {
    fn from_iter<Files: IntoIterator<Item = (String, Vec<u8>)>>(files: Files) -> Self {
        Self(files.into_iter().collect())
    }
}

fn read(workspace: &Workspace, paths: Vec<String>) -> Result<Contents> {
    let read = |path: String| {
        let bytes = fs::read(workspace.path(&path))
            .with_context(|| format!("{path} cannot be packaged"))?;
        Ok((path, bytes))
    };
    paths.into_iter().map(read).collect()
}

fn files_in(workspace: &Workspace, directory: &str, suffix: &str) -> Result<Vec<String>> {
    let entries = fs::read_dir(workspace.path(directory))
        .with_context(|| format!("{directory}/ cannot be packaged"))?;
    let mut paths = Vec::new();
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.ends_with(suffix) && entry.file_type()?.is_file() {
            paths.push(format!("{directory}/{name}"));
        }
    }
    Ok(paths)
}

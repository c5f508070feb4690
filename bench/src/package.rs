//! Packing and unpacking plugins.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use tempfile::TempDir;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

/// Packages a directory of `bench/plugins` into `target`.
///
/// # Errors
/// A file cannot be read or written.
pub fn pack(source: &Path, target: &TempDir) -> Result<PathBuf> {
    let name = source
        .file_name()
        .with_context(|| format!("{} has no name", source.display()))?;
    let package = target.path().join(name).with_extension("difypkg");
    let mut archive = ZipWriter::new(File::create(&package)?);
    for file in files(source)? {
        let name = file.strip_prefix(source)?.to_string_lossy().into_owned();
        archive.start_file(name, SimpleFileOptions::default())?;
        archive.write_all(&fs::read(&file)?)?;
    }
    archive.finish()?;
    Ok(package)
}

/// Unpacks `package` into a directory that exists as long as the returned value.
///
/// # Errors
/// The package cannot be read, or the directory cannot be written.
pub fn unpack(package: &Path) -> Result<TempDir> {
    let directory = TempDir::new()?;
    ZipArchive::new(File::open(package)?)?.extract(directory.path())?;
    Ok(directory)
}

fn files(directory: &Path) -> Result<Vec<PathBuf>> {
    let mut files_below = Vec::new();
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        if path.is_dir() {
            files_below.extend(files(&path)?);
        } else {
            files_below.push(path);
        }
    }
    files_below.sort();
    Ok(files_below)
}

//! Unpacking of a `.difypkg` (`plugin_packager/decoder/zip.go`).

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use zip::ZipArchive;
use zip::read::ZipFile;

/// Dify's `MAX_PLUGIN_PACKAGE_SIZE`, for the packed and the unpacked bytes alike.
const MAX_BYTES: u64 = 50 * 1024 * 1024;

/// Why Dify would not take a package.
#[derive(Debug, thiserror::Error)]
pub enum PackageError {
    /// The file cannot be read, or there is no directory to unpack it into.
    #[error("{}: {source}", path.display())]
    Unreadable {
        /// The file or directory.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The file is not a zip archive, or is damaged.
    #[error("{}: not a valid difypkg file: {source}", path.display())]
    Damaged {
        /// The package.
        path: PathBuf,
        /// What is wrong.
        source: zip::result::ZipError,
    },
    /// The package or its content is larger than 50 MiB.
    #[error(
        "plugin package size is too large: {0} bytes, at most {MAX_BYTES} are taken, packed and unpacked"
    )]
    TooLarge(u64),
    /// The archive has an entry for a directory, which the daemon tries to read as a file.
    #[error("read {0}: is a directory; write the package without directory entries")]
    Directory(String),
    /// An entry would be written outside the plugin's directory.
    #[error("illegal file path in plugin package: {0:?}")]
    IllegalPath(String),
    /// The manifest is missing.
    #[error("open manifest.yaml: file does not exist")]
    NoManifest,
}

/// Unpacks a package into an empty directory.
pub(crate) fn unpack(package: &Path, target: &Path) -> Result<(), PackageError> {
    let damaged = |source| PackageError::Damaged {
        path: package.to_owned(),
        source,
    };
    let file = File::open(package).map_err(|source| unreadable(package, source))?;
    let length = file
        .metadata()
        .map_err(|source| unreadable(package, source))?
        .len();
    let mut archive = ZipArchive::new(file).map_err(damaged)?;
    let mut unpacked = 0;
    for index in 0..archive.len() {
        unpacked += archive.by_index(index).map_err(damaged)?.size();
    }
    if length.max(unpacked) > MAX_BYTES {
        return Err(PackageError::TooLarge(length.max(unpacked)));
    }
    if archive.index_for_name("manifest.yaml").is_none() {
        return Err(PackageError::NoManifest);
    }
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).map_err(damaged)?;
        let name = entry.name().map_err(damaged)?.into_owned();
        extract(&mut entry, name, target)?;
    }
    Ok(())
}

/// Files get the usual mode: the daemon keeps no executable bit.
fn extract(entry: &mut ZipFile<'_, File>, name: String, target: &Path) -> Result<(), PackageError> {
    if entry.is_dir() {
        return Err(PackageError::Directory(name));
    }
    let path = target.join(
        entry
            .enclosed_name()
            .ok_or(PackageError::IllegalPath(name))?,
    );
    if let Some(directory) = path.parent() {
        fs::create_dir_all(directory).map_err(|source| unreadable(directory, source))?;
    }
    let mut file = File::create(&path).map_err(|source| unreadable(&path, source))?;
    io::copy(entry, &mut file).map_err(|source| unreadable(&path, source))?;
    Ok(())
}

fn unreadable(path: &Path, source: io::Error) -> PackageError {
    PackageError::Unreadable {
        path: path.to_owned(),
        source,
    }
}

#[cfg(test)]
mod tests;

//! The package for a Dify without a package index: the same plugin with the wheels of what it requires, for both machine
//! types that Dify's plugin daemon is published for.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};

use super::archive::{self, Compression};
use crate::contents::Contents;
use crate::setup::Environment;
use crate::step;
use crate::workspace::Workspace;

/// Where it is written to, apart from the package that the tests and the demo take.
pub const DIRECTORY: &str = "dist/offline";

/// The Python that the daemon starts plugins with.
const PYTHON: &str = "3.12";

/// The machine types, and the tags of wheels that run on the daemon's image (Ubuntu 24.04, glibc 2.39). pip takes a tag as
/// it is and derives no older ones, so that each that some wheel has is named: gevent has 2_28 alone, zope.interface 2_17
/// and 2014, wasmtime 1 and 2014.
const MACHINES: [(&str, &[&str]); 2] = [
    (
        "x86_64",
        &[
            "manylinux_2_28",
            "manylinux_2_24",
            "manylinux_2_17",
            "manylinux2014",
            "manylinux2010",
            "manylinux1",
        ],
    ),
    (
        "aarch64",
        &[
            "manylinux_2_28",
            "manylinux_2_24",
            "manylinux_2_17",
            "manylinux2014",
        ],
    ),
];

/// The daemon's `MAX_PLUGIN_PACKAGE_SIZE`, which it compares with the package and with the sum of its files.
const MOST_BYTES: usize = 52_428_800;

/// Writes the package with wheels beside `contents`, and returns its path.
///
/// # Errors
/// pip cannot have the wheels, or the package is larger than the daemon takes.
pub fn write(
    workspace: &Workspace,
    python: &Environment,
    contents: &Contents,
    name: &str,
) -> Result<PathBuf> {
    let wheels = wheels(workspace, python)?;
    let mut files: Vec<_> = contents
        .files()
        .map(|(path, bytes)| (path.to_owned(), bytes.to_vec()))
        .filter(|(path, _)| path != "requirements.txt")
        .collect();
    files.push((
        "requirements.txt".to_owned(),
        requirements(&wheels)?.into_bytes(),
    ));
    files.extend(
        wheels
            .into_iter()
            .map(|(name, bytes)| (format!("wheels/{name}"), bytes)),
    );
    let unpacked: usize = files.iter().map(|(_, bytes)| bytes.len()).sum();
    let contents: Contents = files.into_iter().collect();
    let packed = archive::write(&contents, Compression::Smallest)?;
    let larger = unpacked.max(packed.len());
    ensure!(
        larger <= MOST_BYTES,
        "the offline package has {larger} bytes, and Dify's plugin daemon takes at most {MOST_BYTES}"
    );
    let path = format!("{DIRECTORY}/{name}");
    workspace.replace(&path, &packed)?;
    step::announce(&format!(
        "{path}: {} files, {} kB",
        contents.count(),
        packed.len().div_ceil(1000)
    ));
    Ok(workspace.path(&path))
}

/// File name → wheel. What the first machine type needs is resolved by pip; the others get the same versions.
fn wheels(workspace: &Workspace, python: &Environment) -> Result<BTreeMap<String, Vec<u8>>> {
    let directory = workspace.target().join("wheels");
    if directory.exists() {
        fs::remove_dir_all(&directory)?;
    }
    let mut pinned = Vec::new();
    for (machine, tags) in MACHINES {
        let mut download = workspace.command(python.program("python"));
        download.args([
            "-m",
            "pip",
            "download",
            "--quiet",
            "--disable-pip-version-check",
        ]);
        download.args([
            "--only-binary=:all:",
            "--implementation=cp",
            "--python-version",
            PYTHON,
        ]);
        download.args(tags.iter().map(|tag| format!("--platform={tag}_{machine}")));
        download.arg("--dest").arg(&directory);
        if pinned.is_empty() {
            download.args(["-r", "requirements.txt"]);
        } else {
            download.arg("--no-deps").args(&pinned);
        }
        step::run(&format!("downloading wheels for {machine}"), &mut download)?;
        if pinned.is_empty() {
            pinned = read_directory(&directory)?
                .keys()
                .map(|name| {
                    Wheel::parse(name).map(|wheel| format!("{}=={}", wheel.name, wheel.version))
                })
                .collect::<Result<_>>()?;
        }
    }
    read_directory(&directory)
}

fn read_directory(directory: &Path) -> Result<BTreeMap<String, Vec<u8>>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        files.insert(name, fs::read(entry.path())?);
    }
    Ok(files)
}

/// What the name of a wheel begins with.
#[derive(Debug, Eq, Ord, PartialEq, PartialOrd)]
struct Wheel {
    name: String,
    version: String,
}

impl Wheel {
    /// <https://packaging.python.org/en/latest/specifications/binary-distribution-format/#file-name-convention>
    fn parse(file: &str) -> Result<Self> {
        let mut parts = file.split('-');
        let (Some(name), Some(version)) = (parts.next(), parts.next()) else {
            bail!("{file} is not the name of a wheel");
        };
        ensure!(file.ends_with(".whl"), "{file} is not a wheel");
        Ok(Self {
            name: name.to_owned(),
            version: version.to_owned(),
        })
    }
}

/// One line for each distribution, with the hash of each of its wheels. No index is asked, and no other file is taken.
fn requirements(wheels: &BTreeMap<String, Vec<u8>>) -> Result<String> {
    let mut hashes: BTreeMap<Wheel, Vec<String>> = BTreeMap::new();
    for (name, bytes) in wheels {
        let wheel = Wheel::parse(name).context("only wheels can be installed without an index")?;
        let digest = hmac_sha256::Hash::hash(bytes);
        let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        hashes.entry(wheel).or_default().push(digest);
    }
    let mut text = String::from("--no-index\n--find-links=./wheels/\n");
    for (wheel, digests) in hashes {
        write!(text, "{}=={}", wheel.name, wheel.version)?;
        for digest in digests {
            write!(text, " --hash=sha256:{digest}")?;
        }
        text.push('\n');
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_distribution_has_one_line_with_the_hash_of_each_of_its_wheels() {
        let wheels = [
            ("b-2.0-cp312-cp312-manylinux_2_28_x86_64.whl", "x"),
            ("b-2.0-cp312-cp312-manylinux_2_28_aarch64.whl", ""),
            ("a_c-1.0-py3-none-any.whl", ""),
        ];
        let wheels = wheels.map(|(name, bytes)| (name.to_owned(), bytes.as_bytes().to_vec()));
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        let x = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881";
        assert_eq!(
            requirements(&BTreeMap::from(wheels)).unwrap(),
            format!(
                "--no-index\n--find-links=./wheels/\na_c==1.0 --hash=sha256:{empty}\n\
                 b==2.0 --hash=sha256:{empty} --hash=sha256:{x}\n"
            )
        );
    }

    #[test]
    fn a_source_archive_is_refused_because_it_could_not_be_built_without_an_index() {
        let files = BTreeMap::from([("a-1.0.tar.gz".to_owned(), Vec::new())]);
        assert_eq!(
            format!("{:#}", requirements(&files).unwrap_err()),
            "only wheels can be installed without an index: a-1.0.tar.gz is not a wheel"
        );
    }
}

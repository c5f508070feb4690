use std::fs::{self, File};
use std::io::Write;

use tempfile::TempDir;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::unpack;

/// Writes a package with these entries; a name that ends in a slash becomes a directory.
fn unpacked(entries: &[(&str, usize)]) -> (TempDir, Result<(), String>) {
    let directory = TempDir::new().unwrap();
    let package = directory.path().join("x.difypkg");
    let mut archive = ZipWriter::new(File::create(&package).unwrap());
    for (name, length) in entries {
        if name.ends_with('/') {
            archive
                .add_directory(*name, SimpleFileOptions::default())
                .unwrap();
        } else {
            archive
                .start_file(*name, SimpleFileOptions::default())
                .unwrap();
            archive.write_all(&vec![b'x'; *length]).unwrap();
        }
    }
    archive.finish().unwrap();
    let result =
        unpack(&package, &directory.path().join("plugin")).map_err(|error| error.to_string());
    (directory, result)
}

#[test]
fn files_arrive_in_their_directories() {
    let (directory, result) = unpacked(&[("endpoints/a.py", 3), ("manifest.yaml", 5)]);
    assert_eq!(result, Ok(()));
    assert_eq!(
        fs::read_to_string(directory.path().join("plugin/endpoints/a.py")).unwrap(),
        "xxx"
    );
}

#[test]
fn what_dify_refuses_is_refused() {
    let too_large = "plugin package size is too large: 52428801 bytes, at most 52428800 are taken, packed and unpacked";
    let rows: [(&[(&str, usize)], &str); 4] = [
        (
            &[("manifest.yaml", 5), ("endpoints/", 0)],
            "read endpoints/: is a directory; write the package without directory entries",
        ),
        (&[("main.py", 5)], "open manifest.yaml: file does not exist"),
        (
            &[("manifest.yaml", 5), ("../main.py", 5)],
            "illegal file path in plugin package: \"../main.py\"",
        ),
        (
            &[("manifest.yaml", 5), ("main.py", 50 * 1024 * 1024 - 4)],
            too_large,
        ),
    ];
    for (entries, expected) in rows {
        assert_eq!(unpacked(entries).1, Err(expected.to_owned()), "{entries:?}");
    }
}

#[test]
fn a_file_that_is_not_a_package_is_named() {
    let directory = TempDir::new().unwrap();
    let package = directory.path().join("x.difypkg");
    fs::write(&package, "text").unwrap();
    let error = unpack(&package, directory.path()).unwrap_err().to_string();
    let expected = format!("{}: not a valid difypkg file: ", package.display());
    assert!(error.starts_with(&expected), "{error}");
}

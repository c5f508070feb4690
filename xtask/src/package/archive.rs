//! The zip file, the same bytes for the same contents.

use std::io::{Cursor, Write};

use anyhow::Result;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use crate::contents::Contents;

/// Levels above 9 are Zopfli's. Its output depends on its input alone. That of other Deflate implementations depends on
/// the processor, and on which of them another crate of the workspace has switched on.
#[cfg(feature = "all")]
const ZOPFLI: i64 = 14;

/// How the files are packed.
#[derive(Clone, Copy, Debug)]
pub enum Compression {
    /// Not at all.
    None,
    /// As far as the format goes.
    #[cfg(feature = "all")]
    Smallest,
}

/// Packs the files in the order of their paths. There are no directory entries: Dify's plugin daemon refuses them.
///
/// # Errors
/// The contents do not fit a zip file.
pub fn write(contents: &Contents, compression: Compression) -> Result<Vec<u8>> {
    let options = SimpleFileOptions::default()
        .last_modified_time(DateTime::DEFAULT)
        .unix_permissions(0o644);
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, bytes) in contents.files() {
        let (method, level) = match compression {
            Compression::None => (CompressionMethod::Stored, None),
            // A wheel is a zip file itself.
            #[cfg(feature = "all")]
            Compression::Smallest if path.ends_with(".whl") => (CompressionMethod::Stored, None),
            #[cfg(feature = "all")]
            Compression::Smallest => (CompressionMethod::Deflated, Some(ZOPFLI)),
        };
        let options = options.compression_method(method).compression_level(level);
        archive.start_file(path, options)?;
        archive.write_all(bytes)?;
    }
    Ok(archive.finish()?.into_inner())
}

#[cfg(all(test, feature = "all"))]
mod tests {
    use std::io::Read;

    use zip::ZipArchive;

    use super::*;

    fn contents(files: &[(&str, &str)]) -> Contents {
        files
            .iter()
            .map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec()))
            .collect()
    }

    #[test]
    fn files_come_sorted_deflated_dated_1980_with_mode_0644_and_no_directory() {
        let contents = contents(&[
            ("host/b.py", "b = 1\n"),
            ("_assets/a.svg", "<svg/>"),
            ("main.py", ""),
        ]);
        let mut archive = ZipArchive::new(Cursor::new(
            write(&contents, Compression::Smallest).unwrap(),
        ))
        .unwrap();

        let mut entries = Vec::new();
        for index in 0..archive.len() {
            let mut file = archive.by_index(index).unwrap();
            let mut text = String::new();
            file.read_to_string(&mut text).unwrap();
            assert_eq!(file.compression(), CompressionMethod::Deflated);
            assert_eq!(file.last_modified(), Some(DateTime::DEFAULT));
            assert_eq!(file.unix_mode(), Some(0o100_644));
            entries.push((file.name().unwrap().into_owned(), text));
        }
        let expected = [
            ("_assets/a.svg", "<svg/>"),
            ("host/b.py", "b = 1\n"),
            ("main.py", ""),
        ];
        assert_eq!(
            entries,
            expected.map(|(path, text)| (path.to_owned(), text.to_owned()))
        );
    }

    #[test]
    fn the_same_contents_give_the_same_bytes() {
        let contents = contents(&[("main.py", "print"), ("README.md", "# Read me")]);
        assert_eq!(
            write(&contents, Compression::Smallest).unwrap(),
            write(&contents, Compression::Smallest).unwrap()
        );
    }
}

//! The two compressed forms of a file. Both libraries give the same bytes on every machine.

use std::fs;
use std::io::Cursor;
use std::num::NonZeroU64;

use anyhow::{Context, Result};
use brotli::enc::BrotliEncoderParams;

use crate::workspace::Workspace;

/// Zopfli's default: more rounds save single bytes.
const ROUNDS: NonZeroU64 = NonZeroU64::MIN.saturating_add(14);

/// A file as it is packaged.
pub struct Compressed {
    /// RFC 7932.
    pub brotli: Vec<u8>,
    /// RFC 1952, without a time and a name.
    pub gzip: Vec<u8>,
}

/// Compresses `bytes` as far as the formats go: it is done once and sent many times. It takes seconds, so both forms are
/// kept below the target directory, under the hash of what they are made of.
pub fn both(workspace: &Workspace, bytes: &[u8]) -> Result<Compressed> {
    Ok(Compressed {
        brotli: kept(workspace, "br", bytes, brotli)?,
        gzip: kept(workspace, "gz", bytes, gzip)?,
    })
}

fn kept(
    workspace: &Workspace,
    form: &str,
    bytes: &[u8],
    compress: fn(&[u8]) -> Result<Vec<u8>>,
) -> Result<Vec<u8>> {
    let digest = hmac_sha256::Hash::hash(bytes);
    let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    let directory = workspace.target().join("compressed");
    let path = directory.join(format!("{digest}.{form}"));
    if let Ok(kept) = fs::read(&path) {
        return Ok(kept);
    }
    let compressed = compress(bytes)?;
    fs::create_dir_all(&directory)?;
    let unfinished = path.with_extension(format!("{form}.{}", std::process::id()));
    fs::write(&unfinished, &compressed)
        .and_then(|()| fs::rename(&unfinished, &path))
        .with_context(|| format!("{} cannot be written", path.display()))?;
    Ok(compressed)
}

fn brotli(bytes: &[u8]) -> Result<Vec<u8>> {
    let parameters = BrotliEncoderParams {
        quality: 11,
        lgwin: 22,
        size_hint: bytes.len(),
        ..BrotliEncoderParams::default()
    };
    let mut compressed = Vec::new();
    brotli::BrotliCompress(&mut Cursor::new(bytes), &mut compressed, &parameters)?;
    Ok(compressed)
}

fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let options = zopfli::Options {
        iteration_count: ROUNDS,
        ..zopfli::Options::default()
    };
    let mut compressed = Vec::new();
    zopfli::compress(options, zopfli::Format::Gzip, bytes, &mut compressed)?;
    Ok(compressed)
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn both_forms_hold_the_file_and_nothing_of_the_machine() {
        let bytes = b"export const answer = 42;".repeat(100);
        let directory = tempfile::tempdir().unwrap();
        let workspace = Workspace::at(directory.path().to_path_buf());
        let compressed = both(&workspace, &bytes).unwrap();
        let kept = both(&workspace, &bytes).unwrap();
        assert_eq!(
            (&kept.brotli, &kept.gzip),
            (&compressed.brotli, &compressed.gzip)
        );

        let mut unpacked = Vec::new();
        brotli::BrotliDecompress(&mut compressed.brotli.as_slice(), &mut unpacked).unwrap();
        assert_eq!(unpacked, bytes);

        let mut unpacked = Vec::new();
        flate2::read::GzDecoder::new(compressed.gzip.as_slice())
            .read_to_end(&mut unpacked)
            .unwrap();
        assert_eq!(unpacked, bytes);
        let (flags_and_time, system) = (&compressed.gzip[3..8], compressed.gzip[9]);
        assert_eq!((flags_and_time, system), (&[0; 5][..], 3));
    }
}

//! The two compressed forms of a file. Both libraries give the same bytes on every machine.

use std::io::Cursor;
use std::num::NonZeroU64;

use anyhow::Result;
use brotli::enc::BrotliEncoderParams;

/// Zopfli's default: more rounds save single bytes.
const ROUNDS: NonZeroU64 = NonZeroU64::MIN.saturating_add(14);

/// A file as it is packaged.
pub struct Compressed {
    /// RFC 7932.
    pub brotli: Vec<u8>,
    /// RFC 1952, without a time and a name.
    pub gzip: Vec<u8>,
}

/// Compresses `bytes` as far as the formats go: it is done once and sent many times.
pub fn both(bytes: &[u8]) -> Result<Compressed> {
    Ok(Compressed {
        brotli: brotli(bytes)?,
        gzip: gzip(bytes)?,
    })
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
        let compressed = both(&bytes).unwrap();

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

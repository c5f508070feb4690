//! A file of the page.

/// A file of the page. Its bytes are in the package, in two compressed forms and not as they are.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Asset {
    /// `<name>-<hash>.<extension>`; other bytes have another hash. The files in the package have `.br` and `.gz` behind it.
    pub name: &'static str,
    /// The value of `Content-Type`.
    pub media_type: &'static str,
    /// Length in bytes, not compressed.
    pub length: u32,
    /// Length in bytes with content coding `br`.
    pub brotli_length: u32,
    /// Length in bytes with content coding `gzip`.
    pub gzip_length: u32,
    /// The attribute `integrity` of Subresource Integrity: SHA-384 of the bytes that are not compressed.
    pub integrity: &'static str,
}

impl Asset {
    /// Its path below the endpoint's address.
    pub fn path(&self) -> String {
        format!("/assets/{}", self.name)
    }

    /// The file that a browser names in a path.
    pub fn named(name: &str) -> Option<&'static Self> {
        super::ASSETS.iter().find(|asset| asset.name == name)
    }
}

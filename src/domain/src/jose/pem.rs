//! PEM (RFC 7468) as people paste it into a one-line field: line breaks may have become spaces or `\n`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

const BEGIN: &str = "-----BEGIN ";
const DASHES: &str = "-----";

/// One block.
pub(super) struct Block {
    /// The text after `BEGIN`.
    pub(super) label: String,
    /// The decoded content.
    pub(super) der: Vec<u8>,
}

/// Every block of the text; text between the blocks is explanation.
pub(super) fn blocks(text: &str) -> Result<Vec<Block>, String> {
    let text = text.replace("\\r", "\n").replace("\\n", "\n");
    let mut rest = text.as_str();
    let mut blocks = Vec::new();
    while let Some((_, after)) = rest.split_once(BEGIN) {
        let (label, after) = after
            .split_once(DASHES)
            .ok_or("a PEM block's first line does not end with five dashes")?;
        let end = format!("-----END {label}-----");
        let (body, after) = after
            .split_once(&end)
            .ok_or_else(|| format!("a PEM block has no `{end}`"))?;
        let body: String = body.split_whitespace().collect();
        let der = STANDARD
            .decode(body)
            .map_err(|_| "a PEM block is not base64".to_owned())?;
        blocks.push(Block {
            label: label.to_owned(),
            der,
        });
        rest = after;
    }
    Ok(blocks)
}

//! The certificates of a private authority.

use std::rc::Rc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::problems::Problems;
use crate::limits;

const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";

/// The tag of a DER SEQUENCE, with which every certificate begins (RFC 5280 §4.1).
const SEQUENCE: u8 = 0x30;

const LINE: usize = 64;

/// The setting `ca_certificates`, as PEM in its normal form (RFC 7468).
///
/// It is typed into a single line, so line breaks arrive as spaces, as the two characters `\n`, or not at all. What
/// is around the certificates is dropped, as RFC 7468 §2 lets a parser do.
pub(super) fn parse_ca_certificates(text: &str) -> Result<Rc<str>, Problems> {
    if text.contains("PRIVATE KEY-----") {
        return Err(
            "has a private key, which must not leave its machine; write the certificates alone"
                .into(),
        );
    }
    let text = text.replace("\\r", "").replace("\\n", "\n");
    let mut blocks = text.split(BEGIN);
    blocks.next();
    let certificates: Vec<String> = blocks.zip(1..).map(normal_form).collect::<Result<_, _>>()?;
    match certificates.len() {
        0 => Err(format!("has no certificate; write PEM that begins with `{BEGIN}`").into()),
        1..=limits::CERTIFICATES => Ok(certificates.concat().into()),
        count => Err(format!(
            "has {count} certificates; write at most {}",
            limits::CERTIFICATES
        )
        .into()),
    }
}

fn normal_form((block, number): (&str, usize)) -> Result<String, String> {
    let Some((body, _)) = block.split_once(END) else {
        return Err(format!(
            "has no `{END}` after certificate {number}; copy the whole file again"
        ));
    };
    let der = STANDARD
        .decode(body.split_whitespace().collect::<String>())
        .unwrap_or_default();
    if der.first() != Some(&SEQUENCE) {
        return Err(format!(
            "has broken base64 in certificate {number}; copy the whole file again"
        ));
    }
    Ok(format!(
        "{BEGIN}\n{}{END}\n",
        in_lines(&STANDARD.encode(der))
    ))
}

fn in_lines(base64: &str) -> String {
    let mut lines = String::with_capacity(base64.len() + base64.len() / LINE + 1);
    for (character, column) in base64.chars().zip(1..) {
        lines.push(character);
        if column % LINE == 0 {
            lines.push('\n');
        }
    }
    if !lines.ends_with('\n') {
        lines.push('\n');
    }
    lines
}

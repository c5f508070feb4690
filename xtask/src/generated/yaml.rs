//! YAML that the SDK (PyYAML) and Dify's plugin daemon (Go's yaml.v3) read alike.

use anyhow::Result;
use serde::Serialize;

use super::NOTICE;

/// Writes `value` below a line that says where it comes from. Strings stay on one line: a person can search for them.
///
/// # Errors
/// The value has no YAML form.
pub fn render(value: &impl Serialize) -> Result<String> {
    let options = serde_saphyr::ser_options! { prefer_block_scalars: false };
    let body = serde_saphyr::to_string_with_options(value, options)?;
    Ok(format!("{NOTICE}{body}"))
}

//! YAML that the SDK (PyYAML) and Dify's plugin daemon (Go's yaml.v3) read alike.

use anyhow::Result;
use gateway_domain::settings::declaration;
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

/// A text in the four languages that Dify knows.
#[derive(Serialize)]
pub struct Text {
    #[serde(rename = "en_US")]
    en_us: &'static str,
    #[serde(rename = "zh_Hans")]
    zh_hans: &'static str,
    #[serde(rename = "ja_JP")]
    ja_jp: &'static str,
    #[serde(rename = "pt_BR")]
    pt_br: &'static str,
}

impl From<declaration::Text> for Text {
    fn from(text: declaration::Text) -> Self {
        Self {
            en_us: text.en_us,
            zh_hans: text.zh_hans,
            ja_jp: text.ja_jp,
            pt_br: text.pt_br,
        }
    }
}

//! Settings that are lists of plain texts.

use super::list::parse_list;
use super::reader::Problems;

/// The setting `audience`; RFC 7519 §4.1.3 leaves its form to the provider.
pub(super) fn parse_audience(text: &str) -> Result<Vec<String>, Problems> {
    parse_list(text, |entry| Ok(entry.to_owned()))
}

/// The setting `scopes`; its characters are those of RFC 6749 §3.3, so that it can stand in a challenge.
pub(super) fn parse_scopes(text: &str) -> Result<Vec<String>, Problems> {
    let is_scope_character =
        |character: char| character.is_ascii_graphic() && !matches!(character, '"' | '\\');
    parse_list(text, |entry| {
        if entry.chars().all(is_scope_character) {
            return Ok(entry.to_owned());
        }
        Err(
            "has a character that no scope has, perhaps an invisible one; type it by hand"
                .to_owned(),
        )
    })
}

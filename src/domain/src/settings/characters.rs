//! Characters that slip into a value where it is copied from, described so that somebody finds them.

const QUOTATION_MARKS: &str = "“”„‟‘’‚‛«»‹›「」『』＂";

/// Checks that `text` has no other characters.
///
/// # Errors
/// A description of the first one that it must not have.
pub(super) fn expect_characters(
    text: &str,
    is_allowed: impl Fn(char) -> bool,
) -> Result<(), String> {
    match text.chars().find(|&character| !is_allowed(character)) {
        None => Ok(()),
        Some(character) => Err(described(character)),
    }
}

/// Whether `text` begins or ends with a quotation mark of any kind.
pub(super) fn is_in_quotation_marks(text: &str) -> bool {
    let is_mark =
        |character: char| matches!(character, '"' | '\'') || is_typographic_mark(character);
    text.starts_with(is_mark) || text.ends_with(is_mark)
}

/// A quotation mark that a word processor makes out of `"`.
pub(super) fn is_typographic_mark(character: char) -> bool {
    QUOTATION_MARKS.contains(character)
}

/// Whether the character is invisible, and not meant to be in any value of a setting: controls except white space,
/// and format characters other than the joiners, which names in some scripts are written with.
pub(super) fn is_invisible(character: char) -> bool {
    let is_format = matches!(
        character,
        '\u{ad}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
    );
    is_format || character.is_control() && !character.is_whitespace()
}

/// The character without repeating what was written around it.
pub(super) fn described(character: char) -> String {
    let code = u32::from(character);
    if character.is_whitespace() {
        "a blank".to_owned()
    } else if is_invisible(character) {
        format!("an invisible character (U+{code:04X})")
    } else if is_typographic_mark(character) {
        format!("a typographic quotation mark (U+{code:04X})")
    } else if character.is_ascii_graphic() && character != '`' {
        format!("the character `{character}`")
    } else {
        format!("the character U+{code:04X}")
    }
}

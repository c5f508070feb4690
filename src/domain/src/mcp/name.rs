//! The name of the tool, made of the app's.

use super::mode::Mode;
use crate::limits;
use crate::text::cut;

/// The tool that fetches the result of a run which was still under way.
pub(super) const GET_RESULT: &str = "get_result";

/// A name in `[a-z0-9_]`, which every model takes: the app's name without what is not in it. Where that leaves no letter,
/// or the name of the other tool, the name begins with what the tool does.
pub(super) fn tool_name(app: &str, mode: Mode) -> String {
    let slug = slug(app);
    let verb = if mode.is_chat() { "chat" } else { "run" };
    let name = match slug.as_str() {
        "" => verb.to_owned(),
        slug if slug == GET_RESULT || !slug.bytes().any(|byte| byte.is_ascii_alphabetic()) => {
            format!("{verb}_{slug}")
        }
        slug => slug.to_owned(),
    };
    cut(&name, limits::MCP_TOOL_NAME)
        .trim_end_matches('_')
        .to_owned()
}

fn slug(text: &str) -> String {
    let words = text
        .split(|character: char| !character.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase);
    words.collect::<Vec<_>>().join("_")
}

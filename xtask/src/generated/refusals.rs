//! `host/sdk/refusals.py`: the refusals that the host sends itself.

use std::fmt::Write;

use gateway_domain::error::{Refusal, last_resort};

use super::NOTICE;

/// Where the host reads it, from the root of the checkout.
pub const PATH: &str = "host/sdk/refusals.py";

const HEAD: &str = r#""""The refusals that the host sends itself, where it cannot ask the module or must not."""

from typing import NamedTuple


class Refusal(NamedTuple):
    """A refusal in Dify's error shape."""

    code: str
    status: int
    message: str
    retry_after: int | None
    """Seconds."""

"#;

/// The longest message that fits one line, and the longest piece of a longer one.
const MESSAGE: usize = 105;
const PIECE: usize = 96;

/// A Python module with a constant for each refusal, as `ruff format` lays it out.
pub fn render() -> String {
    let mut module = format!("{NOTICE}{HEAD}");
    for refusal in last_resort::all() {
        let _ = write!(module, "\n{}", constant(&refusal));
    }
    module
}

fn constant(refusal: &Refusal) -> String {
    let code = refusal.code();
    let retry_after = refusal
        .retry_after()
        .map_or_else(|| "None".to_owned(), |wait| wait.as_secs().to_string());
    let mut text = format!("{} = Refusal(\n", code.as_str().to_ascii_uppercase());
    let _ = writeln!(text, "    code={:?},", code.as_str());
    let _ = writeln!(text, "    status={},", code.status().as_u16());
    match refusal.message() {
        message if message.len() <= MESSAGE => {
            let _ = writeln!(text, "    message={message:?},");
        }
        message => {
            let lines: String = pieces(message)
                .iter()
                .map(|piece| format!("        {piece:?}\n"))
                .collect();
            let _ = writeln!(text, "    message=(\n{lines}    ),");
        }
    }
    let _ = writeln!(text, "    retry_after={retry_after},");
    text + ")\n"
}

/// The message in pieces that fit a line each; every blank stays at the end of its piece.
fn pieces(message: &str) -> Vec<String> {
    let mut pieces = vec![String::new()];
    for word in message.split_inclusive(' ') {
        match pieces.last_mut() {
            Some(piece) if piece.len() + word.len() <= PIECE => piece.push_str(word),
            _ => pieces.push(word.to_owned()),
        }
    }
    pieces
}

//! `host/limits.py`: the limits that the host enforces.

use std::fmt::Write;

use anyhow::{Context, Result};
use gateway_domain::limits::{EnforcedBy, LIMITS, Limit};

use super::NOTICE;

/// The file, from the root of the checkout.
pub const PATH: &str = "host/limits.py";

const TITLE: &str = "\"\"\"What the host limits, and why.\"\"\"\n";

/// The longest line that `ruff` allows.
const WIDTH: usize = 120;

/// The file's text.
///
/// # Errors
/// A limit is not a number.
pub fn render() -> Result<String> {
    let mut text = format!("{NOTICE}{TITLE}");
    let host = LIMITS
        .iter()
        .filter(|limit| limit.enforced_by == EnforcedBy::Host);
    for limit in host {
        let number = limit.number().context(limit.name)?;
        let name = limit.label().to_ascii_uppercase();
        writeln!(text, "\n{name} = {number}\n{}", documentation(limit))?;
    }
    Ok(text)
}

fn documentation(limit: &Limit) -> String {
    let mut lines = vec!["\"\"\"".to_owned()];
    for word in limit.reason.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.len() + " ".len() + word.len() <= WIDTH - "\"\"\"".len() => {
                if !line.ends_with('"') {
                    line.push(' ');
                }
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    if lines.len() > 1 {
        lines.push(String::new());
    }
    lines.join("\n") + "\"\"\""
}

//! Text that looks like a secret, also where it is only an example.

use anyhow::Result;
use regex::Regex;

use crate::contents::Contents;

const PATTERNS: &[(&str, &str)] = &[
    ("a private key", r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    (
        "a JSON Web Token",
        r"eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}",
    ),
    (
        "an API key",
        r"\b(sk-[A-Za-z0-9_-]{16,}|app-[A-Za-z0-9]{16,})",
    ),
    ("a GitHub token", r"\bgh[pousr]_[A-Za-z0-9]{20,}"),
    ("a Slack token", r"\bxox[abprs]-[A-Za-z0-9-]{10,}"),
    ("an AWS access key", r"\bAKIA[0-9A-Z]{16}\b"),
    (
        "a secret's value",
        r#"(?i)(api_?key|secret|token|password)["']?\s*[:=]\s*["'][A-Za-z0-9+/_=-]{24,}["']"#,
    ),
];

/// Where something looks like a secret; it is named by its place and never repeated.
pub fn violations(contents: &Contents) -> Result<Vec<String>> {
    let mut violations = Vec::new();
    for (kind, pattern) in PATTERNS {
        let pattern = Regex::new(pattern)?;
        for (path, text) in contents.texts() {
            let lines = text
                .lines()
                .enumerate()
                .filter(|(_, line)| pattern.is_match(line));
            violations.extend(lines.map(|(index, _)| {
                format!("{path} has what looks like {kind} in line {}: write a placeholder such as `<token>`", index + 1)
            }));
        }
    }
    Ok(violations)
}

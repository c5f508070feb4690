//! The revisions of the protocol.

use serde::{Deserialize, Serialize};

/// The first revision in which each request stands for itself.
pub(super) const MODERN: &str = "2026-07-28";

/// The revisions that begin with `initialize`, the newest first.
const LEGACY: [&str; 3] = ["2025-11-25", "2025-06-18", "2025-03-26"];

/// Every revision that is spoken, the newest first.
pub(super) const SUPPORTED: [&str; 4] = [MODERN, LEGACY[0], LEGACY[1], LEGACY[2]];

/// How client and server find out about each other.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Era {
    /// By `initialize`.
    #[default]
    Legacy,
    /// By what each request says in `_meta`.
    Modern,
}

impl Era {
    /// The name in the log.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Legacy => "legacy",
            Self::Modern => "modern",
        }
    }
}

/// The revision with which `initialize` is answered: the one that was asked for, or the newest that begins so
/// (2025-11-25, Lifecycle, «Version Negotiation»).
pub(super) fn negotiated(requested: &str) -> &'static str {
    let [newest, ..] = LEGACY;
    LEGACY
        .into_iter()
        .find(|version| *version == requested)
        .unwrap_or(newest)
}

/// Whether the text names a revision that is spoken.
pub(super) fn is_spoken(version: &str) -> bool {
    SUPPORTED.contains(&version)
}

/// Whether the text names a revision of the modern era, known or not. Revisions are dates, so they compare as texts.
pub(super) fn is_modern(version: &str) -> bool {
    let is_date = version.len() == MODERN.len()
        && version
            .bytes()
            .enumerate()
            .all(|(index, byte)| match index {
                4 | 7 => byte == b'-',
                _ => byte.is_ascii_digit(),
            });
    is_date && version >= MODERN
}

//! Settings that are one of a few values.

use super::problems::Problems;
use crate::environment::LogLevel;

/// A type whose values are the choices of a `select`.
pub(super) trait Select: Copy + 'static {
    /// Its values, in the order of the page.
    const VALUES: &'static [Self];
    /// The name of each value, as it is saved.
    const NAMES: &'static [&'static str];
    /// The name of the value that a missing one means.
    const DEFAULT: &'static str;
}

/// An enum whose variants are the choices of a `select`: the one place where its names and its default are written.
macro_rules! select {
    (
        $(#[$doc:meta])*
        $visibility:vis enum $name:ident, default $default:literal {
            $($(#[$variant_doc:meta])* $variant:ident = $text:literal,)+
        }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Eq, PartialEq)]
        $visibility enum $name {
            $($(#[$variant_doc])* $variant,)+
        }

        impl $crate::settings::select::Select for $name {
            const VALUES: &'static [Self] = &[$(Self::$variant),+];
            const NAMES: &'static [&'static str] = &[$($text),+];
            const DEFAULT: &'static str = $default;
        }
    };
}

pub(super) use select;

/// The order of its variants is that of their weight, so it is not declared with `select!`.
impl Select for LogLevel {
    const VALUES: &'static [Self] = &[Self::Error, Self::Warn, Self::Info, Self::Debug];
    const NAMES: &'static [&'static str] = &["error", "warn", "info", "debug"];
    const DEFAULT: &'static str = "info";
}

/// The value that `text` names.
pub(super) fn parse_choice<T: Select>(text: &str) -> Result<T, Problems> {
    let mut choices = T::NAMES.iter().zip(T::VALUES);
    match choices.find(|(name, _)| **name == text) {
        Some((_, value)) => Ok(*value),
        None => {
            let names: Vec<String> = T::NAMES.iter().map(|name| format!("`{name}`")).collect();
            Err(format!(
                "is not one of its options; write one of {}",
                names.join(", ")
            )
            .into())
        }
    }
}

//! The one declaration of each setting: what the parser reads, and what the plugin's page and the documents are
//! generated from. The page's texts are in `texts/settings.yaml`, because only the generator needs them.
//!
//! The daemon applies none of the defaults and checks nothing when a request comes in; `Settings::parse` does.

use super::problems::Problems;
use super::select::{Select, parse_choice};
use crate::limits;

/// Declares the settings of one group: a constant for each, and `SETTINGS`, all of them in the order of a person's needs.
macro_rules! settings {
    ($($constant:ident: $value:ty = $setting:expr;)+) => {
        $(pub(in crate::settings) const $constant: Setting<$value> = $setting;)+

        pub(super) const SETTINGS: &[Declaration] = &[$($constant.declaration),+];
    };
}

pub(super) mod access;
pub(super) mod connection;
pub(super) mod mcp;
pub(super) mod network;
pub(super) mod person;
pub(super) mod sign_in;
pub(super) mod tuning;
pub(super) mod validation;

/// Every group of settings with its name, as the documents have them.
pub const GROUPS: &[(&str, &[Declaration])] = &[
    ("connection", connection::SETTINGS),
    ("person", person::SETTINGS),
    ("access", access::SETTINGS),
    ("sign_in", sign_in::SETTINGS),
    ("mcp", mcp::SETTINGS),
    ("validation", validation::SETTINGS),
    ("network", network::SETTINGS),
    ("tuning", tuning::SETTINGS),
];

/// Every setting, in the order of the plugin's page, which has no headings: first those that must be filled in, last
/// those that few endpoints need.
pub fn declarations() -> impl Iterator<Item = &'static Declaration> {
    let all = || GROUPS.iter().flat_map(|(_, settings)| *settings);
    let usual = all().filter(|setting| !setting.advanced);
    usual.chain(all().filter(|setting| setting.advanced))
}

/// What the page, the host and the messages know of a setting.
#[derive(Clone, Copy, Debug)]
pub struct Declaration {
    /// The key in the JSON object that the daemon sends. It never changes: configurations depend on it.
    pub name: &'static str,
    /// How it is entered.
    pub kind: Kind,
    /// Whether the page insists on a value. Never so for a boolean, which could then not be saved as `false`.
    pub required: bool,
    /// Whether few endpoints need it: the page shows it after the others, and its label says so.
    pub advanced: bool,
    /// What the page fills in and what a missing value means, as text also for a boolean (`true`, `false`).
    pub default: Option<&'static str>,
    /// What may be written: the page shows it in the empty field, and messages repeat it.
    pub example: Option<&'static str>,
    /// Bytes of the longest text that is read.
    pub max_length: usize,
}

/// How a setting is entered.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// One line: URLs that the gateway itself calls. A call may reach their origins, also private ones.
    Address,
    /// A switch.
    Boolean,
    /// One line, encrypted at rest and never shown again.
    SecretInput,
    /// One of these values.
    Select(&'static [&'static str]),
    /// One line.
    TextInput,
}

impl Kind {
    /// The value of `type` in the plugin's YAML.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Boolean => "boolean",
            Self::SecretInput => "secret-input",
            Self::Select(_) => "select",
            Self::Address | Self::TextInput => "text-input",
        }
    }

    /// What a `select` offers, in the order of the page; nothing for the other kinds.
    pub const fn choices(self) -> &'static [&'static str] {
        match self {
            Self::Select(choices) => choices,
            Self::Address | Self::Boolean | Self::SecretInput | Self::TextInput => &[],
        }
    }
}

/// A setting whose value is a `T`.
pub(super) struct Setting<T> {
    pub declaration: Declaration,
    pub parse: fn(&str) -> Result<T, Problems>,
}

impl<T> Setting<T> {
    const fn address(name: &'static str, parse: fn(&str) -> Result<T, Problems>) -> Self {
        Self::new(name, Kind::Address, parse)
    }

    const fn secret(name: &'static str, parse: fn(&str) -> Result<T, Problems>) -> Self {
        Self::new(name, Kind::SecretInput, parse)
    }

    const fn text(name: &'static str, parse: fn(&str) -> Result<T, Problems>) -> Self {
        Self::new(name, Kind::TextInput, parse)
    }

    const fn new(name: &'static str, kind: Kind, parse: fn(&str) -> Result<T, Problems>) -> Self {
        let declaration = Declaration {
            name,
            kind,
            required: false,
            advanced: false,
            default: None,
            example: None,
            max_length: limits::SETTING,
        };
        Self { declaration, parse }
    }

    const fn required(mut self) -> Self {
        self.declaration.required = true;
        self
    }

    const fn advanced(mut self) -> Self {
        self.declaration.advanced = true;
        self
    }

    const fn default(mut self, default: &'static str) -> Self {
        self.declaration.default = Some(default);
        self
    }

    const fn example(mut self, example: &'static str) -> Self {
        self.declaration.example = Some(example);
        self
    }

    /// A document instead of a line.
    const fn document(mut self) -> Self {
        self.declaration.max_length = limits::SETTING_DOCUMENT;
        self
    }
}

impl<T: Select> Setting<T> {
    /// One of the values of `T`.
    const fn select(name: &'static str) -> Self {
        Self::new(name, Kind::Select(T::NAMES), parse_choice).default(T::DEFAULT)
    }
}

impl Setting<bool> {
    /// A switch that is off unless it is set. The reader gives it `true` or `false` as text.
    const fn switch(name: &'static str) -> Self {
        Self::new(name, Kind::Boolean, |text| Ok(text == "true")).default("false")
    }
}

//! How each setting is declared to Dify: the plugin's YAML and the README's table are generated from this.
//!
//! The daemon applies none of the defaults and checks nothing when a request comes in; `Settings::parse` does.

pub(super) mod access;
pub(super) mod connection;
pub(super) mod network;
pub(super) mod person;
pub(super) mod tuning;
pub(super) mod validation;

/// Every setting, in the order of the plugin's page: those that must be filled in come first.
pub const DECLARATIONS: &[Declaration] = &[
    connection::ISSUER,
    connection::CLIENT_ID,
    connection::DIFY_API_URL,
    connection::APP_KEY,
    person::USER_CLAIM,
    person::USER_FORMAT,
    person::USER_HASH_KEY,
    access::AUDIENCE,
    access::SCOPES,
    access::REQUIRED_CLAIMS,
    access::ADMIN_CLAIMS,
    access::INPUT_CLAIMS,
    access::ALLOWED_ORIGINS,
    access::PUBLIC_URL,
    validation::TOKEN_VALIDATION,
    validation::TOKEN_KIND,
    validation::CLIENT_SECRET,
    validation::USERINFO,
    validation::SERVICE_ACCOUNTS,
    network::JWKS,
    network::DISCOVERY_URL,
    network::CA_CERTIFICATES,
    tuning::STREAMS_PER_USER,
    tuning::CLOCK_SKEW,
    tuning::LOG_LEVEL,
];

/// One setting as the plugin's page shows it.
#[derive(Clone, Copy, Debug)]
pub struct Declaration {
    /// The key in the JSON object that the daemon sends. It never changes: configurations depend on it.
    pub name: &'static str,
    /// How it is entered.
    pub kind: Kind,
    /// Whether the page insists on a value. Never so for a boolean, which could then not be saved as `false`.
    pub required: bool,
    /// What the page fills in and what a missing value means, as text also for a boolean (`true`, `false`).
    pub default: Option<&'static str>,
    /// The name on the page.
    pub label: Text,
    /// What to write, with an example. Plain text, no Markdown.
    pub help: Text,
    /// What an empty field shows.
    pub placeholder: Option<Text>,
}

impl Declaration {
    /// What the parser needs to know. Who holds a declaration itself holds its texts in four languages, so a module
    /// that is to be small must not.
    pub(super) const fn field(self) -> Field {
        Field {
            name: self.name,
            required: self.required,
            default: self.default,
            example: match self.placeholder {
                Some(placeholder) => Some(placeholder.en_us),
                None => None,
            },
        }
    }
}

/// One setting as the parser reads it.
#[derive(Clone, Copy)]
pub(super) struct Field {
    /// [`Declaration::name`].
    pub name: &'static str,
    /// [`Declaration::required`].
    pub required: bool,
    /// [`Declaration::default`].
    pub default: Option<&'static str>,
    /// What may be written, in English.
    pub example: Option<&'static str>,
}

/// How a setting is entered; `type` in the plugin's YAML.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// One line: URLs that the gateway itself calls. The host lends a call their origins, also where they are private.
    Address,
    /// A switch.
    Boolean,
    /// One line, encrypted at rest and never shown again.
    SecretInput,
    /// One of these.
    Select(&'static [Choice]),
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

    /// What a `select` offers; nothing for the other kinds.
    pub const fn choices(self) -> &'static [Choice] {
        match self {
            Self::Select(choices) => choices,
            Self::Address | Self::Boolean | Self::SecretInput | Self::TextInput => &[],
        }
    }
}

/// One option of a `select`.
#[derive(Clone, Copy, Debug)]
pub struct Choice {
    /// What is saved.
    pub value: &'static str,
    /// What the page shows.
    pub label: Text,
}

/// A text in the four languages of Dify's plugin pages.
#[derive(Clone, Copy, Debug)]
pub struct Text {
    /// `en_US`.
    pub en_us: &'static str,
    /// `zh_Hans`.
    pub zh_hans: &'static str,
    /// `ja_JP`.
    pub ja_jp: &'static str,
    /// `pt_BR`.
    pub pt_br: &'static str,
}

impl Text {
    /// A text that needs no translation, such as an example of a value.
    const fn everywhere(text: &'static str) -> Self {
        Self {
            en_us: text,
            zh_hans: text,
            ja_jp: text,
            pt_br: text,
        }
    }

    /// The text with the language codes of the plugin's YAML, in the order in which they are written there.
    pub const fn by_language(self) -> [(&'static str, &'static str); 4] {
        [
            ("en_US", self.en_us),
            ("zh_Hans", self.zh_hans),
            ("ja_JP", self.ja_jp),
            ("pt_BR", self.pt_br),
        ]
    }
}

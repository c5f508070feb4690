//! `provider/oidc_gateway.yaml`: the settings, the operations and the catch-alls.

use anyhow::{Context, Result};
use gateway_domain::operation::{FALLBACK, OPERATIONS, Operation};
use gateway_domain::settings::declaration::{Declaration, Kind, declarations};
use serde::Serialize;

use super::texts::{SettingTexts, SettingsTexts, Text};
use super::{endpoints, yaml};

/// The methods that the daemon routes; a `GET` declaration answers `HEAD` as well.
const CATCH_ALL_METHODS: [&str; 5] = ["GET", "POST", "PUT", "DELETE", "OPTIONS"];

const CATCH_ALL_PATHS: [&str; 2] = ["/", "/<path:rest>"];

/// Writes the endpoint group.
///
/// # Errors
/// A setting has no texts, or the group no YAML form.
pub fn render(texts: &SettingsTexts) -> Result<String> {
    let settings = declarations().map(|setting| Setting::new(setting, texts.of(setting)?));
    yaml::render(&Group {
        settings: settings.collect::<Result<_>>()?,
        endpoints: OPERATIONS
            .iter()
            .map(Endpoint::from)
            .chain(catch_alls())
            .collect(),
    })
}

/// Where no operation has the same path and method: the SDK would answer plain text.
fn catch_alls() -> impl Iterator<Item = Endpoint> {
    let declared = |path: &str, method: &str| {
        OPERATIONS
            .iter()
            .any(|operation| operation.path == path && operation.method.as_str() == method)
    };
    CATCH_ALL_PATHS
        .into_iter()
        .flat_map(|path| CATCH_ALL_METHODS.map(|method| (path, method)))
        .filter(move |(path, method)| !declared(path, method))
        .map(|(path, method)| Endpoint::new(path, method, true, FALLBACK.handler))
}

#[derive(Serialize)]
struct Group<'a> {
    settings: Vec<Setting<'a>>,
    endpoints: Vec<Endpoint>,
}

#[derive(Serialize)]
struct Setting<'a> {
    name: &'static str,
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    required: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    default: Option<Default>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    options: Vec<SelectOption<'a>>,
    label: &'a Text,
    help: &'a Text,
    #[serde(skip_serializing_if = "Option::is_none")]
    placeholder: Option<Placeholder>,
}

impl<'a> Setting<'a> {
    fn new(setting: &Declaration, texts: &'a SettingTexts) -> Result<Self> {
        let option = |&value: &&'static str| {
            let label = texts.choices.get(value).context(value)?;
            Ok(SelectOption { value, label })
        };
        Ok(Self {
            name: setting.name,
            kind: setting.kind.as_str(),
            required: setting.required,
            default: setting
                .default
                .map(|default| Default::new(setting.kind, default)),
            options: setting
                .kind
                .choices()
                .iter()
                .map(option)
                .collect::<Result<_>>()?,
            label: &texts.label,
            help: &texts.help,
            placeholder: placeholder(setting).map(|en_us| Placeholder { en_us }),
        })
    }
}

/// None where the page fills in the very example.
fn placeholder(setting: &Declaration) -> Option<&'static str> {
    setting
        .example
        .filter(|example| setting.default != Some(example))
}

/// An example of a value, which needs no translation: Dify shows the English text where a language has none.
#[derive(Serialize)]
struct Placeholder {
    #[serde(rename = "en_US")]
    en_us: &'static str,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Default {
    Switch(bool),
    Text(&'static str),
}

impl Default {
    fn new(kind: Kind, default: &'static str) -> Self {
        match kind {
            Kind::Boolean => Self::Switch(default == "true"),
            Kind::Address | Kind::SecretInput | Kind::Select(_) | Kind::TextInput => {
                Self::Text(default)
            }
        }
    }
}

#[derive(Serialize)]
struct SelectOption<'a> {
    value: &'static str,
    label: &'a Text,
}

#[derive(Serialize)]
struct Endpoint {
    path: String,
    method: String,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    hidden: bool,
    extra: Extra,
}

impl Endpoint {
    fn new(path: &str, method: &str, hidden: bool, handler: &str) -> Self {
        let python = Python {
            source: endpoints::path(handler),
        };
        Self {
            path: path.to_owned(),
            method: method.to_owned(),
            hidden,
            extra: Extra { python },
        }
    }
}

impl From<&Operation> for Endpoint {
    fn from(operation: &Operation) -> Self {
        Self::new(
            operation.path,
            operation.method.as_str(),
            !operation.visible,
            operation.handler,
        )
    }
}

#[derive(Serialize)]
struct Extra {
    python: Python,
}

#[derive(Serialize)]
struct Python {
    source: String,
}

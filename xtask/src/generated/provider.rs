//! `provider/oidc_gateway.yaml`: the settings, the operations and the catch-alls.

use anyhow::Result;
use gateway_domain::operation::{OPERATIONS, Operation};
use gateway_domain::settings::declaration::{Choice, DECLARATIONS, Declaration, Kind};
use serde::Serialize;

use super::{endpoints, yaml};

/// The methods that the daemon routes; a `GET` declaration answers `HEAD` as well.
const CATCH_ALL_METHODS: [&str; 5] = ["GET", "POST", "PUT", "DELETE", "OPTIONS"];

const CATCH_ALL_PATHS: [&str; 2] = ["/", "/<path:rest>"];

/// Writes the endpoint group.
///
/// # Errors
/// The group has no YAML form.
pub fn render() -> Result<String> {
    yaml::render(&Group {
        settings: DECLARATIONS.iter().map(Setting::from).collect(),
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
        .map(|(path, method)| Endpoint::new(path, method, true, endpoints::FALLBACK))
}

#[derive(Serialize)]
struct Group {
    settings: Vec<Setting>,
    endpoints: Vec<Endpoint>,
}

#[derive(Serialize)]
struct Setting {
    name: &'static str,
    #[serde(rename = "type")]
    kind: &'static str,
    required: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    default: Option<Default>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    options: Vec<SelectOption>,
    label: yaml::Text,
    help: yaml::Text,
    #[serde(skip_serializing_if = "Option::is_none")]
    placeholder: Option<yaml::Text>,
}

impl From<&Declaration> for Setting {
    fn from(declaration: &Declaration) -> Self {
        Self {
            name: declaration.name,
            kind: declaration.kind.as_str(),
            required: declaration.required,
            default: declaration
                .default
                .map(|default| Default::new(declaration.kind, default)),
            options: declaration
                .kind
                .choices()
                .iter()
                .map(SelectOption::from)
                .collect(),
            label: declaration.label.into(),
            help: declaration.help.into(),
            placeholder: declaration.placeholder.map(yaml::Text::from),
        }
    }
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
struct SelectOption {
    value: &'static str,
    label: yaml::Text,
}

impl From<&Choice> for SelectOption {
    fn from(choice: &Choice) -> Self {
        Self {
            value: choice.value,
            label: choice.label.into(),
        }
    }
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

//! `manifest.yaml`.

use anyhow::Result;
use serde::Serialize;

use super::texts::{PluginTexts, Text};
use super::yaml;
use crate::workspace::Publication;

/// The time of the first release: part of the package, so the same in every build.
const CREATED_AT: &str = "2026-11-21T00:00:00Z";

/// What the process and its compiled module need while 10 MiB uploads pass, in bytes; Dify Cloud sizes the function by it.
const MEMORY: u32 = 268_435_456;

/// Writes the manifest with the publisher's data.
///
/// # Errors
/// The manifest has no YAML form.
pub fn render(publication: &Publication, texts: PluginTexts) -> Result<String> {
    yaml::render(&Manifest {
        version: &publication.version,
        kind: "plugin",
        author: &publication.author,
        name: "oidc_gateway",
        label: texts.label,
        description: texts.description,
        icon: "icon.svg",
        icon_dark: "icon-dark.svg",
        resource: Resource {
            memory: MEMORY,
            permission: Permission {
                endpoint: Endpoint { enabled: true },
            },
        },
        plugins: Plugins {
            endpoints: ["provider/oidc_gateway.yaml"],
        },
        meta: Meta {
            version: "0.0.1",
            arch: ["amd64", "arm64"],
            runner: Runner {
                language: "python",
                version: "3.12",
                entrypoint: "main",
            },
            minimum_dify_version: "1.10.0",
        },
        network: Network {
            domains: ["api.dify.ai"],
        },
        tags: ["utilities", "business"],
        created_at: CREATED_AT,
        privacy: "PRIVACY.md",
        repo: &publication.repository,
        contact: &publication.contact,
    })
}

#[derive(Serialize)]
struct Manifest<'a> {
    version: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    author: &'a str,
    name: &'static str,
    label: Text,
    description: Text,
    icon: &'static str,
    icon_dark: &'static str,
    resource: Resource,
    plugins: Plugins,
    meta: Meta,
    network: Network,
    tags: [&'static str; 2],
    created_at: &'static str,
    privacy: &'static str,
    repo: &'a str,
    contact: &'a str,
}

/// What the plugin connects to where nobody has written anything else: the default of `dify_api_url`.
#[derive(Serialize)]
struct Network {
    domains: [&'static str; 1],
}

#[derive(Serialize)]
struct Resource {
    memory: u32,
    permission: Permission,
}

#[derive(Serialize)]
struct Permission {
    endpoint: Endpoint,
}

#[derive(Serialize)]
struct Endpoint {
    enabled: bool,
}

#[derive(Serialize)]
struct Plugins {
    endpoints: [&'static str; 1],
}

#[derive(Serialize)]
struct Meta {
    version: &'static str,
    arch: [&'static str; 2],
    runner: Runner,
    minimum_dify_version: &'static str,
}

#[derive(Serialize)]
struct Runner {
    language: &'static str,
    version: &'static str,
    entrypoint: &'static str,
}

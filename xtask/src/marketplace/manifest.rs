//! `manifest.yaml`: what must be there, and what the publisher's names must look like.

use regex::Regex;
use serde_json::Value;

use crate::contents::Contents;

const REQUIRED: &[&str] = &[
    "/author",
    "/contact",
    "/created_at",
    "/description/en_US",
    "/icon",
    "/label/en_US",
    "/meta/arch",
    "/meta/minimum_dify_version",
    "/meta/runner/entrypoint",
    "/meta/runner/language",
    "/meta/runner/version",
    "/meta/version",
    "/name",
    "/plugins",
    "/privacy",
    "/repo",
    "/resource/memory",
    "/type",
    "/version",
];

/// Field, the form of its value, and the sentence for a value of another form.
const FORMS: &[(&str, &str, &str)] = &[
    (
        "/author",
        r"^[a-z0-9_-]{1,64}$",
        "the author must be 1 to 64 of a-z, 0-9, _ and -; change [workspace.package] authors in Cargo.toml",
    ),
    (
        "/version",
        r"^\d{1,4}\.\d{1,4}\.\d{1,4}$",
        "the version must be three numbers of at most four digits",
    ),
    (
        "/repo",
        r"^https://(github\.com|gitlab\.com|bitbucket\.org|gitee\.com|codeberg\.org|git\.sr\.ht)/[^/]+/[^/]+",
        "the repository must be on github.com, gitlab.com, bitbucket.org, gitee.com, codeberg.org or git.sr.ht; change [workspace.package] repository in Cargo.toml",
    ),
    (
        "/contact",
        r"^[^@\s]+@[^@\s]+\.[^@\s]+$",
        "the contact must be an e-mail address; change [workspace.metadata.plugin] contact in Cargo.toml",
    ),
];

/// What is wrong with the manifest.
pub fn violations(contents: &Contents) -> Vec<String> {
    let Some(text) = contents.text("manifest.yaml") else {
        return vec!["manifest.yaml is missing".to_owned()];
    };
    let manifest = match serde_saphyr::from_str::<Value>(text) {
        Ok(manifest) => manifest,
        Err(error) => return vec![format!("manifest.yaml is not YAML: {error}")],
    };
    let mut violations = missing(&manifest);
    violations.extend(FORMS.iter().filter_map(|form| ill_formed(&manifest, form)));
    violations.extend(reserved_author(&manifest));
    violations.extend(unnamed_domains(contents, &manifest));
    violations.extend(
        ["/icon", "/icon_dark"]
            .iter()
            .filter_map(|field| missing_icon(contents, &manifest, field)),
    );
    violations
}

fn missing(manifest: &Value) -> Vec<String> {
    let absent = |field: &&&str| {
        manifest
            .pointer(field)
            .is_none_or(|value| value.is_null() || value == "")
    };
    REQUIRED
        .iter()
        .filter(absent)
        .map(|field| format!("manifest.yaml lacks {}", dotted(field)))
        .collect()
}

fn ill_formed(manifest: &Value, (field, form, sentence): &(&str, &str, &str)) -> Option<String> {
    let value = manifest.pointer(field)?.as_str()?;
    let fits = Regex::new(form).is_ok_and(|form| form.is_match(value));
    (!fits).then(|| format!("manifest.yaml has {} `{value}`: {sentence}", dotted(field)))
}

fn reserved_author(manifest: &Value) -> Option<String> {
    let author = manifest.pointer("/author")?.as_str()?;
    let reserved = ["dify", "langgenius"]
        .into_iter()
        .find(|name| author.contains(name))?;
    Some(format!(
        "manifest.yaml has author `{author}`: the marketplace does not accept an author whose name contains `{reserved}`"
    ))
}

/// Hosts in the declared defaults that the manifest does not name: the marketplace warns of each.
fn unnamed_domains(contents: &Contents, manifest: &Value) -> Vec<String> {
    let named = manifest
        .pointer("/network/domains")
        .and_then(Value::as_array);
    let is_named = |host: &str| named.is_some_and(|named| named.iter().any(|name| name == host));
    let declared = contents
        .texts()
        .filter(|(path, _)| path.starts_with("provider/"));
    let defaults = declared.flat_map(|(_, text)| text.lines().filter_map(default_host));
    defaults
        .filter(|host| !is_named(host))
        .map(|host| {
            format!(
                "manifest.yaml lacks {host} in network.domains; it is in the default of a setting"
            )
        })
        .collect()
}

fn default_host(line: &str) -> Option<&str> {
    let value = line.trim().strip_prefix("default: ")?.trim_matches('"');
    value.strip_prefix("https://")?.split('/').next()
}

fn missing_icon(contents: &Contents, manifest: &Value, field: &str) -> Option<String> {
    let icon = manifest.pointer(field)?.as_str()?;
    (!contents.contains(&format!("_assets/{icon}")))
        .then(|| format!("_assets/{icon} is missing; manifest.yaml names it"))
}

fn dotted(pointer: &str) -> String {
    pointer.trim_start_matches('/').replace('/', ".")
}

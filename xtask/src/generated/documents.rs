//! What is generated in documents: settings, operations, error codes, and who publishes.

use std::fmt::Write;

use anyhow::{Context, Result};
use gateway_domain::error::Code;
use gateway_domain::operation::{Class, OPERATIONS};
use gateway_domain::settings::declaration::{Declaration, GROUPS};
use regex::{Captures, Regex};

use super::Files;
use super::texts::{GroupTitles, SettingsTexts, Text};
use crate::workspace::{Publication, Workspace};

/// What differs between the languages.
struct Language {
    readme: &'static str,
    settings: &'static str,
    heading: [&'static str; 4],
    required: &'static str,
    text: fn(&Text) -> &str,
    /// Whether what the page has no room for is added.
    detailed: bool,
}

const LANGUAGES: [Language; 4] = [
    Language {
        readme: "README.md",
        settings: "docs/settings.md",
        heading: ["Setting", "On the page", "Default", "Meaning"],
        required: "required",
        text: |text| &text.en_us,
        detailed: true,
    },
    Language {
        readme: "readme/README_ja_JP.md",
        settings: "docs/settings_ja_JP.md",
        heading: ["設定", "画面での名前", "既定値", "意味"],
        required: "必須",
        text: |text| &text.ja_jp,
        detailed: false,
    },
    Language {
        readme: "readme/README_pt_BR.md",
        settings: "docs/settings_pt_BR.md",
        heading: ["Configuração", "Na página", "Padrão", "Significado"],
        required: "obrigatória",
        text: |text| &text.pt_br,
        detailed: false,
    },
    Language {
        readme: "readme/README_zh_Hans.md",
        settings: "docs/settings_zh_Hans.md",
        heading: ["设置", "页面上的名称", "默认值", "含义"],
        required: "必填",
        text: |text| &text.zh_hans,
        detailed: false,
    },
];

/// The documents with fresh regions, addresses and contacts; what is written by hand stays as it is.
///
/// # Errors
/// A document is missing or has lost a region's markers, or a setting has no texts.
pub fn render(workspace: &Workspace, texts: &SettingsTexts, groups: &GroupTitles) -> Result<Files> {
    let publication = workspace.publication()?;
    let mut files = Files::new();
    let contact = contact(&publication);
    let regions = [
        ("PRIVACY.md", "contact", contact.clone()),
        ("SECURITY.md", "contact", contact),
        ("docs/errors.md", "errors", errors()),
        ("docs/operations.md", "operations", operations()),
    ];
    for (path, name, contents) in &regions {
        files.insert(
            (*path).to_owned(),
            document(workspace, path, name, contents)?,
        );
    }
    for language in &LANGUAGES {
        let settings = settings(language, texts, groups)?;
        let path = language.settings;
        files.insert(
            path.to_owned(),
            document(workspace, path, "settings", &settings)?,
        );
        let readme = workspace.read(language.readme)?;
        let is_ours = |path: &str| workspace.path(path).exists();
        let readme = published(&readme, &publication, is_ours)
            .with_context(|| format!("{} is incomplete", language.readme))?;
        files.insert(language.readme.to_owned(), readme);
    }
    Ok(files)
}

fn document(workspace: &Workspace, path: &str, name: &str, contents: &str) -> Result<String> {
    with_region(&workspace.read(path)?, name, contents)
        .with_context(|| format!("{path} is incomplete"))
}

/// Replaces the text between the markers of the region `name`.
pub fn with_region(document: &str, name: &str, contents: &str) -> Result<String> {
    let begin = format!("<!-- generated: {name} -->\n");
    let end = format!("<!-- end of generated: {name} -->\n");
    let missing = || {
        format!(
            "the lines `{}` and `{}` are missing",
            begin.trim_end(),
            end.trim_end()
        )
    };
    let (before, rest) = document.split_once(&begin).with_context(missing)?;
    let (_, after) = rest.split_once(&end).with_context(missing)?;
    Ok(format!("{before}{begin}{contents}{end}{after}"))
}

/// A README with the repository and the contact of this publication. It has no marked regions, because not every page
/// that shows a README hides comments.
///
/// A link into the repository is one whose path is that of a file here: `is_ours` says so.
///
/// # Errors
/// The README has no link to the repository, or no contact.
pub fn published(
    readme: &str,
    publication: &Publication,
    is_ours: impl Fn(&str) -> bool,
) -> Result<String> {
    let Publication {
        contact,
        repository,
        ..
    } = publication;
    let link = Regex::new(r"https://[^\s()<>]+?/blob/main/(?<path>[^\s()<>#]+)")?;
    let replaced = link.replace_all(readme, |found: &Captures<'_>| {
        let path = &found["path"];
        if is_ours(path) {
            format!("{repository}/blob/main/{path}")
        } else {
            found[0].to_owned()
        }
    });
    // The line of the contact: the repository and the address of its publishers, in this order.
    let line = Regex::new(r"<https://[^>]+>(?<between>[^<>\n]*)<[^<>@\s]+@[^<>@\s]+>")?;
    let found = line.captures(&replaced).context(
        "a line with the repository and the contact, both in angle brackets, is missing",
    )?;
    let fresh = format!("<{repository}>{}<{contact}>", &found["between"]);
    Ok(replaced.replacen(&found[0], &fresh, 1))
}

fn settings(language: &Language, texts: &SettingsTexts, groups: &GroupTitles) -> Result<String> {
    let mut tables = String::new();
    for (name, declarations) in GROUPS {
        let title = (language.text)(groups.of(name)?);
        let _ = write!(tables, "\n## {title}\n\n{}", table_head(&language.heading));
        for declaration in *declarations {
            tables.push_str(&setting(language, declaration, texts)?);
        }
    }
    tables.push('\n');
    Ok(tables)
}

fn setting(
    language: &Language,
    declaration: &Declaration,
    texts: &SettingsTexts,
) -> Result<String> {
    let texts = texts.of(declaration)?;
    let label = cell((language.text)(&texts.label));
    let help = (language.text)(&texts.help);
    let details = texts.details.as_deref().filter(|_| language.detailed);
    let meaning = cell(&[help, details.unwrap_or_default()].join(" "));
    let name = declaration.name;
    let necessity = if declaration.required {
        format!(" ({})", language.required)
    } else {
        String::new()
    };
    let default = declaration
        .default
        .map(|default| format!("`{default}`"))
        .unwrap_or_default();
    Ok(format!(
        "| `{name}`{necessity} | {label} | {default} | {} |\n",
        meaning.trim_end()
    ))
}

fn operations() -> String {
    let mut table = table_head(&["Operation", "Class", "What it does"]);
    for operation in OPERATIONS {
        let (method, path) = (&operation.method, operation.path);
        let _ = writeln!(
            table,
            "| `{method} {path}` | {} | {} |",
            class(operation.class),
            cell(operation.summary)
        );
    }
    table
}

fn errors() -> String {
    let mut table = table_head(&["Code", "Status", "RFC 6750", "Meaning"]);
    for code in Code::ALL {
        let bearer = code
            .bearer_error()
            .map(|error| format!("`{}`", error.as_str()))
            .unwrap_or_default();
        let status = code.status().as_u16();
        let _ = writeln!(
            table,
            "| {} | {status} | {bearer} | {} |",
            linked(*code),
            cell(code.meaning())
        );
    }
    table
}

/// A code with what to do about it, where that has a row in the troubleshooting document.
fn linked(code: Code) -> String {
    let name = code.as_str();
    match code.documentation() {
        Some(_) => format!("[`{name}`](troubleshooting.md#{name})"),
        None => format!("`{name}`"),
    }
}

fn contact(publication: &Publication) -> String {
    let Publication {
        contact,
        repository,
        ..
    } = publication;
    format!("Source code and issues: <{repository}>. Contact: <{contact}>.\n")
}

const fn class(class: Class) -> &'static str {
    match class {
        Class::Admin => "admin",
        Class::App => "app",
        Class::ById => "by id",
        Class::Filtered => "filtered",
        Class::Owner => "owner",
        Class::Public => "public",
        Class::SignIn => "sign-in",
        Class::User => "user",
    }
}

fn table_head(columns: &[&str]) -> String {
    format!(
        "| {} |\n|{}\n",
        columns.join(" | "),
        "---|".repeat(columns.len())
    )
}

/// A bar would end the cell, and an angle bracket would begin HTML.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('<', "&lt;")
}

//! The generated regions of documents: settings, operations, error codes, and who publishes.

use std::fmt::Write;

use anyhow::{Context, Result};
use gateway_domain::error::Code;
use gateway_domain::operation::{Class, OPERATIONS};
use gateway_domain::settings::declaration::declarations;

use super::Files;
use super::texts::{SettingsTexts, Text};
use crate::workspace::{Publication, Workspace};

/// What differs between the README and its translations.
struct Language {
    file: &'static str,
    heading: [&'static str; 4],
    required: &'static str,
    contact: [&'static str; 2],
    text: fn(&Text) -> &str,
    /// Whether what the page has no room for is added.
    detailed: bool,
}

const ENGLISH: Language = Language {
    file: "README.md",
    heading: ["Setting", "On the page", "Default", "Meaning"],
    required: "required",
    contact: ["Source code and issues", "Contact"],
    text: |text| &text.en_us,
    detailed: true,
};

const TRANSLATIONS: [Language; 3] = [
    Language {
        file: "readme/README_ja_JP.md",
        heading: ["設定", "画面での名前", "既定値", "意味"],
        required: "必須",
        contact: ["ソースコードと Issue", "連絡先"],
        text: |text| &text.ja_jp,
        detailed: false,
    },
    Language {
        file: "readme/README_pt_BR.md",
        heading: ["Configuração", "Na página", "Padrão", "Significado"],
        required: "obrigatória",
        contact: ["Código-fonte e issues", "Contato"],
        text: |text| &text.pt_br,
        detailed: false,
    },
    Language {
        file: "readme/README_zh_Hans.md",
        heading: ["设置", "页面上的名称", "默认值", "含义"],
        required: "必填",
        contact: ["源代码与问题反馈", "联系方式"],
        text: |text| &text.zh_hans,
        detailed: false,
    },
];

/// The documents with fresh regions; what is written by hand stays as it is.
///
/// # Errors
/// A document is missing or has lost a region's markers, or a setting has no texts.
pub fn render(workspace: &Workspace, texts: &SettingsTexts) -> Result<Files> {
    let publication = workspace.publication()?;
    let contact = contact(&ENGLISH, &publication);
    let mut files = Files::new();
    for path in ["PRIVACY.md", "SECURITY.md"] {
        files.insert(
            path.to_owned(),
            document(workspace, path, &[("contact", &contact)])?,
        );
    }
    let tables = [
        ("settings", settings(&ENGLISH, texts)?),
        ("operations", operations()),
        ("errors", errors()),
        ("contact", contact),
    ];
    let regions = tables
        .each_ref()
        .map(|(name, table)| (*name, table.as_str()));
    files.insert(
        ENGLISH.file.to_owned(),
        document(workspace, ENGLISH.file, &regions)?,
    );
    for language in &TRANSLATIONS {
        let settings = settings(language, texts)?;
        let contact = self::contact(language, &publication);
        let regions = [("settings", settings.as_str()), ("contact", &contact)];
        files.insert(
            language.file.to_owned(),
            document(workspace, language.file, &regions)?,
        );
    }
    Ok(files)
}

fn document(workspace: &Workspace, path: &str, regions: &[(&str, &str)]) -> Result<String> {
    let written = workspace.read(path)?;
    let replace =
        |document: String, (name, contents): &(&str, &str)| with_region(&document, name, contents);
    regions
        .iter()
        .try_fold(written, replace)
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

fn settings(language: &Language, texts: &SettingsTexts) -> Result<String> {
    let mut table = table_head(&language.heading);
    for declaration in declarations() {
        let texts = texts.of(declaration)?;
        let label = (language.text)(&texts.label);
        let necessity = if declaration.required {
            format!(" ({})", language.required)
        } else {
            String::new()
        };
        let default = declaration
            .default
            .map(|default| format!("`{default}`"))
            .unwrap_or_default();
        let help = (language.text)(&texts.help);
        let details = texts.details.as_deref().filter(|_| language.detailed);
        let meaning = cell(&[help, details.unwrap_or_default()].join(" "));
        let _ = writeln!(
            table,
            "| `{}`{necessity} | {} | {default} | {} |",
            declaration.name,
            cell(label),
            meaning.trim_end()
        );
    }
    Ok(table)
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
            "| `{}` | {status} | {bearer} | {} |",
            code.as_str(),
            cell(code.meaning())
        );
    }
    table
}

fn contact(language: &Language, publication: &Publication) -> String {
    let Publication {
        contact,
        repository,
        ..
    } = publication;
    let [source, address] = language.contact;
    format!("{source}: <{repository}>. {address}: <{contact}>.\n")
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

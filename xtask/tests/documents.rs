//! The documents against each other and against the files that they name.
#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails has failed its test"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Component, Path, PathBuf};

use gateway_domain::documentation::Document as Addressed;
use gateway_domain::error::Code;
use pulldown_cmark::{CowStr, Event, HeadingLevel, LinkType, Options, Parser, Tag, TagEnd};
use regex::Regex;
use xtask::workspace::Workspace;

/// What is not ours, or was built.
const ELSEWHERE: [&str; 5] = [".git", ".venv", "dist", "node_modules", "target"];

/// The README in each language, with the code of the language; the first is what the others are compared with.
const READMES: [(&str, &str); 4] = [
    ("README.md", "en_US"),
    ("readme/README_ja_JP.md", "ja_JP"),
    ("readme/README_pt_BR.md", "pt_BR"),
    ("readme/README_zh_Hans.md", "zh_Hans"),
];

/// The settings that the README tells people to fill in.
const SETTINGS_OF_README: [&str; 8] = [
    "issuer",
    "client_id",
    "dify_api_url",
    "app_key",
    "public_url",
    "client_secret",
    "sign_in",
    "allowed_origins",
];

#[test]
fn every_link_of_every_document_leads_to_a_file_and_an_anchor_that_are_there() {
    let workspace = Workspace::this();
    let repository = workspace.publication().unwrap().repository;
    let documents = documents(&workspace);
    assert!(documents.contains_key("docs/README.md"));
    let mut broken = Vec::new();
    for (path, document) in &documents {
        for link in &document.links {
            if let Some(problem) = problem(&workspace, &documents, &repository, path, link) {
                broken.push(format!("{path}: {link}: {problem}"));
            }
        }
    }
    assert_eq!(broken, Vec::<String>::new());
}

#[test]
fn every_document_that_a_response_leads_to_is_there() {
    let workspace = Workspace::this();
    let repository = workspace.publication().unwrap().repository;
    let documents = documents(&workspace);
    let of_codes = Code::ALL.iter().filter_map(|code| code.documentation());
    let addresses = Addressed::ALL
        .iter()
        .map(|document| document.address().to_owned());
    for address in addresses.chain(of_codes) {
        let found = problem(&workspace, &documents, &repository, "", &address);
        assert!(address.starts_with(&repository), "{address}");
        assert_eq!(found, None, "{address}");
    }
}

#[test]
fn every_error_that_the_troubleshooting_document_has_an_anchor_for_leads_there() {
    let documents = documents(&Workspace::this());
    let anchors = &documents["docs/troubleshooting.md"].anchors;
    for code in Code::ALL {
        let leads_there = code.documentation().is_some();
        assert_eq!(anchors.contains(code.as_str()), leads_there, "{code:?}");
    }
}

#[test]
fn every_document_of_docs_is_in_their_index() {
    let documents = documents(&Workspace::this());
    let index = &documents["docs/README.md"].links;
    for path in documents.keys() {
        let Some(name) = path.strip_prefix("docs/") else {
            continue;
        };
        // The translations of a document are linked there, and what is in a folder, from the README of the folder.
        let is_listed = name.contains('/') || name.contains("settings_");
        assert!(
            name == "README.md" || is_listed || index.contains(name),
            "docs/README.md has no link to {path}"
        );
    }
}

#[test]
fn the_readme_is_the_same_in_every_language_section_by_section() {
    let workspace = Workspace::this();
    let [(english, _), translations @ ..] = READMES;
    let expected = sections(&workspace.read(english).unwrap());
    assert!(expected.len() > 5, "{expected:?}");
    for (path, _) in translations {
        assert_eq!(sections(&workspace.read(path).unwrap()), expected, "{path}");
    }
}

#[test]
fn the_readme_names_settings_as_the_form_does_in_each_language() {
    let workspace = Workspace::this();
    let texts: serde_json::Value =
        serde_saphyr::from_str(&workspace.read("texts/settings.yaml").unwrap()).unwrap();
    for (path, language) in READMES {
        let readme = workspace.read(path).unwrap();
        for setting in SETTINGS_OF_README {
            let label = texts[setting]["label"][language].as_str().unwrap();
            assert!(readme.contains(&format!("**{label}**")), "{path}: {label}");
        }
    }
}

#[test]
fn a_document_names_settings_as_the_form_does() {
    const PREFIXES: [&str; 2] = ["Advanced: ", "Sign-in: "];
    let workspace = Workspace::this();
    let texts: BTreeMap<String, serde_json::Value> =
        serde_saphyr::from_str(&workspace.read("texts/settings.yaml").unwrap()).unwrap();
    let labels = texts
        .values()
        .map(|texts| texts["label"]["en_US"].as_str().unwrap());
    let labels: Vec<&str> = labels.collect();
    let names_of = |label: &str| {
        let names = PREFIXES
            .iter()
            .filter_map(|prefix| label.strip_prefix(prefix));
        let names: Vec<String> = names.map(str::to_lowercase).collect();
        names
    };
    let nearly: BTreeSet<String> = labels.iter().flat_map(|label| names_of(label)).collect();
    let bold = Regex::new(r"\*\*([^*\n]+)\*\*").unwrap();
    for path in documents(&workspace)
        .keys()
        .filter(|path| path.starts_with("docs/"))
    {
        let document = workspace.read(path).unwrap();
        for found in bold.captures_iter(&document) {
            let name = &found[1];
            let looks_like_one = PREFIXES.iter().any(|prefix| name.starts_with(prefix))
                || nearly.contains(&name.to_lowercase());
            assert!(!looks_like_one || labels.contains(&name), "{path}: {name}");
        }
    }
}

#[test]
fn a_link_that_leads_nowhere_is_found() {
    let workspace = Workspace::this();
    let document = |text: &str| Document::parse(text);
    let documents = BTreeMap::from([
        (
            "README.md".to_owned(),
            document("# One\n\n<a id=\"two\"></a>\n\n## A: `b_c`, *d*\n\n## One\n"),
        ),
        ("docs/a.md".to_owned(), document("")),
    ]);
    let table = [
        ("../README.md", None),
        ("../README.md#one", None),
        ("../README.md#one-1", None),
        ("../README.md#two", None),
        ("../README.md#a-b_c-d", None),
        ("../README.md#three", Some("there is no such anchor")),
        ("../LICENSE", None),
        ("none.md", Some("there is no such file")),
        ("#one", Some("there is no such anchor")),
        ("https://example.com/LICENSE", None),
        ("https://x.example/r/blob/main/README.md#one", None),
        (
            "https://x.example/r/blob/main/README.md#four",
            Some("there is no such anchor"),
        ),
        (
            "https://x.example/r/blob/main/no.md",
            Some("there is no such file"),
        ),
        (
            "https://x.example/r/blob/main/../no.md",
            Some("it leaves the repository"),
        ),
        (
            "https://x.example/r/tree/main",
            Some("links into the repository begin with https://x.example/r/blob/main/"),
        ),
        ("https://x.example/r", None),
        ("https://x.example/r/issues", None),
    ];
    for (link, expected) in table {
        let found = problem(
            &workspace,
            &documents,
            "https://x.example/r",
            "docs/a.md",
            link,
        );
        assert_eq!(found.as_deref(), expected, "{link}");
    }
}

/// What a document links to, and what can be linked to in it.
struct Document {
    links: BTreeSet<String>,
    anchors: BTreeSet<String>,
}

impl Document {
    fn parse(text: &str) -> Self {
        let mut links = BTreeSet::new();
        let mut anchors = BTreeSet::new();
        let mut slugs: BTreeMap<String, usize> = BTreeMap::new();
        let mut heading: Option<String> = None;
        let id = Regex::new("<a (?:id|name)=\"([^\"]+)\"").unwrap();
        for event in events(text) {
            match event {
                Event::Start(Tag::Link {
                    link_type: LinkType::Email,
                    ..
                }) => {}
                Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                    links.insert(dest_url.into_string());
                }
                Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
                Event::End(TagEnd::Heading(_)) => {
                    let slug = slug(&heading.take().unwrap());
                    let count = slugs.entry(slug.clone()).or_default();
                    anchors.insert(match *count {
                        0 => slug,
                        count => format!("{slug}-{count}"),
                    });
                    *count += 1;
                }
                Event::Text(text) | Event::Code(text) => {
                    if let Some(heading) = &mut heading {
                        heading.push_str(&text);
                    }
                }
                Event::Html(html) | Event::InlineHtml(html) => {
                    anchors.extend(id.captures_iter(&html).map(|found| found[1].to_owned()));
                }
                _ => {}
            }
        }
        Self { links, anchors }
    }
}

fn events(text: &str) -> impl Iterator<Item = Event<'_>> {
    Parser::new_ext(text, Options::ENABLE_TABLES)
}

/// The anchor that GitHub gives a heading: letters, digits, hyphens and underscores, in small letters.
fn slug(heading: &str) -> String {
    let kept = heading.trim().to_lowercase();
    let kept = kept
        .chars()
        .filter(|&c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

/// Every Markdown document of the repository, by its path from the root.
fn documents(workspace: &Workspace) -> BTreeMap<String, Document> {
    let mut documents = BTreeMap::new();
    collect(workspace.root(), workspace.root(), &mut documents);
    documents
}

fn collect(root: &Path, directory: &Path, documents: &mut BTreeMap<String, Document>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.is_dir() && !ELSEWHERE.contains(&name) {
            collect(root, &path, documents);
        } else if path.extension().is_some_and(|end| end == "md") {
            let relative = path.strip_prefix(root).unwrap().to_str().unwrap();
            let text = fs::read_to_string(&path).unwrap();
            documents.insert(relative.to_owned(), Document::parse(&text));
        }
    }
}

/// What is wrong with a link in the document at `path`; links to other places are not followed.
fn problem(
    workspace: &Workspace,
    documents: &BTreeMap<String, Document>,
    repository: &str,
    path: &str,
    link: &str,
) -> Option<String> {
    let prefix = format!("{repository}/blob/main/");
    let (base, target) = if let Some(target) = link.strip_prefix(&prefix) {
        (Path::new(""), target)
    } else if let Some(place) = link.strip_prefix(&format!("{repository}/")) {
        let is_other = ["blob/", "tree/", "raw/"]
            .iter()
            .any(|kind| place.starts_with(kind));
        return is_other.then(|| format!("links into the repository begin with {prefix}"));
    } else if link.contains(':') {
        return None;
    } else if path.starts_with("readme/") && link.starts_with("_assets/") {
        // Dify's console and marketplace take the images of every language from the root of the package.
        (Path::new(""), link)
    } else {
        (Path::new(path).parent().unwrap(), link)
    };
    let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
    let file = if file.is_empty() {
        path.to_owned()
    } else {
        match normal(&base.join(file)) {
            Some(file) => file,
            None => return Some("it leaves the repository".to_owned()),
        }
    };
    if !documents.contains_key(&file) && !workspace.path(&file).exists() {
        return Some("there is no such file".to_owned());
    }
    let is_there = |document: &Document| document.anchors.contains(anchor);
    let has_anchor = anchor.is_empty() || documents.get(&file).is_some_and(is_there);
    (!has_anchor).then(|| "there is no such anchor".to_owned())
}

/// A path without `..`; `None` if it leaves the root.
fn normal(path: &Path) -> Option<String> {
    let mut normal = PathBuf::new();
    for component in path.components() {
        match component {
            Component::ParentDir if !normal.pop() => return None,
            Component::Normal(name) => normal.push(name),
            _ => {}
        }
    }
    normal.to_str().map(str::to_owned)
}

/// What must be the same in every language of a section: everything but the words.
#[derive(Debug, Default, Eq, PartialEq)]
struct Section {
    level: Option<HeadingLevel>,
    /// Kind and content, in order: images, links, code, list items and paragraphs.
    parts: Vec<(&'static str, String)>,
}

fn sections(readme: &str) -> Vec<Section> {
    let mut sections = Vec::new();
    let mut section = Section::default();
    let mut in_code_block = false;
    for event in events(readme) {
        let part = match event {
            Event::Start(Tag::Heading { level, .. }) => {
                sections.push(std::mem::take(&mut section));
                section.level = Some(level);
                continue;
            }
            Event::Start(Tag::Image { dest_url, .. }) => ("image", dest_url.into_string()),
            Event::Start(Tag::Link { dest_url, .. }) => ("link", in_no_language(&dest_url)),
            Event::Start(Tag::CodeBlock(_)) => {
                in_code_block = true;
                continue;
            }
            Event::End(TagEnd::CodeBlock) => {
                in_code_block = false;
                continue;
            }
            Event::Text(text) if in_code_block => ("code block", without_words(&text)),
            Event::Code(text) => ("code", without_words(&text)),
            Event::Start(Tag::Item) => ("item", String::new()),
            Event::Start(Tag::Paragraph) => ("paragraph", String::new()),
            _ => continue,
        };
        section.parts.push(part);
    }
    sections.push(section);
    // A sentence has its links and code in the order of its language.
    for section in &mut sections {
        section.parts.sort();
    }
    sections
}

/// A link to the document that is there in several languages.
fn in_no_language(link: &CowStr<'_>) -> String {
    let language = Regex::new("_(ja_JP|pt_BR|zh_Hans)\\.md").unwrap();
    language.replace(link, ".md").into_owned()
}

/// Code without the placeholders and the message that are translated.
fn without_words(code: &str) -> String {
    let placeholder = Regex::new("<[^>]*>").unwrap();
    let query = Regex::new("\"query\": \"[^\"]*\"").unwrap();
    let code = placeholder.replace_all(code, "<>");
    query.replace_all(&code, "\"query\"").into_owned()
}

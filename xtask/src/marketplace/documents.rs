//! README.md, PRIVACY.md and the icons.

use serde_json::Value;

use crate::contents::Contents;

/// Below this many words reviewers ask for more.
const README_WORDS: usize = 300;

const TEMPLATE_ICON: &str = "DIFY_MARKETPLACE_TEMPLATE_ICON_DO_NOT_USE";

/// What is wrong with the documents.
pub fn violations(contents: &Contents) -> Vec<String> {
    let mut violations = match contents.text("README.md") {
        Some(readme) => readme_violations(contents, readme),
        None => vec!["README.md is missing".to_owned()],
    };
    violations.extend(privacy_violation(contents));
    violations.extend(template_icons(contents));
    violations
}

fn readme_violations(contents: &Contents, readme: &str) -> Vec<String> {
    let mut violations = Vec::new();
    if let Some(repository) = repository(contents).filter(|repository| !readme.contains(repository))
    {
        violations.push(format!(
            "README.md does not name the source repository {repository}"
        ));
    }
    if let Some((line, character)) = first_cjk(readme) {
        violations.push(format!(
            "README.md has `{character}` in line {line}: it must be in English; translations belong in readme/"
        ));
    }
    if readme.split_whitespace().count() < README_WORDS {
        violations.push(format!("README.md has fewer than {README_WORDS} words: it must describe setup, usage and requirements"));
    }
    violations
}

fn repository(contents: &Contents) -> Option<String> {
    let manifest: Value = serde_saphyr::from_str(contents.text("manifest.yaml")?).ok()?;
    manifest.pointer("/repo")?.as_str().map(str::to_owned)
}

/// Line number and character of the first Chinese, Japanese or Korean character outside code fences.
fn first_cjk(readme: &str) -> Option<(usize, char)> {
    let mut fenced = false;
    for (index, line) in readme.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        }
        let found = line.chars().find(|&character| is_cjk(character));
        if let Some(character) = found.filter(|_| !fenced) {
            return Some((index + 1, character));
        }
    }
    None
}

const fn is_cjk(character: char) -> bool {
    matches!(character,
        '\u{3000}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}'
        | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ffef}')
}

fn privacy_violation(contents: &Contents) -> Option<String> {
    let text = contents.text("PRIVACY.md").unwrap_or_default();
    let lower = text.to_lowercase();
    if text.trim().is_empty() {
        return Some("PRIVACY.md is missing or empty".to_owned());
    }
    let template = ["!!! please fill", "lorem ipsum", "todo"]
        .into_iter()
        .find(|template| lower.contains(template))?;
    Some(format!("PRIVACY.md still has the template's `{template}`"))
}

fn template_icons(contents: &Contents) -> Vec<String> {
    let assets = contents
        .texts()
        .filter(|(path, _)| path.starts_with("_assets/"));
    let template = assets.filter(|(_, text)| text.contains(TEMPLATE_ICON));
    template
        .map(|(path, _)| format!("{path} is the template's icon: replace it with your own"))
        .collect()
}

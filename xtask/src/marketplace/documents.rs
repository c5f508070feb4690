//! README.md and its translations, PRIVACY.md and the icons.

use anyhow::Result;
use regex::Regex;
use serde_json::Value;

use crate::contents::Contents;

/// Below this many words reviewers ask for more.
const README_WORDS: usize = 300;

/// The guideline is about 500 words. Addresses and code count here too.
const MOST_README_WORDS: usize = 600;

/// What Dify's console can show: it asks for a file of `_assets/` and gets it without its type, which a browser guesses
/// for images of pixels alone.
const SHOWN_IMAGES: [&str; 5] = [".gif", ".jpeg", ".jpg", ".png", ".webp"];

const TEMPLATE_ICON: &str = "DIFY_MARKETPLACE_TEMPLATE_ICON_DO_NOT_USE";

/// What is wrong with the documents.
///
/// # Errors
/// The pattern of a link is malformed.
pub fn violations(contents: &Contents) -> Result<Vec<String>> {
    let mut violations = match contents.text("README.md") {
        Some(readme) => readme_violations(contents, readme),
        None => vec!["README.md is missing".to_owned()],
    };
    violations.extend(link_violations(contents)?);
    violations.extend(privacy_violation(contents));
    violations.extend(template_icons(contents));
    Ok(violations)
}

/// A README is read in Dify's console and in the marketplace, in the reader's language, where nothing of the repository is
/// beside it.
fn link_violations(contents: &Contents) -> Result<Vec<String>> {
    let link = Regex::new(r"(?<image>!?)\[[^\]]*\]\((?<target>[^)\s]*)[^)]*\)")?;
    let is_readme =
        |path: &str| path == "README.md" || path.starts_with("readme/") && path.ends_with(".md");
    let mut violations = Vec::new();
    for (path, text) in contents.texts().filter(|(path, _)| is_readme(path)) {
        for found in link.captures_iter(text) {
            let target = &found["target"];
            let problem = if found["image"].is_empty() {
                link_problem(target)
            } else {
                image_problem(contents, target)
            };
            violations.extend(problem.map(|problem| format!("{path}: {target} {problem}")));
        }
    }
    Ok(violations)
}

fn link_problem(target: &str) -> Option<&'static str> {
    (!target.starts_with("https://"))
        .then_some("leads nowhere from Dify's console: write the whole address, with https://")
}

fn image_problem(contents: &Contents, target: &str) -> Option<&'static str> {
    if !target.starts_with("_assets/") {
        return Some(
            "is not shown in Dify's console: images must be `_assets/<name>`, in every language",
        );
    }
    if !SHOWN_IMAGES.iter().any(|end| target.ends_with(end)) {
        return Some("is not shown in Dify's console: images must be made of pixels, such as PNG");
    }
    (!contents.contains(target)).then_some("is missing in the package")
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
    let words = readme.split_whitespace().count();
    if words < README_WORDS {
        violations.push(format!("README.md has fewer than {README_WORDS} words: it must describe setup, usage and requirements"));
    }
    if words > MOST_README_WORDS {
        violations.push(format!("README.md has {words} words, and reviewers ask for about 500: move what is not needed at first into docs/"));
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

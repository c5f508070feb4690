//! `requirements.txt`: every requirement from the index, bounded on both sides.

use regex::Regex;

use crate::contents::Contents;

/// What is wrong with the requirements.
pub fn violations(contents: &Contents) -> Vec<String> {
    let Some(text) = contents.text("requirements.txt") else {
        return vec![
            "requirements.txt is missing: the marketplace and Dify install from it".to_owned(),
        ];
    };
    let lines = text
        .lines()
        .map(|line| line.split(" #").next().unwrap_or_default().trim());
    let requirements: Vec<_> = lines
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .collect();
    let mut violations: Vec<_> = requirements
        .iter()
        .filter_map(|requirement| violation(requirement))
        .collect();
    if !requirements.iter().any(|requirement| is_sdk(requirement)) {
        violations.push("requirements.txt lacks dify_plugin".to_owned());
    }
    violations
}

fn violation(requirement: &str) -> Option<String> {
    let sentence = if requirement.contains("://") || requirement.contains(" @ ") {
        "only packages of the index are accepted, not addresses"
    } else if requirement.starts_with('-') || requirement.starts_with(['.', '/']) {
        "only packages of the index are accepted, not options or paths"
    } else if is_sdk(requirement) && !has_sdk_form(requirement) {
        "write dify_plugin>=0.9.0,<next without spaces: the daemon finds the version by this form"
    } else if !is_bounded(requirement) {
        "bound it on both sides, for example name>=1.2,<2"
    } else {
        return None;
    };
    Some(format!("requirements.txt has `{requirement}`: {sentence}"))
}

fn is_sdk(requirement: &str) -> bool {
    requirement.starts_with("dify_plugin") || requirement.starts_with("dify-plugin")
}

/// At least 0.9.0; `~=` would fail the marketplace's check.
fn has_sdk_form(requirement: &str) -> bool {
    let form = r"^dify[_-]plugin(>=|==)(0\.(9|[1-9]\d+)|[1-9]\d*\.\d+)(\.\d+)*(,<[\d.]+)?$";
    Regex::new(form).is_ok_and(|form| form.is_match(requirement))
}

fn is_bounded(requirement: &str) -> bool {
    requirement.contains("==")
        || requirement.contains("~=")
        || (requirement.contains(">=") && requirement.contains('<'))
}

//! The checks of Dify's marketplace, so that a package which they would refuse is refused here first.
//!
//! The rules are those of `toolkit/checks` in `langgenius/dify-marketplace-toolkit`.

use anyhow::Result;

use crate::contents::Contents;

mod documents;
mod files;
mod manifest;
mod requirements;
mod secrets;

#[cfg(test)]
mod tests;

/// What is wrong with the package, one sentence each; empty if the marketplace would accept it.
///
/// # Errors
/// A rule's pattern is malformed.
pub fn violations(contents: &Contents) -> Result<Vec<String>> {
    let mut violations = manifest::violations(contents);
    violations.extend(documents::violations(contents)?);
    violations.extend(files::violations(contents));
    violations.extend(requirements::violations(contents));
    violations.extend(secrets::violations(contents)?);
    Ok(violations)
}

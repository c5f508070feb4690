//! What must be true before a package is released, because it can never be changed afterwards.

use anyhow::Result;
use gateway_domain::settings::declaration::declarations;

use crate::workspace::Workspace;

/// The settings that a release has had, one a line: version and name come first.
const SETTINGS: &str = "src/domain/src/settings/tests/released_settings.txt";

/// Why this must not be released, one sentence each.
///
/// # Errors
/// A file cannot be read.
pub fn obstacles(workspace: &Workspace) -> Result<Vec<String>> {
    let mut obstacles = workspace.publication()?.placeholders();
    obstacles.extend(unlisted(&workspace.read(SETTINGS)?));
    Ok(obstacles)
}

/// A setting that is not listed could be renamed or removed after its release, and no test would see it.
fn unlisted(listed: &str) -> Vec<String> {
    let is_listed = |name: &str| {
        let mut names = listed.lines().filter_map(|line| line.split(' ').nth(1));
        names.any(|listed| listed == name)
    };
    declarations()
        .filter(|setting| !is_listed(setting.name))
        .map(|setting| format!("{SETTINGS} lacks the setting {}", setting.name))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_that_is_not_listed_keeps_a_release_back() {
        let listed = Workspace::this().read(SETTINGS).unwrap();
        let expected = format!("{SETTINGS} lacks the setting log_level");
        assert!(!unlisted(&listed).contains(&expected), "{listed}");
        let lines: Vec<_> = listed
            .lines()
            .filter(|line| !line.contains(" log_level "))
            .collect();
        assert!(unlisted(&lines.join("\n")).contains(&expected));
    }
}

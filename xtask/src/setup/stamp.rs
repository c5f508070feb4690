//! A file that says for which inputs an installation was made.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::workspace::Workspace;

/// Says whether an installation is up to date. The file is inside the installation, so it is removed with it.
pub struct Stamp {
    file: PathBuf,
    text: String,
}

impl Stamp {
    /// A stamp in `directory` for these input files, read from `workspace`, and for the version of the tool.
    ///
    /// # Errors
    /// An input file cannot be read.
    pub fn new(
        workspace: &Workspace,
        directory: &str,
        inputs: &[&str],
        version: &str,
    ) -> Result<Self> {
        let mut text = format!("{version}\n");
        for input in inputs {
            let digest = hmac_sha256::Hash::hash(workspace.read(input)?.as_bytes());
            let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
            text.push_str(&format!("{hex} {input}\n"));
        }
        Ok(Self {
            file: workspace.path(directory).join("setup-stamp"),
            text,
        })
    }

    /// Whether the installation was made for exactly these inputs.
    pub fn holds(&self) -> bool {
        fs::read_to_string(&self.file).is_ok_and(|present| present == self.text)
    }

    /// Remembers that the installation has been made.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write(&self) -> Result<()> {
        fs::write(&self.file, &self.text)
            .with_context(|| format!("{} cannot be written", self.file.display()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_holds_until_an_input_the_tool_or_the_installation_changes() {
        let directory = tempfile::tempdir().unwrap();
        let workspace = Workspace::at(directory.path().to_path_buf());
        fs::create_dir(workspace.path("installed")).unwrap();
        fs::write(workspace.path("input"), "a").unwrap();
        let stamp = |version| Stamp::new(&workspace, "installed", &["input"], version).unwrap();

        assert!(!stamp("1").holds(), "before the first installation");
        stamp("1").write().unwrap();
        assert!(stamp("1").holds(), "unchanged");
        assert!(!stamp("2").holds(), "another version of the tool");
        fs::write(workspace.path("input"), "b").unwrap();
        assert!(!stamp("1").holds(), "another input");
        fs::write(workspace.path("input"), "a").unwrap();
        fs::remove_dir_all(workspace.path("installed")).unwrap();
        assert!(!stamp("1").holds(), "the installation is gone");
    }
}

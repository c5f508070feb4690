//! Programs of the system that some tests need, and what happens to a test whose program is missing.

use std::env;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::PathBuf;

/// Names the file to which the tests that were skipped are written, one a line; `cargo xtask test` prints it.
pub const SKIPPED: &str = "GATEWAY_SKIPPED_TESTS";

/// A program that the system's packages bring.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Program {
    /// Caddy, which an administrator may have in front of a host name of an endpoint's own.
    Caddy,
    /// A browser of the Chromium family.
    Chromium,
    /// nginx, which Dify has in front of everything.
    Nginx,
    /// The checker of Prometheus.
    Promtool,
}

impl Program {
    /// Every one that a test needs.
    pub const ALL: [Self; 4] = [Self::Caddy, Self::Chromium, Self::Nginx, Self::Promtool];

    /// The package of Debian and Ubuntu.
    pub fn package(self) -> &'static str {
        match self {
            Self::Caddy => "caddy",
            Self::Chromium => "chromium",
            Self::Nginx => "nginx",
            Self::Promtool => "prometheus",
        }
    }

    /// The program, if it is installed.
    pub fn find(self) -> Option<PathBuf> {
        let names: &[&str] = match self {
            Self::Caddy => &["caddy"],
            Self::Chromium => &[
                "chromium",
                "chromium-browser",
                "google-chrome",
                "google-chrome-stable",
            ],
            Self::Nginx => &["nginx"],
            Self::Promtool => &["promtool"],
        };
        let path = env::var_os("PATH").unwrap_or_default();
        // Debian has nginx where only the administrator's shell looks.
        let directories = env::split_paths(&path).chain([PathBuf::from("/usr/sbin")]);
        let candidates =
            directories.flat_map(|directory| names.iter().map(move |name| directory.join(name)));
        candidates.into_iter().find(|path| path.is_file())
    }

    /// What a person does who lacks it.
    pub fn remedy(self) -> String {
        let package = self.package();
        format!(
            "{package} is not installed; install it with the system's packages, for example `apt-get install {package}`"
        )
    }

    /// The program, or none after the test has been noted as skipped.
    ///
    /// # Panics
    ///
    /// As [`skip`].
    pub fn or_skip(self, test: &str) -> Option<PathBuf> {
        let program = self.find();
        if program.is_none() {
            skip(test, &self.remedy());
        }
        program
    }
}

/// Notes that a test does not run, and says so although the output of passing tests is kept back.
///
/// # Panics
///
/// Where `CI` is `true`: there nothing may be skipped.
#[expect(clippy::panic, reason = "a test that may not be skipped has failed")]
pub fn skip(test: &str, why: &str) {
    if env::var("CI").is_ok_and(|ci| ci == "true") {
        panic!("{test} may not be skipped where CI is `true`: {why}");
    }
    let line = format!("{test}: {why}\n");
    // Where nobody can read it, there is nobody to tell.
    let _ = write!(std::io::stderr(), "==> skipped {line}");
    if let Some(path) = env::var_os(SKIPPED) {
        let file = OpenOptions::new().create(true).append(true).open(path);
        let _ = file.and_then(|mut file| file.write_all(line.as_bytes()));
    }
}

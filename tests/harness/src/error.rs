//! Why something has not started, or a sign-in has failed.

use std::path::PathBuf;

/// What went wrong, and the remedy.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The browser cannot go there.
    #[error("{0}")]
    Browser(String),
    /// The plugin daemon has not started.
    #[error(transparent)]
    Daemon(#[from] stand_in_daemon::StartError),
    /// An HTTP exchange has failed.
    #[error("{0}")]
    Http(#[from] reqwest::Error),
    /// The identity provider has not started.
    #[error("the identity provider has not started: {reason}\n{output}")]
    IdentityProvider {
        /// What happened instead.
        reason: String,
        /// What it wrote.
        output: String,
    },
    /// There is no package, or more than one.
    #[error("{} has {count} packages (*.difypkg), expected 1; run `cargo xtask package`", directory.display())]
    Package {
        /// Where packages are written to.
        directory: PathBuf,
        /// How many there are.
        count: usize,
    },
    /// Something that the set-up installs is missing.
    #[error("{} does not exist; {remedy}", path.display())]
    NotInstalled {
        /// What is missing.
        path: PathBuf,
        /// The command that installs it.
        remedy: &'static str,
    },
    /// The identity provider has not let the user in.
    #[error("sign-in of {user} has failed: {reason}")]
    SignIn {
        /// The user's name.
        user: String,
        /// What the provider answered.
        reason: String,
    },
    /// A loopback port cannot be had.
    #[error("no loopback port: {0}")]
    Port(#[from] std::io::Error),
}

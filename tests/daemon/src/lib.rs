//! A stand-in for the Dify plugin daemon: it runs a packaged plugin as Dify does, in local mode, with
//! Dify's limits and defects. What passes here passes there.
//!
//! It follows the plugin daemon's source at commit `bdb5642a`; comments name the file that a behaviour comes from.
//! Databases, tenants and declarations are left out; a [`Hook`] has their result. The settings are decrypted where
//! [`Options::inner_api`] says so.

mod answer;
mod daemon;
mod failure;
mod go_json;
mod go_url;
mod local;
mod log;
mod message;
mod options;
mod package;
mod process;
mod raw_request;
mod secrets;
mod server;
mod sessions;

pub use daemon::Daemon;
pub use log::{LogLine, LogSource};
pub use options::{Hook, Limits, Options};
pub use package::PackageError;
pub use process::StartError;

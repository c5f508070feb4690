//! Long steps: a line that says what runs, and a failure that says what ran.

use std::fmt::Display;
use std::io::{self, Write};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// Prints the line that tells a waiting person what happens now.
pub fn announce(what: &str) {
    show(format_args!("==> {what}\n"));
}

/// The parts of a command that takes long, numbered for the person who waits.
pub struct Steps {
    begun: usize,
    count: usize,
}

impl Steps {
    /// So many, none of them begun.
    pub const fn of(count: usize) -> Self {
        Self { begun: 0, count }
    }

    /// Prints which one begins.
    pub fn begin(&mut self, what: &str) {
        self.begun += 1;
        show(format_args!("\n[{}/{}] {what}\n", self.begun, self.count));
    }
}

/// Prints `text`. If standard output is closed, the step that is running still finishes.
pub fn show(text: impl Display) {
    let _ = write!(io::stdout(), "{text}");
}

/// Runs `command` and waits for it; its output is shown as it comes.
///
/// # Errors
/// The command could not start, or has failed; the error has its command line.
pub fn run(what: &str, command: &mut Command) -> Result<()> {
    run_accepting(what, command, &[])
}

/// Like [`run`], but these exit codes are successes too.
///
/// # Errors
/// As [`run`].
pub fn run_accepting(what: &str, command: &mut Command, codes: &[i32]) -> Result<()> {
    announce(what);
    let line = command_line(command);
    let status = command
        .stdin(Stdio::null())
        .status()
        .with_context(|| format!("`{line}` could not start"))?;
    if !status.success() && !status.code().is_some_and(|code| codes.contains(&code)) {
        bail!("`{line}` failed: {status}");
    }
    Ok(())
}

/// Runs `command` and returns its trimmed output, which is not shown.
///
/// # Errors
/// The command could not start, or has failed; the error has its command line.
pub fn read(command: &mut Command) -> Result<String> {
    let line = command_line(command);
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("`{line}` could not start"))?;
    if !output.status.success() {
        bail!(
            "`{line}` failed: {}\n{}",
            output.status,
            String::from_utf8_lossy(&output.stderr).trim_end()
        );
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn command_line(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words
        .map(|word| word.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}

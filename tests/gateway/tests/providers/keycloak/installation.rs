//! Keycloak's distribution, which Maven brings.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const VERSION: &str = "26.4.5";
/// 160 MB. The plugin's version is pinned, so that the same command does the same everywhere.
const UNPACK: &str = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:unpack";
const MINIMUM_JAVA: u32 = 17;
/// The repository may have a bad moment.
const ATTEMPTS: u32 = 2;

/// The directory of the distribution, unpacked once under `target/`, or the reason why that failed.
pub fn directory() -> Result<PathBuf, String> {
    let all = Path::new(env!("CARGO_TARGET_TMPDIR")).join("keycloak");
    let directory = all.join(format!("keycloak-{VERSION}"));
    java()?;
    if directory.exists() {
        return Ok(directory);
    }
    run(Command::new("mvn").arg("--version"))
        .map_err(|why| format!("Maven, which brings Keycloak, does not run: {why}"))?;
    let unpacked = all.join("unpacked");
    unpack(&unpacked)?;
    // Only what is complete gets its name.
    fs::rename(unpacked.join(format!("keycloak-{VERSION}")), &directory)
        .map_err(|error| format!("{} cannot be made: {error}", directory.display()))?;
    Ok(directory)
}

/// Says something although the output of passing tests is kept back.
pub fn announce(what: &str) {
    // Where nobody can read it, there is nobody to tell.
    let _ = writeln!(std::io::stderr(), "==> {what}");
}

fn unpack(directory: &Path) -> Result<(), String> {
    let mut failure = String::new();
    for attempt in 1..=ATTEMPTS {
        announce(&format!(
            "bringing Keycloak {VERSION} with Maven (160 MB, once; attempt {attempt} of {ATTEMPTS})"
        ));
        match unpack_into(directory) {
            Ok(()) => return Ok(()),
            Err(why) => failure = why,
        }
    }
    Err(format!("Maven cannot bring Keycloak: {failure}"))
}

/// Starts from nothing, for Maven leaves marks in its working directory of what it takes for unpacked.
fn unpack_into(directory: &Path) -> Result<(), String> {
    // Where it is not there yet, there is nothing to remove.
    let _ = fs::remove_dir_all(directory);
    fs::create_dir_all(directory)
        .map_err(|error| format!("{} cannot be made: {error}", directory.display()))?;
    let mut maven = Command::new("mvn");
    maven
        .args(["--batch-mode", "--quiet", UNPACK])
        .arg(format!(
            "-Dartifact=org.keycloak:keycloak-quarkus-dist:{VERSION}:zip"
        ))
        .arg(format!("-DoutputDirectory={}", directory.display()))
        .current_dir(directory);
    run(&mut maven).map(drop)
}

fn java() -> Result<(), String> {
    let needed = format!("Java {MINIMUM_JAVA} or newer is needed for Keycloak");
    let output =
        run(Command::new("java").arg("-version")).map_err(|why| format!("{needed}: {why}"))?;
    // Such as: openjdk version "17.0.15" 2025-04-15; before 9 the first number was 1.
    let version = output.split('"').nth(1).unwrap_or_default();
    let major = version
        .split(['.', '-'])
        .next()
        .and_then(|major| major.parse().ok());
    match major {
        Some(MINIMUM_JAVA..) => Ok(()),
        _ => Err(format!("{needed}; `java -version` says {}", output.trim())),
    }
}

/// What a program prints, or why it has failed.
fn run(command: &mut Command) -> Result<String, String> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| error.to_string())?;
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text).into_owned();
    if output.status.success() {
        Ok(text)
    } else {
        Err(format!("{}\n{text}", output.status))
    }
}

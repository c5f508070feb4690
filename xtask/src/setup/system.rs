//! The programs of the system's packages: Chromium, nginx, Caddy and promtool.

use harness::system::Program;

use crate::step;
use crate::workspace::Workspace;

/// Installs those that are missing, where `apt-get` is there and the user may. What is missing after that is said; its
/// tests skip themselves, and fail where `CI` is `true`.
pub fn programs(workspace: &Workspace) {
    let missing = missing();
    if missing.is_empty() {
        return;
    }
    if let Some(prefix) = privilege(workspace) {
        install(workspace, prefix, &missing);
    }
    for program in self::missing() {
        step::announce(&format!("{}; its tests are skipped", program.remedy()));
    }
}

fn missing() -> Vec<Program> {
    let programs = Program::ALL.into_iter();
    programs
        .filter(|program| program.find().is_none())
        .collect()
}

/// What stands before `apt-get`: nothing for root, `sudo` for who may use it without being asked; none for anybody else.
fn privilege(workspace: &Workspace) -> Option<&'static [&'static str]> {
    let succeeds = |words: &[&str]| {
        let (program, arguments) = words.split_first()?;
        step::read(workspace.command(*program).args(arguments)).ok()
    };
    succeeds(&["apt-get", "--version"])?;
    if succeeds(&["id", "-u"]).as_deref() == Some("0") {
        return Some(&[]);
    }
    succeeds(&["sudo", "-n", "true"])?;
    Some(&["sudo", "-n"])
}

/// A failure is no error here: what is missing afterwards is said.
fn install(workspace: &Workspace, prefix: &[&str], programs: &[Program]) {
    let packages: Vec<_> = programs.iter().map(|program| program.package()).collect();
    let what = format!("installing {} (apt-get)", packages.join(", "));
    let update = ["apt-get", "update", "--quiet"];
    let install = [
        "apt-get",
        "install",
        "--quiet",
        "--yes",
        "--no-install-recommends",
    ];
    for words in [&update[..], &[&install[..], &packages].concat()] {
        let words = [prefix, words].concat();
        let Some((program, arguments)) = words.split_first() else {
            return;
        };
        let mut command = workspace.command(*program);
        command
            .args(arguments)
            .env("DEBIAN_FRONTEND", "noninteractive");
        if let Err(error) = step::run(&what, &mut command) {
            step::announce(&format!("{error:#}"));
            return;
        }
    }
}

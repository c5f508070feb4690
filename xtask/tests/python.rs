//! Which Python the set-up chooses. Those here are scripts that print a version and fail when they are used.
#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails has failed its test"
)]
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

const TOO_OLD: &str =
    "install it from https://www.python.org, with pyenv, or with `uv python install 3.12`";

/// Where a Python lies below the home directory, and its minor version.
type Python = (&'static str, u32);

#[test]
fn a_newer_python_is_looked_for_if_python3_is_too_old() {
    let old: Python = ("bin/python3", 11);
    let pyenv: Python = (".pyenv/versions/3.12.1/bin/python3", 12);
    let uv: Python = ("uv/python3.12", 12);
    let rows: [(&[Python], &str); 7] = [
        (&[("bin/python3", 12)], "bin/python3"),
        (&[("bin/python3", 14), pyenv], "bin/python3"),
        (&[old, ("bin/python3.12", 12), pyenv, uv], "bin/python3.12"),
        (&[old, ("bin/python3.13", 13), pyenv, uv], "bin/python3.13"),
        (
            &[old, (".pyenv/versions/3.10.1/bin/python3", 10), pyenv, uv],
            pyenv.0,
        ),
        (&[old, uv], uv.0),
        (&[uv], uv.0),
    ];
    for (pythons, expected) in rows {
        let home = home_with(pythons);
        let (output, _) = set_up(home.path());
        let chosen = output
            .lines()
            .next()
            .unwrap()
            .strip_prefix("==> creating .venv with ");
        let chosen = home
            .path()
            .join("bin")
            .join(chosen.unwrap().split(' ').next().unwrap());
        assert_eq!(chosen, home.path().join(expected), "{pythons:?}: {output}");
    }
}

#[test]
fn if_there_is_none_one_sentence_says_what_to_install() {
    let old = ("bin/python3", 11);
    let other = (".pyenv/versions/3.9.1/bin/python3", 9);
    let rows: [(&[Python], &str); 3] = [
        (&[], "none was found"),
        (&[old], "python3 is 3.11"),
        (
            &[old, other],
            "python3 is 3.11, HOME/.pyenv/versions/3.9.1/bin/python3 is 3.9",
        ),
    ];
    for (pythons, found) in rows {
        let home = home_with(pythons);
        let found = found.replace("HOME", home.path().to_str().unwrap());
        let expected = format!("error: Python 3.12 or newer is needed ({found}): {TOO_OLD}\n");
        assert_eq!(
            set_up(home.path()),
            (String::new(), expected),
            "{pythons:?}"
        );
    }
}

/// A home directory with these, and `uv` where one of them is uv's.
fn home_with(pythons: &[Python]) -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    fs::create_dir(home.path().join("bin")).unwrap();
    for (path, minor) in pythons {
        let script = format!(
            "case $1 in -c) echo 3 {minor};; --version) echo Python 3.{minor}.none;; *) exit 3;; esac"
        );
        write(&home.path().join(path), &script);
        if path.starts_with("uv/") {
            let found = home.path().join(path);
            write(
                &home.path().join("bin/uv"),
                &format!("echo {}", found.display()),
            );
        }
    }
    home
}

fn write(path: &Path, script: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

/// Standard output and standard error of the command, which fails because the Python that it chooses is a script.
fn set_up(home: &Path) -> (String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.args(["test", "no_such_test"]).env_clear();
    command.env("HOME", home).env("PATH", home.join("bin"));
    let output = command.output().unwrap();
    assert!(!output.status.success());
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (text(output.stdout), text(output.stderr))
}

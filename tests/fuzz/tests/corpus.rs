//! The kept corpus, replayed.
#![allow(clippy::panic, clippy::unwrap_used, reason = "a test may panic")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use gateway_fuzz::TARGETS;

#[test]
fn no_kept_input_breaks_its_target() {
    for target in TARGETS {
        let inputs = children(&corpus().join(target.name));
        assert!(
            !inputs.is_empty(),
            "the target {} has no corpus",
            target.name
        );
        for path in inputs {
            let input = fs::read(&path).unwrap();
            // The name of the file shows only where the test fails.
            println!("{}", path.display());
            (target.check)(&input);
        }
    }
}

#[test]
fn no_target_breaks_on_what_nobody_sends() {
    for target in TARGETS {
        for input in [b"".as_slice(), b"\n\n", b"\0", b"\xff\xfe", &[b'['; 4096]] {
            println!("{} {input:?}", target.name);
            (target.check)(input);
        }
    }
}

#[test]
fn every_corpus_and_every_dictionary_belongs_to_a_target() {
    let targets: BTreeSet<String> = TARGETS
        .iter()
        .map(|target| target.name.to_owned())
        .collect();
    for directory in [corpus(), corpus().with_file_name("dictionaries")] {
        let stems = children(&directory)
            .iter()
            .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
            .collect();
        assert_eq!(targets, stems, "{}", directory.display());
    }
}

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")
}

fn children(directory: &Path) -> Vec<PathBuf> {
    let entries =
        fs::read_dir(directory).unwrap_or_else(|error| panic!("{}: {error}", directory.display()));
    entries.map(|entry| entry.unwrap().path()).collect()
}

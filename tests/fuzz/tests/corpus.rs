//! The kept corpus, replayed: one input a line, in hexadecimal digits.
#![allow(clippy::panic, clippy::unwrap_used, reason = "a test may panic")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use gateway_fuzz::TARGETS;

#[test]
fn no_kept_input_breaks_its_target() {
    for target in TARGETS {
        let path = directory("corpus").join(target.name).with_extension("hex");
        let text = fs::read_to_string(&path).unwrap();
        assert!(!text.is_empty(), "the target {} has no corpus", target.name);
        for (index, line) in text.lines().enumerate() {
            // The place of the input shows only where the test fails.
            println!("{}:{}", path.display(), index + 1);
            (target.check)(&hex::decode(line).unwrap());
        }
    }
}

#[test]
fn no_target_breaks_on_empty_or_nonsensical_input() {
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
    for name in ["corpus", "dictionaries"] {
        let files = fs::read_dir(directory(name)).unwrap();
        let stems = files
            .map(|file| {
                file.unwrap()
                    .path()
                    .file_stem()
                    .unwrap()
                    .to_str()
                    .unwrap()
                    .to_owned()
            })
            .collect();
        assert_eq!(targets, stems, "{name}");
    }
}

fn directory(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

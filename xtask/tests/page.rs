//! The size of the chat page, from the table that the module is compiled with.

use gateway_domain::page::{ASSETS, Asset, PAGE_SCRIPT, PAGE_STYLE};

/// What a person waits for before the page is there, with gzip: nginx in front of Dify does not compress.
const MOST_AT_FIRST: u32 = 100_000;

/// Everything that is ever loaded, but for the languages that a person does not read.
const MOST: u32 = 200_000;

/// The files that hold a language.
const LANGUAGES: [&str; 4] = ["en-", "ja-", "pt-BR-", "zh-Hans-"];

#[test]
fn the_first_load_is_a_script_a_style_and_a_language_of_at_most_100_kb() {
    let first = PAGE_SCRIPT.gzip_length + PAGE_STYLE.gzip_length + longest_language();
    assert!(first <= MOST_AT_FIRST, "{first} bytes");
}

#[test]
fn everything_is_at_most_200_kb() {
    let others = ASSETS.iter().filter(|asset| !is_language(asset));
    let all = others.map(|asset| asset.gzip_length).sum::<u32>() + longest_language();
    assert!(all <= MOST, "{all} bytes");
}

#[test]
fn brotli_is_shorter_than_gzip_and_gzip_than_the_file() {
    for asset in ASSETS {
        let lengths = [asset.brotli_length, asset.gzip_length, asset.length];
        assert!(lengths.is_sorted(), "{}: {lengths:?}", asset.name);
    }
}

fn longest_language() -> u32 {
    let languages: Vec<_> = ASSETS.iter().filter(|asset| is_language(asset)).collect();
    assert_eq!(languages.len(), LANGUAGES.len());
    languages
        .iter()
        .map(|asset| asset.gzip_length)
        .max()
        .unwrap_or_default()
}

fn is_language(asset: &Asset) -> bool {
    LANGUAGES.iter().any(|name| asset.name.starts_with(name))
}

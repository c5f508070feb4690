//! Return addresses cannot leave the endpoint.

use proptest::prelude::*;
use url::Url;

use super::support::{LOCAL, OWN, SHARED, public_url};
use crate::session::ReturnTo;

/// What must lead to the endpoint's own page, wherever that is.
const HOSTILE: &[&str] = &[
    "",
    "e",
    "//e",
    "//e.example/",
    "///e",
    "////e",
    "/\\e",
    "/\\/e",
    "\\\\e",
    "\\/e",
    "/%5ce",
    "/%5C%5Ce",
    "/%2fe",
    "/%2F%2Fe",
    "/%252fe",
    "/%25%32%66e",
    "/a//b",
    "/a/%2f/b",
    "/\t/e",
    "/%09/e",
    "/\n/e",
    "/%0a/e",
    "/%0d%0aSet-Cookie:a=b",
    "/\r\nSet-Cookie: a=b",
    "\t//e",
    " //e",
    " /",
    "/ ",
    "/\0",
    "/%00",
    "/%1f",
    "/%7f",
    "/\u{7f}",
    "https:e",
    "https://e.example",
    "https:/e",
    "http://dify.example/e/b3xyz81kq0a7mnop/",
    "HTTPS://e.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "@e",
    "/@e\\",
    ":443/",
    ".e.example/",
    "/..",
    "/../",
    "/../other/",
    "/a/../../other/",
    "/%2e%2e/other/",
    "/%2E./other/",
    "/.%2e/other/",
    "/..%2fother/",
    "/..;/other/",
    "/a..b",
    "/.",
    "/./",
    "/a/./b",
    "/\u{2215}e",
    "/\u{2044}/e",
    "/\u{ff0f}e",
    "/%E2%88%95e",
    "/%EF%BC%8Fe",
    "/\u{ff3c}e",
    "/\u{202e}e",
    "/\u{fe52}\u{fe52}/other",
    "/#",
    "/?a#b",
    "/a#//e",
    "/%",
    "/%4",
    "/%zz",
    "/%+1",
    "/?a=\t",
    "/?a=\n//e",
    "/?a=\"",
    "/?a=<b>",
    "/?a=ü",
    "/?a= b",
    "/auth",
    "/auth/",
    "/auth/logout",
    "/auth/login?return_to=/auth/login",
    "/AUTH/logout",
    "/%61uth/logout",
    "/a%75th/logout",
    "/auth/?a",
    "/assets",
    "/assets/page-0123456789.js",
    "/Assets/x",
    "/<script>",
    "/\"",
    "/a|b",
    "/[::1]",
    "/{a}",
    "/`",
    "/^",
];

#[test]
fn a_hostile_address_leads_home() {
    assert!(HOSTILE.len() >= 60);
    for url in [SHARED, OWN, LOCAL] {
        let url = public_url(url);
        for text in HOSTILE {
            let parsed = ReturnTo::parse(text, &url);
            assert_eq!(parsed, ReturnTo::home(), "{text:?} at {}", url.as_str());
        }
        let long = format!("/?{}", "a".repeat(511));
        assert_eq!(ReturnTo::parse(&long, &url), ReturnTo::home());
    }
}

#[test]
fn an_address_below_the_endpoint_is_kept_byte_for_byte() {
    let longest = format!("/?{}", "a".repeat(510));
    for text in [
        "/",
        "/?",
        "/?c=1",
        "/?c=1&q=a%26b%2Fc%20d&u=https://x/y",
        "/?q=//e.example&r=/\\%5c%0a%00..",
        "/?a=b?c=d",
        "/chat",
        "/chat/",
        "/chat/a%20b?x",
        "/authors",
        "/assets2/x",
        "/a.b/.c/d.",
        "/a:b@c;d=e,f!$&'()*+~_-",
        longest.as_str(),
    ] {
        for url in [SHARED, OWN, LOCAL] {
            let url = public_url(url);
            let parsed = ReturnTo::parse(text, &url);
            assert_eq!(parsed.as_str(), text);
            assert_eq!(parsed.address(&url), format!("{}{text}", url.as_str()));
        }
    }
}

/// Pieces that addresses are attacked with, between arbitrary characters.
fn text() -> impl Strategy<Value = String> {
    let pieces = prop_oneof![
        Just("/"),
        Just("\\"),
        Just("//"),
        Just(".."),
        Just("."),
        Just("%2f"),
        Just("%5c"),
        Just("%2e"),
        Just("%09"),
        Just("%"),
        Just("?"),
        Just("#"),
        Just("@"),
        Just(":"),
        Just("https:"),
        Just("\t"),
        Just("\n"),
        Just("auth"),
        Just("assets"),
        Just("e"),
        Just(";"),
        Just("\u{ff0f}"),
        Just(" ")
    ]
    .prop_map(str::to_owned);
    let any = prop_oneof![4 => pieces, 1 => any::<char>().prop_map(String::from)];
    let tail = prop::collection::vec(any, 0..12).prop_map(|parts| parts.concat());
    (prop::bool::weighted(0.9), tail).prop_map(
        |(rooted, tail)| {
            if rooted { format!("/{tail}") } else { tail }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn what_a_browser_makes_of_it_is_always_below_the_endpoint(text in text()) {
        for base in [SHARED, OWN, LOCAL] {
            let url = public_url_of(base);
            let parsed = ReturnTo::parse(&text, &url);
            let below = format!("{base}/");
            // As a whole address in `Location`, and as a script resolves it against the page.
            let address = Url::parse(&parsed.address(&url)).unwrap();
            let relative = format!(".{}", parsed.as_str());
            for judged in [address, Url::parse(&below).unwrap().join(&relative).unwrap()] {
                prop_assert!(judged.as_str().starts_with(&below), "{judged}");
                let path = judged.as_str().strip_prefix(base).unwrap();
                prop_assert!(!path.starts_with("/auth/") && !path.starts_with("/assets/"), "{judged}");
            }
        }
    }
}

thread_local! {
    static URLS: [(&'static str, crate::settings::PublicUrl); 3] = [SHARED, OWN, LOCAL].map(|text| (text, public_url(text)));
}

fn public_url_of(text: &str) -> crate::settings::PublicUrl {
    URLS.with(|urls| {
        urls.iter()
            .find(|(name, _)| *name == text)
            .unwrap()
            .1
            .clone()
    })
}

//! Settings that are URLs or browser origins.

use url::{Origin, Position, Url};

use super::list::parse_list;
use super::reader::Problems;
use super::{AllowedOrigins, ApiUrl, PublicUrl};

/// Paths that people copy together with the base URL.
const NO_API_BASE: [&str; 4] = [
    "/chat-messages",
    "/completion-messages",
    "/workflows/run",
    "/console/api",
];

/// An absolute http or https URL without user information and fragment, in the characters of RFC 3986.
///
/// The administrator may choose http: it is their own network.
pub(super) fn parse_web_address(text: &str) -> Result<Url, String> {
    let Some((_, rest)) = text
        .split_once("://")
        .filter(|(scheme, _)| matches!(*scheme, "https" | "http"))
    else {
        return Err(
            "is no URL that begins with `https://` or `http://`; write it in full".to_owned(),
        );
    };
    let authority = authority(rest);
    expect_ascii_letters(authority)?;
    if !text.chars().all(is_url_character) {
        return Err(
            "has a character that no URL has, perhaps an invisible one; type it by hand".to_owned(),
        );
    }
    if authority.contains('@') {
        return Err("has user information before `@`; remove it".to_owned());
    }
    if rest.contains('#') {
        return Err("has a fragment behind `#`; remove it".to_owned());
    }
    // The parser takes `https:///host` for `https://host`; whoever compares texts does not.
    Url::parse(text)
        .ok()
        .filter(|_| !authority.is_empty())
        .ok_or_else(|| "is no valid URL; write it as `https://host/path`".to_owned())
}

/// As [`parse_web_address`], and without a query.
pub(super) fn parse_base_address(text: &str) -> Result<Url, String> {
    let url = parse_web_address(text)?;
    match url.query() {
        None => Ok(url),
        Some(_) => Err("has a query behind `?`; remove it".to_owned()),
    }
}

/// The setting `dify_api_url`.
pub(super) fn parse_api_url(text: &str) -> Result<ApiUrl, String> {
    let url = parse_base_address(text.trim_end_matches('/'))?;
    if NO_API_BASE.iter().any(|path| url.path().ends_with(path)) {
        return Err(
            "is not the base URL of the app API; write it as the app's API access page shows it"
                .to_owned(),
        );
    }
    Ok(ApiUrl(url))
}

/// The setting `public_url`. Clients compare it byte for byte (RFC 9728 §3.3), so it must be in its normal form.
pub(super) fn parse_public_url(text: &str) -> Result<PublicUrl, String> {
    let url = parse_base_address(text)?;
    if url.as_str().trim_end_matches('/') != text.trim_end_matches('/') {
        return Err(
            "is not in its normal form; write the host in lower case, no default port and no `..`"
                .to_owned(),
        );
    }
    Ok(PublicUrl(text.to_owned()))
}

/// The setting `allowed_origins`.
pub(super) fn parse_allowed_origins(text: &str) -> Result<AllowedOrigins, Problems> {
    if text == "*" {
        return Ok(AllowedOrigins::Any);
    }
    parse_list(text, parse_origin).map(AllowedOrigins::These)
}

/// An origin as browsers serialise it; web views of apps have schemes of their own, such as `capacitor://localhost`.
fn parse_origin(text: &str) -> Result<String, String> {
    if text == "*" {
        return Err("is `*`, which must stand alone; remove it or all the others".to_owned());
    }
    if text.contains('*') {
        return Err("has a wildcard; write every origin in full".to_owned());
    }
    if let Some((_, rest)) = text.split_once("://") {
        expect_ascii_letters(authority(rest))?;
    }
    let url = Url::parse(text)
        .ok()
        .filter(|url| text.contains("://") && url.has_host())
        .ok_or("is no origin; write scheme, host and port, such as `https://app.example.com`")?;
    let is_bare =
        matches!(url.path(), "" | "/") && url.query().is_none() && url.fragment().is_none();
    if !is_bare || text.contains('@') {
        return Err("is more than an origin; write scheme, host and port alone, such as `https://app.example.com`".to_owned());
    }
    Ok(match url.origin() {
        origin @ Origin::Tuple(..) => origin.ascii_serialization(),
        Origin::Opaque(_) => url[..Position::AfterPort].to_owned(),
    })
}

fn authority(behind_scheme: &str) -> &str {
    behind_scheme
        .split(['/', '?', '#'])
        .next()
        .unwrap_or_default()
}

/// The tables that translate an international host name (UTS 46) would be a tenth of the module, so `idna_adapter` is
/// the version without them.
fn expect_ascii_letters(authority: &str) -> Result<(), String> {
    let is_other = |character: char| !character.is_ascii() && character.is_alphanumeric();
    if authority.contains(is_other) {
        return Err("has a host name with letters outside ASCII; write the form that begins with `xn--`, such as \
                    `https://xn--bcher-kva.example` for `https://bücher.example`"
            .to_owned());
    }
    Ok(())
}

fn is_url_character(character: char) -> bool {
    character.is_ascii_alphanumeric() || "-._~:/?#[]@!$&'()*+,;=%".contains(character)
}

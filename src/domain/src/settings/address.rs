//! Settings that are URLs or browser origins.

use url::{Host, Origin, Position, Url};

use super::characters::{expect_characters, is_in_quotation_marks};
use super::list::parse_list;
use super::problems::Problems;
use super::{AllowedOrigins, ApiUrl};
use crate::limits;

/// Operations of the app API, which people copy together with its base URL.
const OPERATIONS: [&str; 3] = ["/chat-messages", "/completion-messages", "/workflows/run"];

/// What the paths of Dify's console and pages begin with, where they do not end in `/v1`.
const CONSOLE: [&str; 6] = ["app", "apps", "console", "explore", "install", "signin"];

/// The console of Dify Cloud, whose API has a host of its own.
const CLOUD_CONSOLE: &str = "cloud.dify.ai";

const NO_PAGE_ORIGIN: &str = "is not an origin of web pages; write scheme, host and port, such as `https://images.example.com`";

/// An absolute http or https URL without user information and fragment, in the characters of RFC 3986.
///
/// The administrator may choose http: it is their own network.
pub(super) fn parse_web_address(text: &str) -> Result<Url, String> {
    if is_in_quotation_marks(text) {
        return Err("has quotation marks around it; remove them".to_owned());
    }
    let Some((_, rest)) = text
        .split_once("://")
        .filter(|(scheme, _)| matches!(*scheme, "https" | "http"))
    else {
        return Err(
            "is not a URL that begins with `https://` or `http://`; write it in full".to_owned(),
        );
    };
    let authority = authority(rest);
    expect_ascii_letters(authority)?;
    expect_characters(text, is_url_character)
        .map_err(|character| format!("has {character}, which a URL does not have; remove it"))?;
    expect_one_address(text)?;
    if authority.contains('@') {
        return Err("has user information before `@`; remove it".to_owned());
    }
    if rest.contains('#') {
        return Err("has a fragment after `#`; remove it".to_owned());
    }
    // The parser takes `https:///host` for `https://host`; a comparison of texts does not.
    Url::parse(text)
        .ok()
        .filter(|_| !authority.is_empty())
        .ok_or_else(|| "is not a valid URL; write it as `https://host/path`".to_owned())
}

/// Separators are characters of a URL too, so an address would take one into its path.
fn expect_one_address(text: &str) -> Result<(), String> {
    if [";http://", ";https://", ",http://", ",https://"]
        .iter()
        .any(|joint| text.contains(joint))
    {
        return Err("is more than one address; separate several with a space, where the setting may have several".to_owned());
    }
    match text.chars().last() {
        Some(last @ (',' | ';')) => Err(format!("ends with `{last}`; remove it")),
        _ => Ok(()),
    }
}

/// As [`parse_web_address`], and without a query.
pub(super) fn parse_base_address(text: &str) -> Result<Url, String> {
    let url = parse_web_address(text)?;
    match url.query() {
        None => Ok(url),
        Some(_) => Err("has a query after `?`; remove it".to_owned()),
    }
}

/// The setting `dify_api_url`. Only what cannot be the app API is refused: a proxy may put it below any path.
pub(super) fn parse_api_url(text: &str) -> Result<ApiUrl, Problems> {
    let url = parse_base_address(text.trim_end_matches('/'))?;
    let path = url.path();
    let first = url.path_segments().and_then(|mut segments| segments.next());
    if url.host_str() == Some(CLOUD_CONSOLE) {
        return Err("is the address of Dify's console; write `https://api.dify.ai/v1`".into());
    }
    if first == Some("e") {
        return Err(
            "is the address of a plugin's endpoint, not of Dify's app API; write the base URL as the app's API access \
             page shows it, such as `https://dify.example.com/v1`"
                .into(),
        );
    }
    let is_console = !path.ends_with("/v1") && first.is_some_and(|first| CONSOLE.contains(&first));
    if is_console || OPERATIONS.iter().any(|operation| path.ends_with(operation)) {
        return Err(
            "is not the base URL of the app API; write it as the app's API access page shows it, such as \
             `https://dify.example.com/v1`"
                .into(),
        );
    }
    Ok(ApiUrl(url))
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
        return Err("is `*`, which must be the only entry; remove it or all the others".to_owned());
    }
    if text.contains('*') {
        return Err("has a wildcard; write every origin in full".to_owned());
    }
    if is_in_quotation_marks(text) {
        return Err("has quotation marks around it; remove them".to_owned());
    }
    if let Some((_, rest)) = text.split_once("://") {
        expect_ascii_letters(authority(rest))?;
    }
    let url = Url::parse(text)
        .ok()
        .filter(|url| text.contains("://") && url.has_host())
        .ok_or(
            "is not an origin; write scheme, host and port, such as `https://app.example.com`",
        )?;
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

/// The setting `page_origins`. They go into the page's content security policy, so they must be what it can name.
pub(super) fn parse_page_origins(text: &str) -> Result<Vec<String>, Problems> {
    let origins = parse_list(text, |entry| {
        let origin = parse_origin(entry)?;
        let url = Url::parse(&origin).map_err(|_| NO_PAGE_ORIGIN.to_owned())?;
        let is_usable = matches!(url.scheme(), "https" | "http")
            && url.host_str().is_some_and(has_characters_of_a_host);
        is_usable
            .then_some(origin)
            .ok_or_else(|| NO_PAGE_ORIGIN.to_owned())
    })?;
    let length: usize = origins
        .iter()
        .map(|origin| origin.len().saturating_add(1))
        .sum();
    if length > limits::PAGE_ORIGINS {
        return Err(format!(
            "is longer than {} bytes, which the head of the page has no room for; write fewer origins",
            limits::PAGE_ORIGINS
        )
        .into());
    }
    Ok(origins)
}

/// Whether the URL's host is the machine of the browser itself, which browsers trust without TLS (W3C Secure Contexts
/// §3.1).
pub(super) fn is_local(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// The URL standard lets a host have `;`, `,` and `'`, which would end a directive of a content security policy.
pub(super) fn has_characters_of_a_host(host: &str) -> bool {
    let name = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'));
    let is_of_a_name =
        |character: char| character.is_ascii_alphanumeric() || ".-_".contains(character);
    match name {
        Some(address) => address
            .chars()
            .all(|character| character.is_ascii_hexdigit() || character == ':'),
        None => host.chars().all(is_of_a_name),
    }
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

//! Where a browser puts the response to a request: fetch metadata (W3C «Fetch Metadata Request Headers»). A script cannot
//! write these fields; a client that is not a browser can write anything, which gains it nothing.

use http::header::ACCEPT;
use http::{HeaderMap, Method};

use super::Request;
use crate::error::{Code, Refusal};

/// Where the response goes, as far as the request says it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Destination {
    /// Into the browser's window: a document, opened at the top level.
    Window,
    /// The request does not say: the browser is old, the page not https, or a proxy has removed the fields.
    Unknown,
    /// To a script, or into a frame, an image, a worker and the like.
    Other,
}

impl Destination {
    /// The destination of a request with these fields.
    pub fn of(headers: &HeaderMap) -> Self {
        let mode = headers.get("sec-fetch-mode");
        let dest = headers.get("sec-fetch-dest");
        match (mode, dest) {
            (Some(mode), Some(dest)) if mode == "navigate" && dest == "document" => Self::Window,
            (None, None) if !headers.contains_key("sec-fetch-site") => Self::Unknown,
            _ => Self::Other,
        }
    }
}

/// Whether a GET for both HTML and JSON wants the HTML. Without fetch metadata `Accept` decides, and only where it names
/// HTML: `*/*` is what curl and scripts send.
pub fn wants_page(request: &Request) -> bool {
    request.method == Method::GET && shows_document(request)
}

/// Whether a person sees the response in the browser's window, whatever the method.
pub fn shows_document(request: &Request) -> bool {
    request.method != Method::HEAD
        && match Destination::of(&request.headers) {
            Destination::Window => true,
            Destination::Unknown => accepts_html(&request.headers),
            Destination::Other => false,
        }
}

/// Lets a document navigation through and nothing else: what a redirect leads out of the endpoint, and what sets a cookie
/// on the way, must not be set off by a script, an image, a frame or a prefetch.
///
/// # Errors
/// `navigation_required`.
pub fn check(request: &Request) -> Result<(), Refusal> {
    if request.method != Method::GET {
        return Err(refusal(&format!("it was asked with {}", request.method)));
    }
    let purpose = request.headers.get("sec-purpose");
    if purpose.is_some_and(|purpose| purpose.as_bytes().starts_with(b"prefetch")) {
        return Err(refusal("it was fetched before anybody has opened it"));
    }
    match Destination::of(&request.headers) {
        Destination::Window | Destination::Unknown => Ok(()),
        Destination::Other => Err(refusal(
            "it was asked by a script, a frame or a part of a page (`Sec-Fetch-Mode`, `Sec-Fetch-Dest`)",
        )),
    }
}

/// The same for a document that holds the page token: whoever does not say that it goes into a window does not get it.
///
/// # Errors
/// `navigation_required`.
pub fn check_window(request: &Request) -> Result<(), Refusal> {
    check(request)?;
    match Destination::of(&request.headers) {
        Destination::Window => Ok(()),
        Destination::Unknown | Destination::Other => Err(refusal(
            "the browser does not say where its response goes (`Sec-Fetch-Mode`, `Sec-Fetch-Dest`)",
        )),
    }
}

fn refusal(why: &str) -> Refusal {
    let message = format!(
        "This address is for the browser's window: {why}. Open it there, for example with a link."
    );
    Refusal::new(Code::NavigationRequired, message)
}

/// Whether `Accept` (RFC 9110 §12.5.1) names HTML.
fn accepts_html(headers: &HeaderMap) -> bool {
    let values = headers.get_all(ACCEPT).iter();
    let ranges = values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','));
    let mut named = ranges.filter_map(|range| {
        let mut parts = range.split(';').map(str::trim);
        let is_html = parts.next()?.eq_ignore_ascii_case("text/html");
        let is_refused = parts.any(super::preference::is_zero_weight);
        is_html.then_some(!is_refused)
    });
    named.any(|is_wanted| is_wanted)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use http::{HeaderName, HeaderValue};

    use super::*;

    const WINDOW: &[(&str, &str)] = &[
        ("sec-fetch-mode", "navigate"),
        ("sec-fetch-dest", "document"),
    ];

    fn request(method: Method, fields: &[(&'static str, &str)]) -> Request {
        let headers = fields.iter().map(|(name, value)| {
            let value = HeaderValue::from_str(value).unwrap();
            (HeaderName::from_static(name), value)
        });
        Request {
            id: String::new(),
            endpoint: String::new(),
            hook_id: String::new(),
            method,
            path: "/auth/login".to_owned(),
            query: String::new(),
            headers: headers.collect(),
            path_values: BTreeMap::new(),
            settings: String::new(),
        }
    }

    /// Whether it may begin a login, whether it may get the page token, whether `/` answers with the page.
    fn judged(method: Method, fields: &[(&'static str, &str)]) -> (bool, bool, bool) {
        let request = request(method, fields);
        let may_begin = check(&request);
        let may_have_token = check_window(&request);
        for refused in [&may_begin, &may_have_token] {
            let code = refused.as_ref().err().map(Refusal::code);
            assert!(matches!(code, None | Some(Code::NavigationRequired)));
        }
        (
            may_begin.is_ok(),
            may_have_token.is_ok(),
            wants_page(&request),
        )
    }

    /// What is sent, with which fields, and how it is judged.
    type Case = (
        &'static str,
        Vec<(&'static str, &'static str)>,
        (bool, bool, bool),
    );

    #[test]
    fn only_a_navigation_of_the_window_begins_a_login_and_only_a_certain_one_gets_the_page_token() {
        let fetch = |mode, dest| [("sec-fetch-mode", mode), ("sec-fetch-dest", dest)];
        let html = ("accept", "text/html,application/xhtml+xml,*/*;q=0.8");
        let rows: [Case; 17] = [
            ("a navigation", WINDOW.to_vec(), (true, true, true)),
            ("without metadata", vec![html], (true, false, true)),
            ("curl", vec![("accept", "*/*")], (true, false, false)),
            (
                "a script without metadata",
                vec![("accept", "application/json")],
                (true, false, false),
            ),
            (
                "HTML refused",
                vec![("accept", "text/html;q=0, */*")],
                (true, false, false),
            ),
            (
                "HTML refused twice",
                vec![("accept", "text/html; q=0.000")],
                (true, false, false),
            ),
            (
                "HTML last",
                vec![("accept", "a/b, TEXT/HTML;q=0.1")],
                (true, false, true),
            ),
            ("nothing at all", vec![], (true, false, false)),
            (
                "fetch",
                fetch("cors", "empty").to_vec(),
                (false, false, false),
            ),
            (
                "fetch for HTML",
                [&fetch("cors", "empty")[..], &[html]].concat(),
                (false, false, false),
            ),
            (
                "an image",
                fetch("no-cors", "image").to_vec(),
                (false, false, false),
            ),
            (
                "a frame",
                fetch("navigate", "iframe").to_vec(),
                (false, false, false),
            ),
            (
                "an object",
                fetch("navigate", "object").to_vec(),
                (false, false, false),
            ),
            (
                "half of the metadata",
                vec![("sec-fetch-mode", "navigate"), html],
                (false, false, false),
            ),
            (
                "the other half",
                vec![("sec-fetch-dest", "document"), html],
                (false, false, false),
            ),
            (
                "the site alone",
                vec![("sec-fetch-site", "none"), html],
                (false, false, false),
            ),
            (
                "a prefetch",
                [WINDOW, &[("sec-purpose", "prefetch;prerender")]].concat(),
                (false, false, true),
            ),
        ];
        for (name, fields, expected) in rows {
            assert_eq!(judged(Method::GET, &fields), expected, "{name}");
        }
        for method in [Method::HEAD, Method::POST] {
            assert_eq!(judged(method, WINDOW), (false, false, false));
        }
    }
}

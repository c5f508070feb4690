//! The HTTP request as text, as the plugin gets it: `copyRequest` of `service/endpoint.go`, then Go's `http.Request.Write`.

use std::collections::BTreeMap;

use http::{HeaderMap, Method};

use crate::go_url;

/// What `copyRequest` deletes so that a plugin cannot know the client's address.
const REMOVED: [&str; 6] = [
    "X-Forwarded-For",
    "X-Real-Ip",
    "X-Forwarded",
    "X-Original-Forwarded-For",
    "X-Original-Url",
    "X-Original-Host",
];

/// What Go writes itself, ahead of the other headers (`reqWriteExcludeHeader`).
const WRITTEN_BY_GO: [&str; 5] = [
    "Host",
    "User-Agent",
    "Content-Length",
    "Transfer-Encoding",
    "Trailer",
];

/// One request to an endpoint.
pub(crate) struct Incoming<'a> {
    pub(crate) method: &'a Method,
    pub(crate) hook_id: &'a str,
    /// Decoded, after `/e/<hook_id>`.
    pub(crate) path: &'a [u8],
    /// As it was sent; nothing where the target has no `?`.
    pub(crate) query: Option<&'a str>,
    pub(crate) headers: &'a HeaderMap,
    /// At most as long as the daemon's limit.
    pub(crate) body: &'a [u8],
}

impl Incoming<'_> {
    /// Request line, headers and body in Go's order.
    pub(crate) fn write(&self) -> Vec<u8> {
        let host = self.host();
        let mut text = format!("{} {} HTTP/1.1\r\n", self.method, self.target()).into_bytes();
        push_header(&mut text, "Host", host);
        self.push_user_agent(&mut text);
        let chunked = self.push_framing(&mut text);
        for (name, values) in self.other_headers(host) {
            for value in values {
                push_header(&mut text, &name, &value);
            }
        }
        text.extend_from_slice(b"\r\n");
        text.extend_from_slice(if chunked { b"0\r\n\r\n" } else { self.body });
        text
    }

    fn target(&self) -> String {
        let path = go_url::escape_path(self.path);
        match self.query {
            // Go keeps a bare question mark (`ForceQuery`), but not one that only bad pairs followed.
            Some("") => format!("{path}?"),
            Some(query) => match go_url::normalize_query(query).as_str() {
                "" => path,
                query => format!("{path}?{query}"),
            },
            None => path,
        }
    }

    /// `X-Original-Host` of the client wins over `Host`: it can be forged.
    fn host(&self) -> &[u8] {
        let original = self
            .headers
            .get("x-original-host")
            .filter(|value| !value.is_empty());
        original
            .or_else(|| self.headers.get(http::header::HOST))
            .map_or(b"", |value| value.as_bytes())
    }

    fn push_user_agent(&self, text: &mut Vec<u8>) {
        match self.headers.get(http::header::USER_AGENT) {
            Some(agent) if agent.is_empty() => {}
            Some(agent) => push_header(text, "User-Agent", agent.as_bytes()),
            None => push_header(text, "User-Agent", b"Go-http-client/1.1"),
        }
    }

    /// Whether the body is sent in chunks: Go does so for an empty POST or PUT, whose length it takes for unknown.
    fn push_framing(&self, text: &mut Vec<u8>) -> bool {
        if !self.body.is_empty() {
            push_header(
                text,
                "Content-Length",
                self.body.len().to_string().as_bytes(),
            );
            return false;
        }
        let chunked = [Method::POST, Method::PUT].contains(self.method);
        if chunked {
            push_header(text, "Transfer-Encoding", b"chunked");
        }
        chunked
    }

    /// By canonical name, as Go sorts them; several values of one name stay apart and in order.
    fn other_headers(&self, host: &[u8]) -> BTreeMap<String, Vec<Vec<u8>>> {
        let mut headers: BTreeMap<String, Vec<Vec<u8>>> = BTreeMap::new();
        for (name, value) in self.headers {
            headers
                .entry(canonical(name.as_str()))
                .or_default()
                .push(value.as_bytes().to_vec());
        }
        // Go's server reads `Pragma: no-cache` as the older spelling of `Cache-Control: no-cache` (`fixPragmaCacheControl`).
        if self
            .headers
            .get(http::header::PRAGMA)
            .is_some_and(|value| value == "no-cache")
        {
            headers
                .entry("Cache-Control".to_owned())
                .or_insert_with(|| vec![b"no-cache".to_vec()]);
        }
        headers.retain(|name, _| {
            !REMOVED.contains(&name.as_str()) && !WRITTEN_BY_GO.contains(&name.as_str())
        });
        headers.insert("Dify-Hook-Id".to_owned(), vec![self.hook_id.into()]);
        if self
            .headers
            .get("dify-hook-url")
            .is_none_or(|url| url.is_empty())
        {
            headers.insert("Dify-Hook-Url".to_owned(), vec![self.hook_url(host)]);
        }
        headers
    }

    fn hook_url(&self, host: &[u8]) -> Vec<u8> {
        let secure = self
            .headers
            .get("x-forwarded-proto")
            .is_some_and(|proto| proto == "https");
        let scheme: &[u8] = if secure { b"https://" } else { b"http://" };
        [scheme, host, b"/e/", self.hook_id.as_bytes(), self.path].concat()
    }
}

/// Go's `headerNewlineToSpace` and `TrimString`.
fn push_header(text: &mut Vec<u8>, name: &str, value: &[u8]) {
    text.extend_from_slice(name.as_bytes());
    text.extend_from_slice(b": ");
    text.extend(value.trim_ascii().iter().map(|&byte| {
        if byte == b'\r' || byte == b'\n' {
            b' '
        } else {
            byte
        }
    }));
    text.extend_from_slice(b"\r\n");
}

/// `textproto.CanonicalMIMEHeaderKey` of a name in lower case.
fn canonical(name: &str) -> String {
    let capitalized = name.split('-').map(|word| {
        let mut characters = word.chars();
        characters.next().map_or_else(String::new, |first| {
            first.to_uppercase().chain(characters).collect()
        })
    });
    capitalized.collect::<Vec<String>>().join("-")
}

#[cfg(test)]
mod tests;

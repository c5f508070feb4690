//! `application/x-www-form-urlencoded` text whose pairs stay as they were sent.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use url::form_urlencoded;

/// What a URL parser would drop (a tab in `us\ter`), or take for the end of the query. Escaped, it stays what it is.
const NOT_IN_A_QUERY: &AsciiSet = &CONTROLS.add(b' ').add(b'#');

/// The pairs of a query or a form, undecoded.
pub(super) struct Pairs<'a>(Vec<Cow<'a, str>>);

impl<'a> Pairs<'a> {
    /// Splits `text` at `&`, the only separator that Python's `parse_qsl` knows since 3.9.2.
    pub(super) fn parse(text: &'a str) -> Self {
        let pairs = text.split('&').filter(|pair| !pair.is_empty());
        Self(
            pairs
                .map(|pair| utf8_percent_encode(pair, NOT_IN_A_QUERY).into())
                .collect(),
        )
    }

    /// Whether a pair has this decoded name and a value that is not empty.
    pub(super) fn has_value(&self, name: &str) -> bool {
        self.0
            .iter()
            .filter_map(|pair| decoded(pair))
            .any(|(found, value)| found == name && !value.is_empty())
    }

    /// Removes every pair with this decoded name.
    pub(super) fn remove(&mut self, name: &str) {
        self.0
            .retain(|pair| decoded(pair).is_none_or(|(found, _)| found != name));
    }

    /// Leaves exactly one pair with this name.
    pub(super) fn force(&mut self, name: &str, value: &str) {
        self.remove(name);
        let pair = form_urlencoded::Serializer::new(String::new())
            .append_pair(name, value)
            .finish();
        self.0.push(pair.into());
    }

    /// The text again.
    pub(super) fn into_text(self) -> String {
        self.0.join("&")
    }
}

fn decoded(pair: &str) -> Option<(Cow<'_, str>, Cow<'_, str>)> {
    form_urlencoded::parse(pair.as_bytes()).next()
}

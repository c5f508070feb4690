//! `application/x-www-form-urlencoded` text whose pairs stay as they were sent.

use std::iter;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use url::form_urlencoded;

/// What a URL parser would drop (a tab in `us\ter`), or take for the end of the query. Escaped, it stays what it is.
const NOT_IN_A_QUERY: &AsciiSet = &CONTROLS.add(b' ').add(b'#');

/// The pairs of a query or a form, undecoded, with `&` between them. They are one text because a form can have 250 000
/// of them.
pub(super) struct Pairs(String);

impl Pairs {
    /// Splits `text` at `&`, the only separator that Python's `parse_qsl` knows since 3.9.2.
    pub(super) fn parse(text: &str) -> Self {
        let mut pairs = Self(String::with_capacity(text.len()));
        for pair in text.split('&').filter(|pair| !pair.is_empty()) {
            pairs.push(utf8_percent_encode(pair, NOT_IN_A_QUERY));
        }
        pairs
    }

    /// Whether a pair has this decoded name and a value that is not empty.
    pub(super) fn has_value(&self, name: &str) -> bool {
        form_urlencoded::parse(self.0.as_bytes())
            .any(|(found, value)| found == name && !value.is_empty())
    }

    /// Removes every pair with this decoded name.
    pub(super) fn remove(&mut self, name: &str) {
        let mut kept = Self(String::with_capacity(self.0.len()));
        for pair in self.0.split('&').filter(|pair| !is_called(pair, name)) {
            kept.push(iter::once(pair));
        }
        *self = kept;
    }

    /// Leaves exactly one pair with this name.
    pub(super) fn force(&mut self, name: &str, value: &str) {
        self.remove(name);
        let mut text = form_urlencoded::Serializer::new(std::mem::take(&mut self.0));
        self.0 = text.append_pair(name, value).finish();
    }

    /// The text again.
    pub(super) fn into_text(self) -> String {
        self.0
    }

    fn push<'a>(&mut self, pair: impl Iterator<Item = &'a str>) {
        if !self.0.is_empty() {
            self.0.push('&');
        }
        self.0.extend(pair);
    }
}

fn is_called(pair: &str, name: &str) -> bool {
    form_urlencoded::parse(pair.as_bytes()).any(|(found, _)| found == name)
}

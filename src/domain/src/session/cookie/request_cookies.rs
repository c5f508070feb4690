//! `Cookie` (RFC 6265 §4.2), of which only this endpoint's own cookies are read.

use std::fmt;

use http::HeaderMap;
use http::header::COOKIE;

use super::CookieNames;
use crate::limits;
use crate::session::Slot;

/// The values of this endpoint's cookies in the order of the request. Others may have planted some of them.
#[derive(Clone, Default)]
pub struct RequestCookies {
    session: Vec<String>,
    slots: [Vec<String>; 4],
}

impl RequestCookies {
    /// Reads `Cookie`. Of each name [`limits::COOKIES_OF_A_NAME`] values count that have the form of a sealed one.
    pub fn of(headers: &HeaderMap, names: &CookieNames) -> Self {
        let mut cookies = Self::default();
        // HTTP/2 may send the cookies in several fields (RFC 9113 §8.2.3).
        let fields = headers
            .get_all(COOKIE)
            .iter()
            .filter_map(|field| field.to_str().ok());
        for pair in fields.flat_map(|field| field.split(';')) {
            let Some((name, value)) = pair.trim_matches([' ', '\t']).split_once('=') else {
                continue;
            };
            if let Some(values) = cookies.of_name(name, names)
                && values.len() < limits::COOKIES_OF_A_NAME
                && is_sealed_text(value)
            {
                values.push(value.to_owned());
            }
        }
        cookies
    }

    /// What could be sessions.
    pub fn sessions(&self) -> impl Iterator<Item = &str> {
        self.session.iter().map(String::as_str)
    }

    /// What could be transactions in `slot`.
    pub fn slot(&self, slot: Slot) -> impl Iterator<Item = &str> {
        let mut slots = Slot::ALL.into_iter().zip(&self.slots);
        let found = slots.find(|(other, _)| *other == slot);
        found
            .into_iter()
            .flat_map(|(_, values)| values)
            .map(String::as_str)
    }

    fn of_name(&mut self, name: &str, names: &CookieNames) -> Option<&mut Vec<String>> {
        if name == names.session() {
            return Some(&mut self.session);
        }
        let mut slots = Slot::ALL.into_iter().zip(&mut self.slots);
        let slot = slots.find(|(slot, _)| names.slot(*slot) == name);
        slot.map(|(_, values)| values)
    }
}

/// Without quotation marks and in base64url, as this endpoint sets it.
fn is_sealed_text(value: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    !value.is_empty() && value.len() <= limits::COOKIE_VALUE && value.bytes().all(is_allowed)
}

impl fmt::Debug for RequestCookies {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("RequestCookies(redacted)")
    }
}

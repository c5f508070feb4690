//! Which form of a file a client gets (RFC 9110 §12.5.3).

use http::HeaderMap;
use http::header::ACCEPT_ENCODING;

use crate::request::preference::weighted;

/// A form of a file of the page.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ContentCoding {
    /// `br` (RFC 7932).
    Brotli,
    /// `gzip` (RFC 1952).
    Gzip,
    /// As it is.
    Identity,
}

impl ContentCoding {
    /// The form for a request with these fields. Of equal weights the shorter form is taken. A client that refuses every
    /// form gets gzip, which all of them read.
    pub fn of(headers: &HeaderMap) -> Self {
        let values = headers.get_all(ACCEPT_ENCODING).iter();
        let entries: Vec<_> = weighted(values.filter_map(|value| value.to_str().ok())).collect();
        let named = |names: &[&str]| {
            let is_named = |name: &str| names.iter().any(|other| other.eq_ignore_ascii_case(name));
            let found = entries.iter().find(|(name, _)| is_named(name));
            found.map(|(_, weight)| *weight)
        };
        let any = named(&["*"]);
        let weight = |names: &[&str]| named(names).or(any).unwrap_or(0);
        let (brotli, gzip) = (weight(&["br"]), weight(&["gzip", "x-gzip"]));
        // Without a weight of its own the plain form is always acceptable, but not preferred to one that is named.
        let identity = named(&["identity"]);
        let is_identity_preferred = identity.is_some_and(|identity| identity > brotli.max(gzip));
        if brotli.max(gzip) > 0 && !is_identity_preferred {
            return if brotli >= gzip {
                Self::Brotli
            } else {
                Self::Gzip
            };
        }
        if identity.or(any) == Some(0) {
            Self::Gzip
        } else {
            Self::Identity
        }
    }

    /// The value of `Content-Encoding`.
    pub const fn token(self) -> Option<&'static str> {
        match self {
            Self::Brotli => Some("br"),
            Self::Gzip => Some("gzip"),
            Self::Identity => None,
        }
    }

    /// What follows the name of the file that holds this form, or from which it is made.
    pub const fn suffix(self) -> &'static str {
        match self {
            Self::Brotli => ".br",
            Self::Gzip | Self::Identity => ".gz",
        }
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::ContentCoding::{self, Brotli, Gzip, Identity};
    use super::*;

    #[test]
    fn the_client_gets_a_form_that_it_accepts() {
        let rows: [(Option<&str>, ContentCoding); 17] = [
            (None, Identity),
            (Some(""), Identity),
            (Some("gzip, deflate, br, zstd"), Brotli),
            (Some("gzip, deflate"), Gzip),
            (Some("x-gzip"), Gzip),
            (Some("BR"), Brotli),
            (Some("br;q=0.1, gzip"), Gzip),
            (Some("br;q=0, gzip;q=0"), Identity),
            (Some("br;q=0, *"), Gzip),
            (Some("*"), Brotli),
            (Some("*;q=0"), Gzip),
            (Some("identity"), Identity),
            (Some("identity;q=0"), Gzip),
            (Some("identity;q=0, br"), Brotli),
            (Some("gzip;q=0.5, identity"), Identity),
            (Some("deflate"), Identity),
            (Some("gzip;q=0, identity;q=0.5, *;q=0"), Identity),
        ];
        for (value, expected) in rows {
            let mut headers = HeaderMap::new();
            if let Some(value) = value {
                headers.insert(ACCEPT_ENCODING, HeaderValue::from_str(value).unwrap());
            }
            assert_eq!(ContentCoding::of(&headers), expected, "{value:?}");
        }
    }
}

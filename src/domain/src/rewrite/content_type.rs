//! The content type of a request, as far as the gateway must know it.

use http::HeaderMap;
use http::header::CONTENT_TYPE;

use super::parameters;

/// The longest boundary of RFC 2046 §5.1.1.
const LONGEST_BOUNDARY: usize = 70;

/// What the body says it is.
#[derive(Debug, Eq, PartialEq)]
pub(super) enum ContentType {
    /// `application/x-www-form-urlencoded`.
    Form,
    /// `application/json`, or `application/` and a type that ends in `+json`, as Flask takes them.
    Json,
    /// `multipart/form-data` with its boundary, or with none that can be used.
    Multipart(Option<Boundary>),
    /// Something else.
    Other,
    /// Not told.
    Missing,
}

/// A boundary of RFC 2046 §5.1.1, 1 to 70 characters.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Boundary(String);

impl ContentType {
    /// Reads the header.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let Some(value) = headers.get(CONTENT_TYPE) else {
            return Self::Missing;
        };
        let Ok(text) = value.to_str() else {
            return Self::Other;
        };
        let essence = text
            .split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase();
        match essence.as_str() {
            "" => Self::Missing,
            "application/x-www-form-urlencoded" => Self::Form,
            "multipart/form-data" => Self::Multipart(Boundary::of(text)),
            "application/json" => Self::Json,
            other if other.starts_with("application/") && other.ends_with("+json") => Self::Json,
            _ => Self::Other,
        }
    }
}

impl Boundary {
    fn of(content_type: &str) -> Option<Self> {
        let (_, parameters) = parameters::split(content_type)?;
        let mut boundaries = parameters
            .iter()
            .filter(|parameter| parameter.name.starts_with("boundary"));
        let only = boundaries.next()?;
        if boundaries.next().is_some() || only.name != "boundary" {
            return None;
        }
        Self::new(only.value.plain()?)
    }

    /// Takes what RFC 2046 lets be a boundary.
    pub(super) fn new(text: &str) -> Option<Self> {
        let fits = (1..=LONGEST_BOUNDARY).contains(&text.len())
            && !text.ends_with(' ')
            && text.chars().all(|character| {
                character.is_ascii_alphanumeric() || "'()+_,-./:=? ".contains(character)
            });
        fits.then(|| Self(text.to_owned()))
    }

    /// What a delimiter begins with, after its line break.
    pub(super) fn delimiter(&self) -> String {
        format!("--{}", self.0)
    }

    /// The content type that says it, in a form that no two parsers read differently.
    pub(super) fn content_type(&self) -> String {
        format!("multipart/form-data; boundary=\"{}\"", self.0)
    }
}

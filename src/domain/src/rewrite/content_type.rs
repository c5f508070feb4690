//! The content type of a request, as far as the gateway must know it.

use http::HeaderMap;
use http::header::CONTENT_TYPE;

use super::parameters::{self, is_token};

/// The longest boundary of RFC 2046 §5.1.1.
const LONGEST_BOUNDARY: usize = 70;

/// Longer than the media types that clients send. A message repeats no more than this.
const LONGEST_MEDIA_TYPE: usize = 80;

/// What a body is, according to its request.
#[derive(Debug, Eq, PartialEq)]
pub(super) enum ContentType {
    /// `application/x-www-form-urlencoded`.
    Form,
    /// `application/json`, or `application/…+json`, which Flask takes as well.
    Json,
    /// `multipart/form-data` with its boundary. `None` if there is not exactly one that RFC 2046 allows.
    Multipart(Option<Boundary>),
    /// Another media type.
    Other(String),
    /// Not a media type, or too long for one.
    Unreadable,
    /// No content type.
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
            return Self::Unreadable;
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
            other if is_media_type(other) => Self::Other(essence),
            _ => Self::Unreadable,
        }
    }
}

fn is_media_type(text: &str) -> bool {
    let is_of_tokens = text
        .split_once('/')
        .is_some_and(|(kind, subtype)| is_token(kind) && is_token(subtype));
    is_of_tokens && text.len() <= LONGEST_MEDIA_TYPE
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

    /// Takes what RFC 2046 allows.
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

    /// The content type with this boundary, in a form that has one reading.
    pub(super) fn content_type(&self) -> String {
        format!("multipart/form-data; boundary=\"{}\"", self.0)
    }
}

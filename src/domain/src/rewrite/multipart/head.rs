//! The head of one part: whether it is called `user`, and where its content begins.

use std::str;

use percent_encoding::percent_decode_str;

use super::scan::LineBreak;
use super::{Refusal, bad};
use crate::limits;
use crate::request::Body;
use crate::rewrite::parameters::{self, Parameter, Value};

/// What the gateway must know about a part.
#[derive(Debug, Eq, PartialEq)]
pub(super) struct Head {
    /// Whether Dify would take the part for `user`.
    pub(super) is_user: bool,
    /// Where the blank line ends and the content begins.
    pub(super) end: usize,
}

impl Head {
    /// Reads the head that begins at `from`, whose lines end with `line_break` and no other.
    pub(super) fn read(
        body: &dyn Body,
        from: usize,
        line_break: LineBreak,
    ) -> Result<Self, Refusal> {
        let mut bytes = vec![0; limits::FORM_PART_HEAD.min(body.len().saturating_sub(from))];
        let read = body.read_at(from, &mut bytes);
        bytes.truncate(read);
        let blank_line = line_break.as_str().repeat(2);
        let length = memchr::memmem::find(&bytes, blank_line.as_bytes()).ok_or_else(|| {
            bad(&format!(
                "A part of the multipart body has no blank line within {} bytes, so its head does not end.",
                limits::FORM_PART_HEAD
            ))
        })?;
        bytes.truncate(length);
        let text = str::from_utf8(&bytes)
            .map_err(|_| bad("The head of a multipart part is not UTF-8."))?;
        let is_user = disposition(text, line_break)
            .and_then(is_user)
            .ok_or_else(unclear)?;
        Ok(Self {
            is_user,
            end: from + length + blank_line.len(),
        })
    }
}

/// The value of the only `Content-Disposition`. `None` if a line is not a plain field: a continuation, or one with a
/// control character or without a colon.
fn disposition(head: &str, line_break: LineBreak) -> Option<&str> {
    let mut found = None;
    for line in head.split(line_break.as_str()) {
        let (name, value) = line.split_once(':')?;
        if !parameters::is_token(name)
            || value.contains(|character: char| character.is_control() && character != '\t')
        {
            return None;
        }
        if name.eq_ignore_ascii_case("content-disposition") && found.replace(value).is_some() {
            return None;
        }
    }
    found
}

/// Whether the part is called `user`. `None` if there is more than one reading.
fn is_user(disposition: &str) -> Option<bool> {
    let (kind, parameters) = parameters::split(disposition)?;
    let mut names = parameters
        .iter()
        .filter(|parameter| is_name(&parameter.name));
    let only = names.next()?;
    if !kind.eq_ignore_ascii_case("form-data") || names.next().is_some() {
        return None;
    }
    match only {
        // A name with an escape could become `user` when it is unescaped.
        Parameter { name, value } if name == "name" => value.plain().map(|text| text == "user"),
        Parameter {
            name,
            value: Value::Token(text),
        } if name == "name*" => Some(extended(text)? == b"user"),
        _ => None,
    }
}

/// `name`, and what RFC 2231 §3 and §4 make of it: `name*`, `name*0`, `name*0*`.
fn is_name(parameter: &str) -> bool {
    parameter
        .strip_prefix("name")
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('*'))
}

/// The bytes of `charset'language'value` of RFC 8187 §3.2, in a charset that leaves ASCII alone.
fn extended(text: &str) -> Option<Vec<u8>> {
    let mut fields = text.splitn(3, '\'');
    let (charset, _language, value) = (fields.next()?, fields.next()?, fields.next()?);
    let known = ["us-ascii", "ascii", "utf-8", "iso-8859-1"];
    let readable = known.iter().any(|name| name.eq_ignore_ascii_case(charset)) && !value.is_empty();
    readable.then(|| percent_decode_str(value).collect())
}

fn unclear() -> Refusal {
    bad(
        "The head of a multipart part can be read in more than one way. Each part needs one `Content-Disposition: form-data; name=\"…\"` \
         on a line of its own, without escapes in the name.",
    )
}

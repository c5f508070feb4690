//! Forms, read as far as the recorded requests and a gateway's go.
//!
//! Unclear forms are not a subject of this stand-in: `tests/host/test_rewriting.py` and `tests/host/test_whole_requests.py`
//! ask the real werkzeug how it reads them.

use bytes::Bytes;
use http::StatusCode;
use memchr::memmem;

use crate::refusal::Refusal;

/// Werkzeug's `max_form_memory_size`: the most bytes of a part without a file name.
const MAX_FIELD: usize = 500_000;
/// Werkzeug's `max_form_parts`.
const MAX_PARTS: usize = 1000;

/// The parts of a form in their order.
#[derive(Default)]
pub(crate) struct Form {
    values: Vec<(String, String)>,
    pub(crate) files: Vec<FilePart>,
}

/// One part with a file name.
pub(crate) struct FilePart {
    pub(crate) name: String,
    pub(crate) filename: String,
    /// Empty if the part has none.
    pub(crate) content_type: String,
    pub(crate) bytes: Bytes,
}

impl Form {
    /// The first value of this name.
    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        let value = self.values.iter().find(|(other, _)| other == name);
        value.map(|(_, value)| value.as_str())
    }

    /// The first file of this name.
    pub(crate) fn file(&self, name: &str) -> Option<&FilePart> {
        self.files.iter().find(|file| file.name == name)
    }

    /// `len(request.files)`, which counts names.
    pub(crate) fn file_names(&self) -> usize {
        let mut names: Vec<&str> = self.files.iter().map(|file| file.name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        names.len()
    }

    fn add(&mut self, head: &str, bytes: Bytes) -> Result<(), Refusal> {
        let disposition = field(head, "content-disposition").unwrap_or_default();
        let name = parameter(disposition, "name").unwrap_or_default();
        if let Some(filename) = parameter(disposition, "filename") {
            self.files.push(FilePart {
                name,
                filename,
                content_type: field(head, "content-type").unwrap_or_default().to_owned(),
                bytes,
            });
        } else if bytes.len() > MAX_FIELD {
            return Err(too_large());
        } else {
            let value = String::from_utf8_lossy(&bytes).into_owned();
            self.values.push((name, value));
        }
        Ok(())
    }
}

/// Reads a body by its content type. A body of another type, or one that cannot be read, has no parts.
pub(crate) fn read(content_type: &str, body: &Bytes) -> Result<Form, Refusal> {
    let media_type = content_type.split(';').next().unwrap_or_default();
    match media_type.trim().to_ascii_lowercase().as_str() {
        "application/x-www-form-urlencoded" => Ok(Form {
            values: form_urlencoded::parse(body).into_owned().collect(),
            files: Vec::new(),
        }),
        "multipart/form-data" => match parameter(content_type, "boundary") {
            Some(boundary) if !boundary.is_empty() => read_multipart(&boundary, body),
            _ => Ok(Form::default()),
        },
        _ => Ok(Form::default()),
    }
}

fn read_multipart(boundary: &str, body: &Bytes) -> Result<Form, Refusal> {
    let delimiters = delimiters(boundary, body);
    let mut form = Form::default();
    for (index, pair) in delimiters.windows(2).enumerate() {
        let [before, after] = pair else { continue };
        if before.closes {
            return Ok(form);
        }
        if index == MAX_PARTS {
            return Err(too_large());
        }
        let Some((head, bytes)) = split(&body.slice(before.end..after.start)) else {
            return Ok(Form::default());
        };
        form.add(&head, bytes)?;
    }
    let is_whole = delimiters.last().is_some_and(|last| last.closes);
    Ok(if is_whole { form } else { Form::default() })
}

/// A line that is a delimiter.
struct Delimiter {
    start: usize,
    end: usize,
    closes: bool,
}

fn delimiters(boundary: &str, body: &[u8]) -> Vec<Delimiter> {
    let mark = format!("--{boundary}").into_bytes();
    let lines = memmem::find_iter(body, &mark).filter_map(|start| {
        let before = body.get(..start)?;
        let after = body.get(start + mark.len()..)?;
        let closes = after.starts_with(b"--");
        let end = start + mark.len() + if closes { 2 } else { line_break(after)? };
        let begins_line = before.is_empty() || before.ends_with(b"\n");
        begins_line.then_some(Delimiter { start, end, closes })
    });
    lines.collect()
}

/// The head and the content of a part that ends with the line break before the next delimiter.
fn split(part: &Bytes) -> Option<(String, Bytes)> {
    let blank = |line_break: &str| {
        let mark = line_break.repeat(2);
        Some((memmem::find(part, mark.as_bytes())?, mark.len()))
    };
    let (at, length) = [blank("\r\n"), blank("\n")].into_iter().flatten().min()?;
    let head = String::from_utf8(part.slice(..at).into()).ok()?;
    let content = part.slice(at + length..);
    let without_break = content
        .strip_suffix(b"\n")
        .map(|rest| rest.strip_suffix(b"\r").unwrap_or(rest));
    let end = without_break.map_or(content.len(), <[u8]>::len);
    Some((head, content.slice(..end)))
}

fn line_break(data: &[u8]) -> Option<usize> {
    match data {
        [b'\r', b'\n', ..] => Some(2),
        [b'\n', ..] => Some(1),
        _ => None,
    }
}

/// The value of a header field in the head of a part.
fn field<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let mut fields = head.lines().filter_map(|line| line.split_once(':'));
    let (_, value) = fields.find(|(other, _)| other.trim().eq_ignore_ascii_case(name))?;
    Some(value.trim())
}

/// The parameter of a header field's value. `%22` is how browsers write a quote.
fn parameter(value: &str, name: &str) -> Option<String> {
    let mut is_quoted = false;
    let mut parameters = value.split(|character| {
        is_quoted ^= character == '"';
        character == ';' && !is_quoted
    });
    let text = parameters.find_map(|parameter| {
        let (other, value) = parameter.split_once('=')?;
        other
            .trim()
            .eq_ignore_ascii_case(name)
            .then_some(value.trim())
    })?;
    Some(text.trim_matches('"').replace("%22", "\""))
}

fn too_large() -> Refusal {
    let message = "The data value transmitted exceeds the capacity limit.";
    Refusal::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "request_entity_too_large",
        message,
    )
}

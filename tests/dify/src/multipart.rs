//! Forms as werkzeug 3 reads them (`werkzeug/sansio/multipart.py`, `werkzeug/formparser.py`).
//!
//! Own code because what matters here is the leniency: bare LF or CR end lines, text before the
//! first boundary is skipped, and a form that cannot be read is an empty form. The crates for
//! multipart are stricter in the first and tell errors in the last, so a part that Dify sees and
//! a gateway does not would not be seen here either.

use bytes::Bytes;
use http::StatusCode;
use memchr::memmem;

use crate::options_header::{self, Options};
use crate::refusal::Refusal;

/// Werkzeug's `max_form_memory_size`: the most that one part without a file name may hold.
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
    /// Empty where the part has none.
    pub(crate) content_type: String,
    pub(crate) bytes: Bytes,
}

impl Form {
    /// The first value of this name.
    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        self.values
            .iter()
            .find(|(other, _)| other == name)
            .map(|(_, value)| value.as_str())
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
}

/// Reads a body by its content type; what is no form, or a broken one, has no parts.
pub(crate) fn read(content_type: &str, body: &Bytes) -> Result<Form, Refusal> {
    let (media_type, options) = options_header::parse(content_type);
    match media_type.to_ascii_lowercase().as_str() {
        "application/x-www-form-urlencoded" => {
            let pairs = form_urlencoded::parse(body).into_owned().collect();
            Ok(Form {
                values: pairs,
                files: Vec::new(),
            })
        }
        "multipart/form-data" => match options
            .get("boundary")
            .filter(|boundary| !boundary.is_empty())
        {
            Some(boundary) => Ok(Parser::new(boundary, body).form()?.unwrap_or_default()),
            None => Ok(Form::default()),
        },
        _ => Ok(Form::default()),
    }
}

struct Parser<'a> {
    /// `--` and the boundary.
    delimiter: Vec<u8>,
    body: &'a Bytes,
    position: usize,
}

/// Where a delimiter line begins, its line break before included, and where it ends.
struct Delimiter {
    start: usize,
    end: usize,
    closes: bool,
}

impl<'a> Parser<'a> {
    fn new(boundary: &str, body: &'a Bytes) -> Self {
        Self {
            delimiter: format!("--{boundary}").into_bytes(),
            body,
            position: 0,
        }
    }

    /// All parts; none if the body breaks off or a part cannot be read.
    fn form(mut self) -> Result<Option<Form>, Refusal> {
        let mut form = Form::default();
        let Some(mut delimiter) = self.next_delimiter(false) else {
            return Ok(None);
        };
        let mut parts = 0;
        while !delimiter.closes {
            self.position = delimiter.end;
            let Some(headers) = self.headers() else {
                return Ok(None);
            };
            parts += 1;
            if parts > MAX_PARTS {
                return Err(too_large());
            }
            let break_length = line_break(self.body, self.position);
            let Some(next) = self.next_delimiter(true) else {
                return Ok(None);
            };
            let start = (self.position + break_length).min(next.start);
            form.add(&headers, self.body.slice(start..next.start))?;
            delimiter = next;
        }
        Ok(Some(form))
    }

    /// The next delimiter line from the position on; before the first part it needs no line break.
    fn next_delimiter(&self, after_break: bool) -> Option<Delimiter> {
        let mut from = self.position;
        loop {
            let at = from + memmem::find(self.body.get(from..)?, &self.delimiter)?;
            let start = break_before(self.body, self.position, at);
            let tail = delimiter_tail(self.body, at + self.delimiter.len());
            match tail {
                Some((end, closes)) if start < at || !after_break => {
                    return Some(Delimiter { start, end, closes });
                }
                _ => from = at + 1,
            }
        }
    }

    /// The headers of a part; the position is left at the second of the line breaks that end them.
    fn headers(&mut self) -> Option<Vec<(String, String)>> {
        let rest = &self.body[self.position..];
        let blank = |at: &usize| {
            [&b"\r\n\r\n"[..], b"\r\r", b"\n\n"]
                .iter()
                .any(|blank| rest[*at..].starts_with(blank))
        };
        let at = (0..rest.len()).find(blank)?;
        self.position += at
            + if rest[at..].starts_with(b"\r\n") {
                2
            } else {
                1
            };
        let text = std::str::from_utf8(&rest[..at])
            .ok()?
            .replace("\r\n", "\n")
            .replace('\r', "\n");
        let unfolded = text.replace("\n ", " ").replace("\n\t", " ");
        let lines = unfolded
            .split('\n')
            .map(str::trim)
            .filter(|line| !line.is_empty());
        let split = |line: &str| {
            let (name, value) = line.split_once(':').unwrap_or((line, ""));
            (name.trim().to_ascii_lowercase(), value.trim().to_owned())
        };
        Some(lines.map(split).collect())
    }
}

impl Form {
    fn add(&mut self, headers: &[(String, String)], bytes: Bytes) -> Result<(), Refusal> {
        let header = |name: &str| {
            headers
                .iter()
                .find(|(other, _)| other == name)
                .map(|(_, value)| value.as_str())
        };
        let (_, options) = options_header::parse(header("content-disposition").unwrap_or_default());
        let name = options.get("name").cloned().unwrap_or_default();
        let content_type = header("content-type").unwrap_or_default().to_owned();
        match options.get("filename") {
            Some(filename) => self.files.push(FilePart {
                name,
                filename: filename.clone(),
                content_type,
                bytes,
            }),
            None if bytes.len() > MAX_FIELD => return Err(too_large()),
            None => self.values.push((
                name,
                decode(&options_header::parse(&content_type).1, &bytes),
            )),
        }
        Ok(())
    }
}

/// A value in the part's charset, of which werkzeug takes three.
fn decode(content_type: &Options, bytes: &[u8]) -> String {
    match content_type
        .get("charset")
        .map(|charset| charset.to_ascii_lowercase())
        .as_deref()
    {
        Some("iso-8859-1") => bytes.iter().map(|&byte| char::from(byte)).collect(),
        _ => String::from_utf8_lossy(bytes).into_owned(),
    }
}

fn too_large() -> Refusal {
    let message = "The data value transmitted exceeds the capacity limit.";
    Refusal::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "request_entity_too_large",
        message,
    )
}

/// Length of the line break at `at`: CRLF, LF or CR; 0 if there is none.
fn line_break(data: &[u8], at: usize) -> usize {
    match data.get(at..) {
        Some([b'\r', b'\n', ..]) => 2,
        Some([b'\r' | b'\n', ..]) => 1,
        _ => 0,
    }
}

/// Where the line break that ends at `at` begins, not before `from`; `at` if there is none.
fn break_before(data: &[u8], from: usize, at: usize) -> usize {
    match &data[from..at] {
        [.., b'\r', b'\n'] => at - 2,
        [.., b'\r' | b'\n'] => at - 1,
        _ => at,
    }
}

/// What follows a boundary: `--` or a line break, with blanks before; none if anything else does.
fn delimiter_tail(data: &[u8], at: usize) -> Option<(usize, bool)> {
    let closes = data.get(at..)?.starts_with(b"--");
    let mut end = if closes { at + 2 } else { at };
    while matches!(data.get(end), Some(b' ' | b'\t' | 0x0b | 0x0c)) {
        end += 1;
    }
    let break_length = line_break(data, end);
    (closes || break_length > 0).then_some((end + break_length, closes))
}

#[cfg(test)]
mod tests;

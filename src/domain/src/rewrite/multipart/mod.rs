//! `multipart/form-data` as Dify's werkzeug (2.3 to 3.1) reads it, edited without its bytes entering memory.
//!
//! Werkzeug reads every part that it can delimit, with CRLF, LF or CR. Where it cannot, it reads an *empty form* without
//! an error, and then there would be no `user`. It also reads in pieces of any size, and reads some bodies differently
//! when the pieces end elsewhere. So a body with more than one reading is refused, not relayed.

use super::content_type::Boundary;
use super::turns::Turns;
use crate::environment::Environment;
use crate::error::{Code, Refusal};
use crate::limits;
use crate::request::{Body, Piece};

mod head;
mod scan;

#[cfg(test)]
mod tests;

use head::Head;
use scan::{After, Mark, Scanner};

/// The caller's `user` is a part as well.
const MOST_KEPT_PARTS: usize = limits::FORM_PARTS - 1;

/// What Dify gets instead of `body`: the caller's `user` as the first part, no other part of that name, everything
/// else as it was. Nobody reads what comes before the first delimiter or after the last one, so it is left out.
pub(super) async fn multipart(
    body: &dyn Body,
    boundary: &Boundary,
    user: &str,
    environment: &dyn Environment,
) -> Result<Vec<Piece>, Refusal> {
    let delimiter = boundary.delimiter();
    if user.contains(&delimiter) {
        return Err(bad(
            "The multipart boundary occurs in the caller's `user`. Send another boundary, made at random.",
        ));
    }
    let user_part =
        format!("{delimiter}\r\nContent-Disposition: form-data; name=\"user\"\r\n\r\n{user}\r\n");
    let mut pieces = vec![Piece::Own(user_part.into_bytes())];
    for (offset, length) in kept_spans(body, &delimiter, environment).await? {
        pieces.push(Piece::Client { offset, length });
    }
    pieces.push(Piece::Own(format!("{delimiter}--\r\n").into_bytes()));
    Ok(pieces)
}

/// The spans from one delimiter to the next of all parts that are not called `user`, neighbours as one.
async fn kept_spans(
    body: &dyn Body,
    delimiter: &str,
    environment: &dyn Environment,
) -> Result<Vec<(usize, usize)>, Refusal> {
    let mut scanner = Scanner::new(body, delimiter.as_bytes(), Turns::new(environment));
    let mut spans: Vec<(usize, usize)> = Vec::new();
    let mut kept = 0;
    let mut mark = first_delimiter(&mut scanner).await?;
    for _ in 0..=limits::FORM_PARTS {
        let line_break = match mark.after {
            After::Close if kept <= MOST_KEPT_PARTS => return Ok(spans),
            After::Close => break,
            After::LineBreak(line_break) => line_break,
            _ => return Err(unclear()),
        };
        let head = Head::read(body, mark.end + line_break.length(), line_break)?;
        let next = next_delimiter(&mut scanner, head.end).await?;
        if !head.is_user {
            keep(&mut spans, mark.at, next.at);
            kept += 1;
        }
        mark = next;
    }
    Err(bad(&format!(
        "The multipart body has more than {MOST_KEPT_PARTS} parts. Dify takes {}, and the gateway adds `user`.",
        limits::FORM_PARTS
    )))
}

fn keep(spans: &mut Vec<(usize, usize)>, from: usize, to: usize) {
    match spans.last_mut() {
        Some((offset, length)) if *offset + *length == from => *length += to - from,
        _ => spans.push((from, to - from)),
    }
}

/// Werkzeug takes the first delimiter even in the middle of a line. Where it is alone on its line there is one reading.
async fn first_delimiter(scanner: &mut Scanner<'_>) -> Result<Mark, Refusal> {
    match scanner.find(0).await {
        Some(mark) if matches!(mark.before, None | Some(b'\r' | b'\n')) => Ok(mark),
        Some(_) => Err(unclear()),
        None => Err(bad(
            "The multipart body does not contain the boundary that its content type names.",
        )),
    }
}

async fn next_delimiter(scanner: &mut Scanner<'_>, from: usize) -> Result<Mark, Refusal> {
    let mut search = from;
    while let Some(mark) = scanner.find(search).await {
        let begins_a_line = matches!(mark.before, Some(b'\r' | b'\n'));
        match mark.after {
            // Right after the blank line werkzeug misses it where its buffer ends inside.
            _ if begins_a_line && mark.at == from => return Err(unclear()),
            After::Close | After::LineBreak(_) if begins_a_line => return Ok(mark),
            After::Padding if begins_a_line => return Err(unclear()),
            After::End => break,
            _ => search = mark.end,
        }
    }
    Err(bad(
        "The multipart body does not end with its boundary and `--`.",
    ))
}

fn unclear() -> Refusal {
    bad(
        "The multipart body has a boundary that is not alone on its line. Send CRLF or LF before and after each boundary.",
    )
}

fn bad(message: &str) -> Refusal {
    Refusal::new(Code::BadRequest, message)
}

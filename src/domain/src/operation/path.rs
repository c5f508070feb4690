//! From an operation to Dify's path.

use std::collections::BTreeMap;

use super::Operation;
use crate::error::{Code, Refusal};
use crate::limits;
use crate::uuid::is_uuid;

/// Dify's path, below `dify_api_url`, for `operation` with the decoded values of its variables.
///
/// Every value is checked and none needs escaping afterwards. A value that is malformed is refused as `not_found`,
/// the way Dify refuses most of them; to others it would respond with 500.
pub fn upstream_path(
    operation: &Operation,
    values: &BTreeMap<String, String>,
) -> Result<String, Refusal> {
    let mut path = String::new();
    for segment in operation.path.split('/').skip(1) {
        path.push('/');
        match variable(segment) {
            Some(name) => path.push_str(&checked(
                name,
                values.get(name).map(String::as_str).unwrap_or_default(),
            )?),
            None => path.push_str(segment),
        }
    }
    Ok(path)
}

/// The name of the variable that a segment of a declared path is.
pub(crate) fn variable(segment: &str) -> Option<&str> {
    segment.strip_prefix('<')?.strip_suffix('>')
}

fn checked(name: &str, value: &str) -> Result<String, Refusal> {
    match name {
        "action" if matches!(value, "enable" | "disable") => Ok(value.to_owned()),
        "action" => Err(unfit(name, "`enable` or `disable`")),
        "form_token" if is_form_token(value) => Ok(value.to_owned()),
        "form_token" => Err(unfit(name, "1 to 128 letters, digits, `-` and `_`")),
        _ if is_uuid(value) => Ok(value.to_ascii_lowercase()),
        _ => Err(unfit(
            name,
            "a UUID such as `1e43fa4c-9b1a-430a-b494-ac22222409ae`",
        )),
    }
}

fn unfit(name: &str, expected: &str) -> Refusal {
    Refusal::new(
        Code::NotFound,
        format!("The `{name}` of the path is not {expected}."),
    )
}

fn is_form_token(value: &str) -> bool {
    (1..=limits::FORM_TOKEN).contains(&value.len())
        && value
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

//! What the token endpoint answers (RFC 6749 §5.1 and §5.2, OpenID Connect Core §3.1.3.3), and what providers make of it.

use http::StatusCode;
use serde_json::{Map, Value};
use url::form_urlencoded;

use super::token_error::{TokenError, TokenErrorCode};
use super::{AccessToken, Dialect, IdToken, RefreshToken};
use crate::json::{parse_object, shown};
use crate::limits;
use crate::text::cut;

/// Tokens.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct TokenResponse {
    /// The access token.
    pub access_token: AccessToken,
    /// The ID token, if there is one.
    pub id_token: Option<IdToken>,
    /// The refresh token, if there is one; after a refresh, the one that replaces the old.
    pub refresh_token: Option<RefreshToken>,
    /// The granted scopes; without them they are those that were asked for (RFC 6749 §5.1).
    pub scopes: Option<Vec<String>>,
}

/// A response of the token endpoint, as it came.
#[derive(Clone, Copy, Debug)]
pub struct RawResponse<'a> {
    /// The status.
    pub status: StatusCode,
    /// The media type in small letters, without parameters; empty where there is none.
    pub media_type: &'a str,
    /// The body, of at most [`limits::TOKEN_RESPONSE`].
    pub body: &'a [u8],
}

impl TokenResponse {
    /// The tokens in a response.
    ///
    /// # Errors
    /// What the endpoint reports, or why its response cannot be used.
    pub fn read(response: RawResponse<'_>, dialect: Dialect) -> Result<Self, TokenError> {
        let members = members(response, dialect);
        let error = members
            .as_ref()
            .ok()
            .and_then(|members| reported(members, dialect));
        match (error, members) {
            (Some((code, description)), _) => Err(TokenError::Reported {
                status: response.status,
                code,
                description,
            }),
            (None, _) if response.status != StatusCode::OK => {
                Err(TokenError::Status(response.status))
            }
            (None, Ok(members)) => {
                Self::from_members(&members, dialect).map_err(TokenError::Unusable)
            }
            (None, Err(why)) => Err(TokenError::Unusable(why)),
        }
    }

    fn from_members(members: &Map<String, Value>, dialect: Dialect) -> Result<Self, String> {
        let members = unwrapped(members, dialect);
        let access_token = token(members, "access_token")?.ok_or("it has no `access_token`")?;
        check_type(members, dialect)?;
        Ok(Self {
            access_token: AccessToken::new(access_token),
            id_token: token(members, "id_token")?.map(IdToken::new),
            refresh_token: token(members, "refresh_token")?.map(RefreshToken::new),
            scopes: scopes(members, dialect)?,
        })
    }
}

/// The members of the body, JSON or form.
fn members(response: RawResponse<'_>, dialect: Dialect) -> Result<Map<String, Value>, String> {
    let body = response
        .body
        .strip_prefix(b"\xEF\xBB\xBF")
        .unwrap_or(response.body);
    let may_be_form = matches!(dialect, Dialect::OAuth2 | Dialect::GitHub)
        && ["application/x-www-form-urlencoded", "text/plain"].contains(&response.media_type)
        && body.trim_ascii_start().first() != Some(&b'{');
    if may_be_form {
        return form(body);
    }
    parse_object(body, limits::TOKEN_RESPONSE_DEPTH).map_err(|error| error.to_string())
}

fn form(body: &[u8]) -> Result<Map<String, Value>, String> {
    let mut members = Map::new();
    for (name, value) in form_urlencoded::parse(body.trim_ascii()) {
        let twice = members.insert(name.clone().into_owned(), Value::from(value.as_ref()));
        if twice.is_some() {
            let name = shown(&Value::from(name.as_ref()));
            return Err(format!("the parameter {name} occurs twice"));
        }
    }
    Ok(members)
}

/// The object that has the tokens. Some products put their response into `data`, beside a code of their own.
fn unwrapped(members: &Map<String, Value>, dialect: Dialect) -> &Map<String, Value> {
    let may_be_nested = matches!(dialect, Dialect::OAuth2 | Dialect::Feishu);
    match members.get("data").and_then(Value::as_object) {
        Some(data) if may_be_nested && !members.contains_key("access_token") => data,
        _ => members,
    }
}

/// The error that the response reports. One with `error` is never a success, whatever its status.
fn reported(
    members: &Map<String, Value>,
    dialect: Dialect,
) -> Option<(TokenErrorCode, Option<String>)> {
    let standard = text(members, "error").map(|code| standard(code, dialect));
    let own = || own_code(members, dialect);
    let code = standard.or_else(own)?;
    let descriptions = ["error_description", "msg", "errmsg", "message"];
    let description = descriptions
        .into_iter()
        .find_map(|name| text(members, name));
    let description = description.map(|text| cut(text, limits::QUOTED_VALUE).to_owned());
    Some((code, description))
}

fn standard(code: &str, dialect: Dialect) -> TokenErrorCode {
    match (dialect, code) {
        // GitHub's names, https://docs.github.com/apps/oauth-apps/maintaining-oauth-apps
        (Dialect::GitHub, "incorrect_client_credentials") => TokenErrorCode::InvalidClient,
        (Dialect::GitHub, "bad_verification_code" | "bad_refresh_token") => {
            TokenErrorCode::InvalidGrant
        }
        _ => TokenErrorCode::parse(code),
    }
}

/// A code of the product's own that is not zero.
fn own_code(members: &Map<String, Value>, dialect: Dialect) -> Option<TokenErrorCode> {
    if !matches!(dialect, Dialect::OAuth2 | Dialect::Feishu) {
        return None;
    }
    let codes = ["code", "errcode"]
        .into_iter()
        .filter_map(|name| members.get(name));
    let code = codes
        .map(|code| match code {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        })
        .find(|code| !matches!(code.as_str(), "0" | "null" | ""))?;
    Some(match (dialect, code.as_str()) {
        // Feishu's codes: too many requests, and an internal error that asks to try again.
        (Dialect::Feishu, "99991400") => TokenErrorCode::SlowDown,
        (Dialect::Feishu, "20050") => TokenErrorCode::ServerError,
        _ => TokenErrorCode::parse(&code),
    })
}

/// RFC 6749 §7.1: a client must not use a token whose type it does not understand. OpenID Connect Core §3.1.3.3
/// demands the type; other products leave it out.
fn check_type(members: &Map<String, Value>, dialect: Dialect) -> Result<(), String> {
    match members.get("token_type") {
        Some(Value::String(kind)) if kind.eq_ignore_ascii_case("bearer") => Ok(()),
        None if dialect != Dialect::Oidc => Ok(()),
        None => Err("it has no `token_type`".to_owned()),
        Some(other) => Err(format!(
            "its `token_type` is {}, and only `Bearer` can be used",
            shown(other)
        )),
    }
}

/// RFC 6749 appendix A.12 and A.17: `1*VSCHAR`. Null and the empty text count as absent.
fn token(members: &Map<String, Value>, name: &str) -> Result<Option<String>, String> {
    let token = match members.get(name) {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::String(token)) => token,
        Some(_) => return Err(format!("its `{name}` is not a string")),
    };
    let is_visible = |byte: u8| (0x20..=0x7E).contains(&byte);
    if !token.bytes().all(is_visible) {
        return Err(format!(
            "its `{name}` has characters that no token has (RFC 6749 appendix A)"
        ));
    }
    if token.len() > limits::TOKEN {
        return Err(format!(
            "its `{name}` is {} bytes long; at most {} are accepted",
            token.len(),
            limits::TOKEN
        ));
    }
    Ok(Some(token.clone()).filter(|token| !token.is_empty()))
}

/// RFC 6749 §3.3 separates scopes by spaces, GitHub and others by commas. Some send an array.
fn scopes(members: &Map<String, Value>, dialect: Dialect) -> Result<Option<Vec<String>>, String> {
    let is_separator =
        |character: char| character == ' ' || (character == ',' && dialect != Dialect::Oidc);
    let split = |text: &str| {
        let scopes = text.split(is_separator).filter(|scope| !scope.is_empty());
        scopes.map(str::to_owned).collect::<Vec<_>>()
    };
    match members.get("scope") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(split(text))),
        Some(other) => Err(format!(
            "its `scope` is {}, and a string is expected",
            shown(other)
        )),
    }
}

fn text<'a>(members: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    let text = members.get(name).and_then(Value::as_str);
    text.filter(|text| !text.is_empty())
}

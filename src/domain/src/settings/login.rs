//! Settings of a login and of the session that it begins.

use std::ops::RangeInclusive;
use std::time::Duration;

use url::form_urlencoded::byte_serialize;

use super::SessionLimits;
use super::characters::expect_characters;
use super::list::{parse_list, parse_quotable_list};
use super::problems::Problems;
use crate::limits;

/// Parameters of the authorization request and of the token request that the gateway sets itself, or that it must
/// judge the response by and does not, such as `max_age`.
const RESERVED: [&str; 23] = [
    "client_assertion",
    "client_assertion_type",
    "client_id",
    "client_secret",
    "code",
    "code_challenge",
    "code_challenge_method",
    "code_verifier",
    "dpop_jkt",
    "grant_type",
    "id_token_hint",
    "iss",
    "login_hint",
    "max_age",
    "nonce",
    "redirect_uri",
    "registration",
    "request",
    "request_uri",
    "response_mode",
    "response_type",
    "scope",
    "state",
];

/// Values of `prompt` with which somebody who is not signed in can sign in (OpenID Connect Core §3.1.2.1).
const PROMPTS: [&str; 3] = ["consent", "login", "select_account"];

const HOURS: RangeInclusive<u32> = 1..=168;
const CHECK_MINUTES: RangeInclusive<u32> = 1..=60;
const MINUTES_PER_HOUR: u32 = 60;

/// The setting `login_scopes`, in the characters of RFC 6749 §3.3.
pub(super) fn parse_login_scopes(text: &str) -> Result<Vec<String>, Problems> {
    let scopes = parse_scopes(text)?;
    expect_room(scopes.iter().map(String::as_str))?;
    Ok(scopes)
}

/// A list of scopes. The characters are those of RFC 6749 §3.3, so that a scope fits into a challenge.
pub(super) fn parse_scopes(text: &str) -> Result<Vec<String>, Problems> {
    let is_of_a_scope =
        |character: char| character.is_ascii_graphic() && !matches!(character, '"' | '\\');
    parse_list(text, |entry| {
        expect_characters(entry, is_of_a_scope).map_err(|character| {
            format!("has {character}, which a scope does not have; remove it")
        })?;
        Ok(entry.to_owned())
    })
}

/// The setting `login_parameters`: what the authorization request has beside the protocol's own parameters.
pub(super) fn parse_login_parameters(text: &str) -> Result<Vec<(String, String)>, Problems> {
    let mut names = Vec::new();
    let parameters = parse_quotable_list(text, |entry| {
        let (name, value) = parse_parameter(&entry.text())?;
        // RFC 6749 §3.1: a parameter must not be there more than once.
        if names.contains(&name) {
            return Err("has the name of an earlier entry; remove one".to_owned());
        }
        names.push(name.clone());
        Ok((name, value))
    })?;
    let texts = parameters
        .iter()
        .flat_map(|(name, value)| [name.as_str(), value.as_str()]);
    expect_room(texts)?;
    Ok(parameters)
}

fn parse_parameter(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').unwrap_or((text, ""));
    // RFC 6749 §8.2.
    let is_of_a_name =
        |character: char| character.is_ascii_alphanumeric() || "-._".contains(character);
    if name.is_empty() || !name.chars().all(is_of_a_name) || value.is_empty() {
        return Err("is not `name=value`; write such as `prompt=select_account`, in `\"` if it has spaces or commas".to_owned());
    }
    if let Some(reserved) = RESERVED.iter().find(|reserved| **reserved == name) {
        return Err(format!(
            "is `{reserved}`, which only the gateway may set; remove it"
        ));
    }
    let can_sign_in = |value: &str| value.split(' ').all(|prompt| PROMPTS.contains(&prompt));
    if name == "prompt" && !can_sign_in(value) {
        return Err(
            "has a `prompt` with which nobody can sign in; write `select_account`, `login` or `consent`"
                .to_owned(),
        );
    }
    Ok((name.to_owned(), value.to_owned()))
}

/// They become part of an address in the head of a response, which has little room.
fn expect_room<'a>(texts: impl Iterator<Item = &'a str>) -> Result<(), Problems> {
    let encoded = |text: &'a str| byte_serialize(text.as_bytes()).map(str::len).sum::<usize>();
    let length: usize = texts.map(|text| encoded(text).saturating_add(1)).sum();
    if length > limits::LOGIN_PARAMETERS {
        return Err(format!(
            "is longer than {} bytes in the address of the provider's sign-in page; shorten it",
            limits::LOGIN_PARAMETERS
        )
        .into());
    }
    Ok(())
}

/// The setting `session_limits`. What is not written has its default.
pub(super) fn parse_session_limits(text: &str) -> Result<SessionLimits, Problems> {
    let mut written = WrittenLimits::default();
    parse_list(text, |entry| written.add(entry))?;
    written.limits()
}

#[derive(Default)]
struct WrittenLimits {
    hours: Option<u32>,
    idle: Option<u32>,
    check: Option<u32>,
}

impl WrittenLimits {
    fn add(&mut self, entry: &str) -> Result<(), String> {
        let form = || {
            "is not one of its parts; write such as `hours=12 idle=120 check=15`, in whole numbers"
                .to_owned()
        };
        let (name, number) = entry.split_once('=').ok_or_else(form)?;
        let (part, allowed) = match name {
            "hours" => (&mut self.hours, HOURS),
            "idle" => (&mut self.idle, 1..=HOURS.end() * MINUTES_PER_HOUR),
            "check" => (&mut self.check, CHECK_MINUTES),
            _ => return Err(form()),
        };
        if part.is_some() {
            return Err("is a part that an earlier entry has; remove one".to_owned());
        }
        let number = number.parse().map_err(|_| form())?;
        if !allowed.contains(&number) {
            return Err(format!(
                "is out of range; write a number from {} to {}",
                allowed.start(),
                allowed.end()
            ));
        }
        *part = Some(number);
        Ok(())
    }

    fn limits(self) -> Result<SessionLimits, Problems> {
        let (hours, idle) = (self.hours.unwrap_or(12), self.idle.unwrap_or(120));
        let check = self.check.unwrap_or(15);
        // The last use is noted at a check, so between two of them somebody who works looks idle.
        if idle < check.saturating_mul(2) {
            return Err(
                "has an `idle` that is shorter than two checks, which would sign people out while they work; \
                 write a larger `idle` or a smaller `check`"
                    .into(),
            );
        }
        let minutes = |minutes: u32| Duration::from_secs(u64::from(minutes) * 60);
        Ok(SessionLimits {
            lifetime: minutes(hours * MINUTES_PER_HOUR),
            idle: minutes(idle),
            check: minutes(check),
        })
    }
}

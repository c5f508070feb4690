//! Settings that name claims.

use super::list::parse_path_list;
use super::problems::Problems;
use super::{InputClaim, InputClaims};
use crate::claims::{ClaimPath, Rules};

const INPUT_PREFIX: &str = "__oidc_";

/// The word of `required_claims` that opens an endpoint where anybody can have an account.
const ANYBODY: &str = "anybody";

/// The setting `required_claims` as it is written.
pub(super) enum RequiredClaims {
    /// Everybody whom the provider knows, said in so many words.
    Anybody,
    /// Those who meet the rules.
    These(Rules),
}

impl RequiredClaims {
    pub fn parse(text: &str) -> Result<Self, Problems> {
        if text == ANYBODY {
            return Ok(Self::Anybody);
        }
        if text.split(',').any(|rule| rule.trim() == ANYBODY) {
            return Err("has `anybody` beside rules; remove it or all the rules".into());
        }
        parse_rules(text).map(Self::These)
    }

    pub fn into_rules(self) -> Rules {
        match self {
            Self::Anybody => Rules::default(),
            Self::These(rules) => rules,
        }
    }
}

/// The rules of `required_claims` and `admin_claims`.
pub(super) fn parse_rules(text: &str) -> Result<Rules, Problems> {
    Rules::parse(text).map_err(|error| format!("cannot be read {error}").into())
}

/// The setting `user_claim`.
pub(super) fn parse_user_claim(text: &str) -> Result<Vec<ClaimPath>, Problems> {
    parse_path_list(text, parse_path)
}

/// The setting `input_claims`.
pub(super) fn parse_input_claims(text: &str) -> Result<InputClaims, Problems> {
    if text == "none" {
        return Ok(InputClaims::Nothing);
    }
    let mut names = Vec::new();
    parse_path_list(text, |entry| {
        let claim = parse_input_claim(entry)?;
        if names.contains(&claim.name) {
            return Err(
                "has the same name as an earlier entry; write `name=path` with another name"
                    .to_owned(),
            );
        }
        names.push(claim.name.clone());
        Ok(claim)
    })
    .map(InputClaims::Selected)
}

fn parse_input_claim(text: &str) -> Result<InputClaim, String> {
    if text == "none" {
        return Err(
            "is `none`, which must be the only entry; remove it or all the others".to_owned(),
        );
    }
    match text
        .split_once('=')
        .filter(|(before, _)| !before.ends_with('\\'))
    {
        Some((name, path)) => Ok(InputClaim {
            name: parse_input_name(name)?,
            path: parse_path(path)?,
        }),
        None => {
            let path = parse_path(text)?;
            let name = InputClaim::name_of(path.as_literal());
            Ok(InputClaim { name, path })
        }
    }
}

fn parse_input_name(text: &str) -> Result<String, String> {
    if text.starts_with(INPUT_PREFIX) {
        return Err(format!(
            "has a name that begins with `{INPUT_PREFIX}`; write it without, the gateway adds it"
        ));
    }
    if text.is_empty() || InputClaim::name_of(text) != text {
        return Err(
            "has a name that an input cannot have; write letters, digits and `_` before `=`"
                .to_owned(),
        );
    }
    Ok(text.to_owned())
}

fn parse_path(text: &str) -> Result<ClaimPath, String> {
    ClaimPath::parse(text).map_err(|error| format!("cannot be read {error}"))
}

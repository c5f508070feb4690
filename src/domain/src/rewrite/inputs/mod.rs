//! Claims as `inputs.__oidc_<name>`.

use serde_json::{Map, Value};

use crate::claims::Claims;
use crate::error::{Code, Refusal};
use crate::settings::{InputClaim, InputClaims};

mod declared;
mod search;

#[cfg(test)]
mod tests;

pub use declared::{DeclaredInputs, InvalidParameters};

use declared::{DeclaredInput, Unfit};
use search::find;

/// The prefix of the inputs that only the gateway may send.
pub(super) const WITHHELD_PREFIX: &str = "__oidc_";

/// A JSON text.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RawJson(String);

impl RawJson {
    /// The JSON text of `value`.
    pub fn of(value: &Value) -> Self {
        Self(value.to_string())
    }

    /// A JSON string.
    pub fn text(text: &str) -> Self {
        Self::of(&Value::from(text))
    }

    /// The JSON text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The inputs that claims become.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct ClaimInputs {
    /// The inputs, each with its whole name.
    pub sent: Vec<(String, RawJson)>,
    /// Which inputs were left out and why, for the log: without their values.
    pub left_out: Vec<String>,
}

/// Makes inputs of those `claims` that the setting `input_claims` selects and the app accepts. `declared` is `None` if
/// the app's declaration could not be fetched.
///
/// # Errors
/// `claim_does_not_fit` if the app requires an input that no claim fits: Dify would refuse every request of that person.
pub fn claim_inputs(
    claims: &Claims,
    setting: &InputClaims,
    declared: Option<&DeclaredInputs>,
) -> Result<ClaimInputs, Refusal> {
    match (setting, declared) {
        (InputClaims::Nothing, _) => Ok(ClaimInputs::default()),
        (_, Some(declared)) => as_declared(claims, setting, declared),
        (InputClaims::Declared, None) => Ok(all_plain(claims)),
        (InputClaims::Selected(selected), None) => Ok(all_selected(claims, selected)),
    }
}

/// The claims that inputs are made of, and no others, each under the name by which [`claim_inputs`] finds it again. A
/// session keeps these in place of all that the provider says of a person.
///
/// `declared` is `None` where the app's declaration is not known: of the claims that it would choose none is kept.
pub fn claims_for_inputs(
    claims: &Claims,
    setting: &InputClaims,
    declared: Option<&DeclaredInputs>,
) -> Claims {
    let mut kept = Map::new();
    match (setting, declared) {
        (InputClaims::Nothing, _) | (InputClaims::Declared, None) => {}
        (InputClaims::Declared, Some(declared)) => {
            for input in declared.inputs() {
                let value = value_for(input, claims, setting).ok();
                // What does not fit is left out of requests, unless the app requires it: then a refusal says why.
                let needed = value.filter(|value| input.is_required() || input.fit(value).is_ok());
                kept.extend(needed.map(|value| (input.name().to_owned(), value.clone())));
            }
        }
        (InputClaims::Selected(selected), _) => {
            for claim in selected {
                let value = claims.at(&claim.path);
                kept.extend(value.map(|value| (claim.path.as_literal().to_owned(), value.clone())));
            }
        }
    }
    Claims::new(kept)
}

/// Whether `claims` lack one that an input could be made of, as far as that is known.
pub fn lacks_claims_for_inputs(
    claims: &Claims,
    setting: &InputClaims,
    declared: Option<&DeclaredInputs>,
) -> bool {
    match (setting, declared) {
        (InputClaims::Nothing, _) | (InputClaims::Declared, None) => false,
        (InputClaims::Declared, Some(declared)) => {
            let mut inputs = declared.inputs().iter();
            inputs.any(|input| value_for(input, claims, setting).is_err())
        }
        (InputClaims::Selected(selected), _) => selected
            .iter()
            .any(|claim| claims.at(&claim.path).is_none()),
    }
}

fn as_declared(
    claims: &Claims,
    setting: &InputClaims,
    declared: &DeclaredInputs,
) -> Result<ClaimInputs, Refusal> {
    let mut inputs = ClaimInputs::default();
    for input in declared.inputs() {
        match value_for(input, claims, setting).and_then(|value| input.fit(value)) {
            Ok(json) => inputs.sent.push((input.variable(), json)),
            Err(unfit) if input.is_required() => return Err(required(input, &unfit)),
            Err(Unfit::Missing) => {}
            Err(unfit) => inputs
                .left_out
                .push(format!("`{}`: {unfit}", input.variable())),
        }
    }
    Ok(inputs)
}

fn value_for<'a>(
    input: &DeclaredInput,
    claims: &'a Claims,
    setting: &InputClaims,
) -> Result<&'a Value, Unfit> {
    let value = match setting {
        InputClaims::Selected(selected) => {
            let claim = selected
                .iter()
                .find(|claim| claim.name == input.name())
                .ok_or(Unfit::Unselected)?;
            claims.at(&claim.path)
        }
        _ => find(claims.members(), input.name()),
    };
    value.filter(|value| !value.is_null()).ok_or(Unfit::Missing)
}

fn required(input: &DeclaredInput, unfit: &Unfit) -> Refusal {
    let message = format!(
        "The app requires the input `{}`, which only a claim of the token can fill: {unfit}. \
         Change the claim at the identity provider, or the input in Dify.",
        input.variable()
    );
    Refusal::new(Code::ClaimDoesNotFit, message)
}

/// What the app declares is not known. Dify drops undeclared inputs, so strings and numbers do no harm.
fn all_plain(claims: &Claims) -> ClaimInputs {
    let mut inputs = ClaimInputs::default();
    for (name, value) in claims.members() {
        let variable = format!("{WITHHELD_PREFIX}{}", InputClaim::name_of(name));
        let is_new = inputs.sent.iter().all(|(sent, _)| *sent != variable);
        if is_new && (value.is_string() || value.is_number()) {
            inputs.sent.push((variable, RawJson::of(value)));
        }
    }
    inputs
}

fn all_selected(claims: &Claims, selected: &[InputClaim]) -> ClaimInputs {
    let mut inputs = ClaimInputs::default();
    for claim in selected {
        let json = match claims.at(&claim.path) {
            None | Some(Value::Null) => continue,
            Some(value @ (Value::String(_) | Value::Number(_))) => RawJson::of(value),
            Some(value) => RawJson::text(&value.to_string()),
        };
        inputs
            .sent
            .push((format!("{WITHHELD_PREFIX}{}", claim.name), json));
    }
    inputs
}

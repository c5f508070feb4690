//! From the name of an input back to the claim.

use serde_json::{Map, Value};

use crate::settings::InputClaim;

/// How many objects a claim may be in: Keycloak's `resource_access.<client>.roles` needs three.
const DEEPEST: usize = 4;

/// The claim that `name` stands for: `realm_access_roles` is the claim of that name, or else `realm_access.roles`.
pub(super) fn find<'a>(members: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    members
        .get(name)
        .or_else(|| find_within(members, name, DEEPEST))
}

fn find_within<'a>(
    members: &'a Map<String, Value>,
    name: &str,
    levels: usize,
) -> Option<&'a Value> {
    let whole = members
        .iter()
        .find(|(member, _)| InputClaim::name_of(member) == name);
    whole.map(|(_, value)| value).or_else(|| {
        let levels = levels.checked_sub(1).filter(|left| *left > 0)?;
        members.iter().find_map(|(member, value)| {
            let rest = name
                .strip_prefix(&InputClaim::name_of(member))?
                .strip_prefix('_')?;
            find_within(value.as_object()?, rest, levels)
        })
    })
}

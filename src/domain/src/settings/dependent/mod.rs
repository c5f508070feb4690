//! Settings that are right or wrong only together with another one.
//!
//! `issuers` is empty where the setting `issuer` is wrong itself: then nothing is said of what depends on it.

use std::rc::Rc;

use url::Url;

use crate::claims::Rules;
use crate::issuer::IssuerSetting;
use crate::jose::JwkSet;
use crate::settings::claim::RequiredClaims;
use crate::settings::declaration::Setting;
use crate::settings::declaration::access::{ADMIN_CLAIMS, OPERATION_RULES, REQUIRED_CLAIMS};
use crate::settings::declaration::connection::CLIENT_ID;
use crate::settings::declaration::network::{DISCOVERY_URL, JWKS};
use crate::settings::declaration::person::{Format, USER_FORMAT, USER_HASH_KEY};
use crate::settings::declaration::sign_in::{CLIENT_KEY, CLIENT_SECRET};
use crate::settings::declaration::validation::TOKEN_VALIDATION;
use crate::settings::list::of_entry;
use crate::settings::reader::Reader;
use crate::settings::{
    ClientId, OperationRules, ProviderEndpoints, ProviderKind, TokenValidation, UserFormat,
};

pub(super) mod mcp;
pub(super) mod sign_in;

/// `client_id`. An ID that is bound to an issuer whose tokens are refused would never match.
pub(in crate::settings) fn client_ids(
    reader: &mut Reader<'_>,
    issuers: &[IssuerSetting],
) -> Option<Vec<ClientId>> {
    let client_ids = reader.read(&CLIENT_ID)?;
    for (client_id, number) in client_ids.iter().zip(1..) {
        if !issuers.is_empty() && !is_for_any(client_id, issuers) {
            let problem = "is bound to an issuer that `issuer` does not have; write one of them before `#`, character \
                           by character";
            reader.add(&CLIENT_ID, of_entry(number, client_ids.len(), problem));
        }
    }
    Some(client_ids)
}

fn is_for_any(client_id: &ClientId, issuers: &[IssuerSetting]) -> bool {
    client_id.issuer.as_ref().is_none_or(|bound| {
        issuers.iter().any(|issuer| match bound {
            IssuerSetting::EntraTemplate(_) => issuer == bound,
            IssuerSetting::Exact(exact) => issuer.covers(exact),
        })
    })
}

/// `user_format` with `user_hash_key`. Two providers may give two people the same `sub`, so as soon as there can be
/// two, the issuer must go into `user`, as it does in the hash.
pub(in crate::settings) fn user_format(
    reader: &mut Reader<'_>,
    issuers: &[IssuerSetting],
) -> Option<UserFormat> {
    let key = reader.read(&USER_HASH_KEY);
    match reader.read(&USER_FORMAT)? {
        Format::Hashed => {
            if !reader.has(&USER_HASH_KEY) {
                reader.add(
                    &USER_HASH_KEY,
                    "is missing, and `user_format` `hashed` needs it; write at least 16 random characters, such as \
                     from `openssl rand -base64 32`",
                );
            }
            key.map(UserFormat::Hashed)
        }
        Format::Claim => {
            if are_several(issuers) {
                reader.add(
                    &USER_FORMAT,
                    "is `claim`, with which a person at one issuer could read the history of another person at \
                     another; write `hashed`, and a `user_hash_key`",
                );
            }
            Some(UserFormat::Claim)
        }
    }
}

/// `required_claims`. Entra's template means every tenant there is, also one that an attacker has made.
pub(in crate::settings) fn required_claims(
    reader: &mut Reader<'_>,
    issuers: &[IssuerSetting],
) -> Rules {
    let rules = reader
        .read(&REQUIRED_CLAIMS)
        .map(RequiredClaims::into_rules);
    let names_tenant = rules
        .iter()
        .flat_map(Rules::names)
        .any(|path| path.as_str() == "tid");
    let is_readable = rules.is_some() || !reader.has(&REQUIRED_CLAIMS);
    if has_template(issuers) && !names_tenant && is_readable {
        reader.add(
            &REQUIRED_CLAIMS,
            "has no rule for `tid`, so every Entra tenant would be let in; list yours as `tid=<tenant ID>|<tenant ID>`",
        );
    }
    rules.unwrap_or_default()
}

/// `operation_rules`. They open nothing: what is for administrators alone needs `admin_claims` as well.
pub(in crate::settings) fn operation_rules(reader: &mut Reader<'_>) -> OperationRules {
    let rules = reader.read(&OPERATION_RULES).unwrap_or_default();
    if let Some(name) = rules
        .opening_to_admins()
        .filter(|_| !reader.has(&ADMIN_CLAIMS))
    {
        reader.add(
            &OPERATION_RULES,
            format!(
                "says who may use `{name}`, but what is for administrators is open to nobody while `admin_claims` is empty; \
                 write into `admin_claims` who is an administrator, or remove the name"
            ),
        );
    }
    rules
}

/// `token_validation`. An opaque token does not name its issuer, and must not be sent to another provider.
pub(in crate::settings) fn token_validation(
    reader: &mut Reader<'_>,
    issuers: &[IssuerSetting],
) -> Option<TokenValidation> {
    let validation = reader.read(&TOKEN_VALIDATION)?;
    let asks_provider = matches!(
        validation,
        TokenValidation::Introspection | TokenValidation::Userinfo
    );
    if asks_provider && are_several(issuers) {
        reader.add(
            &TOKEN_VALIDATION,
            "asks the provider about every token, and a token need not say which provider that is; write `auto`, \
             or make one endpoint for each issuer",
        );
    }
    let has_credentials = reader.has(&CLIENT_SECRET) || reader.has(&CLIENT_KEY);
    if validation == TokenValidation::Introspection && !has_credentials {
        reader.add(
            &CLIENT_SECRET,
            "is missing, and `token_validation` `introspection` needs it; write the secret of the first `client_id`",
        );
    }
    Some(validation)
}

/// `jwks`. A key says nothing of its issuer, so with two issuers one could sign in the other's name.
pub(in crate::settings) fn jwks(
    reader: &mut Reader<'_>,
    issuers: &[IssuerSetting],
    endpoints: &ProviderEndpoints,
) -> Option<Rc<JwkSet>> {
    expect_one_issuer(reader, &JWKS, issuers);
    if endpoints.jwks.is_some() && reader.has(&JWKS) {
        reader.add(
            &JWKS,
            "has keys, and `provider_endpoints` has `jwks`, an address of keys; remove one of the two",
        );
    }
    reader.read(&JWKS)
}

/// `discovery_url`. A document describes one issuer.
pub(in crate::settings) fn discovery_url(
    reader: &mut Reader<'_>,
    issuers: &[IssuerSetting],
    kind: Option<ProviderKind>,
) -> Option<Url> {
    expect_one_issuer(reader, &DISCOVERY_URL, issuers);
    if kind.is_some_and(|kind| kind != ProviderKind::Oidc) && reader.has(&DISCOVERY_URL) {
        reader.add(
            &DISCOVERY_URL,
            "is not used with this `provider_kind`, which has no discovery document; remove it, and write addresses into \
             `provider_endpoints`",
        );
    }
    reader.read(&DISCOVERY_URL)
}

fn expect_one_issuer<T>(reader: &mut Reader<'_>, setting: &Setting<T>, issuers: &[IssuerSetting]) {
    if issuers.len() > 1 && reader.has(setting) {
        reader.add(
            setting,
            "belongs to a single issuer; remove it, or make one endpoint for each issuer",
        );
    }
}

fn are_several(issuers: &[IssuerSetting]) -> bool {
    issuers.len() > 1 || has_template(issuers)
}

fn has_template(issuers: &[IssuerSetting]) -> bool {
    issuers
        .iter()
        .any(|issuer| matches!(issuer, IssuerSetting::EntraTemplate(_)))
}

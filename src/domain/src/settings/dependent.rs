//! Settings that are right or wrong only together with another one.
//!
//! `issuers` is empty where the setting `issuer` is wrong itself: then nothing is said of what depends on it.

use std::rc::Rc;

use url::Url;

use super::address::parse_web_address;
use super::claim::parse_rules;
use super::declaration::{Field, access, network, person, validation};
use super::reader::Reader;
use super::scalar::{choice, parse_hash_key};
use super::{IssuerSetting, TokenValidation, UserFormat};
use crate::claims::Rules;
use crate::jose::JwkSet;

const IS_HASHED: &[(&str, bool)] = &[("claim", false), ("hashed", true)];

const TOKEN_VALIDATIONS: &[(&str, TokenValidation)] = &[
    ("auto", TokenValidation::Auto),
    ("jwt", TokenValidation::Jwt),
    ("introspection", TokenValidation::Introspection),
    ("userinfo", TokenValidation::Userinfo),
];

/// `user_format` with `user_hash_key`. Two providers may give two people the same `sub`, so as soon as there can be
/// two, the issuer must go into `user`, as it does in the hash.
pub(super) fn user_format(
    reader: &mut Reader<'_>,
    issuers: &[IssuerSetting],
) -> Option<UserFormat> {
    let key = reader.read(person::USER_HASH_KEY.field(), parse_hash_key);
    if reader.read(person::USER_FORMAT.field(), choice(IS_HASHED))? {
        if !reader.has(person::USER_HASH_KEY.field()) {
            reader.add(
                person::USER_HASH_KEY.field(),
                "is missing, and `user_format` `hashed` needs it; write at least 16 random characters, such as from \
                 `openssl rand -base64 32`",
            );
        }
        return key.map(UserFormat::Hashed);
    }
    if issuers.len() > 1 || has_template(issuers) {
        reader.add(
            person::USER_FORMAT.field(),
            "is `claim`, with which a person at one issuer could read the history of another person at another; \
             write `hashed`, and a `user_hash_key`",
        );
    }
    Some(UserFormat::Claim)
}

/// `required_claims`. Entra's template stands for every tenant there is, also one that an attacker has made.
pub(super) fn required_claims(reader: &mut Reader<'_>, issuers: &[IssuerSetting]) -> Rules {
    let rules = reader.read(access::REQUIRED_CLAIMS.field(), parse_rules);
    let names_tenant = rules
        .iter()
        .flat_map(Rules::names)
        .any(|path| path.as_str() == "tid");
    let is_readable = rules.is_some() || !reader.has(access::REQUIRED_CLAIMS.field());
    if has_template(issuers) && !names_tenant && is_readable {
        reader.add(
            access::REQUIRED_CLAIMS.field(),
            "has no rule for `tid`, so every Entra tenant would be let in; list yours as `tid=<tenant ID>|<tenant ID>`",
        );
    }
    rules.unwrap_or_default()
}

/// `token_validation`. An opaque token does not say whose it is, and must not be shown to another provider.
pub(super) fn token_validation(
    reader: &mut Reader<'_>,
    issuers: &[IssuerSetting],
) -> TokenValidation {
    let Some(validation) = reader.read(
        validation::TOKEN_VALIDATION.field(),
        choice(TOKEN_VALIDATIONS),
    ) else {
        return TokenValidation::default();
    };
    let asks_provider = matches!(
        validation,
        TokenValidation::Introspection | TokenValidation::Userinfo
    );
    if asks_provider && (issuers.len() > 1 || has_template(issuers)) {
        reader.add(
            validation::TOKEN_VALIDATION.field(),
            "asks the provider about every token, and a token need not say which provider that is; write `auto`, \
             or make one endpoint for each issuer",
        );
    }
    if validation == TokenValidation::Introspection
        && !reader.has(validation::CLIENT_SECRET.field())
    {
        reader.add(
            validation::CLIENT_SECRET.field(),
            "is missing, and `token_validation` `introspection` needs it; write the secret of the first `client_id`",
        );
    }
    validation
}

/// `jwks`. A key says nothing of its issuer, so with two issuers one could sign in the other's name.
pub(super) fn jwks(reader: &mut Reader<'_>, issuers: &[IssuerSetting]) -> Option<Rc<JwkSet>> {
    expect_one_issuer(reader, network::JWKS.field(), issuers);
    reader.read(network::JWKS.field(), |text| {
        JwkSet::parse_setting(text)
            .map(Rc::new)
            .map_err(|error| format!("cannot be used: {error}"))
    })
}

/// `discovery_url`. A document describes one issuer.
pub(super) fn discovery_url(reader: &mut Reader<'_>, issuers: &[IssuerSetting]) -> Option<Url> {
    expect_one_issuer(reader, network::DISCOVERY_URL.field(), issuers);
    reader.read(network::DISCOVERY_URL.field(), parse_web_address)
}

fn expect_one_issuer(reader: &mut Reader<'_>, setting: Field, issuers: &[IssuerSetting]) {
    if issuers.len() > 1 && reader.has(setting) {
        reader.add(
            setting,
            "belongs to a single issuer; remove it, or make one endpoint for each issuer",
        );
    }
}

fn has_template(issuers: &[IssuerSetting]) -> bool {
    issuers
        .iter()
        .any(|issuer| matches!(issuer, IssuerSetting::EntraTemplate(_)))
}

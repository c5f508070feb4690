//! The keys of an endpoint's cookies. Changing the app key or the client's secret changes them, and so costs everybody
//! one more redirect.

use std::fmt;

use hmac_sha256::HKDF;

use crate::issuer::Issuer;
use crate::settings::{Settings, SignIn};

/// The label of all keys of this form of cookies.
const LABEL: &str = "gw2";

/// What a cookie is. One kind does not open as the other.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    Session,
    Transaction,
}

impl Kind {
    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::Transaction => "transaction",
        }
    }
}

/// What the keys are made from. A cookie that was sealed under anything else does not open.
#[derive(Clone, Copy)]
pub(super) struct KeyMaterial<'a> {
    /// The app's key at Dify.
    pub app_key: &'a str,
    /// The client's secret at the provider, or [`crate::jose::ClientKey::digest`]; empty for a public client.
    pub client_secret: &'a [u8],
    /// The daemon's id of the endpoint.
    pub endpoint: &'a str,
    /// Who signs people in.
    pub issuer: &'a Issuer,
    /// The client at the provider.
    pub client_id: &'a str,
    /// Where the browser finds the endpoint.
    pub public_url: &'a str,
    /// [`SignIn::policy_digest`].
    pub policy_digest: &'a [u8; 32],
}

/// The keys of one endpoint under one policy. To derive them costs about ten hashes.
#[derive(Clone)]
pub struct Keys {
    issuer: Issuer,
    session: [u8; 32],
    transaction: [u8; 32],
}

impl Keys {
    /// The keys of `endpoint`, the daemon's id, under its settings.
    pub fn new(settings: &Settings, sign_in: &SignIn, endpoint: &str) -> Self {
        let secret = settings.client_secret.as_ref();
        let key = settings.client_key.as_ref();
        Self::derive(&KeyMaterial {
            app_key: settings.app_key.reveal(),
            client_secret: match (secret, key) {
                (Some(secret), _) => secret.reveal().as_bytes(),
                (None, Some(key)) => key.digest(),
                (None, None) => &[],
            },
            endpoint,
            issuer: &sign_in.issuer,
            client_id: &sign_in.client_id,
            public_url: sign_in.public_url.as_str(),
            policy_digest: &sign_in.policy_digest,
        })
    }

    /// HKDF-SHA-256 (RFC 5869) without a salt. Secrets are its input, everything public is in `info`.
    pub(super) fn derive(material: &KeyMaterial<'_>) -> Self {
        let secrets = [material.app_key.as_bytes(), material.client_secret];
        let pseudorandom = HKDF::extract([], joined(&secrets));
        let key_of = |kind: Kind| {
            let mut key = [0; 32];
            HKDF::expand(&mut key, pseudorandom, info(material, kind));
            key
        };
        Self {
            issuer: material.issuer.clone(),
            session: key_of(Kind::Session),
            transaction: key_of(Kind::Transaction),
        }
    }

    /// Who signed the people in whose sessions open with these keys.
    pub(super) const fn issuer(&self) -> &Issuer {
        &self.issuer
    }

    pub(super) const fn of(&self, kind: Kind) -> &[u8; 32] {
        match kind {
            Kind::Session => &self.session,
            Kind::Transaction => &self.transaction,
        }
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Keys(redacted)")
    }
}

impl fmt::Debug for KeyMaterial<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("KeyMaterial(redacted)")
    }
}

fn info(material: &KeyMaterial<'_>, kind: Kind) -> Vec<u8> {
    joined(&[
        LABEL.as_bytes(),
        kind.label().as_bytes(),
        material.endpoint.as_bytes(),
        material.issuer.as_str().as_bytes(),
        material.client_id.as_bytes(),
        material.public_url.as_bytes(),
        material.policy_digest,
    ])
}

/// The fields, each preceded by its length, so no two lists give the same bytes.
pub(super) fn joined(fields: &[&[u8]]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for field in fields {
        let length = u64::try_from(field.len()).unwrap_or(u64::MAX);
        bytes.extend(length.to_be_bytes());
        bytes.extend(*field);
    }
    bytes
}

/// `LENGTH` bytes that follow from `secret`, others for each label.
pub(super) fn derived<const LENGTH: usize>(secret: &[u8], label: &str) -> [u8; LENGTH] {
    let mut bytes = [0; LENGTH];
    let pseudorandom = HKDF::extract([], secret);
    HKDF::expand(
        &mut bytes,
        pseudorandom,
        joined(&[LABEL.as_bytes(), label.as_bytes()]),
    );
    bytes
}

//! From the daemon's JSON object to [`Settings`], or every mistake in it.

use hmac_sha256::Hash;
use serde_json::{Map, Value};

use super::address::{parse_allowed_origins, parse_api_url, parse_public_url};
use super::certificate::parse_ca_certificates;
use super::claim::{parse_input_claims, parse_rules, parse_user_claim};
use super::declaration::{access, connection, network, person, tuning, validation};
use super::issuer::{parse_client_ids, parse_issuers};
use super::reader::Reader;
use super::scalar::{choice, parse_app_key, parse_client_secret, parse_clock_skew, parse_streams};
use super::text::{parse_audience, parse_scopes};
use super::{
    AllowedOrigins, AppKey, Mistake, Mistakes, ServiceAccounts, Settings, TokenKind, dependent,
};
use crate::environment::LogLevel;

/// Bytes of the JSON text. The daemon's own limit for a request is far above what settings need.
const MAX_LENGTH: usize = 256 * 1024;

const TOKEN_KINDS: &[(&str, TokenKind)] = &[
    ("access", TokenKind::Access),
    ("id", TokenKind::Id),
    ("either", TokenKind::Either),
];

const SERVICE_ACCOUNTS: &[(&str, ServiceAccounts)] = &[
    ("refuse", ServiceAccounts::Refuse),
    ("allow", ServiceAccounts::Allow),
];

const LOG_LEVELS: &[(&str, LogLevel)] = &[
    ("error", LogLevel::Error),
    ("warn", LogLevel::Warn),
    ("info", LogLevel::Info),
    ("debug", LogLevel::Debug),
];

impl Settings {
    /// Parses the JSON object that the daemon sends with every request.
    ///
    /// A value may be missing, null or of any type; blank text counts as missing. Members that are no settings are
    /// left alone: an older or newer version of the plugin may have saved them.
    pub fn parse(json: &str) -> Result<Self, Mistakes> {
        let members = parse_members(json)?;
        let mut reader = Reader::new(&members);
        let settings = read(&mut reader, digest(&members));
        reader.finish(settings)
    }
}

impl AppKey {
    /// The app key among settings that may be wrong otherwise; none where it is missing or wrong itself.
    pub fn of_settings(json: &str) -> Option<Self> {
        let members = parse_members(json).ok()?;
        Reader::new(&members).read(connection::APP_KEY.field(), parse_app_key)
    }
}

impl AllowedOrigins {
    /// The origins among settings that may be wrong otherwise; nobody where they are missing or wrong themselves.
    pub fn of_settings(json: &str) -> Self {
        let Ok(members) = parse_members(json) else {
            return Self::default();
        };
        Reader::new(&members)
            .read_or_default(access::ALLOWED_ORIGINS.field(), parse_allowed_origins)
    }
}

fn parse_members(json: &str) -> Result<Map<String, Value>, Mistakes> {
    if json.len() > MAX_LENGTH {
        return Err(of_all(
            "are longer than 256 KiB; shorten the longest of them, such as `jwks`",
        ));
    }
    // The error of the JSON parser is dropped, because it can quote a value.
    let members: Option<Map<String, Value>> = serde_json::from_str(json)
        .map_err(|_| of_all("are no JSON object; save the endpoint again"))?;
    Ok(members.unwrap_or_default())
}

fn of_all(message: &str) -> Mistakes {
    Mistakes(vec![Mistake {
        setting: "settings",
        message: message.to_owned(),
    }])
}

/// SHA-256 over the members in the order of their names, so that the order of a map does not matter.
fn digest(members: &Map<String, Value>) -> [u8; 32] {
    let mut members: Vec<(&String, &Value)> = members.iter().collect();
    members.sort_unstable_by_key(|(name, _)| *name);
    let mut hash = Hash::new();
    for (name, value) in members {
        hash.update(format!("{name:?}:{value},"));
    }
    hash.finalize()
}

fn read(reader: &mut Reader<'_>, digest: [u8; 32]) -> Option<Settings> {
    let issuers = reader.read_or_default(connection::ISSUER.field(), parse_issuers);
    let client_ids = reader.read(connection::CLIENT_ID.field(), |text| {
        parse_client_ids(text, &issuers)
    });
    let dify_api_url = reader.read(connection::DIFY_API_URL.field(), parse_api_url);
    let app_key = reader.read(connection::APP_KEY.field(), parse_app_key);
    let user_format = dependent::user_format(reader, &issuers);
    Some(Settings {
        user_claim: reader.read_or_default(person::USER_CLAIM.field(), parse_user_claim),
        audience: reader.read_or_default(access::AUDIENCE.field(), parse_audience),
        scopes: reader.read_or_default(access::SCOPES.field(), parse_scopes),
        required_claims: dependent::required_claims(reader, &issuers),
        admin_claims: reader.read(access::ADMIN_CLAIMS.field(), parse_rules),
        input_claims: reader.read_or_default(access::INPUT_CLAIMS.field(), parse_input_claims),
        allowed_origins: reader
            .read_or_default(access::ALLOWED_ORIGINS.field(), parse_allowed_origins),
        public_url: reader.read(access::PUBLIC_URL.field(), parse_public_url),
        token_validation: dependent::token_validation(reader, &issuers),
        token_kind: reader.read_or_default(validation::TOKEN_KIND.field(), choice(TOKEN_KINDS)),
        client_secret: reader.read(validation::CLIENT_SECRET.field(), parse_client_secret),
        userinfo: reader.switch(validation::USERINFO.field()),
        service_accounts: reader.read_or_default(
            validation::SERVICE_ACCOUNTS.field(),
            choice(SERVICE_ACCOUNTS),
        ),
        jwks: dependent::jwks(reader, &issuers),
        discovery_url: dependent::discovery_url(reader, &issuers),
        ca_certificates: reader.read(network::CA_CERTIFICATES.field(), parse_ca_certificates),
        streams_per_user: reader.read_or_default(tuning::STREAMS_PER_USER.field(), parse_streams),
        clock_skew: reader.read_or_default(tuning::CLOCK_SKEW.field(), parse_clock_skew),
        log_level: reader.read_or_default(tuning::LOG_LEVEL.field(), choice(LOG_LEVELS)),
        digest,
        // Last, because what they stop at must not hide a mistake in the others.
        issuers,
        client_ids: client_ids?,
        dify_api_url: dify_api_url?,
        app_key: app_key?,
        user_format: user_format?,
    })
}

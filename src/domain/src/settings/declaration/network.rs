//! Identity providers that are not reached in the usual way.

use std::rc::Rc;

use url::Url;

use super::{Declaration, Setting};
use crate::jose::JwkSet;
use crate::settings::address::parse_web_address;
use crate::settings::certificate::parse_ca_certificates;
use crate::settings::problems::Problems;

settings! {
    JWKS: Rc<JwkSet> = Setting::text("jwks", parse_jwks)
        .advanced()
        .document()
        .example("{\"keys\":[…]}");

    DISCOVERY_URL: Url = Setting::address("discovery_url", |text| Ok(parse_web_address(text)?))
        .advanced()
        .example("http://keycloak:8080/realms/main/.well-known/openid-configuration");

    CA_CERTIFICATES: Rc<str> = Setting::text("ca_certificates", parse_ca_certificates)
        .advanced()
        .document()
        .example("-----BEGIN CERTIFICATE----- … -----END CERTIFICATE-----");
}

fn parse_jwks(text: &str) -> Result<Rc<JwkSet>, Problems> {
    match JwkSet::parse_setting(text) {
        Ok(keys) => Ok(Rc::new(keys)),
        Err(error) => Err(format!("cannot be used: {error}").into()),
    }
}

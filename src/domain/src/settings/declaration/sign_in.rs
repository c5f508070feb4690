//! How people sign in with their browser, and the page that they get.

use std::rc::Rc;

use super::{Declaration, Setting};
use crate::jose::ClientKey;
use crate::limits;
use crate::settings::address::parse_page_origins;
use crate::settings::login::{parse_login_parameters, parse_login_scopes, parse_session_limits};
use crate::settings::problems::Problems;
use crate::settings::select::select;
use crate::settings::{
    ClientAuthenticationSetting, ClientSecret, Page, ProviderEndpoints, ProviderKind, PublicUrl,
    SessionLimits,
};

settings! {
    SIGN_IN: Switch = Setting::select("sign_in");

    PUBLIC_URL: PublicUrl = Setting::text("public_url", PublicUrl::parse)
        .example("https://dify.example.com/e/abcdefghijklmnop");

    CLIENT_SECRET: ClientSecret =
        Setting::secret("client_secret", |text| Ok(ClientSecret::new(text.to_owned())));

    PROVIDER_KIND: ProviderKind = Setting::select("provider_kind");

    PROVIDER_ENDPOINTS: ProviderEndpoints =
        Setting::address("provider_endpoints", ProviderEndpoints::parse)
            .advanced()
            .example("end_session=https://idp.example.com/logout");

    LOGIN_SCOPES: Vec<String> = Setting::text("login_scopes", parse_login_scopes)
        .advanced()
        .example("openid profile email");

    LOGIN_PARAMETERS: Vec<(String, String)> =
        Setting::text("login_parameters", parse_login_parameters)
            .advanced()
            .example("prompt=select_account hd=example.com");

    CLIENT_AUTHENTICATION: ClientAuthenticationSetting =
        Setting::select("client_authentication").advanced();

    CLIENT_KEY: Rc<ClientKey> = Setting::secret("client_key", parse_client_key)
        .advanced()
        .example("{\"kty\":\"EC\",\"crv\":\"P-256\",\"d\":\"…\",\"x\":\"…\",\"y\":\"…\"}");

    SESSION_LIMITS: SessionLimits = Setting::text("session_limits", parse_session_limits)
        .default("hours=12 idle=120 check=15")
        .example("hours=12 idle=120 check=15");

    PAGE_ORIGINS: Vec<String> = Setting::text("page_origins", parse_page_origins)
        .advanced()
        .example("https://images.example.com");

    PAGE: Page = Setting::select("page").advanced();

    PAGE_NOTICE: String = Setting::text("page_notice", parse_page_notice)
        .example("Answers can be wrong. Check what matters.");
}

select! {
    /// `sign_in` as it is written; with what it needs it becomes a `SignIn`.
    pub(in crate::settings) enum Switch, default "off" {
        Off = "off",
        On = "on",
    }
}

fn parse_client_key(text: &str) -> Result<Rc<ClientKey>, Problems> {
    match ClientKey::parse(text) {
        Ok(key) => Ok(Rc::new(key)),
        Err(error) => Err(format!("cannot be used: {error}").into()),
    }
}

fn parse_page_notice(text: &str) -> Result<String, Problems> {
    let length = text.chars().count();
    if length > limits::PAGE_NOTICE {
        return Err(format!(
            "has {length} characters; write at most {}",
            limits::PAGE_NOTICE
        )
        .into());
    }
    Ok(text.to_owned())
}

//! What nearly every endpoint needs: whose tokens are accepted, which app they open, and which web pages may call it.

use super::{Declaration, Setting};
use crate::issuer::IssuerSetting;
use crate::settings::address::{parse_allowed_origins, parse_api_url};
use crate::settings::characters::expect_characters;
use crate::settings::issuer::{parse_client_ids, parse_issuers};
use crate::settings::problems::Problems;
use crate::settings::{AllowedOrigins, ApiUrl, AppKey, ClientId};

settings! {
    ISSUER: Vec<IssuerSetting> = Setting::address("issuer", parse_issuers)
        .required()
        .example("https://idp.example.com/realms/main");

    CLIENT_ID: Vec<ClientId> = Setting::text("client_id", parse_client_ids)
        .required()
        .example("my-app");

    DIFY_API_URL: ApiUrl = Setting::address("dify_api_url", parse_api_url)
        .required()
        .default("https://api.dify.ai/v1")
        .example("https://api.dify.ai/v1");

    APP_KEY: AppKey = Setting::secret("app_key", parse_app_key)
        .required()
        .example("app-…");

    ALLOWED_ORIGINS: AllowedOrigins = Setting::text("allowed_origins", parse_allowed_origins)
        .example("https://app.example.com http://localhost:5173");
}

/// It must fit into a header. Dify makes keys of letters, digits and `-`; quotation marks and separators at its ends
/// come from where it was copied.
fn parse_app_key(text: &str) -> Result<AppKey, Problems> {
    if text.starts_with("dataset-") {
        return Err(
            "is a key of the knowledge API; write the app's own key, which begins with `app-`"
                .into(),
        );
    }
    let is_of_a_key =
        |character: char| character.is_ascii_graphic() && !"\"'`,;".contains(character);
    expect_characters(text, is_of_a_key).map_err(|character| {
        format!("has {character}, which an app key does not have; write the key alone, such as `app-…`, without `Bearer`")
    })?;
    Ok(AppKey::new(text.to_owned()))
}

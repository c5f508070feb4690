//! What a token must carry, and what it opens.

use super::{Declaration, Setting};
use crate::claims::Rules;
use crate::settings::address::parse_allowed_origins;
use crate::settings::claim::{RequiredClaims, parse_input_claims, parse_rules};
use crate::settings::list::parse_quotable_list;
use crate::settings::login::parse_scopes;
use crate::settings::problems::Problems;
use crate::settings::{AllowedOrigins, InputClaims, OperationRules, PublicUrl};

settings! {
    AUDIENCE: Vec<String> = Setting::text("audience", parse_audience)
        .example("https://api.example.com");

    SCOPES: Vec<String> = Setting::text("scopes", parse_scopes)
        .example("chat");

    REQUIRED_CLAIMS: RequiredClaims = Setting::text("required_claims", RequiredClaims::parse)
        .example("groups=Staff");

    ADMIN_CLAIMS: Rules = Setting::text("admin_claims", parse_rules)
        .example("groups=Dify Admins");

    OPERATION_RULES: OperationRules = Setting::text("operation_rules", OperationRules::parse)
        .example("workflows: roles=runner; files: nobody");

    INPUT_CLAIMS: InputClaims = Setting::text("input_claims", parse_input_claims)
        .example("email roles=realm_access.roles");

    ALLOWED_ORIGINS: AllowedOrigins = Setting::text("allowed_origins", parse_allowed_origins)
        .example("https://app.example.com");

    PUBLIC_URL: PublicUrl = Setting::text("public_url", PublicUrl::parse)
        .example("https://dify.example.com/e/abcdefghijklmnop");
}

/// RFC 7519 §4.1.3 leaves the form of an audience to the provider.
fn parse_audience(text: &str) -> Result<Vec<String>, Problems> {
    parse_quotable_list(text, |entry| Ok(entry.text()))
}

//! What a token must carry, and what it opens.

use super::{Declaration, Setting};
use crate::claims::Rules;
use crate::settings::claim::{RequiredClaims, parse_input_claims, parse_rules};
use crate::settings::list::parse_quotable_list;
use crate::settings::login::parse_scopes;
use crate::settings::problems::Problems;
use crate::settings::{InputClaims, OperationRules};

settings! {
    AUDIENCE: Vec<String> = Setting::text("audience", parse_audience)
        .example("https://api.example.com");

    SCOPES: Vec<String> = Setting::text("scopes", parse_scopes)
        .advanced()
        .example("chat files");

    REQUIRED_CLAIMS: RequiredClaims = Setting::text("required_claims", RequiredClaims::parse)
        .example("groups=Staff|Sales, realm_access.roles=chat");

    ADMIN_CLAIMS: Rules = Setting::text("admin_claims", parse_rules)
        .example("groups=Dify Admins");

    OPERATION_RULES: OperationRules = Setting::text("operation_rules", OperationRules::parse)
        .advanced()
        .example("workflows: roles=runner; files: nobody");

    INPUT_CLAIMS: InputClaims = Setting::text("input_claims", parse_input_claims)
        .example("email roles=realm_access.roles");
}

/// RFC 7519 §4.1.3 leaves the form of an audience to the provider.
fn parse_audience(text: &str) -> Result<Vec<String>, Problems> {
    parse_quotable_list(text, |entry| Ok(entry.text()))
}

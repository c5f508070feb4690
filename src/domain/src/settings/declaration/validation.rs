//! How a token is validated.

use super::{Declaration, Setting};
use crate::settings::{ServiceAccounts, TokenKind, TokenValidation};

settings! {
    TOKEN_VALIDATION: TokenValidation = Setting::select("token_validation").advanced();

    TOKEN_KIND: TokenKind = Setting::select("token_kind").advanced();

    USERINFO: bool = Setting::switch("userinfo").advanced();

    SERVICE_ACCOUNTS: ServiceAccounts = Setting::select("service_accounts").advanced();
}

//! How a token is validated.

use super::{Declaration, Setting};
use crate::settings::{ClientSecret, ServiceAccounts, TokenKind, TokenValidation};

settings! {
    TOKEN_VALIDATION: TokenValidation = Setting::select("token_validation");

    TOKEN_KIND: TokenKind = Setting::select("token_kind");

    CLIENT_SECRET: ClientSecret =
        Setting::secret("client_secret", |text| Ok(ClientSecret::new(text.to_owned())));

    USERINFO: bool = Setting::switch("userinfo");

    SERVICE_ACCOUNTS: ServiceAccounts = Setting::select("service_accounts");
}

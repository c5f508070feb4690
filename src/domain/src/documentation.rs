//! The documents that responses lead to: those of the repository's main branch, which has the newest corrections.
//!
//! A message says in a sentence what to do. Where that takes more, the response has the address of a document besides.

macro_rules! documents {
    ($($(#[doc = $meaning:literal])+ $document:ident = $path:literal;)+) => {
        /// A document, or a part of one.
        #[derive(Clone, Copy, Debug, Eq, PartialEq)]
        pub enum Document {
            $($(#[doc = $meaning])+ $document,)+
        }

        impl Document {
            /// Every document, for the test that each is there.
            pub const ALL: &'static [Self] = &[$(Self::$document),+];

            /// Where it can be read.
            pub const fn address(self) -> &'static str {
                match self {
                    $(Self::$document => concat!(env!("CARGO_PKG_REPOSITORY"), "/blob/main/", $path),)+
                }
            }
        }
    };
}

documents! {
    /// How to set Auth0 up.
    Auth0 = "docs/providers/auth0.md";
    /// How to set Amazon Cognito up.
    Cognito = "docs/providers/cognito.md";
    /// How to set Microsoft Entra ID up.
    EntraId = "docs/providers/entra-id.md";
    /// How to set Google up.
    Google = "docs/providers/google.md";
    /// What `GET /health` shows.
    Health = "docs/operating.md#health";
    /// Every document.
    Index = "docs/README.md";
    /// How to set Keycloak up.
    Keycloak = "docs/providers/keycloak.md";
    /// Why people who differ only in case or accents are one, and what to do.
    MySql = "docs/hosting.md#dify-on-mysql";
    /// How to set Okta up.
    Okta = "docs/providers/okta.md";
    /// How an endpoint gets a host name of its own.
    OwnHost = "docs/hosting.md#a-host-name-of-its-own";
    /// Every setting.
    Settings = "docs/settings.md";
    /// What to do, by what somebody sees. Each code of an error with a procedure is an anchor there.
    Troubleshooting = "docs/troubleshooting.md";
    /// How to set Zitadel up.
    Zitadel = "docs/providers/zitadel.md";
}

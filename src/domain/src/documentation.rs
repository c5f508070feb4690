//! The documents that responses lead to: those of the repository's main branch, which has the newest corrections.
//!
//! A message says in a sentence what to do. Where that takes more, the response has the address of a document besides.

macro_rules! documents {
    ($($(#[doc = $meaning:literal])+ $name:ident = $path:literal;)+) => {
        $(
            $(#[doc = $meaning])+
            pub const $name: &str = concat!(env!("CARGO_PKG_REPOSITORY"), "/blob/main/", $path);
        )+

        /// Every address, for the test that each leads to a document and an anchor that are there.
        pub const ALL: &[&str] = &[$($name),+];
    };
}

documents! {
    /// What `GET /health` shows.
    HEALTH = "docs/operating.md#health";
    /// Every document.
    INDEX = "docs/README.md";
    /// Why people who differ only in case or accents are one, and what to do.
    MYSQL = "docs/hosting.md#dify-on-mysql";
    /// How an endpoint gets a host name of its own.
    OWN_HOST = "docs/hosting.md#a-host-name-of-its-own";
    /// Every setting.
    SETTINGS = "docs/settings.md";
    /// What to do, by what somebody sees. Each code of an error with a procedure is an anchor there.
    TROUBLESHOOTING = "docs/troubleshooting.md";

    /// How to set Auth0 up.
    AUTH0 = "docs/providers/auth0.md";
    /// How to set Amazon Cognito up.
    COGNITO = "docs/providers/cognito.md";
    /// How to set Microsoft Entra ID up.
    ENTRA_ID = "docs/providers/entra-id.md";
    /// How to set Google up.
    GOOGLE = "docs/providers/google.md";
    /// How to set Keycloak up.
    KEYCLOAK = "docs/providers/keycloak.md";
    /// How to set Okta up.
    OKTA = "docs/providers/okta.md";
    /// How to set Zitadel up.
    ZITADEL = "docs/providers/zitadel.md";
}

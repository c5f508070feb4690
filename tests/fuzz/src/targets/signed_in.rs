//! An endpoint at which people sign in with a browser.

use gateway_domain::settings::Settings;

/// On a shared host, on a host of its own, and on a developer's machine.
pub(crate) const BASES: [&str; 3] = [
    "https://dify.example/e/b3xyz81kq0a7mnop",
    "https://chat.example",
    "http://localhost:5003",
];

/// Its settings at one of [`BASES`].
pub(crate) fn settings(base: &str) -> Settings {
    let settings = format!(
        r#"{{"issuer":"https://a.example","client_id":"c","client_secret":"0123456789abcdef",
        "app_key":"app-0123456789","sign_in":"on","public_url":"{base}"}}"#
    );
    Settings::parse(&settings).expect("good settings")
}

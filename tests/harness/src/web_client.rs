//! The client of the page: what the identity provider must know of it, and what the endpoint's settings are.

use serde_json::{Value, json};
use stand_in_daemon::Hook;

use crate::{Error, IdentityProvider, Issuer, Stack, StackOptions};

/// The client that people sign in to at the real `oidc-provider`.
pub const WEB_CLIENT: &str = "dify-page";
/// Its secret, with characters that RFC 6749 section 2.3.1 wants encoded.
pub const WEB_SECRET: &str = "s:e%c+r e-t";

/// The metadata (RFC 7591) of the client of an endpoint at this address.
pub fn metadata(public_url: &str) -> Value {
    json!({
        "client_id": WEB_CLIENT,
        "client_secret": WEB_SECRET,
        "grant_types": ["authorization_code", "refresh_token"],
        "redirect_uris": [format!("{public_url}/auth/callback")],
        "post_logout_redirect_uris": [format!("{public_url}/auth/logged-out")],
        "backchannel_logout_uri": format!("{public_url}/auth/backchannel-logout"),
        "backchannel_logout_session_required": true,
        "token_endpoint_auth_method": "client_secret_basic",
    })
}

/// The settings that turn sign-in on for an endpoint at this address.
pub fn settings(public_url: &str) -> Value {
    json!({"sign_in": "on", "public_url": public_url, "client_id": WEB_CLIENT, "client_secret": WEB_SECRET})
}

impl IdentityProvider {
    /// Registers the client of the page of an endpoint at this address.
    ///
    /// # Errors
    ///
    /// The process is gone.
    pub async fn register_page(&self, public_url: &str) -> Result<(), Error> {
        self.register(&metadata(public_url)).await
    }
}

impl StackOptions {
    /// Adds an endpoint that gets its settings from [`Stack::turn_page_on`].
    pub fn add_endpoint(&mut self, hook_id: &str) {
        self.further_endpoints.push(Hook {
            id: hook_id.to_owned(),
            endpoint_id: uuid::Uuid::new_v4().to_string(),
            settings: json!({}),
        });
    }
}

impl Stack {
    /// Turns a further endpoint on for another app, with a client of its own; returns its address in a browser.
    ///
    /// # Errors
    ///
    /// The provider is gone.
    pub async fn turn_page_on(&self, hook_id: &str, app_key: &str) -> Result<String, Error> {
        let url = self
            .daemon
            .url_of(hook_id)
            .replace("127.0.0.1", "localhost");
        let client_id = format!("{WEB_CLIENT}-{hook_id}");
        let client = with(metadata(&url), &json!({"client_id": client_id}));
        let of_app = json!({"client_id": client_id, "app_key": app_key});
        let changes = with(settings(&url), &of_app);
        if let Issuer::IdentityProvider(provider) = &self.issuer {
            provider.register(&client).await?;
        }
        let settings = with(self.settings().clone(), &changes);
        self.daemon.set_settings(hook_id, settings);
        Ok(url)
    }

    /// The endpoint's address in a browser. `localhost` may be http, and is another site than a provider at 127.0.0.1.
    pub fn page_url(&self) -> String {
        self.url().replace("127.0.0.1", "localhost")
    }

    /// Turns sign-in on for the client whose access tokens the endpoint accepts already, which has no secret.
    ///
    /// # Errors
    ///
    /// The provider is gone.
    pub async fn turn_sign_in_on(&self) -> Result<(), Error> {
        let url = self.page_url();
        let Issuer::IdentityProvider(provider) = &self.issuer else {
            return Ok(());
        };
        let mut client = metadata(&url);
        if let Some(client) = client.as_object_mut() {
            let redirect_uris = json!([provider.redirect_uri(), format!("{url}/auth/callback")]);
            client.insert("client_id".to_owned(), json!(provider.client_id()));
            client.insert("redirect_uris".to_owned(), redirect_uris);
            client.insert("token_endpoint_auth_method".to_owned(), json!("none"));
            client.remove("client_secret");
        }
        provider.register(&client).await?;
        self.change_settings(
            &json!({"sign_in": "on", "public_url": url, "client_authentication": "none"}),
        );
        Ok(())
    }
}

/// `object` with these members, in the place of its own of the same name.
pub fn with(mut object: Value, members: &Value) -> Value {
    if let (Some(object), Some(members)) = (object.as_object_mut(), members.as_object()) {
        object.extend(members.clone());
    }
    object
}

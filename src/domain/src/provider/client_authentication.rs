//! How the gateway proves to a provider which client it is: what is tried, in which order.

use crate::error::{Code, Refusal};
use crate::issuer::{self, Issuer};
use crate::oauth::{AssertionInputs, ClientAuthentication};
use crate::settings::{ClientAuthenticationSetting, ProviderKind, Settings};
use crate::time::UnixTime;

use super::sign_in_metadata::SignInMetadata;

/// A way to authenticate (the registry of RFC 8414 §7.3).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Method {
    Basic,
    None,
    Post,
    PrivateKeyJwt,
}

/// What is tried at the token endpoint, in this order: one way, or where only `auto` has chosen the place of the secret,
/// both.
pub(super) fn methods(
    settings: &Settings,
    metadata: &SignInMetadata,
    has_document: bool,
) -> Vec<Method> {
    match settings.client_authentication {
        ClientAuthenticationSetting::Basic => vec![Method::Basic],
        ClientAuthenticationSetting::None => vec![Method::None],
        ClientAuthenticationSetting::Post => vec![Method::Post],
        ClientAuthenticationSetting::PrivateKeyJwt => vec![Method::PrivateKeyJwt],
        ClientAuthenticationSetting::Auto => automatic(settings, metadata, has_document),
    }
}

fn automatic(settings: &Settings, metadata: &SignInMetadata, has_document: bool) -> Vec<Method> {
    if settings.client_key.is_some() {
        return vec![Method::PrivateKeyJwt];
    }
    // Its token endpoint reads the secret from the JSON of the body and from nowhere else.
    if settings.provider_kind == ProviderKind::Feishu {
        return vec![Method::Post];
    }
    let is_post_first = match &metadata.token_endpoint_auth_methods_supported {
        // In the form no `:` and no `%` of the secret can be read in two ways.
        Some(methods) => methods.iter().any(|method| method == "client_secret_post"),
        // RFC 8414 §2: a missing list means `client_secret_basic`. Without metadata nothing means anything, and more
        // providers take the form.
        None => !has_document,
    };
    if is_post_first {
        vec![Method::Post, Method::Basic]
    } else {
        vec![Method::Basic, Method::Post]
    }
}

/// What proves it, beside what the settings hold.
#[derive(Clone, Copy)]
pub(super) struct Circumstances<'a> {
    pub(super) issuer: &'a Issuer,
    /// The endpoint that is asked.
    pub(super) endpoint: &'a str,
    pub(super) now: UnixTime,
    /// For this request alone.
    pub(super) random: &'a [u8; 32],
}

impl Method {
    /// The credentials of the settings for this way.
    ///
    /// # Errors
    /// 503 `configuration_error` where the settings have none for it.
    pub(super) fn with<'a>(
        self,
        settings: &'a Settings,
        circumstances: Circumstances<'a>,
    ) -> Result<ClientAuthentication<'a>, Refusal> {
        let secret = || {
            settings
                .client_secret
                .as_ref()
                .ok_or_else(|| lacks("client_secret"))
        };
        Ok(match self {
            Self::Basic => ClientAuthentication::Basic(secret()?),
            Self::None => ClientAuthentication::None,
            Self::Post => ClientAuthentication::Post(secret()?),
            Self::PrivateKeyJwt => ClientAuthentication::PrivateKeyJwt(AssertionInputs {
                key: settings
                    .client_key
                    .as_deref()
                    .ok_or_else(|| lacks("client_key"))?,
                audience: circumstances.audience(),
                now: circumstances.now,
                random: circumstances.random,
            }),
        })
    }

    /// What to compare where the provider refuses the client.
    pub(super) const fn remedy(self) -> &'static str {
        match self {
            Self::Basic | Self::Post => {
                "Compare `client_secret` with the client's secret there, and see that it has not expired"
            }
            Self::None => {
                "The client has a secret there: write it into `client_secret`, or make it a public client"
            }
            Self::PrivateKeyJwt => {
                "Compare `client_key` with the public key that the client is registered with there"
            }
        }
    }
}

impl<'a> Circumstances<'a> {
    /// The provider's issuer, which is the one value that no other provider takes for its own (RFC 7523 §3 allows it
    /// beside the token endpoint's address). Entra takes the address alone.
    fn audience(self) -> &'a str {
        if issuer::is_entra(self.issuer.as_str()) {
            self.endpoint
        } else {
            self.issuer.as_str()
        }
    }
}

fn lacks(setting: &str) -> Refusal {
    let message = format!(
        "The gateway cannot say to the identity provider which client it is, because `{setting}` is empty. Write it, or \
         choose another `client_authentication`."
    );
    Refusal::new(Code::ConfigurationError, message)
}

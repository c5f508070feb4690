//! The authorization code flow with PKCE (RFC 6749 section 4.1, RFC 7636), as a browser and an app go through it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::header::LOCATION;
use reqwest::{Client, Response};
use serde::Deserialize;
use url::Url;

use crate::{Error, IdentityProvider};

/// The provider redirects to its login page, from there back to itself, and then to the app.
const MAX_STEPS: usize = 10;

/// Who signs in, to which client, and for what.
#[derive(Clone, Copy, Debug)]
pub struct SignIn<'a> {
    /// One of the provider's users.
    pub user: &'a str,
    /// A client other than the provider's usual one.
    pub client_id: Option<&'a str>,
    /// A resource (RFC 8707), which decides form, audience, algorithm and lifetime of the access token.
    pub resource: Option<&'a str>,
    /// The scopes, separated by spaces.
    pub scope: &'a str,
}

impl<'a> SignIn<'a> {
    /// The usual sign-in of a user.
    pub fn of(user: &'a str) -> Self {
        Self {
            user,
            client_id: None,
            resource: None,
            scope: "openid email profile chat",
        }
    }
}

/// What the provider issues.
#[derive(Clone, Debug, Deserialize)]
pub struct Tokens {
    /// A JWT, or an opaque token where the resource or the client says so.
    pub access_token: String,
    /// Always a JWT.
    pub id_token: String,
    /// For [`IdentityProvider::refresh`].
    pub refresh_token: String,
    /// Lifetime of the access token in seconds.
    pub expires_in: u64,
}

impl IdentityProvider {
    /// Signs a user in to the usual client.
    ///
    /// # Errors
    ///
    /// The provider refuses, or is gone.
    pub async fn sign_in(&self, user: &str) -> Result<Tokens, Error> {
        self.sign_in_with(SignIn::of(user)).await
    }

    /// Signs a user in.
    ///
    /// # Errors
    ///
    /// The provider refuses, or is gone.
    pub async fn sign_in_with(&self, sign_in: SignIn<'_>) -> Result<Tokens, Error> {
        let builder = Client::builder().no_proxy().cookie_store(true);
        let browser = builder
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        let verifier = format!(
            "{}{}",
            uuid::Uuid::new_v4().simple(),
            uuid::Uuid::new_v4().simple()
        );
        let code = self.code(&browser, &sign_in, &verifier).await?;
        let client_id = sign_in.client_id.unwrap_or(self.client_id());
        let form = [
            ("grant_type", "authorization_code"),
            ("client_id", client_id),
            ("code", &code),
            ("redirect_uri", self.redirect_uri()),
            ("code_verifier", &verifier),
        ];
        self.tokens(&browser, sign_in.user, &form).await
    }

    /// Exchanges a refresh token of the usual client for new tokens.
    ///
    /// # Errors
    ///
    /// The provider refuses, or is gone.
    pub async fn refresh(&self, refresh_token: &str) -> Result<Tokens, Error> {
        let form = [
            ("grant_type", "refresh_token"),
            ("client_id", self.client_id()),
            ("refresh_token", refresh_token),
        ];
        self.tokens(&crate::http_client(), "the refresh token's user", &form)
            .await
    }

    /// Withdraws an opaque access token (RFC 7009).
    ///
    /// # Errors
    ///
    /// The provider refuses, or is gone.
    pub async fn revoke(&self, client_id: &str, access_token: &str) -> Result<(), Error> {
        let request = crate::http_client()
            .post(format!("{}/token/revocation", self.issuer()))
            .form(&[("client_id", client_id), ("token", access_token)]);
        request.send().await?.error_for_status()?;
        Ok(())
    }

    async fn code(
        &self,
        browser: &Client,
        sign_in: &SignIn<'_>,
        verifier: &str,
    ) -> Result<String, Error> {
        let failed = |reason: String| Error::SignIn {
            user: sign_in.user.to_owned(),
            reason,
        };
        let mut response = self.authorize(browser, sign_in, verifier).await?;
        for _ in 0..MAX_STEPS {
            let Some(location) = location(&response) else {
                let status = response.status();
                return Err(failed(format!("{status} {}", response.text().await?)));
            };
            if location.as_str().starts_with(self.redirect_uri()) {
                let code = location.query_pairs().find(|(name, _)| name == "code");
                return code
                    .map(|(_, code)| code.into_owned())
                    .ok_or_else(|| failed(location.to_string()));
            }
            response = browser.get(location.clone()).send().await?;
            if response.status().is_success() {
                let form = [("login", sign_in.user), ("password", self.password())];
                response = browser.post(location).form(&form).send().await?;
            }
        }
        Err(failed("too many redirects".to_owned()))
    }

    async fn authorize(
        &self,
        browser: &Client,
        sign_in: &SignIn<'_>,
        verifier: &str,
    ) -> Result<Response, Error> {
        let challenge = URL_SAFE_NO_PAD.encode(hmac_sha256::Hash::hash(verifier.as_bytes()));
        let mut query = vec![
            ("response_type", "code"),
            ("client_id", sign_in.client_id.unwrap_or(self.client_id())),
            ("redirect_uri", self.redirect_uri()),
            ("scope", sign_in.scope),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ];
        query.extend(sign_in.resource.map(|resource| ("resource", resource)));
        Ok(browser
            .get(format!("{}/auth", self.issuer()))
            .query(&query)
            .send()
            .await?)
    }

    async fn tokens(
        &self,
        client: &Client,
        user: &str,
        form: &[(&str, &str)],
    ) -> Result<Tokens, Error> {
        let response = client
            .post(format!("{}/token", self.issuer()))
            .form(form)
            .send()
            .await?;
        if response.status().is_success() {
            return Ok(response.json().await?);
        }
        let reason = format!("{} {}", response.status(), response.text().await?);
        Err(Error::SignIn {
            user: user.to_owned(),
            reason,
        })
    }
}

/// Where the provider sends the browser next.
fn location(response: &Response) -> Option<Url> {
    let location = response.headers().get(LOCATION)?.to_str().ok()?;
    response.url().join(location).ok()
}

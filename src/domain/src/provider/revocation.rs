//! Revocation of a person's tokens at the end of a session (RFC 7009). Nothing depends on its outcome but the log.

use http::StatusCode;
use url::Url;

use super::client::Client;
use super::client_authentication::{Circumstances, Method, methods};
use super::document::Document;
use super::encoded::{cannot_authenticate, completed};
use super::sign_in_metadata::SignInMetadata;
use super::standing::Standing;
use super::token_endpoint::dialect;
use crate::error::Refusal;
use crate::oauth::{EndpointRequest, RevocationRequest, RevokedToken};
use crate::settings::{ProviderKind, Settings, SignIn};

/// The revocation endpoint of one provider, as one endpoint's settings use it.
pub(super) struct RevocationEndpoint<'a> {
    pub(super) client: &'a Client,
    pub(super) standing: &'a Standing,
    pub(super) metadata: &'a SignInMetadata,
    pub(super) settings: &'a Settings,
    pub(super) sign_in: &'a SignIn,
}

impl RevocationEndpoint<'_> {
    /// Revokes `token`, if the provider has a place for that.
    pub(super) async fn revoke(&self, token: RevokedToken<'_>) {
        let Some(url) = self.address() else {
            return;
        };
        let document = Document::Revocation;
        let work = async {
            let encoded = self.encode(&url, token)?;
            let request = completed(self.client.request(document, url.clone()), encoded);
            let response = self.client.send(document, request).await?;
            // RFC 7009 §2.2: 200 also for a token that is not good any more; GitHub says 204 and 422.
            match response.status {
                StatusCode::OK | StatusCode::NO_CONTENT | StatusCode::UNPROCESSABLE_ENTITY => {
                    Ok(())
                }
                _ => Err(Refusal::from(
                    self.client
                        .failure(document, document.wrong_status(&response)),
                )),
            }
        };
        // The log has it; the session ends in any case.
        drop(self.client.watch(document, work, |(), fetch| fetch).await);
    }

    /// At GitHub the address that the kind is known to have names the app ("Delete an app token").
    fn address(&self) -> Option<Url> {
        let mut url = self.metadata.revocation_endpoint.clone()?;
        let written = self.settings.provider_endpoints.revocation.is_some();
        if self.settings.provider_kind == ProviderKind::GitHub && !written {
            let mut path = url.path_segments_mut().ok()?;
            path.extend([self.sign_in.client_id.as_str(), "token"]);
        }
        Some(url)
    }

    fn encode(&self, url: &Url, token: RevokedToken<'_>) -> Result<EndpointRequest, Refusal> {
        let mut random = [0; 32];
        let environment = self.client.environment();
        environment.fill_random(&mut random);
        let circumstances = Circumstances {
            issuer: &self.sign_in.issuer,
            endpoint: url.as_str(),
            now: environment.now(),
            random: &random,
        };
        let request = RevocationRequest {
            client_id: &self.sign_in.client_id,
            authentication: self.method().with(self.settings, circumstances)?,
            token,
        };
        request
            .encode(dialect(self.settings.provider_kind))
            .map_err(cannot_authenticate)
    }

    /// The way that the token endpoint has taken last. GitHub's API knows the app by Basic alone.
    fn method(&self) -> Method {
        if self.settings.provider_kind == ProviderKind::GitHub {
            return Method::Basic;
        }
        let has_document = self.client.identity().has_document();
        let methods = methods(self.settings, self.metadata, has_document);
        let methods = self.standing.ordered(self.settings.digest, methods);
        methods.first().copied().unwrap_or(Method::None)
    }
}

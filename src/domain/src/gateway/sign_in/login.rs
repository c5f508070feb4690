//! `GET /auth/login`: sends the browser to the identity provider (RFC 6749 §4.1.1, OpenID Connect Core §3.1.2.1).

use crate::error::{Code, Refusal, last_resort};
use crate::json::shown;
use crate::oauth::{AuthorizationRequest, Prompt};
use crate::provider::SignInMetadata;
use crate::response::Response;
use crate::session::{ReturnTo, SetCookie, Slot, Transaction};
use crate::settings::ProviderKind;
use url::form_urlencoded;

use super::visit::Visit;
use super::{SignInOperations, head, login_scopes};

impl SignInOperations {
    /// Begins a login. The browser comes back to the address in `return_to`, if that is one of this endpoint.
    ///
    /// # Errors
    /// `navigation_required`, `invalid_param`; 503 where the provider's metadata cannot be had.
    pub(super) async fn login(&self, visit: &Visit<'_>) -> Result<Response, Refusal> {
        let query = &visit.request.query;
        let return_to = value(query, "return_to").unwrap_or_default();
        let return_to = ReturnTo::parse(&return_to, &visit.sign_in.public_url);
        let prompt = value(query, "prompt")
            .map(|name| prompt(&name))
            .transpose()?;
        self.begin(visit, return_to, prompt, 0).await
    }

    /// Begins a login, the `attempt`-th that starts by itself.
    pub(super) async fn begin(
        &self,
        visit: &Visit<'_>,
        return_to: ReturnTo,
        prompt: Option<Prompt>,
        attempt: u8,
    ) -> Result<Response, Refusal> {
        let metadata = self
            .providers
            .sign_in_metadata(visit.settings, visit.sign_in)
            .await?;
        let public_url = &visit.sign_in.public_url;
        let slot = visit.cookies.free_slot(&visit.keys, public_url, visit.now);
        // An address to come back to is worth less than the login: where both do not fit into a head, the login goes on.
        let home = ReturnTo::home();
        for return_to in [return_to, home] {
            let random = self.environment.random_bytes();
            let transaction = Transaction::new(random, return_to, prompt, attempt, visit.now);
            let response = self.to_provider(visit, &metadata, slot, &transaction)?;
            if head::fits(&response, &visit.request.id) {
                return Ok(response);
            }
        }
        Err(Refusal::new(
            Code::ConfigurationError,
            "The address of the identity provider's login page is too long for a response. The administrator of this \
             endpoint must write less into `login_parameters` and `login_scopes`.",
        ))
    }

    fn to_provider(
        &self,
        visit: &Visit<'_>,
        metadata: &SignInMetadata,
        slot: Slot,
        transaction: &Transaction,
    ) -> Result<Response, Refusal> {
        let is_openid = visit.settings.provider_kind == ProviderKind::Oidc;
        let state = transaction.state(slot);
        let nonce = is_openid.then(|| transaction.nonce());
        let request = AuthorizationRequest {
            client_id: &visit.sign_in.client_id,
            redirect_uri: &visit.redirect_uri(),
            scopes: &login_scopes::scopes(visit.settings, visit.sign_in, metadata),
            state: state.as_str(),
            nonce: nonce.as_deref(),
            challenge: &transaction.verifier().challenge(),
            prompt: transaction.prompt(),
            further: &login_scopes::parameters(visit.sign_in),
        };
        let address = request.address(&metadata.authorization_endpoint);
        let sealed = transaction.seal(&visit.keys, slot, &self.environment.random_bytes());
        let sealed = sealed.ok_or_else(last_resort::internal_error)?;
        let cookie = SetCookie::slot(&visit.names, slot, &sealed);
        Ok(head::with_cookie(head::redirect(address.as_str()), &cookie))
    }
}

/// The first value of `name`.
fn value(query: &str, name: &str) -> Option<String> {
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    pairs
        .find(|(other, _)| other == name)
        .map(|(_, value)| value.into_owned())
}

fn prompt(name: &str) -> Result<Prompt, Refusal> {
    Prompt::parse(name).ok_or_else(|| {
        let message = format!(
            "The parameter `prompt` is {}; it must be `none`, `login` or `select_account`, or be left out.",
            shown(&name.into())
        );
        Refusal::new(Code::InvalidParam, message)
    })
}

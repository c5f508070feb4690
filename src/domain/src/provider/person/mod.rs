//! Who has just signed in, or still is: what the provider says of the person at its userinfo endpoint, in the form that
//! each kind of provider has.

use http::StatusCode;
use url::Url;

use super::client::Client;
use super::document::Document;
use super::userinfo;
use crate::claims::Claims;
use crate::environment::FetchResponse;
use crate::error::Refusal;
use crate::events::ProviderFetch;
use crate::settings::{ProviderKind, Settings};
use crate::token::AccessToken;

mod enveloped;
mod failure;
mod github;

pub use failure::PersonFailure;

/// What is asked, with which token.
pub(super) struct Question {
    pub(super) kind: ProviderKind,
    pub(super) endpoint: Url,
    pub(super) token: AccessToken,
    /// Whether a rule of the settings names the person's organizations at GitHub.
    pub(super) wants_organizations: bool,
}

impl Question {
    pub(super) fn new(settings: &Settings, endpoint: Url, token: AccessToken) -> Self {
        Self {
            kind: settings.provider_kind,
            endpoint,
            token,
            wants_organizations: wants_organizations(settings),
        }
    }
}

/// Whether a rule of the settings names the person's organizations at GitHub.
pub fn wants_organizations(settings: &Settings) -> bool {
    let mut names = settings.ruled_claims();
    names.any(|path| path.as_literal() == github::ORGANIZATIONS)
}

/// The claims of the person whose token asks. `subject` is who it must be, where that is known.
pub(super) async fn claims(
    client: &Client,
    question: Question,
    subject: Option<&str>,
) -> Result<Claims, PersonFailure> {
    let claims = match question.kind {
        ProviderKind::Oidc => openid(client, &question).await?,
        ProviderKind::Feishu | ProviderKind::OAuth2 => enveloped::claims(client, &question).await?,
        ProviderKind::GitHub => github::claims(client, &question).await?,
    };
    if let Some(subject) = subject {
        userinfo::check_subject(&claims, subject).map_err(PersonFailure::Ended)?;
    }
    Ok(claims)
}

/// OpenID Connect Core §5.3.
async fn openid(client: &Client, question: &Question) -> Result<Claims, PersonFailure> {
    let read = |response: &FetchResponse| match userinfo::read(response, client.issuer()) {
        Ok(Ok(claims)) => Ok(Ok(claims)),
        Ok(Err(refusal)) if response.status == StatusCode::UNAUTHORIZED => Ok(Err(refusal)),
        Ok(Err(refusal)) => Err(PersonFailure::Unusable(refusal)),
        Err(refusal) => Err(PersonFailure::of_provider(refusal)),
    };
    ask(
        client,
        Document::Userinfo,
        question,
        &question.endpoint,
        read,
    )
    .await
}

/// What a response says: something of the person, or that the token is good no longer.
type Verdict<T> = Result<T, Refusal>;

/// One logged exchange with the person's token.
async fn ask<T>(
    client: &Client,
    document: Document,
    question: &Question,
    url: &Url,
    read: impl FnOnce(&FetchResponse) -> Result<Verdict<T>, PersonFailure>,
) -> Result<T, PersonFailure> {
    let work = async {
        let request = client.request(document, url.clone());
        let mut request =
            userinfo::ask(request, &question.token).map_err(PersonFailure::Unusable)?;
        if question.kind == ProviderKind::GitHub {
            github::choose_version(&mut request);
        }
        let response = client.send(document, request).await?;
        read(&response)
    };
    let verdict = client.watch(document, work, describe).await?;
    verdict.map_err(PersonFailure::Ended)
}

/// That a token has ended is no failure of the exchange.
fn describe<'a, T>(verdict: &Verdict<T>, fetch: ProviderFetch<'a>) -> ProviderFetch<'a> {
    match verdict {
        Ok(_) => fetch,
        Err(refusal) => fetch.with_outcome(refusal.code().as_str()),
    }
}

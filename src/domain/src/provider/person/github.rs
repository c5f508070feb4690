//! Who the person is at GitHub: "Get the authenticated user", "List email addresses" and "List organizations for the
//! authenticated user" of its REST API, version 2022-11-28.

use futures::future::join3;
use http::StatusCode;
use http::header::{ACCEPT, HeaderName, HeaderValue, RETRY_AFTER};
use serde_json::{Map, Value};
use url::Url;

use super::{PersonFailure, Question, Verdict, ask};
use crate::claims::Claims;
use crate::environment::{FetchRequest, FetchResponse};
use crate::limits;
use crate::provider::cause::{Cause, FIX_AT_PROVIDER};
use crate::provider::client::Client;
use crate::provider::document::{Document, is_web_page};
use crate::provider::introspection::inactive;

/// The claim with the names of the person's organizations.
pub(super) const ORGANIZATIONS: &str = "organizations";

/// The form of the responses that this file reads ("API Versions").
pub(super) fn choose_version(request: &mut FetchRequest) {
    let headers = &mut request.headers;
    let media_type = "application/vnd.github+json";
    headers.insert(ACCEPT, HeaderValue::from_static(media_type));
    let name = HeaderName::from_static("x-github-api-version");
    headers.insert(name, HeaderValue::from_static("2022-11-28"));
}

/// Asks who the person is, which addresses are theirs, and where a rule needs it, where they belong. All at once,
/// because the token is the same.
pub(super) async fn claims(client: &Client, question: &Question) -> Result<Claims, PersonFailure> {
    let (user, email, organizations) = join3(
        user(client, question),
        email(client, question),
        organizations(client, question),
    )
    .await;
    let mut members = user?;
    // What `/user` has is the address that the person shows to others, which need not be verified.
    members.remove("email");
    if let Some(email) = email? {
        members.insert("email".to_owned(), email.into());
        members.insert("email_verified".to_owned(), true.into());
    }
    // A person can choose no claim of this name: it comes from the list alone.
    members.remove(ORGANIZATIONS);
    if let Some(organizations) = organizations? {
        members.insert(ORGANIZATIONS.to_owned(), organizations.into());
    }
    Ok(Claims::new(members))
}

async fn user(client: &Client, question: &Question) -> Result<Map<String, Value>, PersonFailure> {
    let document = Document::Userinfo;
    let read = |response: &FetchResponse| {
        let failed = |cause| PersonFailure::from(client.failure(document, cause));
        if let Err(ended) = check_status(client, document, response)? {
            return Ok(Err(ended));
        }
        let mut members = document.members(response).map_err(failed)?;
        // Decimal text, as every other provider's: a number is not the same in every reader.
        match members.get("id").and_then(Value::as_u64) {
            Some(id) => drop(members.insert("id".to_owned(), id.to_string().into())),
            None => {
                let found = "it names nobody, because `id` is missing or not a number";
                return Err(failed(Cause::invalid(found, FIX_AT_PROVIDER)));
            }
        }
        Ok(Ok(members))
    };
    ask(client, document, question, &question.endpoint, read).await
}

/// The primary address, if it is verified. A person may not let the app see any: then there is none.
async fn email(client: &Client, question: &Question) -> Result<Option<String>, PersonFailure> {
    let document = Document::Emails;
    let url = below(&question.endpoint, "emails");
    let read = |response: &FetchResponse| {
        let is_hidden = matches!(
            response.status,
            StatusCode::FORBIDDEN | StatusCode::NOT_FOUND
        );
        if is_hidden && !is_web_page(response) {
            return Ok(Ok(None));
        }
        let entries = match entries(client, document, response)? {
            Ok(entries) => entries,
            Err(ended) => return Ok(Err(ended)),
        };
        let is_set = |entry: &&Value, name| entry.get(name) == Some(&Value::Bool(true));
        let primary = entries
            .iter()
            .find(|entry| is_set(entry, "primary") && is_set(entry, "verified"));
        let email = primary
            .and_then(|entry| entry.get("email"))
            .and_then(Value::as_str);
        Ok(Ok(email.map(str::to_owned)))
    };
    ask(client, document, question, &url, read).await
}

/// The names of the person's organizations, where a rule needs them.
async fn organizations(
    client: &Client,
    question: &Question,
) -> Result<Option<Vec<String>>, PersonFailure> {
    if !question.wants_organizations {
        return Ok(None);
    }
    let document = Document::Organizations;
    let mut names = Vec::new();
    for page in 1..=limits::ORGANIZATION_PAGES {
        let mut url = below(&question.endpoint, "orgs");
        url.query_pairs_mut()
            .append_pair("per_page", &limits::ORGANIZATIONS_OF_ONE_PAGE.to_string())
            .append_pair("page", &page.to_string());
        let read = |response: &FetchResponse| entries(client, document, response);
        let entries = ask(client, document, question, &url, read).await?;
        let logins = entries
            .iter()
            .filter_map(|entry| entry.get("login")?.as_str());
        names.extend(logins.map(str::to_owned));
        if entries.len() < limits::ORGANIZATIONS_OF_ONE_PAGE {
            break;
        }
    }
    Ok(Some(names))
}

fn entries(
    client: &Client,
    document: Document,
    response: &FetchResponse,
) -> Result<Verdict<Vec<Value>>, PersonFailure> {
    if let Err(ended) = check_status(client, document, response)? {
        return Ok(Err(ended));
    }
    let entries = document.entries(response);
    entries
        .map(Ok)
        .map_err(|cause| client.failure(document, cause).into())
}

/// 401 says that the token is good no longer. 403 is what GitHub also answers where it limits how often it is asked
/// ("Rate limits for the REST API").
fn check_status(
    client: &Client,
    document: Document,
    response: &FetchResponse,
) -> Result<Verdict<()>, PersonFailure> {
    match response.status {
        StatusCode::OK => Ok(Ok(())),
        StatusCode::UNAUTHORIZED if !is_web_page(response) => Ok(Err(inactive())),
        StatusCode::FORBIDDEN if is_rate_limit(response) => {
            let found = "it limits how often it is asked (status 403)".to_owned();
            Err(client
                .failure(document, Cause::Unavailable { found })
                .into())
        }
        _ => Err(client
            .failure(document, document.wrong_status(response))
            .into()),
    }
}

fn is_rate_limit(response: &FetchResponse) -> bool {
    let headers = &response.headers;
    let is_used_up = headers
        .get("x-ratelimit-remaining")
        .is_some_and(|left| left == "0");
    is_used_up || headers.contains_key(RETRY_AFTER)
}

/// An address below that of the user.
fn below(user: &Url, name: &str) -> Url {
    let mut url = user.clone();
    let path = format!("{}/{name}", user.path().trim_end_matches('/'));
    url.set_path(&path);
    url
}

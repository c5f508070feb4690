//! From an identity provider's address to its metadata, and from there to its keys.

use std::rc::Rc;
use std::time::Duration;

use http::StatusCode;

use super::cached::{Cached, Fetched};
use super::cause::Cause;
use super::client::Client;
use super::document::{Document, body};
use super::failure::Failure;
use super::lifetime::lifetime;
use super::metadata::Metadata;
use crate::environment::FetchResponse;
use crate::events::KeyCounts;
use crate::jose::JwkSet;

/// The shortest lifetime of a discovery document. Many providers forbid to cache it at all, but it hardly ever
/// changes, and keys that cannot be fetched end its lifetime.
const METADATA_LIFETIME: Duration = Duration::from_secs(10 * 60);

/// The lifetime of metadata that come from the settings, which cost nothing to make again.
const WRITTEN_LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);

/// The shortest lifetime of a key set.
const KEYS_LIFETIME: Duration = Duration::from_secs(60);

/// What a key weighs beside its text: six verifiers with a modulus of 4096 bits each.
const BYTES_OF_KEY: usize = 4 * 1024;

/// Fetches the discovery document from the first of its addresses that has one.
pub(super) async fn metadata(client: Client) -> Result<Fetched<Metadata>, Failure> {
    if !client.identity().has_document() {
        return Ok(without_document(&client));
    }
    let work = async {
        let mut missing = None;
        for address in client.identity().discovery_addresses()? {
            let request = client.request(Document::Discovery, address);
            let response = client.send(Document::Discovery, request).await?;
            match response.status {
                StatusCode::OK => return read_metadata(&client, &response),
                StatusCode::NOT_FOUND => missing = Some(response),
                _ => return Err(wrong_status(&client, &response)),
            }
        }
        // There is at least one address, so there is a response.
        let missing = missing.map(|response| wrong_status(&client, &response));
        Err(missing.unwrap_or_else(|| client.identity().has_no_address()))
    };
    client
        .watch(Document::Discovery, work, |_, fetch| fetch)
        .await
}

/// Nobody is asked, and so nothing is logged.
fn without_document(client: &Client) -> Fetched<Metadata> {
    Fetched {
        value: Metadata::without_document(client.identity()),
        lifetime: WRITTEN_LIFETIME,
        bytes: size_of::<Metadata>(),
    }
}

fn wrong_status(client: &Client, response: &FetchResponse) -> Failure {
    client.failure(
        Document::Discovery,
        Document::Discovery.wrong_status(response),
    )
}

fn read_metadata(client: &Client, response: &FetchResponse) -> Result<Fetched<Metadata>, Failure> {
    Ok(Fetched {
        value: Metadata::parse(response, client.identity())?,
        lifetime: lifetime(
            &response.headers,
            client.environment().now(),
            METADATA_LIFETIME,
        ),
        bytes: response.body.len(),
    })
}

/// Fetches the keys from where the discovery document says that they are.
pub(super) async fn keys(
    client: Client,
    metadata: Rc<Cached<Metadata>>,
) -> Result<Fetched<JwkSet>, Failure> {
    let work = async {
        let known = metadata.current(None).await?;
        let Some(address) = known.value.jwks_uri.clone() else {
            return Err(no_address(&client));
        };
        let request = client.request(Document::Keys, address);
        let response = client.fetch(Document::Keys, request).await?;
        read_keys(&client, &response)
    };
    let keys = client
        .watch(Document::Keys, work, |keys, fetch| {
            fetch.with_keys(count(&keys.value))
        })
        .await;
    keys.inspect_err(|_| metadata.expire())
}

fn read_keys(client: &Client, response: &FetchResponse) -> Result<Fetched<JwkSet>, Failure> {
    let value = JwkSet::parse(body(response)).map_err(|error| {
        let cause = Document::Keys.unreadable(response, &error.to_string());
        client.failure(Document::Keys, cause)
    })?;
    Ok(Fetched {
        lifetime: lifetime(&response.headers, client.environment().now(), KEYS_LIFETIME),
        bytes: response.body.len() + BYTES_OF_KEY * value.keys().count(),
        value,
    })
}

fn no_address(client: &Client) -> Failure {
    let found = "it has no `jwks_uri`, so nobody can verify the provider's tokens";
    let remedy = "Set `token_validation` to `introspection`, or write the keys into `jwks`.";
    client.failure(Document::Discovery, Cause::invalid(found, remedy))
}

fn count(keys: &JwkSet) -> KeyCounts {
    KeyCounts {
        usable_keys: keys.keys().count(),
        skipped_keys: keys.skipped(),
    }
}

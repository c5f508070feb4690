//! From an identity provider's address to its metadata, and from there to its keys.

use std::rc::Rc;
use std::time::Duration;

use http::StatusCode;

use super::cached::{Cached, Fresh};
use super::client::Client;
use super::failure::{Document, invalid, wrong_status};
use super::lifetime::lifetime;
use super::metadata::Metadata;
use crate::environment::FetchResponse;
use crate::error::Refusal;
use crate::events::KeyCounts;
use crate::jose::JwkSet;

/// The shortest lifetime of a discovery document. Many providers forbid to cache it at all, but it hardly ever
/// changes, and keys that cannot be fetched end its lifetime.
const METADATA: Duration = Duration::from_secs(10 * 60);

/// The shortest lifetime of a key set.
const KEYS: Duration = Duration::from_secs(60);

/// Fetches the discovery document from the first of its addresses that has one.
pub(super) async fn metadata(client: Client) -> Result<Fresh<Metadata>, Refusal> {
    let work = async {
        for address in client.identity().discovery_addresses()? {
            let request = client.request(Document::Discovery, address);
            let fetched = client.send(Document::Discovery, request).await?;
            match fetched.status {
                StatusCode::OK => return fresh_metadata(&client, &fetched),
                StatusCode::NOT_FOUND => {}
                status => return Err(wrong_status(client.issuer(), Document::Discovery, status)),
            }
        }
        Err(wrong_status(
            client.issuer(),
            Document::Discovery,
            StatusCode::NOT_FOUND,
        ))
    };
    client
        .watch(Document::Discovery, work, |_, fetch| fetch)
        .await
}

fn fresh_metadata(client: &Client, fetched: &FetchResponse) -> Result<Fresh<Metadata>, Refusal> {
    let lifetime = lifetime(&fetched.headers, client.environment().now(), METADATA);
    Ok(Fresh {
        value: Metadata::parse(&fetched.body, client.identity())?,
        lifetime,
    })
}

/// Fetches the keys from where the discovery document says that they are.
pub(super) async fn keys(
    client: Client,
    metadata: Rc<Cached<Metadata>>,
) -> Result<Fresh<JwkSet>, Refusal> {
    let work = async {
        let known = metadata.current().await?;
        let Some(address) = known.value.jwks_uri.clone() else {
            return Err(no_address(&client));
        };
        let request = client.request(Document::Keys, address);
        let fetched = client.fetch(Document::Keys, request).await?;
        fresh_keys(&client, &fetched)
    };
    let keys = client
        .watch(Document::Keys, work, |keys, fetch| {
            fetch.with_keys(count(&keys.value))
        })
        .await;
    keys.inspect_err(|_| metadata.expire())
}

fn fresh_keys(client: &Client, fetched: &FetchResponse) -> Result<Fresh<JwkSet>, Refusal> {
    let value = JwkSet::parse(&fetched.body).map_err(|error| {
        invalid(
            client.issuer(),
            Document::Keys,
            &error.to_string(),
            "Mend it at the provider.",
        )
    })?;
    Ok(Fresh {
        value,
        lifetime: lifetime(&fetched.headers, client.environment().now(), KEYS),
    })
}

fn no_address(client: &Client) -> Refusal {
    let why = "it has no `jwks_uri`, so nobody can verify the provider's tokens";
    let remedy = "Set `token_validation` to `introspection`, or write the keys into `jwks`.";
    invalid(client.issuer(), Document::Discovery, why, remedy)
}

fn count(keys: &JwkSet) -> KeyCounts {
    KeyCounts {
        usable_keys: keys.keys().count(),
        skipped_keys: keys.skipped(),
    }
}

//! The real `oidc-provider`.

mod introspection;
mod userinfo;
mod verification;

use std::collections::BTreeMap;
use std::time::Duration;

use gateway_tests::Stage;
use harness::{Issuer, SignIn, Tokens};

/// A resource whose tokens are opaque, for the usual audience.
const OPAQUE: &str = "urn:dify:opaque";

/// Signs a user in for a resource.
async fn for_resource(stage: &Stage, user: &str, resource: &str) -> Tokens {
    let sign_in = SignIn {
        resource: Some(resource),
        ..SignIn::of(user)
    };
    sign_in_with(stage, sign_in).await
}

async fn sign_in_with(stage: &Stage, sign_in: SignIn<'_>) -> Tokens {
    let provider = stage.identity_provider();
    provider.sign_in_with(sign_in).await.unwrap()
}

/// An opaque token without audience and without claims of the person; the userinfo endpoint takes it.
async fn without_audience(stage: &Stage, user: &str) -> String {
    let sign_in = SignIn {
        client_id: Some(stage.identity_provider().opaque_client_id()),
        ..SignIn::of(user)
    };
    sign_in_with(stage, sign_in).await.access_token
}

/// How often the provider has been asked for a path.
async fn asked(stage: &Stage, path: &str) -> u64 {
    let requests: BTreeMap<String, u64> = stage.identity_provider().requests().await.unwrap();
    requests.get(path).copied().unwrap_or_default()
}

/// Ends the provider's process, and waits until nothing answers at its issuer, which stays in the settings.
async fn end_provider(stage: &mut Stage) -> String {
    let issuer = stage.identity_provider().issuer().to_owned();
    stage.stack.issuer = Issuer::External {
        issuer: issuer.clone(),
        client_id: String::new(),
    };
    while harness::http_client().get(&issuer).send().await.is_ok() {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    issuer
}

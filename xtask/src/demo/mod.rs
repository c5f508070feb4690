//! `cargo xtask demo`: the packaged plugin between an identity provider and a Dify app, on this machine.

use anyhow::{Context, Result};
use clap::Args;
use harness::{IdentityProvider, Issuer, Stack, StackOptions};
use serde_json::{Map, json};
use tokio::runtime::Runtime;

use crate::workspace::Workspace;
use crate::{package, setup, step};

mod dify;
mod guide;

use dify::Dify;
use guide::Guide;

/// What surrounds the plugin. A stand-in takes the place of whatever is not named.
#[derive(Args)]
pub struct Options {
    /// The issuer URL of a real identity provider; then no token is printed.
    #[arg(long, requires = "client_id")]
    issuer: Option<String>,
    /// The client ID that the tokens are meant for.
    #[arg(long, requires = "issuer")]
    client_id: Option<String>,
    /// The base URL of a real Dify's app API, for example https://dify.example.com/v1.
    #[arg(long)]
    dify_api_url: Option<String>,
    /// The API key of an app of that Dify; prefer the variable DIFY_APP_KEY, which other users of the machine cannot see.
    #[arg(long, requires = "dify_api_url")]
    app_key: Option<String>,
    /// The claim that becomes Dify's user.
    #[arg(long)]
    user_claim: Option<String>,
}

/// Sets everything up, starts it, shows how to call it, and stops it on Ctrl-C.
///
/// # Errors
/// A set-up step has failed, or one of the processes has not started.
pub fn run(workspace: &Workspace, options: Options) -> Result<()> {
    setup::environment(workspace)?;
    if options.issuer.is_none() {
        setup::identity_provider(workspace)?;
    }
    package::build(workspace)?;
    Runtime::new()?.block_on(show(workspace, options))
}

async fn show(workspace: &Workspace, options: Options) -> Result<()> {
    let dify = Dify::start(workspace, options.dify_api_url, options.app_key).await?;
    let issuer = issuer(options.issuer.zip(options.client_id)).await?;

    let mut stack_options = StackOptions::new(issuer, &dify.api_url, &dify.app_key);
    let user_claim = options
        .user_claim
        .map(|claim| ("user_claim".to_owned(), json!(claim)));
    stack_options.settings = Map::from_iter(user_claim);
    step::announce("starting the plugin, in a stand-in for Dify's plugin daemon");
    let stack = Stack::start(stack_options).await?;

    step::show(guide(&stack).await?);
    interrupted().await?;
    step::announce("stopping");
    Ok(())
}

async fn issuer(external: Option<(String, String)>) -> Result<Issuer> {
    if let Some((issuer, client_id)) = external {
        return Ok(Issuer::External { issuer, client_id });
    }
    step::announce("starting the identity provider");
    Ok(Issuer::IdentityProvider(IdentityProvider::start().await?))
}

async fn guide(stack: &Stack) -> Result<Guide> {
    let Issuer::IdentityProvider(provider) = &stack.issuer else {
        return Ok(Guide {
            endpoint: stack.url(),
            signed_in: None,
        });
    };
    let user = provider
        .users()
        .first()
        .context("the identity provider has no user")?;
    step::announce(&format!("signing {user} in at {}", provider.issuer()));
    let tokens = provider.sign_in(user).await?;
    Ok(Guide {
        endpoint: stack.url(),
        signed_in: Some((user.clone(), tokens.access_token)),
    })
}

#[cfg(unix)]
async fn interrupted() -> Result<()> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        interrupt = tokio::signal::ctrl_c() => Ok(interrupt?),
        _ = terminate.recv() => Ok(()),
    }
}

#[cfg(not(unix))]
async fn interrupted() -> Result<()> {
    Ok(tokio::signal::ctrl_c().await?)
}

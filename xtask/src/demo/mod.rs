//! `cargo xtask demo`: the packaged plugin between an identity provider and a Dify app, on this machine.

use std::env;

use anyhow::{Context, Result};
use clap::Args;
use harness::{IdentityProvider, Issuer, Stack, StackOptions};
use serde_json::{Map, json};
use tokio::runtime::Runtime;

use crate::workspace::Workspace;
use crate::{package, setup, step};

mod browser;
mod dify;
mod guide;

pub use browser::{measure_frames, take_screenshots};
use dify::Dify;
use guide::Guide;

/// The endpoint's port where a real provider must know the redirect URI.
const PORT: u16 = 8014;

/// The apps of the stand-in that have a page of their own besides, one of each mode, with the ids of their hooks.
const FURTHER: [(&str, &str); 5] = [
    ("chat", "chatchatchatchat"),
    ("agent_chat", "agentchatagentch"),
    ("hitl_chatflow", "chatflowchatflow"),
    ("completion", "completioncomple"),
    ("workflow", "workflowworkflow"),
];

/// What surrounds the plugin. A stand-in takes the place of whatever is not named.
#[derive(Args, Default)]
pub struct Options {
    /// The issuer URL of a real identity provider; then the redirect URI to register there is printed, and no token.
    #[arg(long, requires = "client_id")]
    issuer: Option<String>,
    /// The client ID that the tokens are meant for, and that people sign in to.
    #[arg(long, requires = "issuer")]
    client_id: Option<String>,
    /// The client's secret; prefer the variable OIDC_CLIENT_SECRET, which other users of the machine cannot see. None for
    /// a public client.
    #[arg(long, requires = "issuer")]
    client_secret: Option<String>,
    /// Who may sign in, as the setting `required_claims` says it; a provider where anybody has an account needs it.
    #[arg(long, requires = "issuer")]
    required_claims: Option<String>,
    /// The port of the endpoint. With a real provider it is 8014 where nothing else is said, because the redirect URI has it.
    #[arg(long)]
    port: Option<u16>,
    /// The app of the stand-in for Dify: chat, agent-chat, chatflow, completion, workflow and others.
    #[arg(long, default_value = "chatflow", conflicts_with = "dify_api_url")]
    app: String,
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
    let running = start(workspace, options).await?;
    step::show(guide(&running).await?);
    interrupted().await?;
    step::announce("stopping");
    Ok(())
}

/// The plugin with everything around it. Dropping it stops them.
struct Running {
    stack: Stack,
    /// The pages of further apps, with their names.
    pages: Vec<(String, String)>,
    _dify: Dify,
}

async fn start(workspace: &Workspace, options: Options) -> Result<Running> {
    let dify = Dify::start(
        workspace,
        options.dify_api_url,
        options.app_key,
        &options.app,
    )
    .await?;
    let secret = options
        .client_secret
        .or_else(|| env::var("OIDC_CLIENT_SECRET").ok());
    let issuer = issuer(options.issuer.zip(options.client_id)).await?;

    let mut stack_options = StackOptions::new(issuer, &dify.api_url, &dify.app_key);
    stack_options.port = match stack_options.issuer {
        Issuer::External { .. } => options.port.unwrap_or(PORT),
        _ => options.port.unwrap_or(0),
    };
    let settings = [
        ("user_claim", options.user_claim),
        ("required_claims", options.required_claims),
    ];
    let given = settings
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), json!(value?))));
    stack_options.settings = Map::from_iter(given);
    let further = further_apps(&stack_options.issuer, &dify);
    for (_, hook, _) in &further {
        stack_options.add_endpoint(hook);
    }
    step::announce("starting the plugin, in a stand-in for Dify's plugin daemon");
    let stack = Stack::start(stack_options).await?;
    turn_sign_in_on(&stack, secret).await?;
    let mut pages = Vec::new();
    for (app, hook, key) in further {
        pages.push((app.to_owned(), stack.turn_page_on(hook, &key).await?));
    }
    Ok(Running {
        stack,
        pages,
        _dify: dify,
    })
}

/// Names, hooks and keys of [`FURTHER`]: a real Dify has none of these apps, and a real provider knows no client of theirs.
fn further_apps(issuer: &Issuer, dify: &Dify) -> Vec<(&'static str, &'static str, String)> {
    let Issuer::IdentityProvider(_) = issuer else {
        return Vec::new();
    };
    let key = |(app, hook)| Some((app, hook, dify.apps.get(app)?.clone()));
    FURTHER.into_iter().filter_map(key).collect()
}

async fn issuer(external: Option<(String, String)>) -> Result<Issuer> {
    if let Some((issuer, client_id)) = external {
        return Ok(Issuer::External { issuer, client_id });
    }
    step::announce("starting the identity provider");
    Ok(Issuer::IdentityProvider(IdentityProvider::start().await?))
}

/// People sign in to the client whose tokens are accepted.
async fn turn_sign_in_on(stack: &Stack, secret: Option<String>) -> Result<()> {
    let Issuer::External { .. } = stack.issuer else {
        return Ok(stack.turn_sign_in_on().await?);
    };
    let (name, value) = match &secret {
        Some(secret) => ("client_secret", secret.as_str()),
        None => ("client_authentication", "none"),
    };
    let settings = json!({"sign_in": "on", "public_url": stack.page_url(), (name): value});
    stack.change_settings(&settings);
    Ok(())
}

async fn guide(Running { stack, pages, .. }: &Running) -> Result<Guide> {
    let mut guide = Guide {
        page: stack.page_url(),
        pages: pages.clone(),
        endpoint: stack.url(),
        people: None,
        signed_in: None,
    };
    if let Issuer::IdentityProvider(provider) = &stack.issuer {
        let user = provider
            .users()
            .first()
            .context("the identity provider has no user")?;
        step::announce(&format!("signing {user} in at {}", provider.issuer()));
        let tokens = provider.sign_in(user).await?;
        guide.people = Some((provider.users().to_vec(), provider.password().to_owned()));
        guide.signed_in = Some((user.clone(), tokens.access_token));
    }
    Ok(guide)
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

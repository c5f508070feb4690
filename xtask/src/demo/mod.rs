//! `cargo xtask demo`: the packaged plugin between an identity provider and a Dify app, on this machine.

use std::env;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use clap::Args;
use clap::builder::PossibleValuesParser;
use harness::{IdentityProvider, Issuer, Stack, StackOptions};
use serde_json::{Map, Value, json};
use tokio::runtime::Runtime;

use crate::step::Steps;
use crate::workspace::Workspace;
use crate::{package, setup, step};

mod arguments;
#[cfg(feature = "all")]
mod browser;
mod dify;
mod frontend;
mod guide;

#[cfg(feature = "all")]
pub use browser::{measure_frames, take_screenshots};
use dify::Dify;
use frontend::Frontend;
use guide::{Guide, Run, SignedIn};

/// The endpoint's port where a real provider must know the redirect URI.
const PORT: u16 = 8014;

/// The apps of the stand-in for Dify.
const APPS: [&str; 11] = [
    "agent_chat",
    "audio_chatflow",
    "chat",
    "chatflow",
    "completion",
    "hitl_chatflow",
    "hitl_workflow",
    "slow_chatflow",
    "slow_workflow",
    "strict_workflow",
    "workflow",
];

/// The apps of the stand-in that have a page of their own besides, one of each mode, with the ids of their hooks.
const FURTHER: [(&str, &str); 5] = [
    ("chat", "chatchatchatchat"),
    ("agent_chat", "agentchatagentch"),
    ("hitl_chatflow", "chatflowchatflow"),
    ("completion", "completioncomple"),
    ("workflow", "workflowworkflow"),
];

/// From the start of the plugin until its endpoint works: the provider's documents are fetched, and Dify is asked.
const UNTIL_UP: Duration = Duration::from_secs(30);

/// Between two looks at `/health`.
const LOOK: Duration = Duration::from_millis(250);

/// What surrounds the plugin. A stand-in takes the place of whatever is not named.
#[derive(Args, Default)]
pub struct Options {
    /// The issuer URL of a real identity provider; then the redirect URI to register there is printed, and no token.
    #[arg(long, requires = "client_id")]
    issuer: Option<String>,
    /// The client ID that the tokens are issued for, and that people sign in to.
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
    /// The app of the stand-in for Dify.
    #[arg(long, default_value = "chatflow", conflicts_with = "dify_api_url", value_parser = PossibleValuesParser::new(APPS))]
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
/// An argument cannot be used, a set-up step has failed, or one of the processes has not started.
pub fn run(workspace: &Workspace, mut options: Options) -> Result<()> {
    step::show(
        "The demo runs the plugin on this machine, between an identity provider and a Dify app.\n\
         The first time it installs and compiles for some minutes; after that it takes seconds.\n",
    );
    let mut steps = Steps::of(7);
    steps.begin("Checking the arguments, Python and Node");
    let mode = arguments::check(workspace, &mut options)?;
    let run = Run::of(mode.as_deref().unwrap_or(&options.app));
    steps.begin("Python packages (.venv)");
    setup::environment(workspace)?;
    steps.begin("The identity provider's packages");
    if options.issuer.is_none() {
        setup::identity_provider(workspace)?;
    }
    steps.begin("The chat page, the module and the package");
    let package = package::quick(workspace)?;
    steps.begin("The stand-in for Dify");
    if options.dify_api_url.is_none() {
        dify::build(workspace)?;
    }
    steps.begin("Starting");
    Runtime::new()?.block_on(async {
        let frontend = Frontend::bind().await?;
        let origins = Some(frontend.allowed_origins());
        let running = start(workspace, options, Some(package), origins).await?;
        steps.begin("Asking /health");
        wait_until_up(&running).await?;
        let guide = guide(&running, run, &frontend).await?;
        let token = guide
            .signed_in
            .as_ref()
            .map_or("", |signed_in| &signed_in.token);
        let url = format!("{}{}", guide.endpoint, run.path());
        let _server = frontend.serve(&url, token);
        step::show(&guide);
        interrupted().await?;
        step::announce("stopping");
        Ok(())
    })
}

/// The plugin with everything around it. Dropping it stops them.
struct Running {
    stack: Stack,
    /// The pages of further apps, with their names.
    pages: Vec<(String, String)>,
    dify: Dify,
}

/// Starts the `package`, or the one in `dist/`.
async fn start(
    workspace: &Workspace,
    options: Options,
    package: Option<PathBuf>,
    allowed_origins: Option<String>,
) -> Result<Running> {
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
    stack_options.package = package;
    stack_options.port = match stack_options.issuer {
        Issuer::External { .. } => options.port.unwrap_or(PORT),
        _ => options.port.unwrap_or(0),
    };
    let settings = [
        ("user_claim", options.user_claim),
        ("required_claims", options.required_claims),
        ("allowed_origins", allowed_origins),
        ("mcp", Some("on".to_owned())),
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
    Ok(Running { stack, pages, dify })
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

/// Waits until `/health` says that the endpoint works.
///
/// # Errors
/// It does not in time; the error has what `/health` says is wrong.
async fn wait_until_up(Running { stack, dify, .. }: &Running) -> Result<()> {
    let url = format!("{}/health", stack.url());
    let client = harness::http_client();
    let start = Instant::now();
    loop {
        let response = client.get(&url).bearer_auth(&dify.app_key).send().await?;
        if response.status().is_success() {
            return Ok(());
        }
        let report = response.text().await?;
        if start.elapsed() > UNTIL_UP {
            bail!(
                "/health says that the endpoint does not work:\n{}",
                shown(&report)
            );
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// The report without the limits, which are long and never wrong.
fn shown(report: &str) -> String {
    let Ok(Value::Object(mut members)) = serde_json::from_str(report) else {
        return report.to_owned();
    };
    members.remove("limits");
    format!("{:#}", Value::Object(members))
}

async fn guide(
    Running { stack, pages, dify }: &Running,
    run: Run,
    frontend: &Frontend,
) -> Result<Guide> {
    let mut guide = Guide {
        page: stack.page_url(),
        pages: pages.clone(),
        endpoint: stack.url(),
        frontend: frontend.origin().to_owned(),
        app_key: dify.app_key.clone(),
        run,
        people: None,
        signed_in: None,
        is_stand_in: !dify.apps.is_empty(),
        tool: None,
    };
    if let Issuer::IdentityProvider(provider) = &stack.issuer {
        let user = provider
            .users()
            .first()
            .context("the identity provider has no user")?;
        step::announce(&format!("signing {user} in at {}", provider.issuer()));
        let tokens = provider.sign_in(user).await?;
        guide.tool = tool(stack, &tokens.access_token).await?;
        guide.people = Some((provider.users().to_vec(), provider.password().to_owned()));
        guide.signed_in = Some(SignedIn {
            user: user.clone(),
            token: tokens.access_token,
            minutes: tokens.expires_in / 60,
        });
    }
    Ok(guide)
}

/// The name of the tool that the app is for AI clients; an app that needs an uploaded file is none.
async fn tool(stack: &Stack, token: &str) -> Result<Option<String>> {
    let request = harness::http_client()
        .post(format!("{}/mcp", stack.url()))
        .bearer_auth(token)
        .json(&json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"}));
    let response = request.send().await?;
    // A person whom the options shut out sees why in every line of the guide.
    if !response.status().is_success() {
        return Ok(None);
    }
    let response: Value = response.json().await?;
    let name = response.pointer("/result/tools/0/name");
    Ok(name.and_then(Value::as_str).map(str::to_owned))
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

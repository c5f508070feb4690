//! The plugin with everything around it.

use std::path::PathBuf;
use std::sync::Arc;

use serde_json::{Map, Value, json};
use stand_in_daemon::{Daemon, Hook, Limits, Options};

#[cfg(feature = "tests")]
use crate::TestIssuer;
use crate::{Error, IdentityProvider, workspace};

/// The id of the stack's own endpoint.
pub const HOOK_ID: &str = "abcdefghijklmnop";
/// What the plugin sees as `session.endpoint_id`, and logs.
pub const ENDPOINT_ID: &str = "6f1d2c3b-0000-4000-8000-000000000001";
/// The audience of the tokens of [`TestIssuer::claims`].
#[cfg(feature = "tests")]
const TEST_CLIENT_ID: &str = "dify-web";

/// Who issues the tokens.
#[derive(Debug)]
pub enum Issuer {
    /// A provider that is not the harness's to start.
    External {
        /// The issuer URL.
        issuer: String,
        /// The client ID that tokens are meant for.
        client_id: String,
    },
    /// The real `oidc-provider`.
    IdentityProvider(IdentityProvider),
    /// The issuer that does what a test wants.
    #[cfg(feature = "tests")]
    Test(TestIssuer),
}

/// How a stack is started.
#[derive(Debug)]
pub struct StackOptions {
    /// Who issues the tokens.
    pub issuer: Issuer,
    /// Dify's app API, with its `/v1`.
    pub dify_api_url: String,
    /// The app's key.
    pub app_key: String,
    /// Settings of the endpoint beyond the four that follow from the above, or instead of them; null removes one.
    pub settings: Map<String, Value>,
    /// Further endpoints, for example of another workspace.
    pub further_endpoints: Vec<Hook>,
    /// The package; that of `dist/` where there is none.
    pub package: Option<PathBuf>,
    /// The daemon's limits.
    pub limits: Limits,
    /// Added to the plugin's environment.
    pub environment: Vec<(String, String)>,
    /// The daemon's loopback port; 0 for a free one.
    pub port: u16,
}

impl StackOptions {
    /// A stack without anything special.
    pub fn new(
        issuer: Issuer,
        dify_api_url: impl Into<String>,
        app_key: impl Into<String>,
    ) -> Self {
        Self {
            issuer,
            dify_api_url: dify_api_url.into(),
            app_key: app_key.into(),
            settings: Map::new(),
            further_endpoints: Vec::new(),
            package: None,
            limits: Limits::default(),
            environment: Vec::new(),
            port: 0,
        }
    }

    fn endpoint_settings(&self) -> Value {
        let (issuer, client_id) = match &self.issuer {
            Issuer::External { issuer, client_id } => (issuer.as_str(), client_id.as_str()),
            Issuer::IdentityProvider(provider) => (provider.issuer(), provider.client_id()),
            #[cfg(feature = "tests")]
            Issuer::Test(issuer) => (issuer.issuer(), TEST_CLIENT_ID),
        };
        let mut settings = Map::from_iter([
            ("issuer".to_owned(), json!(issuer)),
            ("client_id".to_owned(), json!(client_id)),
            ("dify_api_url".to_owned(), json!(self.dify_api_url)),
            ("app_key".to_owned(), json!(self.app_key)),
        ]);
        settings.extend(self.settings.clone());
        settings.retain(|_, value| !value.is_null());
        Value::Object(settings)
    }
}

/// A plugin that runs in the stand-in daemon. Dropping it stops the issuer too, if the harness has started it.
#[derive(Debug)]
pub struct Stack {
    /// The daemon, which may serve other stacks before and after.
    pub daemon: Arc<Daemon>,
    /// Who issues the tokens.
    pub issuer: Issuer,
    settings: Value,
}

impl Stack {
    /// Starts the packaged plugin with its endpoints.
    ///
    /// # Errors
    ///
    /// There is no package or no virtual environment yet, or the daemon does not start.
    pub async fn start(options: StackOptions) -> Result<Self, Error> {
        let settings = options.endpoint_settings();
        let hook = Hook {
            id: HOOK_ID.to_owned(),
            endpoint_id: ENDPOINT_ID.to_owned(),
            settings: settings.clone(),
        };
        let mut hooks = options.further_endpoints;
        hooks.push(hook);
        let daemon = Daemon::start(Options {
            package: options.package.map_or_else(workspace::package, Ok)?,
            python: workspace::python()?,
            hooks,
            environment: options.environment,
            port: options.port,
            limits: options.limits,
            ..Options::default()
        });
        Ok(Self {
            daemon: Arc::new(daemon.await?),
            issuer: options.issuer,
            settings,
        })
    }

    /// Puts the endpoints of these options into a daemon that is running, in place of all others. The stack's own one
    /// has an id that was never used, so that the plugin knows nothing of it. What else the options say is the daemon's
    /// affair.
    pub fn in_daemon(daemon: Arc<Daemon>, options: StackOptions) -> Self {
        let settings = options.endpoint_settings();
        let mut hooks = options.further_endpoints;
        hooks.push(Hook {
            id: HOOK_ID.to_owned(),
            endpoint_id: uuid::Uuid::new_v4().to_string(),
            settings: settings.clone(),
        });
        daemon.set_hooks(hooks);
        Self {
            daemon,
            issuer: options.issuer,
            settings,
        }
    }

    /// The endpoint's URL, without a slash at the end.
    pub fn url(&self) -> String {
        self.daemon.url_of(HOOK_ID)
    }

    /// Saves these settings of the endpoint beside those that it was started with; null removes one.
    pub fn change_settings(&self, changes: &Value) {
        let mut settings = self.settings.clone();
        if let (Some(members), Some(changes)) = (settings.as_object_mut(), changes.as_object()) {
            members.extend(changes.clone());
            members.retain(|_, value| !value.is_null());
        }
        self.daemon.set_settings(HOOK_ID, settings);
    }

    /// The settings that the endpoint was started with, to be changed and given to [`Daemon::set_settings`].
    pub fn settings(&self) -> &Value {
        &self.settings
    }
}

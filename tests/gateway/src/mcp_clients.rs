//! The official MCP SDKs, in the two major versions that people have of each: the scripts of `tests/clients`.

use harness::workspace;
use serde_json::Value;
use tokio::process::Command;

/// An SDK, and the era of the protocol that it speaks as it is used here.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum McpClient {
    /// `@modelcontextprotocol/sdk`, which knows the legacy era alone.
    TypeScript1,
    /// `@modelcontextprotocol/client` as it is where nobody says anything: legacy.
    TypeScript2,
    /// The same where it may choose: modern.
    TypeScript2Auto,
    /// `mcp` 1.x, which knows the legacy era alone.
    Python1,
    /// `mcp` 2.x as it is where nobody says anything: modern.
    Python2,
    /// The same held to the legacy era.
    Python2Legacy,
}

impl McpClient {
    /// Every SDK in every era that it knows.
    pub const ALL: [Self; 6] = [
        Self::TypeScript1,
        Self::TypeScript2,
        Self::TypeScript2Auto,
        Self::Python1,
        Self::Python2,
        Self::Python2Legacy,
    ];

    /// Every SDK as it is where nobody says anything.
    pub const MAJOR_VERSIONS: [Self; 4] = [
        Self::TypeScript1,
        Self::TypeScript2,
        Self::Python1,
        Self::Python2,
    ];

    /// What the gateway's log calls the era.
    pub const fn era(self) -> &'static str {
        match self {
            Self::TypeScript2Auto | Self::Python2 => "modern",
            Self::TypeScript1 | Self::TypeScript2 | Self::Python1 | Self::Python2Legacy => "legacy",
        }
    }

    /// Whether it tells the server that a call is cancelled. In the modern era the closed connection says so, and the
    /// SDK 1.x for Python has nothing that says it.
    pub const fn tells_of_cancelling(self) -> bool {
        matches!(
            self,
            Self::TypeScript1 | Self::TypeScript2 | Self::Python2Legacy
        )
    }

    /// What the client's script prints of a plan. Script and plan are described in `tests/clients/mcp/call.mjs`.
    pub async fn carry_out(self, plan: &Value) -> Value {
        let mut command = self.command();
        command
            .arg(plan.to_string())
            .env("NO_PROXY", "127.0.0.1,localhost")
            .kill_on_drop(true);
        let output = command.output().await.unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{self:?}: {errors}");
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{self:?}: {errors}"))
    }

    /// What each of these clients prints of its plan, all at once.
    pub async fn carry_out_all(
        clients: &[Self],
        plan_of: impl Fn(Self) -> Value,
    ) -> Vec<(Self, Value)> {
        let found = clients.iter().map(|client| {
            let plan = plan_of(*client);
            async move { (*client, client.carry_out(&plan).await) }
        });
        futures::future::join_all(found).await
    }

    fn command(self) -> Command {
        match self {
            Self::TypeScript1 => node("sdk"),
            Self::TypeScript2 => node("client"),
            Self::TypeScript2Auto => node("client-auto"),
            Self::Python1 => {
                let mut command = python("mcp_call_1.py");
                command.env("PYTHONPATH", workspace::older_mcp_client().unwrap());
                command
            }
            Self::Python2 => with(python("mcp_call.py"), "auto"),
            Self::Python2Legacy => with(python("mcp_call.py"), "legacy"),
        }
    }
}

fn node(library: &str) -> Command {
    let mut command = Command::new("node");
    command.arg(workspace::root().join("tests/clients/mcp/call.mjs"));
    with(command, library)
}

fn python(script: &str) -> Command {
    let mut command = Command::new(workspace::python().unwrap());
    command.arg(workspace::root().join("tests/clients/pypi").join(script));
    command
}

fn with(mut command: Command, argument: &str) -> Command {
    command.arg(argument);
    command
}

//! The packaged plugin for a long time: `tests/gateway/src/soak` and `tests/gateway/src/chaos`.

use anyhow::{Context, Result};

use crate::workspace::Workspace;
use crate::{package, setup, step};

/// As `tests/gateway/src/bin/soak.rs` names them.
pub const SCENARIOS: [&str; 5] = ["chaos", "growth", "limits", "mcp-clients", "slow-reader"];

/// Builds the package, then runs each scenario on it. Only the chaos lasts `seconds`; the others end by themselves.
///
/// # Errors
/// A scenario has failed; what it found is printed above.
pub fn run(
    workspace: &Workspace,
    scenarios: &[&str],
    seconds: u64,
    seed: Option<u64>,
) -> Result<()> {
    let python = setup::environment(workspace)?;
    setup::mcp_clients(workspace)?;
    setup::older_mcp_client(workspace, &python)?;
    package::build(workspace, package::Packaging::default())?;
    for scenario in scenarios {
        let mut cargo = workspace.cargo();
        cargo
            .args([
                "run",
                "--package",
                "gateway-tests",
                "--bin",
                "soak",
                "--",
                scenario,
            ])
            .args(["--seconds", &seconds.to_string()])
            .args(
                seed.iter()
                    .flat_map(|seed| ["--seed".to_owned(), seed.to_string()]),
            );
        step::run(&format!("soaking the plugin: {scenario}"), &mut cargo).with_context(|| {
            format!(
                "The plugin has failed in the scenario {scenario}. What it found is printed above."
            )
        })?;
    }
    Ok(())
}

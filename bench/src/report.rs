//! `bench/RESULTS.md`: the figures, what they should be, and the machine that they were measured on.

use std::fmt::Write as _;
use std::fs;
use std::process::Command;

use anyhow::{Context, Result};

use crate::comparison::Comparison;
use crate::figures::{Figures, Load};
use crate::growth::Point;
use crate::load::Sample;
use crate::mcp::McpLoad;
use crate::plan::Plan;
use crate::session::Sessions;
use crate::survival::Row;
use crate::targets::{self, Target};
use crate::transfer::Transfers;

const PATH: &str = "bench/RESULTS.md";
/// Of another run: `cargo xtask soak --target survival`.
const SURVIVAL: &str = "## Survival";

/// Writes the report, and prints its first table.
///
/// # Errors
/// The file cannot be written.
pub fn write(plan: &Plan, figures: &Figures) -> Result<()> {
    let summary = summary(targets::all(figures))?;
    print!("{summary}");
    let text = format!(
        "# Measured by `cargo xtask bench`\n\n{}\n\n## Targets\n\n{summary}\n## Loads\n\n{}\n## Growth\n\n{}\n## Other figures\n\n{}\n{}\n{}\n{}\n{}",
        machine(plan)?,
        loads(&figures.loads)?,
        growth(&figures.growth)?,
        others(figures)?,
        transfers(&figures.transfers)?,
        verification(figures)?,
        sessions(&figures.sessions)?,
        mcp(&figures.mcp)?,
    );
    let survival = fs::read_to_string(plan.root.join(PATH)).unwrap_or_default();
    let (_, survival) = split_survival(&survival);
    fs::write(plan.root.join(PATH), format!("{text}{survival}"))?;
    println!("==> written to {PATH}");
    Ok(())
}

/// Writes what was survived behind what else the file has.
///
/// # Errors
/// The file cannot be written.
pub fn write_survival(plan: &Plan, rows: &[Row]) -> Result<()> {
    let mut table = format!(
        "\n{SURVIVAL}\n\n{}\n\n| What | Floor | Gateway |\n|---|---|---|\n",
        machine(plan)?
    );
    for Row {
        what,
        floor,
        gateway,
    } in rows
    {
        let floor = floor
            .map(|figure| format!("{figure:.2}"))
            .unwrap_or_default();
        writeln!(table, "| {what} | {floor} | {gateway:.2} |")?;
    }
    print!("{table}");
    let text = fs::read_to_string(plan.root.join(PATH)).unwrap_or_default();
    let (others, _) = split_survival(&text);
    fs::write(plan.root.join(PATH), format!("{others}{table}"))?;
    println!("==> written to {PATH}");
    Ok(())
}

/// The file's other parts, and the one that [`write_survival`] has written.
fn split_survival(text: &str) -> (&str, &str) {
    let at = text.find(&format!("\n{SURVIVAL}\n")).unwrap_or(text.len());
    text.split_at_checked(at).unwrap_or((text, ""))
}

/// Prints what sessions cost, and writes nothing: the figures of the file are of one run. So do the others.
///
/// # Errors
/// None that is expected.
pub fn print_sessions(measured: &Sessions) -> Result<()> {
    print(targets::of_sessions(measured), &sessions(measured)?)
}

/// Prints what calls of AI clients cost.
///
/// # Errors
/// None that is expected.
pub fn print_mcp(measured: &[McpLoad]) -> Result<()> {
    print(targets::of_mcp(measured), &mcp(measured)?)
}

/// Prints what chat messages cost.
///
/// # Errors
/// None that is expected.
pub fn print_loads(measured: &[Load]) -> Result<()> {
    print(targets::of_loads(measured), &loads(measured)?)
}

/// Prints how fast large bodies are.
///
/// # Errors
/// None that is expected.
pub fn print_transfers(measured: &Transfers) -> Result<()> {
    print(
        targets::of_transfers(measured).into(),
        &transfers(measured)?,
    )
}

/// Prints how the cost grows, for which there are no targets.
///
/// # Errors
/// None that is expected.
pub fn print_growth(measured: &[Point]) -> Result<()> {
    println!("{}", growth(measured)?);
    Ok(())
}

fn print(targets: Vec<Target>, table: &str) -> Result<()> {
    println!("{}\n{table}", summary(targets)?);
    Ok(())
}

fn summary(targets: Vec<Target>) -> Result<String> {
    let mut table = String::from("| What | Measured | Target | |\n|---|---|---|---|\n");
    for Target {
        what,
        measured,
        bound,
    } in targets
    {
        let verdict = if bound.holds(measured) {
            "holds"
        } else {
            "**missed**"
        };
        let bound = bound.text();
        writeln!(table, "| {what} | {measured:.2} | {bound} | {verdict} |")?;
    }
    Ok(table)
}

fn loads(measured: &[Load]) -> Result<String> {
    let mut table = String::from(
        "CPU is the processor time of the plugin's process for one request, p99 what one request in a hundred exceeds.\n\n\
         | Load | Plugin | Requests/s | Median, ms | p99, ms | First bytes, ms | CPU, ms |\n|---|---|---|---|---|---|---|\n",
    );
    for load in measured {
        let samples = &load.samples;
        for (plugin, sample) in [("floor", &samples.floor), ("gateway", &samples.gateway)] {
            let Sample {
                per_second,
                whole,
                slowest,
                first,
                processor,
            } = sample;
            let load = Load::name(load.kind, load.clients);
            writeln!(
                table,
                "| {load} | {plugin} | {per_second:.0} | {whole:.2} | {slowest:.2} | {first:.2} | {processor:.2} |"
            )?;
        }
    }
    Ok(table)
}

/// How the cost of a blocking request grows, with four clients.
fn growth(measured: &[Point]) -> Result<String> {
    let mut table = String::from(
        "Blocking, 4 clients. A gateway keeps 256 instances at most, and 256 MiB of them. With more endpoints in turn, each request \
         finds an instance that remembers nothing: it asks the provider for its documents and verifies the token anew. All \
         settings of an endpoint may have 64 KiB together.\n\n\
         | What grows | Requests/s: floor | Gateway | CPU, ms: floor | Gateway | p99, ms: floor | Gateway | MiB: floor | Gateway |\n\
         |---|---|---|---|---|---|---|---|---|\n",
    );
    for Point {
        size,
        samples: Comparison { floor, gateway },
        memory,
    } in measured
    {
        writeln!(
            table,
            "| {size} | {:.0} | {:.0} | {:.2} | {:.2} | {:.1} | {:.1} | {:.0} | {:.0} |",
            floor.per_second,
            gateway.per_second,
            floor.processor,
            gateway.processor,
            floor.slowest,
            gateway.slowest,
            memory.floor,
            memory.gateway,
        )?;
    }
    Ok(table)
}

fn others(figures: &Figures) -> Result<String> {
    let mut table = String::from("| What | Floor | Gateway |\n|---|---|---|\n");
    let rows = [
        (
            "First heartbeat without compiled cache, s",
            figures.start.of(|start| start.first),
        ),
        (
            "First heartbeat with it, s",
            figures.start.of(|start| start.later),
        ),
        ("Memory, idle, MiB", figures.idle_memory),
        (
            "Memory after 200 uploads of 9.9 MiB, MiB",
            figures.uploaded_memory,
        ),
        (
            "Share of a core with 500 streams of 20 events/s",
            figures.streams,
        ),
    ];
    for (what, Comparison { floor, gateway }) in rows {
        writeln!(table, "| {what} | {floor:.2} | {gateway:.2} |")?;
    }
    let kilobytes = figures.module_bytes as f64 / 1000.0;
    writeln!(table, "| Module, kB | | {kilobytes:.0} |")?;
    Ok(table)
}

fn transfers(measured: &Transfers) -> Result<String> {
    let mut table = String::from(
        "Bodies of 10 MB, 4 clients.\n\n| Transfer | Plugin | MB/s | p99, ms | CPU, ms |\n|---|---|---|---|---|\n",
    );
    for (what, transfer) in [
        ("uploads", &measured.uploads),
        ("downloads", &measured.downloads),
    ] {
        let (rate, samples) = (transfer.rate(), &transfer.samples);
        for (plugin, rate, sample) in [
            ("floor", rate.floor, &samples.floor),
            ("gateway", rate.gateway, &samples.gateway),
        ] {
            let Sample {
                slowest, processor, ..
            } = sample;
            writeln!(
                table,
                "| {what} | {plugin} | {rate:.1} | {slowest:.0} | {processor:.1} |"
            )?;
        }
    }
    Ok(table)
}

fn verification(figures: &Figures) -> Result<String> {
    let mut table = String::from(
        "| Deciding inside the process, ms | Unseen token | Seen token |\n|---|---|---|\n",
    );
    for verification in &figures.verification {
        writeln!(
            table,
            "| {} | {:.2} | {:.2} |",
            verification.algorithm, verification.unseen, verification.seen
        )?;
    }
    Ok(table)
}

fn sessions(measured: &Sessions) -> Result<String> {
    let mut table = String::from(
        "By a token that was seen before and by a session, at a gateway where people can sign in.\n\n\
         | Load | Credential | Requests/s | Median, ms | CPU, ms |\n|---|---|---|---|---|\n",
    );
    for load in &measured.loads {
        for (credential, sample) in [("token", &load.token), ("session", &load.session)] {
            let Sample {
                per_second,
                whole,
                processor,
                ..
            } = sample;
            let load = Load::name("blocking", load.clients);
            writeln!(
                table,
                "| {load} | {credential} | {per_second:.0} | {whole:.2} | {processor:.2} |"
            )?;
        }
    }
    let cost = &measured.cost;
    writeln!(
        table,
        "\n| Inside the process, ms | |\n|---|---|\n| `GET /whoami` by a seen token | {:.3} |\n\
         | The same by a session | {:.3} |\n| `POST /auth/refresh`, which seals a session too | {:.3} |",
        cost.by_token, cost.by_session, cost.refresh
    )?;
    Ok(table)
}

fn mcp(measured: &[McpLoad]) -> Result<String> {
    let mut table = String::from(
        "The same question as a streaming chat message and as a call of an AI client (`POST /mcp`). With 200 clients the \
         plugin's process is never idle, so each response waits for those of the others: the median is the number of clients \
         divided by the requests of a second, whatever one request costs. What a call adds to a request is there the \
         difference of processor time, and that has the target.\n\n\
         | Load | Asked by | Requests/s | Median, ms | First bytes, ms | CPU, ms |\n|---|---|---|---|---|---|\n",
    );
    for load in measured {
        for (asked_by, sample) in [("chat", &load.chat), ("call", &load.call)] {
            let Sample {
                per_second,
                whole,
                first,
                processor,
                ..
            } = sample;
            let load = Load::name("streaming", load.clients);
            writeln!(
                table,
                "| {load} | {asked_by} | {per_second:.0} | {whole:.2} | {first:.2} | {processor:.2} |"
            )?;
        }
    }
    Ok(table)
}

fn machine(plan: &Plan) -> Result<String> {
    let processor = fs::read_to_string("/proc/cpuinfo")?;
    let model = processor
        .lines()
        .find_map(|line| line.strip_prefix("model name"));
    let model = model.map_or("unknown", |model| {
        model.trim_start_matches([' ', '\t', ':'])
    });
    let cores = std::thread::available_parallelism()?;
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease")?;
    let rust = printed(Command::new("rustc").arg("--version"))?;
    let script = "import platform, importlib.metadata as m; \
                  print(f'Python {platform.python_version()}', *(f'{n} {m.version(n)}' for n in ('dify_plugin', 'wasmtime', 'urllib3', 'gevent')), sep=', ')";
    let python = printed(Command::new(&plan.python).args(["-c", script]))?;
    Ok(format!(
        "Machine: {model}, {cores} cores, Linux {}; {rust}; {python}. {} rounds of {} s for each load, twice as long for 1000 clients. \
         Clients, stand-in daemon and stand-in Dify run on the same machine. Ratios decide; absolute figures are for orientation.",
        kernel.trim(),
        plan.rounds,
        plan.duration.as_secs(),
    ))
}

fn printed(command: &mut Command) -> Result<String> {
    let output = command
        .output()
        .with_context(|| format!("{} does not start", command.get_program().display()))?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

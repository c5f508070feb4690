//! `bench/RESULTS.md`: what was measured, against what it should be, on which machine.

use std::fmt::Write as _;
use std::fs;
use std::process::Command;

use anyhow::{Context, Result};

use crate::load::Sample;
use crate::streams;
use crate::suite::{Figures, Load, Pair, Plan};

const PATH: &str = "bench/RESULTS.md";

/// One line of the first table.
struct Target {
    what: String,
    measured: f64,
    bound: Bound,
}

enum Bound {
    AtLeast(f64),
    AtMost(f64),
}

impl Bound {
    fn holds(&self, measured: f64) -> bool {
        match self {
            Self::AtLeast(least) => measured >= *least,
            Self::AtMost(most) => measured <= *most,
        }
    }

    fn text(&self) -> String {
        match self {
            Self::AtLeast(least) => format!("at least {least}"),
            Self::AtMost(most) => format!("at most {most}"),
        }
    }
}

/// Writes the report, and prints its first table.
///
/// # Errors
/// The file cannot be written.
pub fn write(plan: &Plan, figures: &Figures) -> Result<()> {
    let summary = summary(figures)?;
    print!("{summary}");
    let text = format!(
        "# Measured by `cargo xtask bench`\n\n{}\n\n## Targets\n\n{summary}\n## Loads\n\n{}\n## Other figures\n\n{}",
        machine(plan)?,
        loads(figures)?,
        others(figures)?,
    );
    fs::write(plan.root.join(PATH), text)?;
    println!("==> written to {PATH}");
    Ok(())
}

fn summary(figures: &Figures) -> Result<String> {
    let mut table = String::from("| What | Measured | Wanted | |\n|---|---|---|---|\n");
    for Target {
        what,
        measured,
        bound,
    } in targets(figures)
    {
        let verdict = if bound.holds(measured) {
            "holds"
        } else {
            "**missed**"
        };
        writeln!(
            table,
            "| {what} | {measured:.2} | {} | {verdict} |",
            bound.text()
        )?;
    }
    Ok(table)
}

fn targets(figures: &Figures) -> Vec<Target> {
    let mut targets = Vec::new();
    let mut add = |what: &str, measured: f64, bound: Bound| {
        targets.push(Target {
            what: what.to_owned(),
            measured,
            bound,
        });
    };
    for Load {
        kind,
        clients,
        samples,
    } in &figures.loads
    {
        let ratio = samples.gateway.per_second / samples.floor.per_second;
        add(
            &format!("Requests per second over the floor's: {kind}, {clients} clients"),
            ratio,
            Bound::AtLeast(0.85),
        );
    }
    for Load { kind, samples, .. } in figures.loads.iter().filter(|load| load.clients == 1) {
        let added = samples.gateway.whole - samples.floor.whole;
        add(
            &format!("Added to the median of one client, ms: {kind}"),
            added,
            Bound::AtMost(0.4),
        );
        if *kind == "streaming" {
            let added = samples.gateway.first - samples.floor.first;
            add(
                "Added to the time to the first event, ms",
                added,
                Bound::AtMost(2.0),
            );
        }
    }
    let compared = figures
        .loads
        .iter()
        .find(|load| load.kind == "blocking" && load.clients == 16);
    let times = compared.map_or(0.0, |load| {
        load.samples.gateway.per_second / figures.earlier.per_second
    });
    add(
        "Times the earlier design's requests per second: blocking, 16 clients",
        times,
        Bound::AtLeast(20.0),
    );
    for verification in &figures.verification {
        let most = match verification.algorithm {
            "RS256" => 0.5,
            "ES256" => 0.6,
            _ => 0.4,
        };
        let what = format!("Deciding on an unseen {} token, ms", verification.algorithm);
        add(&what, verification.unseen, Bound::AtMost(most));
    }
    let what = format!(
        "Share of a core over the floor's: {} streams",
        streams::STREAMS
    );
    add(
        &what,
        figures.streams.gateway - figures.streams.floor,
        Bound::AtMost(0.8),
    );
    let Pair { floor, gateway } = figures.start;
    add(
        "Start over the floor's with compiled cache, s",
        gateway.later - floor.later,
        Bound::AtMost(1.0),
    );
    add(
        "Start over the floor's without it, s",
        gateway.first - floor.first,
        Bound::AtMost(2.5),
    );
    add(
        "Memory over the floor's, idle, MiB",
        over(figures.idle_memory),
        Bound::AtMost(60.0),
    );
    add(
        "Memory over the floor's, after 200 uploads, MiB",
        over(figures.uploaded_memory),
        Bound::AtMost(60.0),
    );
    add(
        "Module, kB",
        figures.module_bytes as f64 / 1000.0,
        Bound::AtMost(700.0),
    );
    targets
}

fn over(pair: Pair<f64>) -> f64 {
    pair.gateway - pair.floor
}

fn loads(figures: &Figures) -> Result<String> {
    let mut table = String::from(
        "Medians. CPU is the processor time of the plugin's process for one request.\n\n\
         | Load | Who | Requests/s | Median, ms | First bytes, ms | CPU, ms |\n|---|---|---|---|---|---|\n",
    );
    let mut row = |load: &str, who: &str, sample: &Sample| {
        let Sample {
            per_second,
            whole,
            first,
            processor,
        } = sample;
        writeln!(
            table,
            "| {load} | {who} | {per_second:.0} | {whole:.2} | {first:.2} | {processor:.2} |"
        )
    };
    for Load {
        kind,
        clients,
        samples,
    } in &figures.loads
    {
        let load = format!("{kind}, {clients}");
        row(&load, "floor", &samples.floor)?;
        row(&load, "gateway", &samples.gateway)?;
    }
    row("blocking, 16", "earlier design", &figures.earlier)?;
    Ok(table)
}

fn others(figures: &Figures) -> Result<String> {
    let mut table = String::from("| What | Floor | Gateway |\n|---|---|---|\n");
    let mut row = |what: &str, Pair { floor, gateway }: Pair<f64>| {
        writeln!(table, "| {what} | {floor:.2} | {gateway:.2} |")
    };
    let start = figures.start;
    row(
        "First heartbeat without compiled cache, s",
        Pair {
            floor: start.floor.first,
            gateway: start.gateway.first,
        },
    )?;
    row(
        "First heartbeat with it, s",
        Pair {
            floor: start.floor.later,
            gateway: start.gateway.later,
        },
    )?;
    row("Memory, idle, MiB", figures.idle_memory)?;
    row(
        "Memory after 200 uploads of 9.9 MiB, MiB",
        figures.uploaded_memory,
    )?;
    row(
        "Share of a core with 500 streams of 20 events/s",
        figures.streams,
    )?;
    table.push_str(
        "\n| Deciding inside the process, ms | Unseen token | Seen token |\n|---|---|---|\n",
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
                  print('Python', platform.python_version(), *(f'{n} {m.version(n)}' for n in ('dify_plugin', 'wasmtime', 'urllib3', 'gevent')), sep=', ')";
    let python = printed(Command::new(&plan.python).args(["-c", script]))?;
    Ok(format!(
        "Machine: {model}, {cores} cores, Linux {}; {rust}; {python}. {} rounds of {} s for each load. \
         Clients, stand-in daemon and stand-in Dify run on the same machine. Ratios decide; absolute figures are for orientation.",
        kernel.trim(),
        plan.rounds,
        plan.duration.as_secs(),
    ))
}

fn printed(command: &mut Command) -> Result<String> {
    let output = command.output().context("a version cannot be asked for")?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

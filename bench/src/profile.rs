//! `bench/PROFILE.md`: where the time of a relayed request goes in the plugin's process, as `py-spy` samples it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::{Result, ensure};
use tokio::process::Command;

use crate::client::Message;
use crate::contender::Contender;
use crate::load;

const PATH: &str = "bench/PROFILE.md";
const CLIENTS: usize = 16;
const SECONDS: u64 = 10;
const SAMPLES_PER_SECOND: u64 = 500;
/// Functions with less than this share are left out.
const LEAST_SHARE: f64 = 0.01;
/// Threads that only wait; their samples do not count.
const IDLE: [&str; 2] = ["_advance_epochs", "acquire_with_timeout"];

/// Whose code was running: the first layer whose mark is in the innermost frame. `_enter` calls the module's code with
/// no frame of Python between.
const LAYERS: [(&str, &str); 6] = [
    ("Instance._enter", "the module, and getting there"),
    ("wasmtime/", "wasmtime's Python"),
    ("host/", "host"),
    ("dify_plugin/", "the SDK"),
    ("gevent/", "gevent"),
    ("", "Python's library and other packages"),
];

/// Samples `contender` under load and writes the profile. `python` is the interpreter of an environment with `py-spy`.
///
/// # Errors
/// `py-spy` cannot read the process: on most machines only root may.
pub async fn write(
    root: &Path,
    python: &Path,
    contender: &Contender,
    message: &Message,
) -> Result<()> {
    let directory = tempfile::TempDir::new()?;
    let raw = directory.path().join("raw");
    let mut record = Command::new(python.with_file_name("py-spy"))
        .args([
            "record",
            "--format",
            "raw",
            "--pid",
            &contender.process_id()?.to_string(),
        ])
        .args([
            "--duration",
            &(SECONDS - 4).to_string(),
            "--rate",
            &SAMPLES_PER_SECOND.to_string(),
        ])
        .arg("--output")
        .arg(&raw)
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()?;
    let load = load::measure(
        contender,
        std::slice::from_ref(message),
        CLIENTS,
        Duration::from_secs(SECONDS),
    );
    let (sample, recorded) = tokio::join!(load, record.wait());
    ensure!(
        recorded?.success(),
        "py-spy cannot read the plugin's process. Run the benchmark as root, or set kernel.yama.ptrace_scope to 0"
    );
    let stacks = Stacks::parse(&fs::read_to_string(&raw)?);
    let text = format!(
        "# Where the time of a request goes\n\n\
         `cargo xtask bench` sampled the plugin's process while {CLIENTS} clients sent blocking chat messages with one token: \
         {:.2} ms of processor time for each.\n\n## By layer\n\n{}\n## By function, with what it calls\n\n{}",
        sample?.processor,
        stacks.by_layer()?,
        stacks.by_function()?,
    );
    fs::write(root.join(PATH), text)?;
    Ok(())
}

/// Samples with the same frames, outermost first.
struct Stacks(Vec<(Vec<String>, u64)>);

impl Stacks {
    /// Reads `frame;frame;… count`, line by line.
    fn parse(raw: &str) -> Self {
        let stacks = raw.lines().filter_map(|line| {
            let (frames, count) = line.rsplit_once(' ')?;
            let frames: Vec<String> = frames.split(';').map(without_line).collect();
            let is_idle = frames
                .iter()
                .any(|frame| IDLE.iter().any(|idle| frame.starts_with(idle)));
            (!is_idle).then(|| Some((frames, count.parse().ok()?)))?
        });
        Self(stacks.collect())
    }

    fn total(&self) -> f64 {
        self.0.iter().map(|(_, count)| *count as f64).sum()
    }

    fn by_layer(&self) -> Result<String> {
        let mut shares: BTreeMap<&str, f64> = BTreeMap::new();
        for (frames, count) in &self.0 {
            let innermost = frames.last().map_or("", String::as_str);
            let layer = LAYERS.iter().find(|(mark, _)| innermost.contains(mark));
            *shares
                .entry(layer.map_or("", |(_, layer)| layer))
                .or_default() += *count as f64;
        }
        table(
            "Layer",
            shares
                .into_iter()
                .map(|(layer, count)| (layer.to_owned(), count / self.total())),
        )
    }

    fn by_function(&self) -> Result<String> {
        let mut shares: BTreeMap<&str, f64> = BTreeMap::new();
        for (frames, count) in &self.0 {
            for frame in BTreeSet::from_iter(frames) {
                *shares.entry(frame).or_default() += *count as f64;
            }
        }
        let rows = shares
            .into_iter()
            .map(|(frame, count)| (format!("`{frame}`"), count / self.total()));
        table("Function", rows.filter(|(_, share)| *share >= LEAST_SHARE))
    }
}

/// `function (file.py)` of `function (file.py:12)`.
fn without_line(frame: &str) -> String {
    match frame.rsplit_once(':') {
        Some((before, _)) => format!("{before})"),
        None => frame.to_owned(),
    }
}

fn table(heading: &str, rows: impl Iterator<Item = (String, f64)>) -> Result<String> {
    let mut rows: Vec<_> = rows.collect();
    rows.sort_by(|(_, left), (_, right)| right.total_cmp(left));
    let mut table = format!("| {heading} | Share |\n|---|---|\n");
    for (name, share) in rows {
        writeln!(table, "| {name} | {:.1} % |", share * 100.0)?;
    }
    Ok(table)
}

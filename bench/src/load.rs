//! Requests per second, and how long one takes.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use futures::future::try_join_all;

use crate::client::{Client, Message, Timing};
use crate::comparison::Comparison;
use crate::contender::Contender;
use crate::plan::Plan;

/// What a number of clients measured in one load.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    /// Responses a second.
    pub per_second: f64,
    /// Milliseconds until the end of the response, median.
    pub whole: f64,
    /// The same, of which one in a hundred is longer.
    pub slowest: f64,
    /// Milliseconds until the first bytes of the response, median.
    pub first: f64,
    /// Milliseconds of processor time that the plugin took for one request.
    pub processor: f64,
}

impl Sample {
    /// The median of each figure.
    pub fn median(samples: &[Self]) -> Self {
        let of = |figure: fn(&Self) -> f64| median(samples.iter().map(figure));
        Self {
            per_second: of(|sample| sample.per_second),
            whole: of(|sample| sample.whole),
            slowest: of(|sample| sample.slowest),
            first: of(|sample| sample.first),
            processor: of(|sample| sample.processor),
        }
    }
}

/// Lets `clients` send `messages` for `duration`, each a part of them in turn.
pub async fn measure(
    contender: &Contender,
    messages: &[Message],
    clients: usize,
    duration: Duration,
) -> Result<Sample> {
    let connecting = (0..clients).map(|_| Client::connect(contender.authority()));
    let connected = try_join_all(connecting).await?;
    let process = contender.process()?;

    let (before, started) = (process.processor_time()?, Instant::now());
    let running = connected.into_iter().enumerate().map(|(number, client)| {
        let own = (0..messages.len().div_ceil(clients)).map(|turn| number + turn * clients);
        let own = own
            .filter_map(|at| messages.get(at % messages.len()))
            .cloned();
        let own = own.collect();
        tokio::spawn(run(client, own, started + duration))
    });
    let timings: Vec<Vec<Timing>> = try_join_all(running)
        .await?
        .into_iter()
        .collect::<Result<_>>()?;
    let (elapsed, spent) = (started.elapsed(), process.processor_time()? - before);

    contender.assert_unharmed()?;
    let timings = timings.concat();
    ensure!(!timings.is_empty(), "{} answered nothing", contender.name);
    let count = timings.len() as f64;
    Ok(Sample {
        per_second: count / elapsed.as_secs_f64(),
        whole: median(timings.iter().map(|timing| milliseconds(timing.whole))),
        slowest: percentile(
            0.99,
            timings.iter().map(|timing| milliseconds(timing.whole)),
        ),
        first: median(timings.iter().map(|timing| milliseconds(timing.first))),
        processor: milliseconds(spent) / count,
    })
}

/// Lets `clients` send the messages of both plugins, one after the other, and takes the medians of all rounds.
pub async fn compare(
    contenders: &Comparison<Contender>,
    messages: impl Fn(&Contender) -> Result<Vec<Message>>,
    clients: usize,
    plan: &Plan,
) -> Result<Comparison<Sample>> {
    let Comparison { floor, gateway } = contenders;
    let of_floor = (floor, messages(floor)?);
    let of_gateway = (gateway, messages(gateway)?);
    let [floor, gateway] = in_turns([of_floor, of_gateway], clients, plan).await?;
    Ok(Comparison { floor, gateway })
}

/// Lets `clients` send two kinds of messages, one after the other, and takes the medians of all rounds: whatever else
/// the machine does disturbs both.
pub async fn in_turns(
    [one, other]: [(&Contender, Vec<Message>); 2],
    clients: usize,
    plan: &Plan,
) -> Result<[Sample; 2]> {
    let [mut first, mut second] = [Vec::new(), Vec::new()];
    for round in 0..plan.rounds {
        let mut pair = [(&one, &mut first), (&other, &mut second)];
        // Whoever is first finds another machine.
        if round % 2 == 1 {
            pair.reverse();
        }
        for ((contender, messages), samples) in pair {
            samples.push(measure(contender, messages, clients, plan.duration).await?);
        }
    }
    Ok([Sample::median(&first), Sample::median(&second)])
}

async fn run(mut client: Client, messages: Vec<Message>, end: Instant) -> Result<Vec<Timing>> {
    let mut timings = Vec::new();
    for message in messages.iter().cycle() {
        if Instant::now() >= end {
            break;
        }
        timings.push(client.exchange(message, |_| {}).await?);
    }
    Ok(timings)
}

/// The median of `values`; zero if there are none.
pub fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    percentile(0.5, values)
}

/// The value that this `share` of `values` does not exceed; zero if there are none.
pub fn percentile(share: f64, values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    let place = (values.len() as f64 * share) as usize;
    values
        .get(place)
        .or(values.last())
        .copied()
        .unwrap_or_default()
}

/// `duration` in milliseconds, with the fraction.
pub fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

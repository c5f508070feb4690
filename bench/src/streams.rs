//! Many streams at once: whether every event comes, in order, and what they cost.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use bytes::Bytes;
use futures::future::try_join_all;
use serde_json::Value;

use crate::client::{Client, Message};
use crate::contender::Contender;
use crate::upstream::numbered;

/// How many streams are open at once, and what comes in them.
#[derive(Clone, Copy, Debug)]
pub struct Streams {
    pub count: usize,
    /// Of each of them.
    pub events_per_second: u32,
    /// How long they go on.
    pub seconds: u32,
}

impl Streams {
    /// The message that begins one.
    pub fn body(self) -> Value {
        numbered(
            self.events_per_second * self.seconds,
            Duration::from_secs(1) / self.events_per_second,
        )
    }
}

/// The share of one core that the plugin's process needs for all streams, 1.0 for a whole one.
///
/// # Errors
/// An event is missing, or out of order.
pub async fn measure(contender: &Contender, message: &Message, streams: Streams) -> Result<f64> {
    let connecting = (0..streams.count).map(|_| Client::connect(contender.authority()));
    let clients = try_join_all(connecting).await?;
    let process = contender.process()?;
    let events = streams.events_per_second * streams.seconds;
    let running = clients
        .into_iter()
        .map(|client| tokio::spawn(follow(client, message.clone(), events)));
    let running: Vec<_> = running.collect();

    // Neither the beginning of the streams nor their end.
    let (margin, window) = (
        Duration::from_secs(2),
        Duration::from_secs(u64::from(streams.seconds) - 4),
    );
    tokio::time::sleep(margin).await;
    let before = process.processor_time()?;
    tokio::time::sleep(window).await;
    let spent = process.processor_time()? - before;

    for followed in try_join_all(running).await? {
        followed.with_context(|| format!("a stream of {}", contender.name))?;
    }
    contender.assert_unharmed()?;
    Ok(spent.as_secs_f64() / window.as_secs_f64())
}

async fn follow(mut client: Client, message: Message, events: u32) -> Result<()> {
    let mut content = Vec::new();
    client
        .exchange(&message, |piece: &Bytes| content.extend_from_slice(piece))
        .await?;
    let numbers = numbers(&content);
    let expected: Vec<u32> = (0..events).collect();
    ensure!(
        numbers == expected,
        "{} events came: {numbers:?}",
        numbers.len()
    );
    Ok(())
}

fn numbers(content: &[u8]) -> Vec<u32> {
    const MARK: &[u8] = b"\"number\":";
    let starts = memchr::memmem::find_iter(content, MARK).map(|at| at + MARK.len());
    let digits = starts.filter_map(|start| {
        let rest = content.get(start..)?;
        let length = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        str::from_utf8(rest.get(..length)?).ok()?.parse().ok()
    });
    digits.collect()
}

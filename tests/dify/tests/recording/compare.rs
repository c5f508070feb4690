//! Compares a response with the recorded one.

use std::collections::{BTreeSet, HashMap};

use http::HeaderMap;
use serde_json::Value;

use crate::exchange::{Response, bytes};
use crate::wire::Answer;

/// Members that differ between any two servers: times, durations, signatures and links.
const VOLATILE: &[&str] = &[
    "created_at",
    "date",
    "elapsed_time",
    "expiration_time",
    "finished_at",
    "provider_response_latency",
    "reference",
    "server",
    "source_url",
    "sys.timestamp",
    "time_to_first_token",
    "time_to_generate",
    "updated_at",
    "url",
    "version",
];

/// Headers that are compared; the others belong to the transport.
const HEADERS: &[&str] = &[
    "Access-Control-Allow-Headers",
    "Access-Control-Allow-Methods",
    "Access-Control-Allow-Origin",
    "Access-Control-Expose-Headers",
    "Allow",
    "Cache-Control",
    "Content-Disposition",
    "Content-Type",
    "Location",
    "Transfer-Encoding",
    "Vary",
    "WWW-Authenticate",
    "X-Content-Type-Options",
    "X-Env",
    "X-Version",
];

/// Which identity here corresponds to which one of the recording.
#[derive(Default)]
pub struct Identities {
    here: HashMap<String, String>,
    recorded: HashMap<String, String>,
}

impl Identities {
    /// Matches two up; whether that agrees with all before.
    fn meet(&mut self, recorded: &str, here: &str) -> bool {
        if let Some(known) = self.here.get(recorded) {
            return known == here;
        }
        if self.recorded.contains_key(here) {
            return false;
        }
        self.recorded.insert(here.to_owned(), recorded.to_owned());
        self.here.insert(recorded.to_owned(), here.to_owned());
        true
    }

    /// A recorded text with the identities of here, however they are written.
    pub fn translate(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (recorded, here) in &self.here {
            for form in [
                String::clone,
                |id: &String| id.to_uppercase(),
                |id: &String| id.replace('-', ""),
            ] {
                text = text.replace(&form(recorded), &form(here));
            }
        }
        text
    }
}

/// The events of a stream, without pings, which depend on the clock.
pub fn frames(body: &str) -> Vec<Value> {
    let data = body
        .split("\n\n")
        .filter_map(|frame| frame.strip_prefix("data: "));
    data.map(|data| serde_json::from_str(data).unwrap())
        .collect()
}

pub struct Comparison<'a> {
    identities: &'a mut Identities,
    /// Whether the answer shows what requests did that are not in the recording.
    follows_unrecorded: bool,
    pub differences: Vec<String>,
}

impl<'a> Comparison<'a> {
    pub fn new(identities: &'a mut Identities, follows_unrecorded: bool) -> Self {
        Self {
            identities,
            follows_unrecorded,
            differences: Vec::new(),
        }
    }

    fn differ(
        &mut self,
        place: &str,
        recorded: impl std::fmt::Display,
        here: impl std::fmt::Display,
    ) {
        self.differences
            .push(format!("{place} was {recorded}, is {here}"));
    }

    pub fn answers(&mut self, recorded: &Response, here: &Answer) {
        if recorded.status != here.status {
            let body = String::from_utf8_lossy(&here.body).into_owned();
            return self.differ("status", recorded.status, format!("{} {body}", here.status));
        }
        for name in HEADERS {
            let (before, now) = (
                recorded.headers.get(*name).map(String::as_str),
                header(&here.headers, name),
            );
            if before.map(words) != now.map(words) {
                self.differ(name, before.unwrap_or("absent"), now.unwrap_or("absent"));
            }
        }
        self.bodies(recorded, &here.body);
    }

    fn bodies(&mut self, recorded: &Response, here: &[u8]) {
        let content_type = recorded.headers["Content-Type"].as_str();
        let text = String::from_utf8_lossy(here);
        match &recorded.body {
            Value::String(before) if content_type.starts_with("text/event-stream") => {
                self.streams(before, &text)
            }
            Value::String(before)
                if content_type.starts_with("application/json") && !before.is_empty() =>
            {
                let before = serde_json::from_str(before).unwrap();
                match serde_json::from_str(&text) {
                    Ok(now) => self.values(&before, &now, ""),
                    Err(error) => self.differ("body", "JSON", error),
                }
            }
            Value::String(before) if bytes(before).trim_ascii() == here.trim_ascii() => {}
            before => self.differ("body", before, text),
        }
    }

    fn streams(&mut self, recorded: &str, here: &str) {
        let begins_with_ping = |body: &str| body.starts_with("event: ping\n\n");
        if begins_with_ping(recorded) != begins_with_ping(here) {
            let beginning = |text: &str| text.chars().take(20).collect::<String>();
            self.differ("first frame", beginning(recorded), beginning(here));
        }
        let (recorded, here) = (frames(recorded), frames(here));
        let names = |events: &[Value]| {
            events
                .iter()
                .map(|event| event["event"].to_string())
                .collect::<Vec<_>>()
                .join(" ")
        };
        if names(&recorded) != names(&here) {
            return self.differ("events", names(&recorded), names(&here));
        }
        for (index, (recorded, here)) in recorded.iter().zip(&here).enumerate() {
            self.values(recorded, here, &format!("event {index}"));
        }
    }

    /// Compares two values; `place` says where they stand.
    pub fn values(&mut self, recorded: &Value, here: &Value, place: &str) {
        let member = place.rsplit('/').next().unwrap_or_default();
        match (recorded, here) {
            (Value::Object(before), Value::Object(now)) => {
                let names: BTreeSet<&String> = before.keys().chain(now.keys()).collect();
                for name in names {
                    match (before.get(name), now.get(name)) {
                        (Some(before), Some(now)) => {
                            self.values(before, now, &format!("{place}/{name}"))
                        }
                        (before, _) => self.differ(
                            &format!("{place}/{name}"),
                            presence(before),
                            presence(now.get(name)),
                        ),
                    }
                }
            }
            (Value::Array(before), Value::Array(now)) if before.len() == now.len() => {
                for (index, (before, now)) in before.iter().zip(now).enumerate() {
                    self.values(before, now, &format!("{place}[{index}]"));
                }
            }
            (Value::Number(before), Value::Number(now)) => {
                let same_kind = before.is_f64() == now.is_f64();
                let is_total = self.follows_unrecorded && member == "total";
                if !same_kind
                    || !(VOLATILE.contains(&member) || is_total || before.is_f64() || before == now)
                {
                    self.differ(place, before, now);
                }
            }
            (Value::String(before), Value::String(now)) => self.texts(before, now, place, member),
            (before, now) if before == now => {}
            (before, now) => self.differ(place, before, now),
        }
    }

    fn texts(&mut self, recorded: &str, here: &str, place: &str, member: &str) {
        if VOLATILE.contains(&member) {
            return;
        }
        if is_identity(recorded) && is_identity(here) || member == "form_token" {
            if !self.follows_unrecorded && !self.identities.meet(recorded, here) {
                self.differ(place, format!("another identity, {recorded}"), here);
            }
            return;
        }
        if let (Ok(before @ Value::Object(_)), Ok(now)) =
            (serde_json::from_str(recorded), serde_json::from_str(here))
        {
            return self.values(&before, &now, place);
        }
        if recorded == here {
            return;
        }
        let expected = self.identities.translate(stable(recorded));
        if expected.trim_end_matches('.') != stable(here).trim_end_matches('.') {
            self.differ(place, expected, here);
        }
    }
}

/// A message without what depends on Dify's route table or on the order of members.
fn stable(message: &str) -> &str {
    let message = message
        .split(" You have requested this URI")
        .next()
        .unwrap_or_default();
    message.split(", input_value=").next().unwrap_or_default()
}

fn is_identity(text: &str) -> bool {
    text.len() == 36
        && text
            .bytes()
            .all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).map(|value| value.to_str().unwrap())
}

/// The words of a list in any order.
fn words(value: &str) -> BTreeSet<&str> {
    value.split(", ").collect()
}

fn presence(value: Option<&Value>) -> String {
    value.map_or_else(|| "absent".to_owned(), Value::to_string)
}

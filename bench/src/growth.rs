//! How the cost of a request grows with what is sent, with the settings, and with the number of endpoints.

use std::time::Duration;

use anyhow::Result;
use futures::future::try_join_all;
use harness::web_client::with;
use serde_json::{Value, json};

use crate::client::{Client, Message};
use crate::comparison::Comparison;
use crate::contender::Contender;
use crate::load::{self, Sample};
use crate::plan::Plan;
use crate::test_bed::{CLIENT_ID, TestBed, blocking};

const CLIENTS: usize = 4;
const DURATION: Duration = Duration::from_secs(2);
/// Bytes of a question. The daemon takes bodies of less than 10 MiB.
const BODIES: [usize; 5] = [1_000, 10_000, 100_000, 1_000_000, 10_000_000];
/// Up to more than those whose instances a gateway keeps at once.
const ENDPOINTS: [usize; 5] = [1, 10, 100, 250, 1000];
/// How many settings are filled: from none but the required ones to 60 kB, of the 64 KiB that may be.
const FILLINGS: [usize; 5] = [0, 1, 3, 4, 6];
/// Bytes: a little less than one setting may have.
const FILLING_BYTES: usize = 8_000;

/// One size, and what requests of it cost.
pub struct Point {
    /// What grows, and how large it is here.
    pub size: String,
    /// Of both plugins.
    pub samples: Comparison<Sample>,
    /// MiB in RAM afterwards.
    pub memory: Comparison<f64>,
}

/// Measures all curves.
///
/// # Errors
/// A plugin does not start, or has answered with an error.
pub async fn measure(bed: &TestBed, plan: &Plan) -> Result<Vec<Point>> {
    let mut points = Vec::new();
    let contenders = bed.contenders(plan).await?;
    for bytes in BODIES {
        let body = with(blocking(), &json!({"query": "x".repeat(bytes - 100)}));
        let messages = |contender: &Contender| Ok(vec![bed.chat(contender, &body)?]);
        let size = format!("body of {} kB", bytes / 1000);
        points.push(point(size, &contenders, messages).await?);
    }
    for filling in FILLINGS {
        let settings = filled(bed, filling);
        let size = format!(
            "settings of {} kB",
            settings.to_string().len().div_ceil(1000)
        );
        let contenders = bed.contenders_with(plan, vec![settings]).await?;
        let messages = |contender: &Contender| Ok(vec![bed.chat(contender, &blocking())?]);
        points.push(point(size, &contenders, messages).await?);
    }
    for endpoints in ENDPOINTS {
        let contenders = bed
            .contenders_with(plan, vec![bed.settings(); endpoints])
            .await?;
        let messages = |contender: &Contender| {
            let message = bed.chat(contender, &blocking())?;
            let at = |endpoint| Message {
                path: contender.path(endpoint, "/chat-messages"),
                ..message.clone()
            };
            Ok((0..endpoints).map(at).collect())
        };
        let size = format!("{endpoints} endpoints in one process, in turn");
        points.push(point(size, &contenders, messages).await?);
    }
    Ok(points)
}

async fn point(
    size: String,
    contenders: &Comparison<Contender>,
    messages: impl Fn(&Contender) -> Result<Vec<Message>>,
) -> Result<Point> {
    let Comparison { floor, gateway } = contenders;
    let floor = (measured(floor, messages(floor)?).await?, floor);
    let gateway = (measured(gateway, messages(gateway)?).await?, gateway);
    Ok(Point {
        size,
        samples: Comparison {
            floor: floor.0,
            gateway: gateway.0,
        },
        memory: Comparison {
            floor: floor.1.process()?.resident_mebibytes()?,
            gateway: gateway.1.process()?.resident_mebibytes()?,
        },
    })
}

/// After each message was sent once, so that what is remembered is there.
async fn measured(contender: &Contender, messages: Vec<Message>) -> Result<Sample> {
    let parts = messages.chunks(messages.len().div_ceil(CLIENTS));
    try_join_all(parts.map(|part| async move {
        let mut client = Client::connect(contender.authority()).await?;
        for message in part {
            client.exchange(message, |_| {}).await?;
        }
        anyhow::Ok(())
    }))
    .await?;
    load::measure(contender, &messages, CLIENTS, DURATION).await
}

/// Settings with so many more of nearly the greatest length, none of which changes what the token of the bed may do.
fn filled(bed: &TestBed, filling: usize) -> Value {
    let settings = bed.settings();
    let list = |entry: fn(usize) -> String, separator: &str| {
        let entries: Vec<_> = (0..99).map(entry).collect();
        let text = entries.join(separator);
        text.get(..text.len().min(FILLING_BYTES))
            .unwrap_or_default()
            .to_owned()
    };
    let origins = list(|number| format!("https://{number:x>60}.example"), " ");
    let rules = format!("groups={}", list(|number| format!("{number:x>70}"), "|"));
    let clients = format!(
        "{CLIENT_ID} {}",
        list(|number| format!("{number:x>70}"), " ")
    );
    let claims = bed.claims();
    let subject = claims.get("sub").and_then(Value::as_str);
    let subject = subject.unwrap_or_default();
    let people = format!(
        "sub={subject}|{}",
        list(|number| format!("{number:x>70}"), "|")
    );
    let closed = format!("annotations: {rules}");
    let more = [
        ("client_id", json!(clients)),
        ("admin_claims", json!(rules)),
        ("allowed_origins", json!(origins)),
        ("jwks", json!(keys(bed))),
        ("operation_rules", json!(closed)),
        ("required_claims", json!(people)),
    ];
    let more = more.into_iter().take(filling);
    more.fold(settings, |settings, (name, value)| {
        with(settings, &json!({(name): value}))
    })
}

/// The key set of the issuer, with as many copies of one key under other names as there is room for.
fn keys(bed: &TestBed) -> String {
    let mut keys = Vec::from(bed.issuer().keys().public_jwks());
    let copied = keys
        .iter()
        .find(|key| key.get("kty").is_some_and(|kind| kind == "EC"))
        .cloned()
        .unwrap_or_default();
    for number in 0..100 {
        keys.push(with(
            copied.clone(),
            &json!({"kid": format!("{number:x>80}")}),
        ));
    }
    while json!({"keys": keys}).to_string().len() > 31_000 || keys.len() > 99 {
        keys.pop();
    }
    json!({"keys": keys}).to_string()
}

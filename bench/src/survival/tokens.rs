//! Keys, tokens and providers that are as bad as they may be.

use std::time::Duration;

use anyhow::Result;
use harness::web_client::with;
use harness::{Algorithm, CannedResponse, Fault};
use serde_json::{Value, json};
use tokio_util::task::AbortOnDropHandle;

use super::{Row, rows_of, usual};
use crate::client::{Client, Message, bearer};
use crate::comparison::Comparison;
use crate::contender::Contender;
use crate::load;
use crate::plan::Plan;
use crate::test_bed::{TestBed, blocking};

const CLIENTS: usize = 16;
const ENDPOINTS: usize = 10;
const KEYS: usize = 100;
/// Bytes of a token, a little below the limit of 16 KiB.
const TOKEN_BYTES: usize = 16_300;
const ANSWER: Duration = Duration::from_secs(5);
const UNKNOWN_KEYS_PAUSE: Duration = Duration::from_millis(100);

/// Ten endpoints in one process, whose provider has 100 keys.
pub(super) async fn many_keys(bed: &TestBed, plan: &Plan) -> Result<Vec<Row>> {
    let issuer = bed.issuer();
    let mut keys = Vec::from(issuer.keys().public_jwks());
    let own = json!({"keys": keys});
    let is_ec = |key: &&Value| key.get("kty").is_some_and(|kind| kind == "EC");
    let copied = keys.iter().find(is_ec).cloned();
    let copied = copied.unwrap_or_default();
    for number in keys.len()..KEYS {
        keys.push(with(
            copied.clone(),
            &json!({"kid": format!("another-{number}")}),
        ));
    }
    issuer.set_answer("/jwks", CannedResponse::json(&json!({"keys": keys})));
    let contenders = bed
        .contenders_with(plan, vec![bed.settings(); ENDPOINTS])
        .await?;
    let Comparison { floor, gateway } = &contenders;
    let samples = Comparison {
        floor: load::measure(floor, &everywhere(bed, floor)?, CLIENTS, plan.duration).await?,
        gateway: load::measure(gateway, &everywhere(bed, gateway)?, CLIENTS, plan.duration).await?,
    };
    issuer.set_answer("/jwks", CannedResponse::json(&own));
    Ok(rows_of(
        "Ten endpoints with 100 keys each, 16 clients",
        &samples,
    ))
}

/// A message to each endpoint by each of three keys.
fn everywhere(bed: &TestBed, contender: &Contender) -> Result<Vec<Message>> {
    let message = bed.chat(contender, &blocking())?;
    let algorithms = [Algorithm::Rs256, Algorithm::Es256, Algorithm::EdDsa];
    let pairs =
        (0..ENDPOINTS).flat_map(|endpoint| algorithms.map(|algorithm| (endpoint, algorithm)));
    pairs
        .map(|(endpoint, algorithm)| {
            Ok(Message {
                path: contender.path(endpoint, "/chat-messages"),
                credential: bearer(&bed.issuer().token(algorithm, &bed.claims()))?,
                ..message.clone()
            })
        })
        .collect()
}

/// Tokens as long as they may be.
pub(super) async fn large(bed: &TestBed, plan: &Plan) -> Result<Vec<Row>> {
    let contenders = bed.contenders(plan).await?;
    let credential = bed.credential(&padded(bed))?;
    let measure = async |contender: &Contender| {
        let message = Message {
            credential: credential.clone(),
            ..bed.chat(contender, &blocking())?
        };
        load::measure(contender, &[message], CLIENTS, plan.duration).await
    };
    let samples = Comparison {
        floor: measure(&contenders.floor).await?,
        gateway: measure(&contenders.gateway).await?,
    };
    Ok(rows_of("Tokens of 16 KiB, 16 clients", &samples))
}

/// Claims that make a token of nearly [`TOKEN_BYTES`].
fn padded(bed: &TestBed) -> Value {
    let claims = bed.claims();
    let length = bed.issuer().token(Algorithm::Rs256, &claims).len();
    // Base64url has four letters for three bytes.
    let room = (TOKEN_BYTES - length) * 3 / 4 - 32;
    with(claims, &json!({"padding": "x".repeat(room)}))
}

/// Good tokens pass while the provider takes 5 s for every answer and ten tokens a second name a key that it might have.
pub(super) async fn slow_provider(bed: &TestBed, plan: &Plan) -> Result<Vec<Row>> {
    let contenders = bed.contenders(plan).await?;
    let floor = usual(bed, &contenders.floor, 0, CLIENTS, plan).await?;
    let quick = usual(bed, &contenders.gateway, 0, CLIENTS, plan).await?;
    let paths = ["/jwks", "/.well-known/openid-configuration"];
    for path in paths {
        bed.issuer().set_fault(path, Some(Fault::Slow(ANSWER)));
    }
    let asked = bed.issuer().requests("/jwks");
    let unknown = ask_for_unknown_keys(bed, &contenders.gateway)?;
    tokio::time::sleep(UNKNOWN_KEYS_PAUSE * 2).await;
    let slow = usual(bed, &contenders.gateway, 0, CLIENTS, plan).await?;
    drop(unknown);
    for path in paths {
        bed.issuer().set_fault(path, None);
    }
    let name = "A provider that takes 5 s, 16 clients";
    let samples = Comparison {
        floor,
        gateway: slow,
    };
    let mut rows = rows_of(name, &samples);
    let share = slow.per_second / quick.per_second;
    rows.push(Row::of_gateway(
        format!("{name}: requests/s over those with a quick one"),
        share,
    ));
    let asked = bed.issuer().requests("/jwks") - asked;
    rows.push(Row::of_gateway(
        format!("{name}: times that it was asked"),
        asked as f64,
    ));
    Ok(rows)
}

/// Ten times a second somebody sends a token whose key is not among the provider's, and does not wait.
fn ask_for_unknown_keys(bed: &TestBed, contender: &Contender) -> Result<AbortOnDropHandle<()>> {
    let header = json!({"alg": "ES256", "typ": "at+jwt", "kid": "unknown"}).to_string();
    let claims = bed.claims().to_string();
    let token = bed.issuer().keys().sign(Algorithm::Es256, &header, &claims);
    let message = Message {
        credential: bearer(&token)?,
        ..bed.chat(contender, &blocking())?
    };
    let authority = contender.authority().to_owned();
    Ok(AbortOnDropHandle::new(tokio::spawn(async move {
        loop {
            if let Ok(mut client) = Client::connect(&authority).await {
                let message = message.clone();
                // A refusal is what it is to get.
                tokio::spawn(async move { drop(client.exchange(&message, |_| {}).await) });
            }
            tokio::time::sleep(UNKNOWN_KEYS_PAUSE).await;
        }
    })))
}

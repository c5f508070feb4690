//! Faults that are not of one request: the identity provider's, and Dify's response to the gateway's own question.

use std::sync::Arc;
use std::time::Duration;

use fastrand::Rng;
use harness::Fault;
use serde_json::json;
use stand_in_dify::Fault as DifyFault;
use tokio::task::JoinHandle;

use super::request::Endpoint;
use crate::Stage;

const PATHS: [&str; 3] = ["/.well-known/openid-configuration", "/jwks", "/introspect"];

/// Faults that come and go until this is ended.
pub(super) struct Trouble(JoinHandle<()>);

impl Trouble {
    pub(super) fn begin(stage: &Arc<Stage>, generator: Rng) -> Self {
        Self(tokio::spawn(make(Arc::clone(stage), generator)))
    }

    /// Ends the faults of both upstreams.
    pub(super) async fn end(self, stage: &Stage) {
        self.0.abort();
        // A task that was aborted has no other result.
        let _ = self.0.await;
        PATHS
            .iter()
            .for_each(|path| stage.issuer().set_fault(path, None));
        stage.control().clear_faults();
    }
}

async fn make(stage: Arc<Stage>, mut generator: Rng) {
    for turn in 0_u64.. {
        let path = generator.choice(PATHS).unwrap_or(PATHS[0]);
        stage
            .issuer()
            .set_fault(path, provider_fault(&mut generator));
        renew_provider(&stage, turn);
        if generator.u8(..10) == 0 {
            stage
                .control()
                .set_fault_once("/parameters", parameters_fault(&mut generator));
        }
        tokio::time::sleep(Duration::from_millis(generator.u64(100..600))).await;
    }
}

/// Another address of the same document makes another provider, of whom nothing is known.
fn renew_provider(stage: &Stage, turn: u64) {
    let discovery = format!("{}{}?{turn}", stage.issuer().issuer(), PATHS[0]);
    let settings =
        json!({"discovery_url": discovery, "streams_per_user": "0", "log_level": "error"});
    stage.set_settings_of(&Endpoint::New.id(), &settings);
}

fn provider_fault(generator: &mut Rng) -> Option<Fault> {
    match generator.u8(..12) {
        0 => Some(Fault::Down),
        1 => Some(Fault::Garbage),
        2 => Some(Fault::Huge(2 * 1024 * 1024)),
        3 => Some(Fault::Slow(Duration::from_millis(generator.u64(..2000)))),
        4 => Some(Fault::Slow(Duration::from_secs(7))),
        5 => Some(Fault::Status(
            generator.choice([302, 404, 429, 500, 503]).unwrap_or(500),
        )),
        _ => None,
    }
}

/// The gateway learns nothing of the app's inputs then, which spoils no chat.
fn parameters_fault(generator: &mut Rng) -> DifyFault {
    match generator.u8(..4) {
        0 => DifyFault::CloseBeforeHead,
        1 => DifyFault::CutBody(generator.usize(..500)),
        2 => DifyFault::Garbage(b"garbage\r\n\r\n".to_vec()),
        _ => DifyFault::HugeHeaders(100_000),
    }
}

//! The frontends that `docs/frontend.md` shows, in Chromium: one with tokens on an origin of its own, and one whose server
//! stands before the endpoint.

use std::net::TcpListener;
use std::path::Path;

use gateway_tests::Stage;
use harness::system::Program;
use harness::{CannedResponse, Origin};
use serde_json::{Value, json};
use stand_in_dify::{AppKind, Control, SeenRequest};

use crate::play;

/// Where the specs ask what has reached Dify.
const CONTROL: &str = "/control";

#[tokio::test(flavor = "multi_thread")]
async fn the_frontends_of_the_guide_work_in_chromium() {
    let Some(chromium) = Program::Chromium.or_skip("the_frontends_of_the_guide_work_in_chromium")
    else {
        return;
    };
    with_tokens(&chromium).await;
    with_a_session(&chromium).await;
}

async fn with_tokens(chromium: &Path) {
    let stage = Stage::with_identity_provider(AppKind::SlowChatflow).await;
    stage.set_settings(&json!({"allowed_origins": "*"}));
    let origin = Origin::start().await.unwrap();
    serve_control(&origin, stage.control());
    let known = described(&stage, &stage.stack.url(), Some(&origin));
    play(chromium, &known, &["--config", "guide.config.mjs", "token"]).await;
    stage.assert_unharmed();
}

async fn with_a_session(chromium: &Path) {
    let mut stage = Stage::with_sign_in(AppKind::Chat, &json!({})).await;
    stage.front = Some(format!("http://localhost:{}", free_port()));
    let public_url = stage.front.clone().unwrap();
    let provider = stage.identity_provider();
    provider.register_page(&public_url).await.unwrap();
    stage.set_sign_in(&json!({"public_url": public_url, "page": "off"}));
    let known = described(&stage, &public_url, None);
    play(
        chromium,
        &known,
        &["--config", "guide.config.mjs", "session"],
    )
    .await;
    stage.assert_unharmed();
}

/// A port that nothing listens on now, because the public URL is known before the server is there.
fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// What the specs know of the stage: `stage` of `tests/browser/stage.mjs`.
fn described(stage: &Stage, url: &str, control: Option<&Origin>) -> Value {
    let provider = stage.identity_provider();
    json!({
        "url": url,
        "endpoint": stage.stack.url(),
        "control": control.map(|origin| format!("{}{CONTROL}", origin.url("localhost"))),
        "issuer": provider.issuer(),
        "password": provider.password(),
    })
}

fn serve_control(origin: &Origin, dify: Control) {
    origin.answer(CONTROL, move |_| {
        let seen = dify.requests();
        dify.forget_requests();
        CannedResponse::json(&seen.iter().map(shown).collect::<Value>())
    });
}

fn shown(request: &SeenRequest) -> Value {
    let body = request.body.as_deref().unwrap_or_default();
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    json!({"path": request.path, "user": body["user"]})
}

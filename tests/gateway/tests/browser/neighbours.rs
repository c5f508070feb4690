//! What shares an origin with the plugin: Dify's console, other people's plugins, and the specs' own way to ask.

use harness::{CannedResponse, Origin, Seen};
use serde_json::{Value, json};
use stand_in_dify::Control;

/// A plugin whose pages say nothing about themselves.
pub const OTHER_PLUGIN: &str = "/e/qrstuvwxyzabcdef/";
/// A plugin whose pages have the opener policy of ours.
pub const COOP_PLUGIN: &str = "/e/ghijklmnopqrstuv/";
/// Where the specs ask what reached whom.
pub const CONTROL: &str = "/control";

/// Serves all of them.
pub fn serve(origin: &Origin, dify: Control) {
    origin.answer("/console", console);
    origin.answer(OTHER_PLUGIN, plugin);
    origin.answer(COOP_PLUGIN, |seen| {
        plugin(seen).with_header("cross-origin-opener-policy", "same-origin")
    });
    let seen_by_console = origin.watch();
    origin.answer(CONTROL, move |seen| {
        let part = seen.path.rsplit('/').next().unwrap_or_default();
        CannedResponse::json(&match part {
            "dify" => {
                let seen = dify.requests().into_iter();
                seen.map(|seen| {
                    let body = seen.body.as_deref().map(String::from_utf8_lossy);
                    json!({"path": seen.path, "body": body})
                })
                .collect::<Value>()
            }
            _ => {
                let seen = seen_by_console();
                let console = seen.iter().filter(|seen| seen.path.starts_with("/console"));
                console
                    .map(|seen| json!({"path": seen.path, "method": seen.method.as_str()}))
                    .collect()
            }
        })
    });
}

fn page(title: &str, body: &str) -> CannedResponse {
    let html = format!("<!doctype html><meta charset=\"utf-8\"><title>{title}</title>{body}");
    CannedResponse::new(200, html).with_header("content-type", "text/html; charset=utf-8")
}

/// The cookies of Dify's console, without their prefix, which needs https (`api/libs/token.py`): the CSRF value alone can be
/// read by scripts.
fn console(seen: &Seen) -> CannedResponse {
    if seen.path.starts_with("/console/api") {
        return CannedResponse::json(&json!({"email": "administrator@example.com"}));
    }
    page("Console", "<h1>Console</h1>")
        .with_header(
            "set-cookie",
            "access_token=of-the-administrator; Path=/; HttpOnly; SameSite=Lax",
        )
        .with_header(
            "set-cookie",
            "csrf_token=of-the-console; Path=/; SameSite=Lax",
        )
}

fn plugin(seen: &Seen) -> CannedResponse {
    let script = |text: &str| {
        CannedResponse::new(200, text.to_owned()).with_header("content-type", "text/javascript")
    };
    match seen.path.rsplit('/').next() {
        Some("x.js") => script("window.stolen = true;"),
        Some("sw.js") => script("").with_header("service-worker-allowed", "/"),
        _ => page("Another plugin", "<h1>Another plugin</h1>"),
    }
}

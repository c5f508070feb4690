//! What a call of an AI client costs: the same question as a streaming chat message, put at the same gateway.

use anyhow::{Result, ensure};
use http::HeaderValue;
use http::header::ACCEPT;
use serde_json::json;

use crate::client::{Client, Message};
use crate::contender::Contender;
use crate::load::{self, Sample};
use crate::plan::Plan;
use crate::test_bed::{TestBed, streaming};

const CLIENTS: [usize; 2] = [1, 200];

/// The same gateway at one number of clients, asked in both ways.
#[derive(Clone, Copy, Debug)]
pub struct McpLoad {
    pub clients: usize,
    /// A chat message with a streamed response.
    pub chat: Sample,
    /// A call of the tool, whose result is made of the same stream.
    pub call: Sample,
}

/// Measures both.
///
/// # Errors
/// The gateway does not become ready, or a call has another result than a good one.
pub async fn measure(bed: &TestBed, plan: &Plan) -> Result<Vec<McpLoad>> {
    let contender = bed.with_mcp(plan).await?;
    let chat = bed.chat(&contender, &streaming())?;
    let call = call(&contender, &chat);
    ensure_good(&contender, &call).await?;
    let mut loads = Vec::new();
    for clients in CLIENTS {
        let messages = [&chat, &call].map(|message| (&contender, vec![message.clone()]));
        let [chat, call] = load::in_turns(messages, clients, plan).await?;
        loads.push(McpLoad {
            clients,
            chat,
            call,
        });
    }
    Ok(loads)
}

/// A call by whoever sends `chat`, as clients that take a stream send it.
fn call(contender: &Contender, chat: &Message) -> Message {
    let arguments = json!({"query": "hi", "q": "inq"});
    let params = json!({"name": "oidc_chatflow", "arguments": arguments});
    let call = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params});
    let mut credential = chat.credential.clone();
    let accepted = HeaderValue::from_static("application/json, text/event-stream");
    credential.insert(ACCEPT, accepted);
    Message {
        path: contender.path(0, "/mcp"),
        credential,
        body: call.to_string().into(),
        ..chat.clone()
    }
}

/// A call that went wrong has status 200 too.
async fn ensure_good(contender: &Contender, call: &Message) -> Result<()> {
    let mut result = Vec::new();
    let mut client = Client::connect(contender.authority()).await?;
    client
        .exchange(call, |piece| result.extend_from_slice(piece))
        .await?;
    let result = String::from_utf8_lossy(&result);
    ensure!(result.contains("\"status\":\"succeeded\""), "{result}");
    Ok(())
}

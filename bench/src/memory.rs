//! The memory that a plugin has in RAM.

use std::time::Duration;

use anyhow::Result;
use bytes::Bytes;
use futures::future::try_join_all;

use crate::client::{Client, Message};
use crate::contender::Contender;

const UPLOADS: usize = 200;
const AT_ONCE: usize = 4;
/// 9.9 MiB: a little less than what the daemon takes.
const FILE_BYTES: usize = 10_380_902;
/// Python and the allocator free memory only some time after the last request.
const SETTLING: Duration = Duration::from_secs(3);
const BOUNDARY: &str = "----WebKitFormBoundary7MA4YWxkTrZu0gW";

/// Uploads many large files, some at once, and gives the MiB that stay in RAM.
pub async fn after_uploads(contender: &Contender, message: &Message) -> Result<f64> {
    let connecting = (0..AT_ONCE).map(|_| Client::connect(contender.authority()));
    let clients = try_join_all(connecting).await?;
    let uploading = clients
        .into_iter()
        .map(|client| tokio::spawn(upload(client, message.clone())));
    for uploaded in try_join_all(uploading).await? {
        uploaded?;
    }
    tokio::time::sleep(SETTLING).await;
    contender.process()?.resident_mebibytes()
}

async fn upload(mut client: Client, message: Message) -> Result<()> {
    for _ in 0..UPLOADS / AT_ONCE {
        client.exchange(&message, |_| {}).await?;
    }
    Ok(())
}

/// Type and body of a form with one large file.
pub fn form() -> (String, Bytes) {
    let mut body = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"user\"\r\n\r\nanybody\r\n--{BOUNDARY}\r\n\
         Content-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\nContent-Type: text/plain\r\n\r\n"
    )
    .into_bytes();
    body.resize(body.len() + FILE_BYTES, b'x');
    body.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
    (
        format!("multipart/form-data; boundary={BOUNDARY}"),
        body.into(),
    )
}

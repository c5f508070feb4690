//! Dify's inner API, which decrypts the settings of each request.

use serde_json::json;
use stand_in_daemon::Options;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::support::{echo, send, start, status};

/// An inner API that gives each request this answer; its base URL.
async fn inner_api(status: &'static str, body: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut asked = Vec::new();
            while !String::from_utf8_lossy(&asked).contains("greeting") {
                stream.read_buf(&mut asked).await.unwrap();
            }
            assert!(asked.starts_with(b"POST /inner/api/invoke/encrypt HTTP/1.1\r\n"));
            let length = body.len();
            let head = format!(
                "HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
            );
            stream.write_all(head.as_bytes()).await.unwrap();
            stream.write_all(body.as_bytes()).await.unwrap();
        }
    });
    url
}

#[tokio::test]
async fn the_plugin_gets_the_settings_as_the_inner_api_gives_them_back() {
    let told = json!({"data": {"error": "", "data": {"app_key": "app-1"}}});
    let options = Options {
        inner_api: Some(inner_api("200 OK", told.to_string()).await),
        ..Options::default()
    };
    let daemon = start(options).await;
    for _ in 0..2 {
        let seen = echo(&daemon, "GET", "/echo/a", "", b"").await;
        assert_eq!(seen["settings"], json!({"app_key": "app-1"}));
    }
}

#[tokio::test]
async fn what_cannot_be_decrypted_is_an_error_of_the_daemon() {
    let options = Options {
        inner_api: Some(inner_api("403 Forbidden", "{}".to_owned()).await),
        ..Options::default()
    };
    let daemon = start(options).await;
    let (head, body) = send(&daemon, "GET", "/echo/a", "", b"").await;
    assert_eq!(status(&head), 500, "{head}");
    assert!(body.contains("failed to decrypt settings"), "{body}");
}

//! The life of the plugin's process.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use crate::support::{HOOK, eventually, logged, pack, send, start, status};
use stand_in_daemon::{Daemon, Limits, LogLine, LogSource, Options};
use tempfile::TempDir;

/// A daemon that looks often and restarts at once.
fn quick() -> Limits {
    Limits {
        restart_interval: Duration::from_millis(100),
        silence_check: Duration::from_millis(100),
        ..Limits::default()
    }
}

#[tokio::test]
async fn the_longest_line_passes_and_a_longer_one_kills_the_process_and_leaves_open_requests_hanging()
 {
    let daemon = start(Options {
        limits: quick(),
        ..Options::default()
    })
    .await;
    let (head, body) = send(&daemon, "GET", "/odd/longest_line", "", b"").await;
    assert_eq!((status(&head), body.len()), (200, 2_621_333));

    let first_process = daemon.process_id().unwrap();
    let mut open = reqwest::get(format!(
        "{}/stream?count=1000&pause=0.05",
        daemon.url_of(HOOK)
    ))
    .await
    .unwrap();
    let killer = reqwest::get(format!("{}/odd/too_long_line", daemon.url_of(HOOK)));
    let killer = tokio::time::timeout(Duration::from_secs(3), killer).await;
    assert!(killer.is_err(), "the request that killed the process hangs");
    eventually("the process is replaced", || daemon.restarts() == 1).await;
    assert_ne!(daemon.process_id().unwrap(), first_process);
    let rest = async { while open.chunk().await.unwrap().is_some() {} };
    assert!(
        tokio::time::timeout(Duration::from_secs(1), rest)
            .await
            .is_err(),
        "the open stream hangs"
    );

    let too_long = "the plugin has an error on stdout: max chunk length exceeded";
    assert!(logged(
        &daemon,
        &LogLine {
            source: LogSource::Daemon,
            text: too_long.into()
        }
    ));
    let (head, _) = send(&daemon, "GET", "/echo/a", "", b"").await;
    assert_eq!(status(&head), 200);
}

#[tokio::test]
async fn a_process_that_ends_is_started_anew_and_a_request_waits_for_it() {
    // A busy machine may take longer to start Python than Dify lets a request wait.
    let limits = Limits {
        launch_wait: Duration::from_secs(60),
        ..quick()
    };
    let daemon = start(Options {
        limits,
        ..Options::default()
    })
    .await;
    let first_process = daemon.process_id();
    tokio::spawn(reqwest::get(format!("{}/odd/exits", daemon.url_of(HOOK))));
    eventually("the process has ended", || {
        daemon.process_id() != first_process
    })
    .await;
    let (head, _) = send(&daemon, "GET", "/echo/a", "", b"").await;
    assert_eq!((status(&head), daemon.restarts()), (200, 1));
}

#[tokio::test]
async fn a_process_that_says_nothing_is_killed() {
    let limits = Limits {
        silence: Duration::from_secs(3),
        ..quick()
    };
    let environment = vec![("HEARTBEAT_INTERVAL".to_owned(), "3600".to_owned())];
    let daemon = start(Options {
        limits,
        environment,
        ..Options::default()
    })
    .await;
    eventually("the process is replaced", || daemon.restarts() == 1).await;
    let text = "the plugin is not active for 3 s, it may be dead".to_owned();
    assert!(logged(
        &daemon,
        &LogLine {
            source: LogSource::Daemon,
            text
        }
    ));
}

#[tokio::test]
async fn heartbeats_are_counted() {
    let environment = vec![("HEARTBEAT_INTERVAL".to_owned(), "0.1".to_owned())];
    let daemon = start(Options {
        environment,
        ..Options::default()
    })
    .await;
    let before = daemon.heartbeats();
    eventually("there are more", || daemon.heartbeats() > before + 2).await;
}

#[tokio::test]
async fn without_a_process_a_request_fails_after_the_wait() {
    // A request brings the next start forward, so any longer wait could find the plugin running again.
    let limits = Limits {
        restart_interval: Duration::from_secs(3600),
        launch_wait: Duration::ZERO,
        ..Limits::default()
    };
    let daemon = start(Options {
        limits,
        ..Options::default()
    })
    .await;
    tokio::spawn(reqwest::get(format!("{}/odd/exits", daemon.url_of(HOOK))));
    eventually("the process has ended", || daemon.process_id().is_none()).await;
    let (head, body) = send(&daemon, "GET", "/echo/a", "", b"").await;
    let expected = r#"{"code":-500,"message":"{\"message\":\"no proper instance\\nfailed to write request\",\"error_type\":\"PluginDaemonInternalServerError\",\"args\":null}","data":null}"#;
    assert_eq!((status(&head), body.as_str()), (500, expected));
}

#[tokio::test]
async fn what_the_plugin_logs_is_kept() {
    let daemon = start(Options::default()).await;
    send(&daemon, "GET", "/odd/noise", "", b"").await;
    let rows = [
        (LogSource::Stderr, "on stderr"),
        (LogSource::Stdout, "on stdout"),
        (
            LogSource::Event {
                level: "WARNING".into(),
            },
            "in the log",
        ),
    ];
    for (source, text) in rows {
        let line = LogLine {
            source,
            text: text.into(),
        };
        eventually(text, || logged(&daemon, &line)).await;
    }
    let lines = daemon.log_lines();
    assert!(lines.iter().all(|line| !line.text.is_empty()), "{lines:?}");
}

#[tokio::test]
async fn the_processs_memory_is_known() {
    let daemon = start(Options::default()).await;
    let bytes = daemon.resident_memory().unwrap();
    assert!((10 << 20..1 << 30).contains(&bytes), "{bytes}");
}

#[tokio::test]
async fn a_plugin_that_does_not_start_is_an_error_with_its_output() {
    let directory = TempDir::new().unwrap();
    fs::create_dir(directory.path().join("plugin")).unwrap();
    fs::write(directory.path().join("plugin/manifest.yaml"), "name: x").unwrap();
    let package = pack(&directory.path().join("plugin"), directory.path());
    let python = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../.venv/bin/python");
    let error = Daemon::start(Options {
        package,
        python,
        ..Options::default()
    })
    .await
    .unwrap_err()
    .to_string();
    assert!(
        error.starts_with("the plugin was not ready after 0 s; it wrote:\n"),
        "{error}"
    );
    assert!(error.ends_with("No module named main"), "{error}");
}

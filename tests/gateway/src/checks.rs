//! Judges that are written in Python: the official parser of OpenMetrics, and a validator of JSON Schema.

use std::process::Stdio;

use harness::workspace;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

/// What `tests/gateway/checks/<script>` prints about `input`, which it must approve of.
pub async fn checked(script: &str, input: &str) -> String {
    let script = workspace::root().join("tests/gateway/checks").join(script);
    let mut child = Command::new(workspace::python().unwrap())
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(input.as_bytes()).await.unwrap();
    drop(stdin);
    let output = child.wait_with_output().await.unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    String::from_utf8(output.stdout).unwrap()
}

//! The system's nginx, with the directives that Dify has (`docker/nginx/*.template`, 1.13 to 1.16) or that docs/hosting.md gives.

use std::fs;
use std::path::Path;

use tempfile::TempDir;
use tokio::process::Command;

use crate::proxy::{HOSTING, Proxy, free_port};
use crate::{Error, HOOK_ID};

/// What stands before the daemon.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Site {
    /// Dify's own: every buffer as nginx has it by default, `gzip` off, and `Host` without a port.
    Dify,
    /// A host name for one endpoint, as docs/hosting.md recommends.
    OwnHost,
}

/// Starts `program` before the daemon at this base URL.
///
/// # Errors
///
/// It does not start, or not in time.
pub async fn start(program: &Path, site: Site, daemon: &str) -> Result<Proxy, Error> {
    let directory = TempDir::new()?;
    let port = free_port().await?;
    let file = directory.path().join("nginx.conf");
    fs::write(&file, configuration(site, port, daemon))?;
    let mut command = Command::new(program);
    command
        .arg("-e")
        .arg("stderr")
        .arg("-p")
        .arg(directory.path())
        .arg("-c")
        .arg(&file);
    Proxy::start(command, port, directory).await
}

/// The location of the server that docs/hosting.md gives for a host name of one's own.
fn documented_location() -> String {
    let lines = HOSTING.lines().map(str::trim);
    let location = lines
        .skip_while(|line| *line != "location / {")
        .take_while(|line| *line != "}");
    let directives: Vec<_> = location.chain(["}"]).collect();
    directives.join("\n")
}

/// One process in the foreground, that keeps its files in its own directory.
fn configuration(site: Site, port: u16, daemon: &str) -> String {
    let location = match site {
        Site::Dify => format!(
            "location /e/ {{
                proxy_pass {daemon};
                proxy_set_header Dify-Hook-Url $scheme://$host$request_uri;
                proxy_set_header Host $host;
                proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
                proxy_set_header X-Forwarded-Proto $scheme;
                proxy_set_header X-Forwarded-Port $server_port;
                proxy_http_version 1.1;
                proxy_set_header Connection \"\";
                proxy_buffering off;
                proxy_read_timeout 3600s;
                proxy_send_timeout 3600s;
            }}"
        ),
        Site::OwnHost => documented_location()
            .replace("http://plugin_daemon:5002", daemon)
            .replace("abcdefghijklmnop", HOOK_ID),
    };
    format!(
        "daemon off;
        master_process off;
        pid nginx.pid;
        events {{ worker_connections 256; }}
        http {{
            access_log off;
            client_body_temp_path body;
            proxy_temp_path proxy;
            fastcgi_temp_path fastcgi;
            uwsgi_temp_path uwsgi;
            scgi_temp_path scgi;
            keepalive_timeout 65;
            client_max_body_size 100M;
            server {{
                listen 127.0.0.1:{port};
                server_name _;
                {location}
            }}
        }}
        "
    )
}

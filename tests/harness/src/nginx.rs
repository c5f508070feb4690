//! The system's nginx, with the directives that Dify has (`docker/nginx/*.template`, 1.13 to 1.16) or that our documents give.

use std::fs;
use std::path::Path;

use tempfile::TempDir;
use tokio::process::Command;

use crate::proxy::{HOSTING, Proxy, free_port};
use crate::{Error, HOOK_ID};

const MCP: &str = include_str!("../../../docs/mcp.md");
/// Dify's file of that name, which its locations include.
const PROXY_CONF: &str = "
    proxy_set_header Host $host;
    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    proxy_set_header X-Forwarded-Proto $scheme;
    proxy_set_header X-Forwarded-Port $server_port;
    proxy_http_version 1.1;
    proxy_set_header Connection \"\";
    proxy_buffering off;
    proxy_read_timeout 3600s;
    proxy_send_timeout 3600s;
";

/// What stands before the daemon.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Site {
    /// Dify's own: every buffer as nginx has it by default, `gzip` off, and `Host` without a port; with the rule of
    /// docs/mcp.md for clients that look for the metadata at the host's root.
    Dify,
    /// A host name for one endpoint, as docs/hosting.md recommends.
    OwnHost,
    /// The same where only Dify's own host can be reached.
    OwnHostThroughDify,
}

/// Starts `program` before the daemon at this base URL, or for [`Site::OwnHostThroughDify`] before another nginx.
///
/// # Errors
///
/// It does not start, or not in time.
pub async fn start(program: &Path, site: Site, daemon: &str) -> Result<Proxy, Error> {
    let directory = TempDir::new()?;
    let port = free_port().await?;
    let file = directory.path().join("nginx.conf");
    fs::write(directory.path().join("proxy.conf"), PROXY_CONF)?;
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

/// The directives that docs/hosting.md gives for the location of a host name of one's own.
fn documented() -> Vec<&'static str> {
    let lines = HOSTING.lines().map(str::trim);
    let location = lines.skip_while(|line| *line != "location / {").skip(1);
    location.take_while(|line| *line != "}").collect()
}

/// The location that docs/mcp.md gives.
fn documented_for_mcp() -> String {
    let lines = MCP.lines().skip_while(|line| *line != "```nginx").skip(1);
    let location: Vec<_> = lines.take_while(|line| *line != "```").collect();
    location.join("\n")
}

/// Those directives with the ones that take the place of the first where the proxy reaches Dify's own host alone.
fn documented_through_dify() -> Vec<&'static str> {
    const FIRST: &str = "proxy_pass https://dify.example.com/e/abcdefghijklmnop/;";
    let lines = HOSTING.lines().map(str::trim);
    let instead = lines.skip_while(|line| *line != FIRST);
    let instead = instead.take_while(|line| !line.starts_with("```"));
    let documented = documented();
    let kept = documented.iter().copied();
    let kept = kept.skip_while(|line| !line.starts_with("proxy_set_header Dify-Hook-Url"));
    instead.chain(kept.skip(1)).collect()
}

/// One process in the foreground, that keeps its files in its own directory.
fn configuration(site: Site, port: u16, daemon: &str) -> String {
    let location = match site {
        Site::Dify => format!(
            "location /e/ {{
                proxy_pass {daemon};
                proxy_set_header Dify-Hook-Url $scheme://$host$request_uri;
                include proxy.conf;
            }}
            {}
            location / {{
                default_type text/html;
                return 404 '<!DOCTYPE html><title>404</title>';
            }}",
            documented_for_mcp().replace("http://plugin_daemon:5002", daemon)
        ),
        Site::OwnHost => format!("location / {{ {} }}", documented().join("\n"))
            .replace("http://plugin_daemon:5002", daemon)
            .replace("abcdefghijklmnop", HOOK_ID),
        Site::OwnHostThroughDify => {
            format!("location / {{ {} }}", documented_through_dify().join("\n"))
                .replace("https://dify.example.com", daemon)
                .replace("abcdefghijklmnop", HOOK_ID)
        }
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

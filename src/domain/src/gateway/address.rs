//! Under which address somebody has opened the page.

use http::HeaderMap;
use url::Url;

use crate::settings::PublicUrl;

/// Whether the page was opened under another address than `public_url`: every one of the fields that tell the host names
/// another one. Anybody can forge them, so the result decides about nothing but a link; and a proxy may replace some of
/// them, so one that names the right host is enough.
pub fn is_elsewhere(request: &HeaderMap, public_url: &PublicUrl) -> bool {
    let origin = public_url.origin();
    let hosts = ["host", "x-forwarded-host"]
        .into_iter()
        .flat_map(|name| values(request, name).flat_map(|value| value.split(',')))
        .map(|host| is_host_of(host.trim(), origin));
    let urls = values(request, "dify-hook-url").map(|url| is_at(url, origin));
    let found: Vec<bool> = hosts.chain(urls).collect();
    !found.is_empty() && !found.contains(&true)
}

fn values<'a>(request: &'a HeaderMap, name: &str) -> impl Iterator<Item = &'a str> {
    let values = request.get_all(name).iter();
    let values = values.filter_map(|value| value.to_str().ok());
    values.filter(|value| !value.is_empty())
}

/// The scheme is not known behind a proxy that ends TLS, so the one of the setting is supposed.
fn is_host_of(host: &str, origin: &str) -> bool {
    let scheme = origin.split(':').next().unwrap_or_default();
    is_at(&format!("{scheme}://{host}"), origin)
}

fn is_at(url: &str, origin: &str) -> bool {
    let Ok(mut url) = Url::parse(url) else {
        return false;
    };
    // The daemon takes the scheme from `X-Forwarded-Proto` alone.
    if origin.starts_with("https:") && url.scheme() == "http" {
        let _ = url.set_scheme("https");
    }
    let Ok(origin) = Url::parse(origin) else {
        return false;
    };
    // Dify's nginx writes `$host`, which has no port, into `Host` and `Dify-Hook-Url`.
    let is_port = url.port().is_none() || url.port() == origin.port();
    is_port && url.scheme() == origin.scheme() && url.host_str() == origin.host_str()
}

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue};
    use serde_json::json;

    use super::*;
    use crate::settings::Settings;

    fn judged(fields: &[(&'static str, &str)]) -> bool {
        judged_at("https://chat.example/e/abcdefghijklmnop", fields)
    }

    fn judged_at(public_url: &str, fields: &[(&'static str, &str)]) -> bool {
        let settings = json!({
            "issuer": "https://idp.example", "client_id": "app", "app_key": "app-0123456789",
            "dify_api_url": "https://dify.example/v1", "public_url": public_url,
        });
        let settings = Settings::parse(&settings.to_string()).unwrap();
        let fields = fields.iter().map(|(name, value)| {
            let value = HeaderValue::from_str(value).unwrap();
            (HeaderName::from_static(name), value)
        });
        is_elsewhere(&fields.collect(), &settings.public_url.unwrap())
    }

    #[test]
    fn a_proxy_that_leaves_the_port_out_means_the_same_address() {
        const PUBLIC: &str = "https://chat.example:8443/e/abcdefghijklmnop";
        let rows: [(&[(&'static str, &str)], bool); 4] = [
            (&[("host", "chat.example:8443")], false),
            (
                &[
                    ("host", "chat.example"),
                    ("dify-hook-url", "http://chat.example/e/x/"),
                ],
                false,
            ),
            (&[("host", "chat.example:9443")], true),
            (&[("host", "other.example")], true),
        ];
        for (fields, expected) in rows {
            assert_eq!(judged_at(PUBLIC, fields), expected, "{fields:?}");
        }
    }

    #[test]
    fn the_address_is_another_one_where_every_field_says_so() {
        const RIGHT: &str = "https://chat.example/e/abcdefghijklmnop/";
        let rows: [(&[(&'static str, &str)], bool); 11] = [
            (&[], false),
            (&[("host", "chat.example")], false),
            (&[("host", "CHAT.example:443")], false),
            (&[("host", "other.example")], true),
            (&[("host", "chat.example:8443")], true),
            (&[("host", "chat.example.evil.example")], true),
            (
                &[
                    ("host", "inner:5002"),
                    ("x-forwarded-host", "chat.example, outer"),
                ],
                false,
            ),
            (
                &[
                    ("host", "inner:5002"),
                    ("x-forwarded-host", "other.example"),
                ],
                true,
            ),
            (&[("host", "inner:5002"), ("dify-hook-url", RIGHT)], false),
            (
                &[
                    ("host", "inner:5002"),
                    ("dify-hook-url", "http://chat.example/e/x/"),
                ],
                false,
            ),
            (&[("host", "["), ("dify-hook-url", "nothing")], true),
        ];
        for (fields, expected) in rows {
            assert_eq!(judged(fields), expected, "{fields:?}");
        }
    }
}

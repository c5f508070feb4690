//! How long a response may be used (RFC 9111 §4.2), as far as the gateway lets the provider decide.

use std::time::{Duration, UNIX_EPOCH};

use http::HeaderMap;
use http::header::{AGE, CACHE_CONTROL, DATE, EXPIRES, HeaderName};

use crate::time::UnixTime;

/// Where the provider says nothing.
const DEFAULT: Duration = Duration::from_secs(10 * 60);

/// Whatever the provider says.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// The lifetime that `headers` give a response that came at `now`: from `shortest` to 24 hours, and 10 minutes if they
/// do not say.
pub(super) fn lifetime(headers: &HeaderMap, now: UnixTime, shortest: Duration) -> Duration {
    let lifetime = from_cache_control(headers).or_else(|| from_expires(headers, now));
    lifetime.unwrap_or(DEFAULT).clamp(shortest, LONGEST)
}

fn from_cache_control(headers: &HeaderMap) -> Option<Duration> {
    let directives: Vec<_> = headers
        .get_all(CACHE_CONTROL)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|directive| directive.trim().to_ascii_lowercase())
        .collect();
    if directives
        .iter()
        .any(|directive| directive == "no-store" || directive == "no-cache")
    {
        return Some(Duration::ZERO);
    }
    let max_age = directives
        .iter()
        .find_map(|directive| directive.strip_prefix("max-age="))?;
    let age = header(headers, AGE).and_then(seconds).unwrap_or_default();
    Some(seconds(max_age.trim_matches('"'))?.saturating_sub(age))
}

/// An `Expires` that cannot be parsed counts as already expired (RFC 9111 §5.3).
fn from_expires(headers: &HeaderMap, now: UnixTime) -> Option<Duration> {
    let expires = header(headers, EXPIRES)?;
    let sent = header(headers, DATE).and_then(date).unwrap_or(now);
    Some(date(expires).map_or(Duration::ZERO, |expires| expires.since(sent)))
}

fn header(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

/// A number that is too large is as good as the largest (RFC 9111 §1.2.2).
fn seconds(text: &str) -> Option<Duration> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| Duration::from_secs(text.parse().unwrap_or(u64::MAX)))
}

fn date(text: &str) -> Option<UnixTime> {
    let since_epoch = httpdate::parse_http_date(text)
        .ok()?
        .duration_since(UNIX_EPOCH)
        .ok()?;
    Some(UnixTime::from_secs(since_epoch.as_secs()))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn the_provider_decides_within_a_minute_and_a_day() {
        let now = UnixTime::from_secs(1_767_225_600); // Thu, 01 Jan 2026 00:00:00 GMT
        let (minute, day) = (60, 86_400);
        for (headers, expected) in [
            (&[] as &[(&str, &str)], 600),
            (&[("cache-control", "max-age=3600")], 3600),
            (
                &[("cache-control", "public, MAX-AGE=\"3600\", must-revalidate")],
                3600,
            ),
            (
                &[
                    ("cache-control", "public"),
                    ("cache-control", "max-age=3600"),
                ],
                3600,
            ),
            (&[("cache-control", "max-age=3600"), ("age", "3000")], 600),
            (
                &[("cache-control", "max-age=3600"), ("age", "4000")],
                minute,
            ),
            (&[("cache-control", "max-age=3600"), ("age", "soon")], 3600),
            (&[("cache-control", "max-age=1")], minute),
            (&[("cache-control", "max-age=604800")], day),
            (&[("cache-control", "max-age=99999999999999999999999")], day),
            (&[("cache-control", "s-maxage=3600")], 600),
            (&[("cache-control", "max-age=-1")], 600),
            (&[("cache-control", "max-age=3600, no-cache")], minute),
            (&[("cache-control", "no-store")], minute),
            (
                &[
                    ("cache-control", "max-age=3600"),
                    ("expires", "Thu, 01 Jan 2026 02:00:00 GMT"),
                ],
                3600,
            ),
            (&[("expires", "Thu, 01 Jan 2026 02:00:00 GMT")], 7200),
            (
                &[
                    ("expires", "Thu, 01 Jan 2026 02:00:00 GMT"),
                    ("date", "Thu, 01 Jan 2026 01:00:00 GMT"),
                ],
                3600,
            ),
            (&[("expires", "Wed, 31 Dec 2025 23:00:00 GMT")], minute),
            (&[("expires", "0")], minute),
        ] {
            let mut map = HeaderMap::new();
            for (name, value) in headers {
                map.append(*name, HeaderValue::from_static(value));
            }
            assert_eq!(
                lifetime(&map, now, Duration::from_secs(60)).as_secs(),
                expected,
                "{headers:?}"
            );
        }
    }
}

//! The setting `requests_per_minute`.

use std::ops::RangeInclusive;
use std::time::Duration;

use super::list::parse_list;
use super::problems::Problems;

const RANGE: RangeInclusive<u32> = 1..=60_000;
const MINUTE: Duration = Duration::from_secs(60);

/// How often a user may have Dify asked, as a token bucket.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct RequestRate {
    per_minute: u32,
    burst: u32,
}

impl RequestRate {
    /// Parses `60`, or `60 burst=20`; `None` for `0`, which is no limit. Without `burst`, it is one minute's requests.
    pub(super) fn parse(text: &str) -> Result<Option<Self>, Problems> {
        if text == "0" {
            return Ok(None);
        }
        let (mut per_minute, mut burst) = (None, None);
        parse_list(text, |entry| {
            let (part, number) = match entry.strip_prefix("burst=") {
                Some(number) => (&mut burst, number),
                None => (&mut per_minute, entry),
            };
            if part.is_some() {
                return Err("is a part that an earlier entry has; remove one".to_owned());
            }
            *part = Some(
                number
                    .parse()
                    .ok()
                    .filter(|number| RANGE.contains(number))
                    .ok_or_else(form)?,
            );
            Ok(())
        })?;
        let per_minute = per_minute.ok_or_else(form)?;
        let burst = burst.unwrap_or(per_minute);
        Ok(Some(Self { per_minute, burst }))
    }

    /// Requests that a user has at once after a pause; at least one.
    pub const fn burst(self) -> u32 {
        self.burst
    }

    /// After this time a user has one request more.
    pub fn interval(self) -> Duration {
        MINUTE / self.per_minute
    }

    /// After this time a user who has none left has all of [`Self::burst`].
    pub fn window(self) -> Duration {
        self.interval() * self.burst
    }
}

fn form() -> String {
    format!(
        "is not a number of requests; write a whole number from {} to {}, such as `60`, perhaps with how many may come at \
         once, such as `60 burst=20`, or `0` alone for no limit",
        RANGE.start(),
        RANGE.end()
    )
}

//! Limits and the log.

use std::ops::RangeInclusive;

use super::{Declaration, Setting};
use crate::environment::LogLevel;
use crate::settings::RequestRate;
use crate::settings::problems::Problems;

const CLOCK_SKEW_SECONDS: RangeInclusive<u32> = 0..=300;

settings! {
    STREAMS_PER_USER: Option<u32> = Setting::text("streams_per_user", parse_streams)
        .default("4")
        .example("4");

    REQUESTS_PER_MINUTE: Option<RequestRate> =
        Setting::text("requests_per_minute", RequestRate::parse)
            .default("0")
            .example("60 burst=20");

    CLOCK_SKEW: u32 = Setting::text("clock_skew", parse_clock_skew)
        .advanced()
        .default("60")
        .example("60");

    LOG_LEVEL: LogLevel = Setting::select("log_level").advanced();
}

/// `None` for no limit.
fn parse_streams(text: &str) -> Result<Option<u32>, Problems> {
    match text.parse() {
        Ok(0) => Ok(None),
        Ok(count) => Ok(Some(count)),
        Err(_) => Err(
            "is not a whole number; write how many streams a user may have open, such as `4`, \
                       or `0` for no limit"
                .into(),
        ),
    }
}

/// In seconds.
fn parse_clock_skew(text: &str) -> Result<u32, Problems> {
    text.parse()
        .ok()
        .filter(|seconds| CLOCK_SKEW_SECONDS.contains(seconds))
        .ok_or_else(|| "is not a whole number from 0 to 300; write seconds such as `60`".into())
}

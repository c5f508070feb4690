//! How often each user has had Dify asked.
//!
//! A token bucket for each user, kept as the one time at which it is full again (the «virtual scheduling» form of the
//! generic cell rate algorithm, ITU-T I.371). A full bucket is not kept at all, so what is kept is bounded by the requests
//! of one window, and by a limit of its own.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use crate::error::{Code, Refusal};
use crate::limits;
use crate::relay::UserKey;
use crate::response::RateLimit;
use crate::settings::RequestRate;
use crate::time::{UnixTime, whole_seconds};

/// The users who have less than a full bucket.
#[derive(Default)]
pub struct Rates(RefCell<Buckets>);

/// Times are microseconds since 1970: at 60 000 requests a minute a whole millisecond would be all of an interval.
#[derive(Default)]
struct Buckets {
    full_at: HashMap<UserKey, u64>,
    by_time: BTreeSet<(u64, UserKey)>,
}

impl Rates {
    /// Takes one request from the bucket of `user`, and says what is left. A request that is refused takes nothing.
    pub fn take(
        &self,
        user: UserKey,
        rate: RequestRate,
        now: UnixTime,
    ) -> (RateLimit, Result<(), Refusal>) {
        let mut buckets = self.0.borrow_mut();
        let (now, interval) = (
            now.as_millis().saturating_mul(1000),
            micros(rate.interval()),
        );
        let window = interval.saturating_mul(rate.burst().into());
        // A clock that was set back, or a rate that was changed, leaves nobody with less than nothing.
        let latest = now.saturating_add(window);
        let full_at = buckets
            .full_at
            .get(&user)
            .map_or(now, |at| (*at).clamp(now, latest));
        let next = full_at.saturating_add(interval);
        if next > latest {
            buckets.keep(user, full_at, now);
            let wait = Duration::from_micros(next - latest);
            return (left(rate, full_at - now), Err(too_many(rate, wait)));
        }
        buckets.keep(user, next, now);
        (left(rate, next - now), Ok(()))
    }
}

impl Buckets {
    fn keep(&mut self, user: UserKey, full_at: u64, now: u64) {
        if let Some(earlier) = self.full_at.insert(user, full_at) {
            self.by_time.remove(&(earlier, user));
        }
        self.by_time.insert((full_at, user));
        while let Some((at, nearest)) = self.by_time.first().copied() {
            // Who is nearest to a full bucket gains least, and whoever floods is the farthest.
            if at > now && self.by_time.len() <= limits::RATED_USERS {
                break;
            }
            self.by_time.pop_first();
            self.full_at.remove(&nearest);
        }
    }
}

/// What is left in a bucket that is full in `missing` microseconds.
fn left(rate: RequestRate, missing: u64) -> RateLimit {
    let interval = micros(rate.interval());
    let taken = u32::try_from(missing.div_ceil(interval.max(1))).unwrap_or(u32::MAX);
    RateLimit {
        quota: rate.burst(),
        window: whole_seconds(rate.window()),
        remaining: rate.burst().saturating_sub(taken),
        reset: missing.div_ceil(1_000_000),
    }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

fn too_many(rate: RequestRate, wait: Duration) -> Refusal {
    let message = format!(
        "You have sent as many requests as this endpoint allows each user (`requests_per_minute`): {} at once, then one every \
         {} s. Try again in {} s.",
        rate.burst(),
        rate.interval().as_secs_f64(),
        whole_seconds(wait)
    );
    Refusal::new(Code::UserRateLimited, message).with_retry_after(wait)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::environment::fake::START;
    use crate::settings::tests::valid;
    use crate::token::User;

    fn user(name: &str) -> UserKey {
        UserKey::new(&valid(&json!({})), &User::parse("sub", name).unwrap())
    }

    fn rate(text: &str) -> RequestRate {
        let settings = valid(&json!({"requests_per_minute": text}));
        settings.requests_per_minute.unwrap()
    }

    /// How many requests of `user` pass at this time.
    fn passing(rates: &Rates, user: UserKey, rate: RequestRate, milliseconds: u64) -> u32 {
        let now = START.plus(Duration::from_millis(milliseconds));
        let mut count = 0;
        while rates.take(user, rate, now).1.is_ok() {
            count += 1;
        }
        count
    }

    #[test]
    fn a_user_has_a_burst_and_then_the_rate_and_others_are_not_touched() {
        for (text, burst, in_ten_seconds) in [
            ("60", 60, 10),
            ("60 burst=5", 5, 5),
            ("6 burst=3", 3, 1),
            ("600 burst=1", 1, 1),
        ] {
            let (rates, rate) = (Rates::default(), rate(text));
            assert_eq!(passing(&rates, user("a"), rate, 0), burst, "{text}");
            assert_eq!(
                passing(&rates, user("a"), rate, 10_000),
                in_ten_seconds,
                "{text}"
            );
            assert_eq!(passing(&rates, user("b"), rate, 10_000), burst, "{text}");
        }
    }

    #[test]
    fn what_is_left_and_when_to_come_again_is_told() {
        let (rates, rate) = (Rates::default(), rate("60 burst=2"));
        let told = |milliseconds: u64| {
            let now = START.plus(Duration::from_millis(milliseconds));
            let (left, taken) = rates.take(user("a"), rate, now);
            let wait = taken.err().map(|refusal| refusal.retry_after().unwrap());
            (left.quota, left.window, left.remaining, left.reset, wait)
        };
        assert_eq!(told(0), (2, 2, 1, 1, None));
        assert_eq!(told(0), (2, 2, 0, 2, None));
        let wait = Duration::from_millis(750);
        assert_eq!(told(250), (2, 2, 0, 2, Some(wait)));
        assert_eq!(told(1000), (2, 2, 0, 2, None));
        assert_eq!(told(10_000), (2, 2, 1, 1, None));
    }

    #[test]
    fn a_clock_that_is_set_back_locks_nobody_out() {
        let (rates, rate) = (Rates::default(), rate("60"));
        assert_eq!(passing(&rates, user("a"), rate, 3_600_000), 60);
        assert_eq!(passing(&rates, user("a"), rate, 0), 0);
        assert_eq!(passing(&rates, user("a"), rate, 60_000), 60);
    }

    #[test]
    fn the_memory_is_bounded_and_a_flooder_gets_no_new_bucket_from_a_crowd() {
        let (rates, rate) = (Rates::default(), rate("60 burst=2"));
        let flooder = user("flooder");
        assert_eq!(passing(&rates, flooder, rate, 0), 2);
        for number in 0..limits::RATED_USERS * 2 {
            rates
                .take(user(&number.to_string()), rate, START)
                .1
                .unwrap();
            let kept = rates.0.borrow();
            assert!(kept.full_at.len() <= limits::RATED_USERS);
            assert_eq!(kept.full_at.len(), kept.by_time.len());
        }
        assert_eq!(passing(&rates, flooder, rate, 0), 0);
        // Who has a full bucket again is not kept.
        rates
            .take(user("last"), rate, START.plus(Duration::from_secs(60)))
            .1
            .unwrap();
        assert_eq!(rates.0.borrow().full_at.len(), 1);
    }
}

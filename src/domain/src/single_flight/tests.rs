//! What is done once, what is kept, and who has to wait.

use futures::channel::oneshot;
use futures::future::join_all;

use super::*;
use crate::environment::fake::{FakeEnvironment, poll_once};

const SECOND: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(5);

struct Fixture {
    environment: Rc<FakeEnvironment>,
    flights: SingleFlight<u32, String>,
    started: Rc<RefCell<Vec<u32>>>,
}

impl Fixture {
    fn new(entries: usize, bytes: usize, waiters: usize) -> Self {
        let environment = FakeEnvironment::new();
        let capacity = Capacity { entries, bytes };
        let flights = SingleFlight::new(
            environment.clone(),
            capacity,
            Waiters::new(waiters),
            LONGEST,
        );
        Self {
            environment,
            flights,
            started: Rc::default(),
        }
    }

    /// The value of `key`; work for it ends at once.
    fn get(&self, key: u32, lifetime: Duration, bytes: usize) -> Result<String, Crowded> {
        let started = Rc::clone(&self.started);
        let work = async move {
            started.borrow_mut().push(key);
            Outcome {
                value: format!("value of {key}"),
                lifetime,
                bytes,
            }
        };
        self.environment.run(self.flights.get(key, work))
    }

    /// Waits for the value of `key`; work for it ends when the sender sends.
    fn wait(
        &self,
        key: u32,
    ) -> (
        oneshot::Sender<()>,
        LocalBoxFuture<'_, Result<String, Crowded>>,
    ) {
        let (sender, receiver) = oneshot::channel();
        let started = Rc::clone(&self.started);
        let work = async move {
            started.borrow_mut().push(key);
            let _ = receiver.await;
            Outcome {
                value: format!("value of {key}"),
                lifetime: SECOND,
                bytes: 1,
            }
        };
        (sender, self.flights.get(key, work).boxed_local())
    }

    fn bytes(&self) -> usize {
        let state = self.flights.state.borrow();
        let sum = state.kept.iter().map(|(_, kept)| kept.bytes).sum();
        assert_eq!(state.kept_bytes, sum, "the count of bytes is right");
        sum
    }
}

#[test]
fn those_who_need_the_same_share_one_piece_of_work() {
    let fixture = Fixture::new(10, 1000, 10);
    let (end, mut first) = fixture.wait(1);
    assert!(poll_once(first.as_mut()).is_pending());
    let others = [(); 3].map(|()| fixture.wait(1).1);
    let mut others = join_all(others).boxed_local();
    assert!(poll_once(others.as_mut()).is_pending());
    drop(first);
    end.send(()).unwrap();
    let expected = vec![Ok("value of 1".to_owned()); 3];
    assert_eq!(fixture.environment.run(others), expected);
    assert_eq!(*fixture.started.borrow(), [1]);
}

#[test]
fn work_goes_on_when_nobody_waits_for_it_and_starts_again_when_it_was_lost() {
    for (is_lost, expected) in [(false, &[1_u32] as &[u32]), (true, &[1, 1])] {
        let fixture = Fixture::new(10, 1000, 10);
        let (end, mut first) = fixture.wait(1);
        assert!(poll_once(first.as_mut()).is_pending());
        drop(first);
        if is_lost {
            fixture.environment.drop_background();
        } else {
            end.send(()).unwrap();
            fixture.environment.run_background();
        }
        assert_eq!(fixture.get(1, SECOND, 1), Ok("value of 1".to_owned()));
        assert_eq!(*fixture.started.borrow(), expected, "lost: {is_lost}");
    }
}

#[test]
fn a_result_is_kept_for_its_lifetime_and_no_longer() {
    for (lifetime, wait, starts) in [
        (Duration::ZERO, Duration::ZERO, 2),
        (2 * SECOND, SECOND, 1),
        (2 * SECOND, 2 * SECOND, 2),
    ] {
        let fixture = Fixture::new(10, 1000, 10);
        for _ in 0..2 {
            assert_eq!(fixture.get(1, lifetime, 1), Ok("value of 1".to_owned()));
            fixture.environment.advance(wait);
        }
        assert_eq!(
            fixture.started.borrow().len(),
            starts,
            "{lifetime:?} {wait:?}"
        );
    }
}

#[test]
fn a_clock_that_was_set_back_keeps_nothing_longer() {
    let fixture = Fixture::new(10, 1000, 10);
    fixture.get(1, SECOND, 1).unwrap();
    fixture.environment.set_clock(UnixTime::from_secs(1));
    fixture.get(1, SECOND, 1).unwrap();
    assert_eq!(*fixture.started.borrow(), [1, 1]);
}

#[test]
fn what_has_expired_is_forgotten_at_the_next_use_of_whatever_key() {
    let fixture = Fixture::new(10, 1000, 10);
    for key in 0..5 {
        fixture.get(key, SECOND, 100).unwrap();
    }
    assert_eq!(fixture.bytes(), 500);
    fixture.environment.advance(SECOND);
    fixture.get(9, SECOND, 7).unwrap();
    assert_eq!(fixture.bytes(), 7);
}

#[test]
fn entries_and_bytes_are_bounded_and_the_oldest_go_first() {
    for (entries, bytes, known) in [
        (3, 1000, &[7_u32, 8, 9] as &[u32]),
        (100, 250, &[8, 9]),
        (100, 50, &[9]),
    ] {
        let fixture = Fixture::new(entries, bytes, 10);
        for key in 0..10 {
            fixture.get(key, SECOND, 100).unwrap();
            // A use does not keep anything longer.
            fixture.get(0, Duration::ZERO, 0).unwrap();
        }
        let state = fixture.flights.state.borrow();
        let mut kept: Vec<_> = state.kept.iter().map(|(key, _)| *key).collect();
        kept.sort_unstable();
        drop(state);
        assert_eq!(kept, known, "{entries} entries, {bytes} bytes");
        assert_eq!(fixture.bytes(), 100 * known.len());
    }
}

#[test]
fn a_request_that_finds_no_place_learns_at_once_when_there_will_be_one() {
    let fixture = Fixture::new(10, 1000, 2);
    fixture.get(3, 60 * SECOND, 1).unwrap();
    let (_end, mut first) = fixture.wait(1);
    assert!(poll_once(first.as_mut()).is_pending());
    fixture.environment.advance(2 * SECOND);
    let (_, mut second) = fixture.wait(1);
    assert!(poll_once(second.as_mut()).is_pending());
    for key in [1, 2] {
        let crowded = Err(Crowded { wait: 3 * SECOND });
        assert_eq!(fixture.get(key, SECOND, 1), crowded, "{key}");
    }
    assert_eq!(
        fixture.get(3, SECOND, 1),
        Ok("value of 3".to_owned()),
        "is known"
    );
    assert_eq!(*fixture.started.borrow(), [3, 1], "nobody started work");
    drop(second);
    assert_eq!(
        fixture.get(2, SECOND, 1),
        Ok("value of 2".to_owned()),
        "a place is free"
    );
}

#[test]
fn one_piece_of_work_does_not_take_all_places() {
    let fixture = Fixture::new(10, 1000, limits::FETCH_WAITERS + 2);
    let (_end, mut first) = fixture.wait(1);
    assert!(poll_once(first.as_mut()).is_pending());
    let mut others: Vec<_> = (1..limits::FETCH_WAITERS)
        .map(|_| fixture.wait(1).1)
        .collect();
    for other in &mut others {
        assert!(poll_once(other.as_mut()).is_pending());
    }
    assert_eq!(fixture.get(1, SECOND, 1), Err(Crowded { wait: LONGEST }));
    assert_eq!(fixture.get(2, SECOND, 1), Ok("value of 2".to_owned()));
}

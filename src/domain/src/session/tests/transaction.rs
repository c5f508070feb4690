//! Slots and what is in them.

use std::collections::BTreeSet;
use std::time::Duration;

use super::support::{HOOK, LOCAL, NONCE, NOW, OWN, SHARED, keys, public_url};
use crate::limits;
use crate::oauth::Prompt;
use crate::session::{CookieNames, ReturnTo, Slot, Transaction};

fn transaction(random: u8) -> Transaction {
    let return_to = ReturnTo::parse("/?c=1", &public_url(SHARED));
    Transaction::new([random; 32], return_to, Some(Prompt::None), 1, NOW)
}

#[test]
fn a_transaction_comes_back_whole_from_its_own_slot_alone() {
    let (keys, url) = (keys(), public_url(SHARED));
    for slot in Slot::ALL {
        let sealed = transaction(1).seal(&keys, slot, &NONCE).unwrap();
        for other in Slot::ALL {
            let opened = Transaction::open(&sealed, &keys, other, &url);
            assert_eq!(
                opened,
                (slot == other).then(|| transaction(1)),
                "{slot:?} {other:?}"
            );
        }
    }
}

#[test]
fn state_nonce_and_verifier_differ_between_logins_and_from_each_other() {
    let mut values = BTreeSet::new();
    for random in 0..10 {
        let transaction = transaction(random);
        let state = transaction.state(Slot::FIRST);
        values.insert(state.as_str().split_at(1).1.to_owned());
        values.insert(transaction.nonce());
        values.insert(transaction.verifier().reveal().to_owned());
    }
    assert_eq!(values.len(), 30);
    assert!(values.iter().all(|value| value.len() == 43));
}

#[test]
fn a_state_begins_with_its_slot_and_is_compared_whole() {
    for (slot, first) in Slot::ALL.into_iter().zip('0'..) {
        let state = transaction(1).state(slot);
        assert!(state.as_str().starts_with(first));
        assert_eq!(Slot::of_state(state.as_str()), Some(slot));
        assert!(state.is(state.as_str()));
        let mut changed = state.as_str().to_owned();
        let last = if changed.pop() == Some('A') { 'B' } else { 'A' };
        for presented in [changed.clone(), format!("{changed}{last}"), String::new()] {
            assert!(!state.is(&presented), "{presented}");
        }
    }
    for nonsense in ["", "4", "x0", " 0", "٠"] {
        assert_eq!(Slot::of_state(nonsense), None, "{nonsense:?}");
    }
}

#[test]
fn a_transaction_is_stale_after_fifteen_minutes_and_still_says_where_it_was_going() {
    let transaction = transaction(1);
    for (seconds, stale) in [(0, false), (899, false), (900, true), (86_400, true)] {
        let now = NOW.plus(Duration::from_secs(seconds));
        assert_eq!(transaction.is_stale(now), stale, "{seconds}");
    }
    assert_eq!(transaction.return_to().as_str(), "/?c=1");
}

#[test]
fn a_slot_has_less_than_250_bytes_as_a_rule_and_less_than_850_always() {
    for url in [SHARED, OWN, LOCAL] {
        let url = public_url(url);
        let names = CookieNames::new(&url, HOOK);
        for (query, most) in [("", 250), (&"x".repeat(limits::RETURN_TO - 2), 850)] {
            let return_to = ReturnTo::parse(&format!("/?{query}"), &url);
            assert_ne!(return_to.as_str(), "/");
            let transaction =
                Transaction::new([255; 32], return_to, Some(Prompt::SelectAccount), 255, NOW);
            let sealed = transaction.seal(&keys(), Slot::FIRST, &NONCE).unwrap();
            let length = names.slot(Slot::FIRST).len() + sealed.len();
            assert!(length < most, "{length}");
        }
    }
}

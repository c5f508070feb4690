//! Whether a callback belongs to a login of this browser.

use crate::gateway::sign_in::visit::Visit;
use crate::session::{Slot, Transaction};

/// A login of this browser, with the cookie that says so.
pub(super) struct Login {
    pub transaction: Transaction,
    pub slot: Slot,
    pub cookie: String,
}

/// What the browser's cookies say of a `state`.
pub(super) enum Found {
    /// It is that of a login that may still be finished.
    Fresh(Login),
    /// It is that of a login that began too long ago.
    Stale(Transaction),
    /// It is of none: no cookie opens, or those that do are of other logins.
    Nothing,
}

/// Looks for the login of `state` in the slot that it names. Others may have planted cookies of the same name, so each is
/// tried.
pub(super) fn find(visit: &Visit<'_>, state: &str) -> Found {
    let Some(slot) = Slot::of_state(state) else {
        return Found::Nothing;
    };
    let public_url = &visit.sign_in.public_url;
    let opened = visit.cookies.slot(slot).filter_map(|cookie| {
        let transaction = Transaction::open(cookie, &visit.keys, slot, public_url)?;
        Some((cookie, transaction))
    });
    let mut of_state = opened.filter(|(_, transaction)| transaction.state(slot).is(state));
    match of_state.next() {
        None => Found::Nothing,
        Some((_, transaction)) if transaction.is_stale(visit.now) => Found::Stale(transaction),
        Some((cookie, transaction)) => Found::Fresh(Login {
            cookie: cookie.to_owned(),
            transaction,
            slot,
        }),
    }
}

mod body;
mod json;
mod query;

use super::Identity;
use crate::operation::Operation;

const ALICE: Identity<'static> = Identity {
    user: "alice",
    is_admin: false,
    inputs: &[],
};
const ADMIN: Identity<'static> = Identity {
    user: "alice",
    is_admin: true,
    inputs: &[],
};

fn operation(handler: &str) -> &'static Operation {
    Operation::of_handler(handler).unwrap()
}

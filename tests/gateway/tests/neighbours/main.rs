//! Two workspaces in one process: whatever is done to the one, the other is served rightly and in time.

#![cfg(test)]

#[path = "../alive/failing_package.rs"]
mod failing_package;
mod floods;
mod memory;
mod pair;
mod traps;

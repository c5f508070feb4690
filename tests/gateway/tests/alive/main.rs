//! The packaged plugin through everything that clients, Dify, the identity provider and the daemon do to it.

#![cfg(test)]

mod abandoned;
mod chaos;
mod dify_faults;
mod failing_package;
mod heartbeats;
mod idle_connections;
mod large_answers;
mod provider_faults;
mod slow_reader;
mod streams_per_user;
mod traps;
mod workspaces;

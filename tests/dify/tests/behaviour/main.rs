//! What the recording does not show: races, limits, faults, models and the control handle.

#![cfg(test)]

mod client;
mod control;
mod defects;
mod faults;
mod models;
mod transport;

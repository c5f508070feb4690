//! The app as a tool for AI clients, through the packaged plugin.

#![cfg(test)]

mod access;
mod calls;
mod client;
mod faults;
mod nginx;
mod programs;
mod protocol;
mod registration;
mod schemas;
mod sdks;

//! Every operation, safe for many users behind one app key.

#![cfg(test)]

mod bodies;
mod browsers;
mod clients;
mod first_requests;
mod frontend;
mod inputs;
mod isolation;
mod matrix;
mod openapi;
mod preflights;
mod rows;
mod seen;
mod things;
mod uploads;

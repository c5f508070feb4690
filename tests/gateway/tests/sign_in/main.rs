//! People sign in with their browser: the packaged plugin between browsers, identity providers and Dify.

#![cfg(test)]

mod assets;
mod backchannel;
mod boundary;
mod callback;
mod client_authentication;
mod heads;
mod kinds;
mod login;
mod logout;
mod nginx;
mod own_host;
mod refresh;
mod restarts;
mod return_to;
mod session;
mod tenants;

//! The packaged plugin in front of real identity providers: their tokens, their endpoints, their outages.

#![cfg(test)]

mod keycloak;
mod messages;
mod oidc_provider;
mod outcome;

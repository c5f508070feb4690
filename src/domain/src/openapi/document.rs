//! The document as a whole (OpenAPI Specification 3.1.1, «Schema»).

use serde::Serialize;
use serde_json::{Map, Value};

use super::components::Components;
use super::security::{self, Requirements};
use super::{paths, shown_operations};
use crate::json;
use crate::settings::Settings;

/// Swagger UI, generators and validators all take it; 3.2, which describes the events of a stream, few of them.
const VERSION: &str = "3.1.1";

const DESCRIPTION: &str = "The API of a Dify app, called with an OpenID Connect access token instead of the app key.\n\n\
    `user`, which Dify's own API asks for, is not sent: the gateway sets it from the token and replaces what a client \
    sends. Paths may begin with `/v1`. A response that is not a success has the schema `Error`; a stream that breaks off \
    has an event `error` at its end.";

#[derive(Serialize)]
struct Document {
    openapi: &'static str,
    info: Info,
    servers: [Server; 1],
    security: Requirements,
    paths: Map<String, Value>,
    components: Components,
}

#[derive(Serialize)]
struct Info {
    title: &'static str,
    version: &'static str,
    description: &'static str,
    license: License,
}

#[derive(Serialize)]
struct License {
    name: &'static str,
    identifier: &'static str,
}

#[derive(Serialize)]
struct Server {
    url: String,
}

/// The document for an endpoint with these settings.
pub fn document(settings: &Settings) -> String {
    let operations: Vec<_> = shown_operations(settings).collect();
    let has_sign_in = settings.sign_in.is_some();
    json::text(&Document {
        openapi: VERSION,
        info: Info {
            title: "OIDC Gateway for Dify",
            version: env!("CARGO_PKG_VERSION"),
            description: DESCRIPTION,
            license: License {
                name: env!("CARGO_PKG_LICENSE"),
                identifier: env!("CARGO_PKG_LICENSE"),
            },
        },
        servers: [Server {
            url: server(settings),
        }],
        security: security::of_callers(has_sign_in),
        paths: paths::paths(&operations),
        components: Components::new(security::schemes(has_sign_in)),
    })
}

/// Without a public URL the endpoint is where the document was found: headers that tell its address can be forged.
fn server(settings: &Settings) -> String {
    let public_url = settings.public_url.as_ref();
    public_url.map_or_else(|| ".".to_owned(), |public_url| public_url.at(""))
}

//! `GET /whoami`.

use http::StatusCode;
use serde::Serialize;
use serde_json::{Map, Value};

use super::json_response;
use crate::gateway::access::Grant;
use crate::response::Response;
use crate::settings::Settings;
use crate::token;

#[derive(Serialize)]
struct Whoami<'a> {
    user: &'a str,
    issuer: &'a str,
    is_service_account: bool,
    scopes: &'a [String],
    rights: Rights,
    closed_operations: Vec<&'static str>,
    warnings: Vec<String>,
    claims: &'a Map<String, Value>,
}

/// Whose data the caller gets by the operations of each class. Those of the class public need no caller.
#[derive(Serialize)]
struct Rights {
    user: Extent,
    owner: Extent,
    filtered: Extent,
    by_id: Extent,
    app: Extent,
    admin: Extent,
}

#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
enum Extent {
    All,
    None,
    Own,
}

/// What the gateway derives from the caller's token.
pub fn response(grant: &Grant, settings: &Settings) -> Response {
    let caller = grant.caller();
    let whoami = Whoami {
        user: caller.user.as_str(),
        issuer: caller.issuer.as_str(),
        is_service_account: caller.is_service_account,
        scopes: &caller.scopes,
        rights: rights(caller.is_admin),
        closed_operations: settings.operation_rules.closed_to(caller.unmet),
        warnings: token::warnings(caller, settings),
        claims: caller.claims.members(),
    };
    json_response(StatusCode::OK, &whoami)
}

const fn rights(is_admin: bool) -> Rights {
    let own_or_all = if is_admin { Extent::All } else { Extent::Own };
    Rights {
        user: Extent::Own,
        owner: own_or_all,
        filtered: own_or_all,
        by_id: Extent::All,
        app: Extent::All,
        admin: if is_admin { Extent::All } else { Extent::None },
    }
}

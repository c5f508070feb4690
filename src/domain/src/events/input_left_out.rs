//! A claim was not passed on as an input of the app.

use serde::Serialize;

use crate::environment::LogLevel;

/// A claim was not passed on as an input of the app, and why.
// The members are in alphabetical order, as this line has always had them.
#[derive(Serialize)]
pub struct InputLeftOut<'a> {
    detail: &'a str,
    endpoint: &'a str,
    event: &'static str,
    request_id: &'a str,
}

impl<'a> InputLeftOut<'a> {
    pub(super) const LEVEL: LogLevel = LogLevel::Info;

    /// The event of the request with this id. `detail` names the claim and the reason, not the value.
    pub const fn new(request_id: &'a str, endpoint: &'a str, detail: &'a str) -> Self {
        Self {
            detail,
            endpoint,
            event: "input_left_out",
            request_id,
        }
    }
}

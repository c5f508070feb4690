//! The daemon's own errors, as its HTTP client sees them (`types/exception`).

use http::StatusCode;
use serde::Serialize;

use crate::go_json;

/// An error of the daemon, not of the plugin.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Failure {
    pub(crate) status: StatusCode,
    code: i32,
    error_type: &'static str,
    message: String,
}

impl Failure {
    pub(crate) fn endpoint_not_found() -> Self {
        Self {
            status: StatusCode::NOT_FOUND,
            code: -400,
            error_type: "PluginDaemonBadRequestError",
            message: "endpoint not found".to_owned(),
        }
    }

    pub(crate) fn internal(message: impl Into<String>) -> Self {
        Self {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            code: -500,
            error_type: "PluginDaemonInternalServerError",
            message: message.into(),
        }
    }

    /// The error as JSON, itself a string in JSON.
    pub(crate) fn body(&self) -> String {
        let message = go_json::to_string(&Inner {
            message: &self.message,
            error_type: self.error_type,
            args: (),
        });
        go_json::to_string(&Outer {
            code: self.code,
            message,
            data: (),
        })
    }
}

#[derive(Serialize)]
struct Outer {
    code: i32,
    message: String,
    data: (),
}

#[derive(Serialize)]
struct Inner<'a> {
    message: &'a str,
    error_type: &'a str,
    args: (),
}

#[cfg(test)]
mod tests {
    use super::Failure;

    #[test]
    fn bodies_are_those_of_the_real_daemon() {
        let rows = [
            (
                Failure::endpoint_not_found(),
                r#"{"code":-400,"message":"{\"message\":\"endpoint not found\",\"error_type\":\"PluginDaemonBadRequestError\",\"args\":null}","data":null}"#,
            ),
            (
                Failure::internal("killed by timeout"),
                r#"{"code":-500,"message":"{\"message\":\"killed by timeout\",\"error_type\":\"PluginDaemonInternalServerError\",\"args\":null}","data":null}"#,
            ),
        ];
        for (failure, expected) in rows {
            assert_eq!(failure.body(), expected);
        }
    }
}

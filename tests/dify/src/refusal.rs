//! The responses that refuse: Dify's error JSON, and Flask's and gunicorn's pages.

use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, LOCATION, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};
use serde_json::json;

use crate::answer::{HTML, json_answer};

/// A response in Dify's error shape (`api/libs/external_api.py`).
#[derive(Debug)]
pub(crate) struct Refusal {
    status: StatusCode,
    code: &'static str,
    message: String,
}

impl Refusal {
    pub(crate) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
        }
    }

    pub(crate) fn invalid_param(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_param", message)
    }

    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad_request", message)
    }

    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", message)
    }

    pub(crate) fn forbidden(message: &str) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", message)
    }

    pub(crate) fn unauthorized(message: &str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthorized", message)
    }

    /// An exception that nothing in Dify catches.
    pub(crate) fn unknown() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "unknown",
            "Internal Server Error",
        )
    }

    pub(crate) fn not_chat_app() -> Self {
        Self::wrong_mode("not_chat_app")
    }

    pub(crate) fn not_workflow_app() -> Self {
        Self::wrong_mode("not_workflow_app")
    }

    fn wrong_mode(code: &'static str) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            code,
            "Please check if your app mode matches the right API route.",
        )
    }

    pub(crate) fn app_unavailable() -> Self {
        let message = "App unavailable, please check your app configurations.";
        Self::new(StatusCode::BAD_REQUEST, "app_unavailable", message)
    }

    pub(crate) fn conversation_not_found() -> Self {
        Self::not_found("Conversation Not Exists.")
    }

    pub(crate) fn message_not_found() -> Self {
        Self::not_found("Message Not Exists.")
    }

    /// A model is asked for and none is configured.
    pub(crate) fn no_model() -> Self {
        Self::invalid_param("Provider langgenius/openai/openai does not exist.")
    }

    pub(crate) fn message(&self) -> &str {
        &self.message
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let body =
            json!({ "code": self.code, "message": self.message, "status": self.status.as_u16() });
        let mut response = json_answer(self.status, &body);
        if self.status == StatusCode::UNAUTHORIZED {
            let challenge = HeaderValue::from_static("Bearer realm=\"api\"");
            response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
        }
        response
    }
}

/// Flask's page for a path that no route has, or in which the `<uuid:…>` is not a UUID.
pub(crate) fn no_route() -> Response {
    let text = "The requested URL was not found on the server. If you entered the URL manually please check your \
                spelling and try again.";
    let page = format!(
        "<!doctype html>\n<html lang=en>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n<p>{text}</p>\n"
    );
    (StatusCode::NOT_FOUND, [(CONTENT_TYPE, HTML)], page).into_response()
}

/// Werkzeug's redirect, permanent and with the method kept.
pub(crate) fn redirect(location: &str) -> Response {
    let page = format!(
        "<!doctype html>\n<html lang=en>\n<title>Redirecting...</title>\n<h1>Redirecting...</h1>\n<p>You should be \
         redirected automatically to the target URL: <a href=\"{location}\">{location}</a>. If not, click the link.\n"
    );
    let headers = [(CONTENT_TYPE, HTML), (LOCATION, location)];
    (StatusCode::PERMANENT_REDIRECT, headers, page).into_response()
}

/// Gunicorn's page for a request that it does not hand to Dify.
pub(crate) fn gunicorn_page(status: StatusCode, detail: &str) -> Response {
    let reason = status.canonical_reason().unwrap_or_default();
    let page = format!(
        "<html>\n  <head>\n    <title>{reason}</title>\n  </head>\n  <body>\n    <h1><p>{reason}</p></h1>\n    \
         {detail}\n  </body>\n</html>\n"
    );
    (
        status,
        [("content-type", "text/html"), ("connection", "close")],
        page,
    )
        .into_response()
}

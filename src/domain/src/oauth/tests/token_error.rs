use http::StatusCode;

use crate::oauth::{Dialect, RawResponse, TokenError, TokenErrorCode, TokenResponse};

fn error(status: u16, body: &str) -> TokenError {
    let response = RawResponse {
        status: StatusCode::from_u16(status).expect("a status"),
        media_type: "application/json",
        body: body.as_bytes(),
    };
    TokenResponse::read(response, Dialect::Oidc).expect_err(body)
}

#[test]
fn only_an_error_about_the_grant_ends_a_session() {
    let rows = [
        // The statuses of trouble, whatever the body says.
        (500, r#"{"error":"invalid_grant"}"#, true),
        (503, "", true),
        (404, r#"{"error":"invalid_grant"}"#, true),
        (408, "", true),
        (425, "", true),
        (429, r#"{"error":"access_denied"}"#, true),
        // No OAuth error.
        (400, "", true),
        (400, "<html>", true),
        (400, r#"{"error":{"code":1}}"#, true),
        (403, "{}", true),
        (302, "", true),
        (200, "<html>", true),
        (200, "{}", true),
        // The codes of G7.
        (401, r#"{"error":"invalid_client"}"#, true),
        (400, r#"{"error":"unauthorized_client"}"#, true),
        (400, r#"{"error":"unsupported_grant_type"}"#, true),
        (400, r#"{"error":"invalid_scope"}"#, true),
        (400, r#"{"error":"invalid_request"}"#, true),
        (400, r#"{"error":"server_error"}"#, true),
        (400, r#"{"error":"temporarily_unavailable"}"#, true),
        (400, r#"{"error":"slow_down"}"#, true),
        // Everything else.
        (400, r#"{"error":"invalid_grant"}"#, false),
        (401, r#"{"error":"invalid_grant"}"#, false),
        (200, r#"{"error":"invalid_grant"}"#, false),
        (400, r#"{"error":"interaction_required"}"#, false),
        (400, r#"{"error":"access_denied"}"#, false),
        (400, r#"{"error":"INVALID_CLIENT"}"#, false),
    ];
    for (status, body, expected) in rows {
        assert_eq!(
            error(status, body).is_temporary(),
            expected,
            "{status} {body}"
        );
    }
}

#[test]
fn every_known_code_is_temporary_but_one() {
    for code in TokenErrorCode::KNOWN {
        let error = error(400, &format!(r#"{{"error":"{}"}}"#, code.as_str()));
        assert_eq!(
            error.is_temporary(),
            *code != TokenErrorCode::InvalidGrant,
            "{code:?}"
        );
    }
}

#[test]
fn a_refused_client_is_told_from_a_refused_person() {
    let rows = [
        (401, r#"{"error":"invalid_client"}"#, true),
        (400, r#"{"error":"invalid_client"}"#, true),
        (400, r#"{"error":"unauthorized_client"}"#, true),
        (401, "", true),
        (403, "", false),
        (401, r#"{"error":"invalid_grant"}"#, false),
        (200, "{}", false),
    ];
    for (status, body, expected) in rows {
        assert_eq!(
            error(status, body).is_client_refused(),
            expected,
            "{status} {body}"
        );
    }
}

#[test]
fn an_error_says_what_was_answered() {
    let rows = [
        (
            400,
            r#"{"error":"invalid_grant","error_description":"Code \"x\" is old"}"#,
            r#"the token endpoint answered with the error "invalid_grant": "Code \"x\" is old" (status 400)"#,
        ),
        (
            400,
            r#"{"error":"odd"}"#,
            r#"the token endpoint answered with the error "odd" (status 400)"#,
        ),
        (
            502,
            "",
            "the token endpoint answered with status 502 and no OAuth error",
        ),
        (
            200,
            "[]",
            "the token endpoint's response cannot be used: it is not a JSON object",
        ),
    ];
    for (status, body, message) in rows {
        assert_eq!(error(status, body).to_string(), message, "{body}");
    }
}

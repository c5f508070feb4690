//! The response of a token endpoint (RFC 6749 §5) in every dialect. The first line of an input is its media type.

use gateway_domain::limits;
use gateway_domain::oauth::{Dialect, RawResponse, TokenError, TokenResponse};
use http::StatusCode;

use crate::reading::{member_names, object, two_lines};

const DIALECTS: [Dialect; 4] = [
    Dialect::Oidc,
    Dialect::OAuth2,
    Dialect::GitHub,
    Dialect::Feishu,
];

pub(crate) fn check(input: &[u8]) {
    let Some((media_type, body)) = two_lines(input) else {
        return;
    };
    for dialect in DIALECTS {
        for status in [StatusCode::OK, StatusCode::BAD_REQUEST] {
            let response = RawResponse {
                status,
                media_type,
                body: body.as_bytes(),
            };
            match TokenResponse::read(response, dialect) {
                Ok(tokens) => assert_are_tokens(&tokens, status, body, dialect),
                Err(error) => assert_is_an_error(&error),
            }
        }
    }
}

fn assert_are_tokens(tokens: &TokenResponse, status: StatusCode, body: &str, dialect: Dialect) {
    assert_eq!(status, StatusCode::OK, "a failure is no success");
    let texts = [
        Some(tokens.access_token.reveal()),
        tokens.id_token.as_ref().map(|token| token.reveal()),
        tokens.refresh_token.as_ref().map(|token| token.reveal()),
    ];
    for text in texts.into_iter().flatten() {
        assert!(!text.is_empty() && text.len() <= limits::TOKEN);
        assert!(text.bytes().all(|byte| (b' '..=b'~').contains(&byte)));
    }
    let scopes = tokens.scopes.iter().flatten();
    assert!(
        scopes
            .into_iter()
            .all(|scope| !scope.is_empty() && !scope.contains(' '))
    );
    if dialect == Dialect::Oidc {
        let json = body.trim_start_matches('\u{FEFF}');
        let members = object(json.as_bytes()).expect("OpenID Connect is JSON");
        assert!(member_names(json.as_bytes()).are_unique());
        assert_eq!(
            members.get("access_token").and_then(|token| token.as_str()),
            texts[0]
        );
        let error = members.get("error").and_then(|error| error.as_str());
        assert!(error.is_none_or(str::is_empty), "an error is no success");
    }
}

fn assert_is_an_error(error: &TokenError) {
    // What the endpoint reports stays one line. Why a body cannot be read may name a member as it is.
    assert!(
        matches!(error, TokenError::Unusable(_))
            || error.to_string().chars().all(|character| character >= ' ')
    );
    // A client that is refused says nothing of the person.
    assert!(!error.is_client_refused() || error.is_temporary());
}

use crate::error::{Code, Refusal};
use crate::issuer::Issuer;
use crate::limits;
use crate::oauth::{
    AuthorizationCode, AuthorizationError, AuthorizationErrorCode, AuthorizationResponse,
    CallbackProblem,
};

fn parsed(query: &str) -> AuthorizationResponse {
    AuthorizationResponse::parse(query).unwrap_or_else(|problem| panic!("{query}: {problem}"))
}

#[test]
fn a_response_has_a_state_and_a_code() {
    let response =
        parsed("code=a%2Bb+c&state=0s&session_state=x&scope=openid&iss=https%3A%2F%2Fid.example");
    assert_eq!(
        response,
        AuthorizationResponse {
            state: "0s".to_owned(),
            iss: Some("https://id.example".to_owned()),
            result: Ok(AuthorizationCode::new("a+b c".to_owned())),
        }
    );
}

#[test]
fn an_error_has_a_known_code_or_is_a_text() {
    let rows = [
        ("access_denied", AuthorizationErrorCode::AccessDenied),
        ("login_required", AuthorizationErrorCode::LoginRequired),
        (
            "Access_Denied",
            AuthorizationErrorCode::Other("Access_Denied".to_owned()),
        ),
        (
            "%3Cscript%3E",
            AuthorizationErrorCode::Other("<script>".to_owned()),
        ),
        ("", AuthorizationErrorCode::Other(String::new())),
    ];
    for (sent, code) in rows {
        let response = parsed(&format!(
            "error={sent}&state=0s&error_description=No+%3Cb%3E"
        ));
        let description = Some("No <b>".to_owned());
        assert_eq!(
            response.result,
            Err(AuthorizationError { code, description }),
            "{sent}"
        );
    }
}

#[test]
fn every_known_code_is_read_as_it_is_written() {
    for code in AuthorizationErrorCode::KNOWN {
        let response = parsed(&format!("error={}&state=0s", code.as_str()));
        let description = None;
        assert_eq!(
            response.result,
            Err(AuthorizationError {
                code: code.clone(),
                description
            })
        );
    }
}

#[test]
fn foreign_text_is_cut_and_quoted() {
    let long = "x".repeat(1000);
    let response = parsed(&format!("error={long}&error_description={long}&state=0s"));
    let error = response.result.expect_err("an error");
    assert_eq!(error.code.as_str().len(), limits::QUOTED_VALUE);
    assert_eq!(
        error.description.expect("a description").len(),
        limits::QUOTED_VALUE
    );
    let code = AuthorizationErrorCode::Other("a\"\n".to_owned());
    assert_eq!(code.to_string(), r#""a\"\n""#);
}

#[test]
fn whatever_is_not_exactly_one_response_is_refused() {
    let long = |name: &str, length| format!("state=0s&{name}={}", "x".repeat(length));
    let rows = [
        (String::new(), "it has no `state`"),
        ("code=a".to_owned(), "it has no `state`"),
        ("state=0s".to_owned(), "it has neither `code` nor `error`"),
        (
            "state=0s&code=a&error=b".to_owned(),
            "it has both `code` and `error`",
        ),
        (
            "state=0s&state=0s&code=a".to_owned(),
            "`state` is there more than once",
        ),
        (
            "state=0s&code=a&code=a".to_owned(),
            "`code` is there more than once",
        ),
        (
            "state=0s&code=a&c%6Fde=a".to_owned(),
            "`code` is there more than once",
        ),
        (
            "state=0s&code=a&iss=x&iss=y".to_owned(),
            "`iss` is there more than once",
        ),
        (
            "state=0s&error=a&error=b".to_owned(),
            "`error` is there more than once",
        ),
        (
            "state=&code=a".to_owned(),
            "its `state` is empty or has characters that it cannot have (RFC 6749 appendix A)",
        ),
        (
            "state=0s&code=".to_owned(),
            "its `code` is empty or has characters that it cannot have (RFC 6749 appendix A)",
        ),
        (
            "state=0s&code=a%00".to_owned(),
            "its `code` is empty or has characters that it cannot have (RFC 6749 appendix A)",
        ),
        (
            "state=%C3%A9&code=a".to_owned(),
            "its `state` is empty or has characters that it cannot have (RFC 6749 appendix A)",
        ),
        (
            long("code", 4097),
            "its code is 4097 bytes long; at most 4096 are accepted",
        ),
        (
            format!("code=a&state={}", "x".repeat(129)),
            "its state is 129 bytes long; at most 128 are accepted",
        ),
        (
            long("z", 8200),
            "its query is 8211 bytes long; at most 8192 are accepted",
        ),
    ];
    for (query, message) in rows {
        let problem = AuthorizationResponse::parse(&query).expect_err(&query);
        assert_eq!(problem.to_string(), message, "{query}");
    }
}

#[test]
fn the_longest_code_is_taken() {
    assert!(
        parsed(&format!("state=0s&code={}", "x".repeat(4096)))
            .result
            .is_ok()
    );
}

/// RFC 9207 §2.4.
#[test]
fn a_response_of_another_issuer_is_refused() {
    let rows = [
        ("&iss=https%3A%2F%2Fid.example", false, None),
        ("&iss=https%3A%2F%2Fid.example", true, None),
        ("", false, None),
        (
            "",
            true,
            Some("it has no `iss`, which https://id.example always sends"),
        ),
        (
            "&iss=https%3A%2F%2Fid.example%2F",
            false,
            Some(
                "its `iss` is \"https://id.example/\", and the login was begun with https://id.example",
            ),
        ),
        (
            "&iss=",
            false,
            Some("its `iss` is \"\", and the login was begun with https://id.example"),
        ),
        (
            "&iss=https%3A%2F%2FID.example",
            true,
            Some(
                "its `iss` is \"https://ID.example\", and the login was begun with https://id.example",
            ),
        ),
    ];
    for (iss, is_always_sent, expected) in rows {
        let response = parsed(&format!("state=0s&code=a{iss}"));
        let problem = response
            .check_issuer(&Issuer::new("https://id.example"), is_always_sent)
            .err();
        assert_eq!(
            problem.map(|problem| problem.to_string()).as_deref(),
            expected,
            "{iss}"
        );
    }
}

#[test]
fn a_problem_is_refused_with_what_to_do() {
    let refusal = Refusal::from(CallbackProblem::StateMissing);
    assert_eq!(refusal.code(), Code::SignInFailed);
    assert_eq!(
        refusal.message(),
        "The sign-in failed because the response of the identity provider cannot be used: it has no `state`. Start the \
         sign-in again."
    );
}

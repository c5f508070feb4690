use http::StatusCode;

use crate::limits;
use crate::oauth::{Dialect, RawResponse, TokenError, TokenErrorCode, TokenResponse};

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

fn read(dialect: Dialect, media_type: &str, body: &str) -> Result<TokenResponse, TokenError> {
    let response = RawResponse {
        status: StatusCode::OK,
        media_type,
        body: body.as_bytes(),
    };
    TokenResponse::read(response, dialect)
}

/// Access token, ID token, refresh token, scopes.
type Row<'a> = (
    &'a str,
    Option<&'a str>,
    Option<&'a str>,
    Option<&'a [&'a str]>,
);

fn assert_read(dialect: Dialect, media_type: &str, body: &str, expected: Row<'_>) {
    let tokens = read(dialect, media_type, body).unwrap_or_else(|error| panic!("{body}: {error}"));
    let (access, id, refresh, scopes) = expected;
    assert_eq!(tokens.access_token.reveal(), access, "{body}");
    assert_eq!(
        tokens.id_token.as_ref().map(|token| token.reveal()),
        id,
        "{body}"
    );
    assert_eq!(
        tokens.refresh_token.as_ref().map(|token| token.reveal()),
        refresh,
        "{body}"
    );
    let scopes = scopes.map(|scopes| {
        scopes
            .iter()
            .map(|scope| (*scope).to_owned())
            .collect::<Vec<_>>()
    });
    assert_eq!(tokens.scopes, scopes, "{body}");
}

#[test]
fn the_tokens_of_each_dialect_are_read() {
    use Dialect::{Feishu, GitHub, OAuth2, Oidc};
    let rows: [(Dialect, &str, &str, Row<'_>); 15] = [
        (
            Oidc,
            JSON,
            r#"{"access_token":"a","token_type":"Bearer","id_token":"i","refresh_token":"r","scope":"openid a,b","expires_in":1}"#,
            ("a", Some("i"), Some("r"), Some(&["openid", "a,b"])),
        ),
        (
            Oidc,
            "",
            "\u{FEFF} {\"access_token\":\"a\",\"token_type\":\"bearer\"}",
            ("a", None, None, None),
        ),
        (
            Oidc,
            JSON,
            r#"{"access_token":"a","token_type":"BEARER","id_token":null,"refresh_token":"","scope":""}"#,
            ("a", None, None, Some(&[])),
        ),
        // A claim of another product is no error of this one.
        (
            Oidc,
            JSON,
            r#"{"access_token":"a","token_type":"bearer","code":7}"#,
            ("a", None, None, None),
        ),
        (
            OAuth2,
            JSON,
            r#"{"access_token":"a","scope":"x, y"}"#,
            ("a", None, None, Some(&["x", "y"])),
        ),
        (
            OAuth2,
            FORM,
            "access_token=a&token_type=bearer&refresh_token=r+s",
            ("a", None, Some("r s"), None),
        ),
        (
            OAuth2,
            "text/plain",
            "access_token=a\n",
            ("a", None, None, None),
        ),
        (
            OAuth2,
            "text/plain",
            r#"{"access_token":"a"}"#,
            ("a", None, None, None),
        ),
        (
            OAuth2,
            JSON,
            r#"{"code":0,"data":{"access_token":"a","scope":"x"}}"#,
            ("a", None, None, Some(&["x"])),
        ),
        (
            OAuth2,
            JSON,
            r#"{"errcode":"0","access_token":"a","data":{"access_token":"b"}}"#,
            ("a", None, None, None),
        ),
        (
            GitHub,
            FORM,
            "access_token=a&scope=repo%2Cgist&token_type=bearer",
            ("a", None, None, Some(&["repo", "gist"])),
        ),
        (
            GitHub,
            JSON,
            r#"{"access_token":"a","scope":"repo,gist","token_type":"bearer"}"#,
            ("a", None, None, Some(&["repo", "gist"])),
        ),
        (
            GitHub,
            JSON,
            r#"{"access_token":"a","scope":"","token_type":"bearer"}"#,
            ("a", None, None, Some(&[])),
        ),
        (
            Feishu,
            JSON,
            r#"{"code":0,"access_token":"a","token_type":"Bearer","scope":"x y"}"#,
            ("a", None, None, Some(&["x", "y"])),
        ),
        (
            Feishu,
            JSON,
            r#"{"code":0,"msg":"success","data":{"access_token":"a","refresh_token":"r"}}"#,
            ("a", None, Some("r"), None),
        ),
    ];
    for (dialect, media_type, body, expected) in rows {
        assert_read(dialect, media_type, body, expected);
    }
}

#[test]
fn a_success_without_usable_tokens_is_unusable() {
    use Dialect::{Feishu, GitHub, OAuth2, Oidc};
    let long = format!(
        r#"{{"access_token":"{}","token_type":"bearer"}}"#,
        "x".repeat(limits::TOKEN + 1)
    );
    let rows = [
        (
            Oidc,
            JSON,
            "",
            "it is not JSON: EOF while parsing a value at line 1 column 0",
        ),
        (Oidc, JSON, "[]", "it is not a JSON object"),
        (Oidc, JSON, "{}", "it has no `access_token`"),
        (
            Oidc,
            JSON,
            r#"{"access_token":""}"#,
            "it has no `access_token`",
        ),
        (
            Oidc,
            JSON,
            r#"{"access_token":7}"#,
            "its `access_token` is not a string",
        ),
        (
            Oidc,
            JSON,
            r#"{"access_token":"a"}"#,
            "it has no `token_type`",
        ),
        (
            Oidc,
            JSON,
            r#"{"access_token":"a","token_type":"DPoP"}"#,
            "its `token_type` is \"DPoP\", and only `Bearer` can be used",
        ),
        (
            OAuth2,
            JSON,
            r#"{"access_token":"a","token_type":1}"#,
            "its `token_type` is 1, and only `Bearer` can be used",
        ),
        (
            Oidc,
            JSON,
            r#"{"access_token":"a\u0000","token_type":"bearer"}"#,
            "its `access_token` has characters that no token has (RFC 6749 appendix A)",
        ),
        (
            Oidc,
            JSON,
            r#"{"access_token":"a","token_type":"bearer","refresh_token":"é"}"#,
            "its `refresh_token` has characters that no token has (RFC 6749 appendix A)",
        ),
        (
            Oidc,
            JSON,
            &long,
            "its `access_token` is 16385 bytes long; at most 16384 are accepted",
        ),
        (
            Oidc,
            JSON,
            r#"{"access_token":"a","token_type":"bearer","scope":["a"]}"#,
            "its `scope` is [\"a\"], and a string is expected",
        ),
        (
            Oidc,
            JSON,
            r#"{"access_token":"a","access_token":"b"}"#,
            "the member `access_token` occurs twice",
        ),
        (
            Oidc,
            FORM,
            "access_token=a",
            "it is not JSON: expected value at line 1 column 1",
        ),
        (
            Oidc,
            JSON,
            r#"{"data":{"access_token":"a"}}"#,
            "it has no `access_token`",
        ),
        (
            GitHub,
            FORM,
            "access_token=a&access_token=b",
            "the parameter \"access_token\" occurs twice",
        ),
        (
            GitHub,
            JSON,
            r#"{"data":{"access_token":"a"}}"#,
            "it has no `access_token`",
        ),
        (
            Feishu,
            FORM,
            "access_token=a",
            "it is not JSON: expected value at line 1 column 1",
        ),
    ];
    for (dialect, media_type, body, why) in rows {
        let error = read(dialect, media_type, body).expect_err(body);
        assert_eq!(error, TokenError::Unusable(why.to_owned()), "{body}");
    }
}

#[test]
fn an_error_is_found_wherever_a_product_puts_it() {
    use Dialect::{Feishu, GitHub, OAuth2, Oidc};
    let other = |text: &str| TokenErrorCode::Other(text.to_owned());
    let rows = [
        (
            Oidc,
            JSON,
            r#"{"error":"invalid_grant","access_token":"a"}"#,
            TokenErrorCode::InvalidGrant,
            None,
        ),
        (
            GitHub,
            JSON,
            r#"{"error":"bad_verification_code","error_description":"The code is old."}"#,
            TokenErrorCode::InvalidGrant,
            Some("The code is old."),
        ),
        (
            GitHub,
            FORM,
            "error=incorrect_client_credentials",
            TokenErrorCode::InvalidClient,
            None,
        ),
        (
            GitHub,
            FORM,
            "error=bad_refresh_token",
            TokenErrorCode::InvalidGrant,
            None,
        ),
        (
            GitHub,
            FORM,
            "error=redirect_uri_mismatch",
            other("redirect_uri_mismatch"),
            None,
        ),
        (
            OAuth2,
            JSON,
            r#"{"errcode":40029,"errmsg":"invalid code"}"#,
            other("40029"),
            Some("invalid code"),
        ),
        (
            OAuth2,
            JSON,
            r#"{"code":"1","data":{"access_token":"a"},"message":"no"}"#,
            other("1"),
            Some("no"),
        ),
        (
            OAuth2,
            JSON,
            r#"{"code":0,"errcode":7,"access_token":"a"}"#,
            other("7"),
            None,
        ),
        (
            OAuth2,
            JSON,
            r#"{"error":"incorrect_client_credentials"}"#,
            other("incorrect_client_credentials"),
            None,
        ),
        (
            Feishu,
            JSON,
            r#"{"code":20003,"error":"invalid_grant","error_description":"used"}"#,
            TokenErrorCode::InvalidGrant,
            Some("used"),
        ),
        (
            Feishu,
            JSON,
            r#"{"code":20002,"msg":"bad"}"#,
            other("20002"),
            Some("bad"),
        ),
        (
            Feishu,
            JSON,
            r#"{"code":99991400}"#,
            TokenErrorCode::SlowDown,
            None,
        ),
        (
            Feishu,
            JSON,
            r#"{"code":20050}"#,
            TokenErrorCode::ServerError,
            None,
        ),
    ];
    for (dialect, media_type, body, code, description) in rows {
        let error = read(dialect, media_type, body).expect_err(body);
        let description = description.map(str::to_owned);
        let status = StatusCode::OK;
        assert_eq!(
            error,
            TokenError::Reported {
                status,
                code,
                description
            },
            "{body}"
        );
    }
}

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use serde_json::json;

use crate::jose::{ClientKey, JwkSet, UnverifiedToken};
use crate::oauth::{
    AccessToken, AssertionInputs, AuthorizationCode, ClientAuthentication, ClientSecret,
    CodeVerifier, Dialect, EndpointRequest, Grant, RefreshToken, RevocationRequest, RevokedToken,
    TokenRequest,
};
use crate::time::UnixTime;

const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);

/// RFC 8037 appendix A.1 and A.2.
const PRIVATE_JWK: &str = r#"{"kty":"OKP","crv":"Ed25519","kid":"k1",
    "d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
const PUBLIC_JWK: &str =
    r#"{"kty":"OKP","crv":"Ed25519","kid":"k1","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;

fn body(request: &EndpointRequest) -> &str {
    str::from_utf8(&request.body).expect("UTF-8")
}

fn redeem(
    client_id: &str,
    authentication: ClientAuthentication<'_>,
    dialect: Dialect,
) -> EndpointRequest {
    let code = AuthorizationCode::new("a+b".to_owned());
    let verifier = CodeVerifier::new("verifier".to_owned());
    let request = TokenRequest {
        client_id,
        authentication,
        grant: Grant::AuthorizationCode {
            code: &code,
            redirect_uri: "https://chat.example/auth/callback",
            verifier: &verifier,
        },
    };
    request.encode(dialect).expect("a request")
}

fn secret() -> ClientSecret {
    ClientSecret::new("s:%+ é".to_owned())
}

const GRANT: &str = "grant_type=authorization_code&code=a%2Bb&redirect_uri=https%3A%2F%2Fchat.example%2Fauth%2Fcallback&code_verifier=verifier";

#[test]
fn the_client_is_named_and_proven_once() {
    let secret = secret();
    let rows = [
        (ClientAuthentication::None, None, "&client_id=a%3Ab+c"),
        (
            ClientAuthentication::Post(&secret),
            None,
            "&client_id=a%3Ab+c&client_secret=s%3A%25%2B+%C3%A9",
        ),
        (
            ClientAuthentication::Basic(&secret),
            Some("a%3Ab+c:s%3A%25%2B+%C3%A9"),
            "",
        ),
    ];
    for (authentication, pair, added) in rows {
        let request = redeem("a:b c", authentication, Dialect::Oidc);
        let header = pair.map(|pair| format!("Basic {}", STANDARD.encode(pair)));
        let sent = request.headers.get(AUTHORIZATION);
        assert_eq!(
            sent.map(|value| value.to_str().expect("text").to_owned()),
            header
        );
        assert!(sent.is_none_or(http::HeaderValue::is_sensitive));
        assert_eq!(body(&request), format!("{GRANT}{added}"));
        assert_eq!(
            request.headers.get(CONTENT_TYPE).expect("a type"),
            "application/x-www-form-urlencoded"
        );
        assert_eq!(
            request.headers.get(ACCEPT).expect("a type"),
            "application/json"
        );
        assert_eq!(request.method, "POST");
    }
}

#[test]
fn an_assertion_is_signed_for_one_use_within_a_minute() {
    let key = ClientKey::parse(PRIVATE_JWK).expect("a key");
    let public = JwkSet::parse_setting(PUBLIC_JWK).expect("a key");
    let mut names = Vec::new();
    for random in [[1; 32], [2; 32]] {
        let inputs = AssertionInputs {
            key: &key,
            audience: "https://id.example/token",
            now: NOW,
            random: &random,
        };
        let request = redeem(
            "chat",
            ClientAuthentication::PrivateKeyJwt(inputs),
            Dialect::Oidc,
        );
        let (start, assertion) = body(&request)
            .split_once("&client_assertion=")
            .expect("an assertion");
        assert_eq!(
            start,
            format!(
                "{GRANT}&client_id=chat&client_assertion_type=\
                 urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer"
            )
        );
        let token = UnverifiedToken::parse(assertion).expect("a token");
        let chosen = public.select(&token.header, "chat").expect("the key");
        chosen.verify(&token).expect("a good signature");
        let claim = |name: &str| token.claims.get(name).expect("a claim").clone();
        assert_eq!(
            json!(["iss", "sub", "aud", "iat", "exp"].map(claim)),
            json!([
                "chat",
                "chat",
                "https://id.example/token",
                1_700_000_000,
                1_700_000_060
            ])
        );
        assert_eq!(token.claims.members().len(), 6);
        names.push(claim("jti").as_str().expect("a text").to_owned());
    }
    names.dedup();
    assert!(
        names.len() == 2 && names.iter().all(|name| name.len() == 43),
        "{names:?}"
    );
}

#[test]
fn feishu_gets_json() {
    let secret = ClientSecret::new("s".to_owned());
    let request = redeem("chat", ClientAuthentication::Post(&secret), Dialect::Feishu);
    assert_eq!(
        request.headers.get(CONTENT_TYPE).expect("a type"),
        "application/json; charset=utf-8"
    );
    let expected = json!({
        "grant_type": "authorization_code",
        "code": "a+b",
        "redirect_uri": "https://chat.example/auth/callback",
        "code_verifier": "verifier",
        "client_id": "chat",
        "client_secret": "s",
    });
    assert_eq!(
        serde_json::from_str::<serde_json::Value>(body(&request)).expect("JSON"),
        expected
    );
}

#[test]
fn a_refresh_asks_for_no_other_scopes() {
    let token = RefreshToken::new("r".to_owned());
    let request = TokenRequest {
        client_id: "chat",
        authentication: ClientAuthentication::None,
        grant: Grant::RefreshToken(&token),
    };
    let request = request.encode(Dialect::GitHub).expect("a request");
    assert_eq!(
        body(&request),
        "grant_type=refresh_token&refresh_token=r&client_id=chat"
    );
}

#[test]
fn a_token_is_revoked_as_the_provider_reads_it() {
    let (access, refresh) = (
        AccessToken::new("a".to_owned()),
        RefreshToken::new("r".to_owned()),
    );
    let secret = ClientSecret::new("s".to_owned());
    let rows = [
        (
            RevokedToken::Refresh(&refresh),
            Dialect::Oidc,
            "POST",
            "client_id=chat&client_secret=s&token=r&token_type_hint=refresh_token",
            None,
        ),
        (
            RevokedToken::Access(&access),
            Dialect::OAuth2,
            "POST",
            "client_id=chat&client_secret=s&token=a&token_type_hint=access_token",
            None,
        ),
        (
            RevokedToken::Access(&access),
            Dialect::GitHub,
            "DELETE",
            r#"{"access_token":"a"}"#,
            Some("Basic Y2hhdDpz"),
        ),
    ];
    for (token, dialect, method, text, header) in rows {
        let request = RevocationRequest {
            client_id: "chat",
            authentication: ClientAuthentication::Post(&secret),
            token,
        };
        let request = request.encode(dialect).expect("a request");
        assert_eq!((request.method.as_str(), body(&request)), (method, text));
        let sent = request
            .headers
            .get(AUTHORIZATION)
            .map(|value| value.to_str().expect("text"));
        assert_eq!(sent, header);
    }
}

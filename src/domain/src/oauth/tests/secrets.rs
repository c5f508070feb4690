use http::Method;

use crate::oauth::{
    AccessToken, AuthorizationCode, ClientAuthentication, ClientSecret, CodeVerifier,
    EndpointRequest, Grant, IdToken, NonceHash, RefreshToken,
};

#[test]
fn no_secret_is_in_debug_output() {
    let secret = || "hunter2".to_owned();
    let client = ClientSecret::new(secret());
    let refresh = RefreshToken::new(secret());
    let request = EndpointRequest {
        method: Method::POST,
        headers: http::HeaderMap::new(),
        body: secret().into_bytes(),
    };
    let texts = [
        format!("{:?}", AccessToken::new(secret())),
        format!("{:?}", AuthorizationCode::new(secret())),
        format!("{:?}", CodeVerifier::new(secret())),
        format!("{:?}", IdToken::new(secret())),
        format!("{:?}", Grant::RefreshToken(&refresh)),
        format!("{:?}", ClientAuthentication::Basic(&client)),
        format!("{request:?}"),
    ];
    for text in texts {
        assert!(
            text.contains("redacted") && !text.contains("hunter2") && !text.contains("104"),
            "{text}"
        );
    }
}

#[test]
fn a_hash_is_of_one_nonce() {
    let hash = NonceHash::of("nonce");
    assert!(hash.is_of("nonce"));
    assert_eq!(NonceHash::from_bytes(*hash.as_bytes()), hash);
    for other in ["", "nonc", "nonce ", "Nonce"] {
        assert!(!hash.is_of(other), "{other}");
    }
}

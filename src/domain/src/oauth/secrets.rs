//! What the endpoints of the provider issue and take. Whoever holds one of these can use it.

use crate::secret::secret;

secret! {
    /// An access token, as the provider issued it or as a client sent it.
    AccessToken
}
secret! {
    /// The authorization code of a callback (RFC 6749 §4.1.2).
    AuthorizationCode
}
secret! {
    /// The secret of the client at its provider (RFC 6749 §2.3.1).
    ClientSecret
}
secret! {
    /// The proof that the one who redeems a code is the one who asked for it (RFC 7636 §4.1).
    CodeVerifier
}
secret! {
    /// An ID token in compact form (OpenID Connect Core §2).
    IdToken
}
secret! {
    /// A refresh token (RFC 6749 §1.5).
    RefreshToken
}

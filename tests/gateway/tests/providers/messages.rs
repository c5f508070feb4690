//! What refusals say that more than one provider gives cause for.

/// The provider does not know the token any more.
pub const INACTIVE: &str = "The identity provider says that the token is not active: it has expired, was revoked, or \
    is from another provider. Sign in again.";

/// A rule does not hold. Which one, only the log says.
pub const RULE_NOT_MET: &str = "The token does not meet the endpoint's `required_claims`. Ask the administrator for \
    access; the gateway's log has the rule.";

/// The provider says that the address may be somebody else's.
pub const EMAIL_NOT_VERIFIED: &str = "The endpoint identifies people by `email`, and the token's `email_verified` is false. \
    Have the person verify the address, or use `sub` in `user_claim`.";

/// The provider did not take the gateway for the client that it says it is.
pub fn credentials_refused(issuer: &str, client: &str) -> String {
    format!(
        "The identity provider `{issuer}` refused the gateway's own credentials at its introspection endpoint. Compare \
         `client_secret` with the secret of the client `{client}`, and see that this client may introspect tokens."
    )
}

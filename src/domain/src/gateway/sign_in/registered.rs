//! The paths of the addresses that are registered for the client at the identity provider.

/// The redirect URI (RFC 6749 §3.1.2).
pub const CALLBACK: &str = "/auth/callback";

/// Where the provider sends the browser after its logout (OpenID Connect RP-Initiated Logout 1.0 §3.1).
pub const LOGGED_OUT: &str = "/auth/logged-out";

/// Where the provider sends logout tokens (OpenID Connect Back-Channel Logout 1.0 §2.2).
pub const BACKCHANNEL_LOGOUT: &str = "/auth/backchannel-logout";

//! The one table of code → status → RFC 6750 error. The list of docs/errors.md is generated from it.

use http::StatusCode;

use crate::documentation::Document;

/// An error code of RFC 6750 §3.1.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum BearerError {
    /// `insufficient_scope`, with status 403.
    InsufficientScope,
    /// `invalid_request`, with status 400.
    InvalidRequest,
    /// `invalid_token`, with status 401.
    InvalidToken,
}

impl BearerError {
    /// The code as RFC 6750 writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InsufficientScope => "insufficient_scope",
            Self::InvalidRequest => "invalid_request",
            Self::InvalidToken => "invalid_token",
        }
    }
}

macro_rules! codes {
    ($($variant:ident $code:literal $status:ident, $meaning:literal;)*) => {
        /// Why a request is refused. The string of a code never changes its meaning.
        #[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
        pub enum Code {
            $(#[doc = $meaning] $variant,)*
        }

        impl Code {
            /// Every code, in alphabetical order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The stable string that clients compare.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// The status of the response.
            pub const fn status(self) -> StatusCode {
                match self { $(Self::$variant => StatusCode::$status,)* }
            }

            /// The code with exactly this string.
            pub fn named(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|code| code.as_str() == name)
            }

            /// What the code means, one sentence.
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning,)* }
            }
        }
    };
}

impl Code {
    /// The `error` of the challenge (RFC 6750 §3.1).
    ///
    /// `insufficient_scope` promises that another token with more scopes would do, and client libraries sign the person
    /// in again for it. So it is left to missing scopes; a 403 that no new token would change has a challenge without
    /// `error`.
    pub const fn bearer_error(self) -> Option<BearerError> {
        match self {
            // No credentials were sent: the last paragraph of RFC 6750 §3.1 asks for no error code.
            Self::TokenMissing => None,
            // No token was sent either: the browser's session is what is refused.
            Self::MetricsTokenRequired
            | Self::PageTokenMissing
            | Self::SessionEnded
            | Self::SessionExpired
            | Self::SessionMissing
            | Self::SessionRevoked => None,
            Self::AuthorizationMalformed => Some(BearerError::InvalidRequest),
            Self::InsufficientScope => Some(BearerError::InsufficientScope),
            _ if matches!(self.status(), StatusCode::UNAUTHORIZED) => {
                Some(BearerError::InvalidToken)
            }
            _ => None,
        }
    }

    /// Where somebody reads what to do, if that is more than the message can say: a row of the troubleshooting document,
    /// whose anchor is the code.
    pub fn documentation(self) -> Option<String> {
        let address = || format!("{}#{}", Document::Troubleshooting.address(), self.as_str());
        self.has_procedure().then(address)
    }

    /// Whether an administrator has something to look up or to set up.
    const fn has_procedure(self) -> bool {
        matches!(
            self,
            Self::AdminRequired
                | Self::AppKeyRejected
                | Self::ClaimDoesNotFit
                | Self::ConfigurationError
                | Self::CrossOriginRefused
                | Self::DifyAnswerInvalid
                | Self::DifyTimeout
                | Self::DifyUnavailable
                | Self::EmailNotVerified
                | Self::GroupsOverage
                | Self::IdentityProviderInvalid
                | Self::IdentityProviderUnavailable
                | Self::InsufficientScope
                | Self::NavigationRequired
                | Self::OperationRefused
                | Self::RequiredClaims
                | Self::ServiceAccountRefused
                | Self::SessionTooLarge
                | Self::SignInDisabled
                | Self::SignInFailed
                | Self::SignInRefused
                | Self::TokenAlgorithmRefused
                | Self::TokenAudienceRefused
                | Self::TokenBound
                | Self::TokenClaimInvalid
                | Self::TokenClientRefused
                | Self::TokenEncrypted
                | Self::TokenIssuerUnknown
                | Self::TokenKeyUnknown
                | Self::TokenMalformed
                | Self::TokenMissing
                | Self::TokenOpaque
                | Self::TokenTypeRefused
                | Self::UserClaimMissing
        )
    }

    /// Whether the response has a challenge: where the credentials are the reason for the refusal (RFC 6750 §3,
    /// RFC 9110 §15.5.2 and §15.5.4).
    pub const fn has_challenge(self) -> bool {
        let status = self.status();
        matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN)
            || self.bearer_error().is_some()
    }
}

codes! {
    AdminRequired "admin_required" FORBIDDEN, "The operation reads or changes the data of all users, and the token does not meet `admin_claims`.";
    AppKeyRejected "app_key_rejected" BAD_GATEWAY, "Dify refused the endpoint's app key.";
    AuthorizationMalformed "authorization_malformed" BAD_REQUEST, "`Authorization` is not exactly one bearer token.";
    BadRequest "bad_request" BAD_REQUEST, "The body is not what its content type says or has too much in it, or a proxy between the gateway and Dify refused the request.";
    BodyTooLarge "body_too_large" PAYLOAD_TOO_LARGE, "The body reached the 10 MiB at which Dify cuts it, or is larger than a proxy between the gateway and Dify takes.";
    Busy "busy" SERVICE_UNAVAILABLE, "The gateway has as many requests under way as it allows; `Retry-After` says when to try again.";
    ClaimDoesNotFit "claim_does_not_fit" FORBIDDEN, "A claim does not fit the app's required input.";
    ConfigurationError "configuration_error" SERVICE_UNAVAILABLE, "The endpoint's settings are wrong.";
    CrossOriginRefused "cross_origin_refused" FORBIDDEN, "A request with a session comes from another origin or site than the page, or does not say where it comes from.";
    DifyAnswerInvalid "dify_answer_invalid" BAD_GATEWAY, "Dify's response is not one that its API sends.";
    DifyBusy "dify_busy" SERVICE_UNAVAILABLE, "A proxy before Dify, or its server, cannot take the request now.";
    DifyTimeout "dify_timeout" GATEWAY_TIMEOUT, "Dify did not answer in time, or a proxy between the gateway and Dify did not wait for it.";
    DifyUnavailable "dify_unavailable" BAD_GATEWAY, "Dify could not be reached or answered with an error page, or its response broke off.";
    EmailNotVerified "email_not_verified" FORBIDDEN, "`user_claim` is `email` and the token says that it is not verified.";
    GatewayTimeout "gateway_timeout" GATEWAY_TIMEOUT, "A stream was silent or open for too long and was ended; the stream's last event has the code.";
    GroupsOverage "groups_overage" FORBIDDEN, "The provider left the groups out because there are too many.";
    IdentityProviderInvalid "identity_provider_invalid" SERVICE_UNAVAILABLE, "The identity provider's documents cannot be used.";
    IdentityProviderUnavailable "identity_provider_unavailable" SERVICE_UNAVAILABLE, "The identity provider could not be reached.";
    InsufficientScope "insufficient_scope" FORBIDDEN, "The token lacks a scope of `scopes`.";
    InternalError "internal_error" INTERNAL_SERVER_ERROR, "The gateway failed; its log has the request id.";
    InvalidParam "invalid_param" BAD_REQUEST, "A parameter is not one that Dify would accept.";
    MethodNotAllowed "method_not_allowed" METHOD_NOT_ALLOWED, "The path exists, with other methods.";
    MetricsTokenRequired "metrics_token_required" UNAUTHORIZED, "`/metrics` is for the token that `/health` shows to the holder of the app key, or for the app key.";
    NavigationRequired "navigation_required" BAD_REQUEST, "The address is opened in the browser's window, and not by a script, a frame, an image or a prefetch.";
    NotFound "not_found" NOT_FOUND, "No operation has this path, Dify has nothing at it, or the thing is not the caller's.";
    OperationRefused "operation_refused" FORBIDDEN, "The endpoint's `operation_rules` close the operation to the caller, or to everybody.";
    OriginRefused "origin_refused" FORBIDDEN, "An AI client runs in a browser, at an origin that is neither the endpoint's own nor in `allowed_origins`.";
    PageTokenMissing "page_token_missing" UNAUTHORIZED, "There is a session, but the request has no `X-Gateway-Page`, which the page sends with each of its own.";
    RateLimited "rate_limited" TOO_MANY_REQUESTS, "A proxy between the gateway and Dify limits how often Dify is asked.";
    RequestHeadTooLarge "request_head_too_large" REQUEST_HEADER_FIELDS_TOO_LARGE, "The head of the request has too many fields or is too long.";
    RequiredClaims "required_claims_not_met" FORBIDDEN, "The token does not meet `required_claims`.";
    ServiceAccountRefused "service_account_refused" FORBIDDEN, "The token stands for a client and `service_accounts` is `refuse`.";
    SessionChanged "session_changed" CONFLICT, "The browser has another session than the page that sends the request, so somebody else may have signed in.";
    SessionEnded "session_ended" UNAUTHORIZED, "The identity provider does not continue the session, or the person may not use the app any more.";
    SessionExpired "session_expired" UNAUTHORIZED, "The session is past its hours, or has not been used for too long.";
    SessionMissing "session_missing" UNAUTHORIZED, "Nobody is signed in, and no token was sent.";
    SessionRevoked "session_revoked" UNAUTHORIZED, "The session was ended by a sign-out, here or at the identity provider.";
    SessionTooLarge "session_too_large" FORBIDDEN, "The claims that the app needs as inputs do not fit into the session's cookie.";
    SignInDisabled "sign_in_disabled" NOT_FOUND, "The endpoint's setting `sign_in` is off.";
    SignInFailed "sign_in_failed" BAD_REQUEST, "The response of a sign-in cannot be used: its state, its code or its ID token is not good.";
    SignInRefused "sign_in_refused" FORBIDDEN, "The identity provider has refused the sign-in.";
    TokenAlgorithmRefused "token_algorithm_refused" UNAUTHORIZED, "The token's `alg` is not one that the gateway accepts.";
    TokenAudienceRefused "token_audience_refused" UNAUTHORIZED, "The token is meant for another application.";
    TokenBound "token_bound" UNAUTHORIZED, "The token is bound to a key (`cnf`), so it is not a plain bearer token.";
    TokenClaimInvalid "token_claim_invalid" UNAUTHORIZED, "A claim is missing, of the wrong JSON type, or a date that cannot be right.";
    TokenClientRefused "token_client_refused" UNAUTHORIZED, "The token was issued to a client that is not in `client_id`.";
    TokenEncrypted "token_encrypted" UNAUTHORIZED, "The token is a JWE.";
    TokenExpired "token_expired" UNAUTHORIZED, "`exp` has passed.";
    TokenHeaderRefused "token_header_refused" UNAUTHORIZED, "The token's header has a member that changes its meaning, such as `crit`.";
    TokenInactive "token_inactive" UNAUTHORIZED, "The identity provider says that the token is not active.";
    TokenIssuerUnknown "token_issuer_unknown" UNAUTHORIZED, "`iss` is not exactly one of `issuer`.";
    TokenKeyUnknown "token_key_unknown" UNAUTHORIZED, "No key of the issuer fits the token.";
    TokenMalformed "token_malformed" UNAUTHORIZED, "The token is not a JWT in its strict form, or not a token at all, such as the text `undefined` or the app key.";
    TokenMissing "token_missing" UNAUTHORIZED, "No token was sent.";
    TokenNotYetValid "token_not_yet_valid" UNAUTHORIZED, "`nbf` or `iat` is in the future.";
    TokenOpaque "token_opaque" UNAUTHORIZED, "The token is not a JWT, and this endpoint verifies JWTs.";
    TokenSignatureInvalid "token_signature_invalid" UNAUTHORIZED, "The issuer's key did not make this signature.";
    TokenTooLarge "token_too_large" UNAUTHORIZED, "The token is longer than 16 KiB, or its header than 4 KiB.";
    TokenTypeRefused "token_type_refused" UNAUTHORIZED, "The token is of another kind than `token_kind` accepts.";
    TooManyStreams "too_many_streams" TOO_MANY_REQUESTS, "The user has as many runs under way as `streams_per_user` allows.";
    UnsupportedMediaType "unsupported_media_type" UNSUPPORTED_MEDIA_TYPE, "The content type is not one that the operation accepts, or the body has a `Content-Encoding`.";
    UserClaimMissing "user_claim_missing" FORBIDDEN, "The token has none of the claims of `user_claim`.";
    UserClaimUnusable "user_claim_unusable" FORBIDDEN, "The claim of `user_claim` cannot be a Dify `user`.";
    UserRateLimited "user_rate_limited" TOO_MANY_REQUESTS, "The user has sent as many requests as `requests_per_minute` allows.";
}

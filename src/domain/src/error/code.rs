//! The one table of code → status → RFC 6750 error. README's list is generated from it.

use http::StatusCode;

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
    ($($variant:ident $code:literal $status:ident $bearer:expr, $meaning:literal;)*) => {
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

            /// The status of the answer.
            pub const fn status(self) -> StatusCode {
                match self { $(Self::$variant => StatusCode::$status,)* }
            }

            /// The `error` of the challenge, where RFC 6750 has one for it.
            pub const fn bearer_error(self) -> Option<BearerError> {
                match self { $(Self::$variant => $bearer,)* }
            }

            /// What the code means, one sentence.
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning,)* }
            }
        }
    };
}

codes! {
    AdminRequired "admin_required" FORBIDDEN Some(BearerError::InsufficientScope), "The operation touches everybody's data and the token does not meet `admin_claims`.";
    AppKeyRejected "app_key_rejected" BAD_GATEWAY None, "Dify refused the endpoint's app key.";
    AuthorizationMalformed "authorization_malformed" BAD_REQUEST Some(BearerError::InvalidRequest), "`Authorization` is not exactly one bearer token.";
    BadRequest "bad_request" BAD_REQUEST None, "The body is not what its content type says.";
    BodyTooLarge "body_too_large" PAYLOAD_TOO_LARGE None, "The body reached the 10 MiB at which Dify cuts it.";
    ClaimDoesNotFit "claim_does_not_fit" FORBIDDEN Some(BearerError::InsufficientScope), "A claim does not fit the app's required input.";
    ConfigurationError "configuration_error" SERVICE_UNAVAILABLE None, "The endpoint's settings are wrong.";
    DifyAnswerInvalid "dify_answer_invalid" BAD_GATEWAY None, "What Dify answered is not what its API answers.";
    DifyTimeout "dify_timeout" GATEWAY_TIMEOUT None, "Dify did not answer in time.";
    DifyUnavailable "dify_unavailable" BAD_GATEWAY None, "Dify could not be reached, or its answer broke off.";
    EmailNotVerified "email_not_verified" FORBIDDEN Some(BearerError::InsufficientScope), "`user_claim` is `email` and the token says that it is not verified.";
    GatewayTimeout "gateway_timeout" GATEWAY_TIMEOUT None, "A stream was silent or open for too long and was ended; it stands in the stream's last event.";
    GroupsOverage "groups_overage" FORBIDDEN Some(BearerError::InsufficientScope), "The provider left the groups out because there are too many.";
    IdentityProviderInvalid "identity_provider_invalid" SERVICE_UNAVAILABLE None, "The identity provider's documents cannot be used.";
    IdentityProviderUnavailable "identity_provider_unavailable" SERVICE_UNAVAILABLE None, "The identity provider could not be reached.";
    InsufficientScope "insufficient_scope" FORBIDDEN Some(BearerError::InsufficientScope), "The token lacks a scope of `scopes`.";
    InternalError "internal_error" INTERNAL_SERVER_ERROR None, "The gateway failed; its log has the request id.";
    InvalidParam "invalid_param" BAD_REQUEST None, "A parameter is not one that Dify would take.";
    MethodNotAllowed "method_not_allowed" METHOD_NOT_ALLOWED None, "The path exists, with other methods.";
    NotFound "not_found" NOT_FOUND None, "No operation has this path, or the thing is not the caller's.";
    RequiredClaims "required_claims_not_met" FORBIDDEN Some(BearerError::InsufficientScope), "The token does not meet `required_claims`.";
    ServiceAccountRefused "service_account_refused" FORBIDDEN Some(BearerError::InsufficientScope), "The token stands for a client and `service_accounts` is `refuse`.";
    TokenAlgorithmRefused "token_algorithm_refused" UNAUTHORIZED Some(BearerError::InvalidToken), "The token's `alg` is none that the gateway takes.";
    TokenAudienceRefused "token_audience_refused" UNAUTHORIZED Some(BearerError::InvalidToken), "The token is meant for somebody else.";
    TokenBound "token_bound" UNAUTHORIZED Some(BearerError::InvalidToken), "The token is bound to a key (`cnf`) and no plain bearer token.";
    TokenClaimInvalid "token_claim_invalid" UNAUTHORIZED Some(BearerError::InvalidToken), "A claim is missing or of the wrong JSON type.";
    TokenClientRefused "token_client_refused" UNAUTHORIZED Some(BearerError::InvalidToken), "The token was issued to a client that is not in `client_id`.";
    TokenEncrypted "token_encrypted" UNAUTHORIZED Some(BearerError::InvalidToken), "The token is a JWE.";
    TokenExpired "token_expired" UNAUTHORIZED Some(BearerError::InvalidToken), "`exp` has passed.";
    TokenHeaderRefused "token_header_refused" UNAUTHORIZED Some(BearerError::InvalidToken), "The token's header carries what no access token needs.";
    TokenInactive "token_inactive" UNAUTHORIZED Some(BearerError::InvalidToken), "The identity provider says that the token is not active.";
    TokenIssuerUnknown "token_issuer_unknown" UNAUTHORIZED Some(BearerError::InvalidToken), "`iss` is not exactly one of `issuer`.";
    TokenKeyUnknown "token_key_unknown" UNAUTHORIZED Some(BearerError::InvalidToken), "No key of the issuer fits the token.";
    TokenMalformed "token_malformed" UNAUTHORIZED Some(BearerError::InvalidToken), "The token is not a JWT in its strict form.";
    TokenMissing "token_missing" UNAUTHORIZED None, "No token was sent.";
    TokenNotYetValid "token_not_yet_valid" UNAUTHORIZED Some(BearerError::InvalidToken), "`nbf` or `iat` lies in the future.";
    TokenOpaque "token_opaque" UNAUTHORIZED Some(BearerError::InvalidToken), "The token is no JWT and this endpoint verifies JWTs.";
    TokenSignatureInvalid "token_signature_invalid" UNAUTHORIZED Some(BearerError::InvalidToken), "The issuer's key did not make this signature.";
    TokenTooLarge "token_too_large" UNAUTHORIZED Some(BearerError::InvalidToken), "The token is longer than 16 KiB, or its header than 4 KiB.";
    TokenTypeRefused "token_type_refused" UNAUTHORIZED Some(BearerError::InvalidToken), "The token is of another kind than `token_kind` takes.";
    TooManyStreams "too_many_streams" TOO_MANY_REQUESTS None, "The user has as many open streams as `streams_per_user` lets them.";
    UnsupportedMediaType "unsupported_media_type" UNSUPPORTED_MEDIA_TYPE None, "The content type is not the one that the operation takes.";
    UserClaimMissing "user_claim_missing" FORBIDDEN Some(BearerError::InsufficientScope), "The token has none of the claims of `user_claim`.";
    UserClaimUnusable "user_claim_unusable" FORBIDDEN Some(BearerError::InsufficientScope), "The claim of `user_claim` cannot be a Dify `user`.";
}

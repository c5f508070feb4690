//! The public keys of `jwt-simple`, one type for each algorithm, behind one type.

use jwt_simple::prelude::{
    ECDSAP256PublicKeyLike, ECDSAP384PublicKeyLike, ES256PublicKey, ES384PublicKey,
    Ed25519PublicKey, EdDSAPublicKeyLike, NoCustomClaims, PS256PublicKey, PS384PublicKey,
    PS512PublicKey, RS256PublicKey, RS384PublicKey, RS512PublicKey, RSAPublicKeyLike,
    UnixTimeStamp, VerificationOptions,
};

use super::{Algorithm, UnverifiedToken};

macro_rules! verifiers {
    ($($variant:ident $key:ident;)*) => {
        /// A public key for exactly one algorithm, parsed once.
        #[derive(Clone, Debug)]
        pub(super) enum Verifier {
            $($variant($key),)*
        }

        impl Verifier {
            /// The algorithm.
            pub(super) const fn algorithm(&self) -> Algorithm {
                match self { $(Self::$variant(_) => Algorithm::$variant,)* }
            }

            /// RFC 7638.
            pub(super) fn thumbprint(&self) -> String {
                match self { $(Self::$variant(key) => key.jwk_thumbprint(),)* }
            }

            /// Whether this key made the token's signature, and nothing else.
            pub(super) fn accepts(&self, token: &UnverifiedToken<'_>) -> bool {
                let options = Some(only_the_signature(token));
                match self {
                    $(Self::$variant(key) => key.verify_token::<NoCustomClaims>(token.compact, options).is_ok(),)*
                }
            }
        }
    };
}

verifiers! {
    EdDsa Ed25519PublicKey;
    Es256 ES256PublicKey;
    Es384 ES384PublicKey;
    Ps256 PS256PublicKey;
    Ps384 PS384PublicKey;
    Ps512 PS512PublicKey;
    Rs256 RS256PublicKey;
    Rs384 RS384PublicKey;
    Rs512 RS512PublicKey;
}

/// Lets everything pass that the library would judge of times, type and claims: the gateway's own rules are stricter,
/// and the library's clock would be a second one.
fn only_the_signature(token: &UnverifiedToken<'_>) -> VerificationOptions {
    VerificationOptions {
        accept_future: true,
        artificial_time: Some(UnixTimeStamp::default()),
        required_signature_type: token.type_as_sent.clone(),
        time_tolerance: None,
        ..VerificationOptions::default()
    }
}

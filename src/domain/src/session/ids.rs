//! Random values that name things or prove something, and what follows from them.

use std::fmt;

use hmac_sha256::Hash;
use serde::{Deserialize, Serialize};

macro_rules! opaque {
    ($(#[$doc:meta])* $name:ident($length:literal)) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Deserialize, Eq, Hash, PartialEq, Serialize)]
        pub struct $name(pub(super) [u8; $length]);

        impl $name {
            /// Takes the bytes.
            pub const fn new(bytes: [u8; $length]) -> Self {
                Self(bytes)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(concat!(stringify!($name), "(redacted)"))
            }
        }
    };
}

opaque! {
    /// Names a session; a new one with every login, so that nobody can fix it beforehand.
    SessionId(16)
}
opaque! {
    /// What a session's page token is made from.
    PageSecret(16)
}
opaque! {
    /// Names a transaction among those that are used.
    TransactionId(16)
}
opaque! {
    /// Says which login a session comes from: a part of the SHA-256 of its `state`.
    LoginMark(8)
}

impl LoginMark {
    /// The mark of the login with this `state`.
    pub fn of(state: &str) -> Self {
        let [a, b, c, d, e, f, g, h, ..] = Hash::hash(state.as_bytes());
        Self([a, b, c, d, e, f, g, h])
    }
}

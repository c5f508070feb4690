//! Values that must never be printed.

use std::fmt;

use hmac_sha256::Hash;

macro_rules! secret {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Eq, PartialEq)]
        pub struct $name(String);

        impl $name {
            /// Takes the value; the caller has checked its form.
            pub(crate) const fn new(value: String) -> Self {
                Self(value)
            }

            /// The value itself, for the one place that must send or use it.
            pub fn reveal(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(concat!(stringify!($name), "(redacted)"))
            }
        }
    };
}

secret! {
    /// The Dify app's API key.
    AppKey
}
secret! {
    /// The client secret for introspection.
    ClientSecret
}
secret! {
    /// The key of `user_format` `hashed`.
    UserHashKey
}

impl AppKey {
    /// Whether `presented` is this key. The time that it takes says nothing of the key.
    pub fn is(&self, presented: &str) -> bool {
        Hash::verify(presented, &Hash::hash(self.0.as_bytes()))
    }
}

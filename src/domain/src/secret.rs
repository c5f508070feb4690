//! Values that must never be printed.

/// Declares a newtype of a secret text: its `Debug` is redacted, and only `reveal` gives the text away.
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

        impl std::fmt::Debug for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str(concat!(stringify!($name), "(redacted)"))
            }
        }
    };
}

pub(crate) use secret;

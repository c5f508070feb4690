//! A stand-in for the Dify app API.

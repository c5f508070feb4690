//! A stand-in for the Dify plugin daemon.

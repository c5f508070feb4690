//! Tests of the packaged plugin.

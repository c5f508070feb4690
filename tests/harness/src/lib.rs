//! Starts the processes of a test or the demo.

//! A signed-in user's requests to the packaged plugin, good and bad, through the stand-in daemon.

mod round_trip;

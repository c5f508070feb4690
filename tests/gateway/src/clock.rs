//! A clock of the plugin that a test puts forward, for what takes a quarter of an hour or a night.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tempfile::TempDir;

/// Python runs it before anything else. `time.time` is what the host hands to the module; time limits use another clock.
const SITECUSTOMIZE: &str = r"
import time

_real = time.time


def _moved():
    with open(__file__ + '.seconds', encoding='ascii') as file:
        return _real() + int(file.read() or 0)


time.time = _moved
";

/// Drop it after the plugin.
#[derive(Debug)]
pub struct Clock {
    directory: TempDir,
}

impl Clock {
    /// A clock that is right.
    pub fn new() -> Self {
        let clock = Self {
            directory: TempDir::new().unwrap(),
        };
        fs::write(
            clock.directory.path().join("sitecustomize.py"),
            SITECUSTOMIZE,
        )
        .unwrap();
        clock.set(0);
        clock
    }

    /// What the plugin's environment needs.
    pub fn environment(&self) -> (String, String) {
        let directory = self.directory.path().display().to_string();
        ("PYTHONPATH".to_owned(), directory)
    }

    /// Puts the clock forward from where it is.
    pub fn advance(&self, by: Duration) {
        self.set(self.offset() + i64::try_from(by.as_secs()).unwrap());
    }

    /// Puts the clock this many seconds before or behind the right time.
    pub fn set(&self, seconds: i64) {
        let unfinished = self.file().with_extension("unfinished");
        fs::write(&unfinished, seconds.to_string()).unwrap();
        fs::rename(unfinished, self.file()).unwrap();
    }

    /// Seconds since 1970, as the plugin has them.
    pub fn now(&self) -> i64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        i64::try_from(since.as_secs()).unwrap() + self.offset()
    }

    fn offset(&self) -> i64 {
        fs::read_to_string(self.file()).unwrap().parse().unwrap()
    }

    fn file(&self) -> PathBuf {
        self.directory.path().join("sitecustomize.py.seconds")
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::new()
    }
}

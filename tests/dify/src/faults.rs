//! Faults that a test sets on a path, so that it sees what the gateway makes of them.

use std::sync::Mutex;
use std::time::Duration;

use memchr::memmem;

use crate::lock;

/// What goes wrong with the response of one path.
#[derive(Clone, Debug)]
pub enum Fault {
    /// This answer in place of the real one; `headers` are added as they are.
    Answer {
        /// Status code, 200 to 599.
        status: u16,
        /// Name and value of each header.
        headers: Vec<(String, String)>,
        /// The whole body.
        body: Vec<u8>,
    },
    /// The connection is closed before the first byte of the answer.
    CloseBeforeHead,
    /// The connection is closed after this many bytes of the real response's body.
    CutBody(usize),
    /// The head comes this much later.
    Delay(Duration),
    /// These bytes in place of an HTTP response; then the connection is closed.
    Garbage(Vec<u8>),
    /// The real response with this many bytes of additional headers.
    HugeHeaders(usize),
    /// The real response, whose body does not end.
    NeverEnd,
}

/// The faults that are set now.
#[derive(Default)]
pub(crate) struct Faults(Mutex<Vec<Entry>>);

struct Entry {
    place: Place,
    fault: Fault,
    once: bool,
}

/// Which requests an entry is for.
#[derive(Eq, PartialEq)]
pub(crate) enum Place {
    /// Those whose body contains this.
    Body(String),
    /// Those to this path.
    Path(String),
}

impl Faults {
    pub(crate) fn set(&self, place: Place, fault: Fault, once: bool) {
        lock(&self.0).push(Entry { place, fault, once });
    }

    pub(crate) fn remove(&self, place: &Place) {
        lock(&self.0).retain(|entry| entry.place != *place);
    }

    pub(crate) fn clear(&self) {
        lock(&self.0).clear();
    }

    /// The fault of the next answer to `path` (without `/v1`) and `body`: the first one set that fits.
    pub(crate) fn take(&self, path: &str, body: &[u8]) -> Option<Fault> {
        let mut entries = lock(&self.0);
        let index = entries
            .iter()
            .position(|entry| entry.place.fits(path, body))?;
        if entries[index].once {
            return Some(entries.remove(index).fault);
        }
        Some(entries[index].fault.clone())
    }
}

impl Place {
    fn fits(&self, path: &str, body: &[u8]) -> bool {
        match self {
            Self::Body(part) => memmem::find(body, part.as_bytes()).is_some(),
            Self::Path(pattern) => match pattern.strip_suffix('*') {
                Some(prefix) => path.starts_with(prefix),
                None => pattern == path,
            },
        }
    }
}

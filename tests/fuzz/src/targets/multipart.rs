//! Uploads: what passes has the caller's part and no other of its name. What werkzeug reads in it is judged by werkzeug:
//! `tests/host/test_rewriting.py` reads this target's inputs as well.

use super::rewriting::{caller, operation, relayed};

const CONTENT_TYPE: &str = "multipart/form-data; boundary=b";

pub(crate) fn check(input: &[u8]) {
    let upload = operation("post_files_upload");
    let Ok(once) = relayed(upload, CONTENT_TYPE, input, &caller(&[], false)) else {
        return;
    };
    let again = relayed(upload, CONTENT_TYPE, &once.bytes, &caller(&[], false));
    assert_eq!(again, Ok(once), "a second part has its name");
}

//! Uploads: whatever passes, werkzeug reads as it was sent, but for `user`.

use super::rewriting::{USER, caller, operation, relayed};

#[path = "../../../../src/domain/src/rewrite/multipart/tests/werkzeug.rs"]
mod werkzeug;

const CONTENT_TYPE: &str = "multipart/form-data; boundary=b";

pub(crate) fn check(input: &[u8]) {
    let upload = operation("post_files_upload");
    let Some(once) = relayed(upload, CONTENT_TYPE, input, &caller(&[], false)) else {
        return;
    };
    assert_eq!(
        relayed(upload, CONTENT_TYPE, &once.bytes, &caller(&[], false)).as_ref(),
        Some(&once),
        "what is relayed has the caller's part and no other of its name"
    );
    let (Ok(sent), Ok(relayed)) = (str::from_utf8(input), str::from_utf8(&once.bytes)) else {
        return;
    };
    let mut expected = werkzeug::parts(sent).expect("werkzeug can read what was taken");
    expected.retain(|(name, _)| name != "user");
    expected.insert(0, ("user".to_owned(), USER.to_owned()));
    assert_eq!(werkzeug::parts(relayed), Some(expected));
}

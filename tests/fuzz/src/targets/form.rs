//! A urlencoded form where an upload is expected.

use super::rewriting::{USER, caller, operation, relayed};
use crate::reading::pairs;

const CONTENT_TYPE: &str = "application/x-www-form-urlencoded";

pub(crate) fn check(input: &[u8]) {
    let upload = operation("post_files_upload");
    let Ok(once) = relayed(upload, CONTENT_TYPE, input, &caller(&[], false)) else {
        return;
    };
    let sent = str::from_utf8(input).expect("a form that passes is UTF-8");
    let mut expected = pairs(sent);
    expected.retain(|(name, _)| name != "user");
    expected.push(("user".to_owned(), USER.to_owned()));
    assert_eq!(pairs(str::from_utf8(&once.bytes).expect("UTF-8")), expected);
    assert_eq!(
        relayed(upload, CONTENT_TYPE, &once.bytes, &caller(&[], false)).as_ref(),
        Ok(&once)
    );
}

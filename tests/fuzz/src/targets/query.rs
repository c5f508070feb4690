//! The query, for operations that read `user` there, filter by it, or do neither.

use gateway_domain::rewrite;
use url::Url;

use super::rewriting::{USER, caller, operation};
use crate::reading::pairs;

const LOG_FILTER: &str = "created_by_end_user_session_id";

pub(crate) fn check(input: &[u8]) {
    let Ok(sent) = str::from_utf8(input) else {
        return;
    };
    for (handler, forced, filters_logs) in [
        ("get_conversations", Some("user"), false),
        ("get_info", None, false),
        ("get_workflows_logs", Some(LOG_FILTER), true),
        ("get_workflows_logs", None, false),
    ] {
        let rewritten = rewrite::query(operation(handler), sent, &caller(&[], filters_logs));
        let Ok(relayed) = rewritten else { continue };
        let mut expected = pairs(sent);
        expected.retain(|(name, _)| name != "user" && Some(name.as_str()) != forced);
        expected.extend(forced.map(|name| (name.to_owned(), USER.to_owned())));
        assert_eq!(pairs(&relayed), expected, "{handler}");
        assert_passes_unchanged(&relayed);
    }
}

/// The host gives the query to a URL parser, which must find nothing to drop in it.
fn assert_passes_unchanged(query: &str) {
    let mut url = Url::parse("https://dify.example/v1/messages").expect("a URL");
    url.set_query(Some(query));
    let through = Url::parse(url.as_str()).expect("a URL");
    assert_eq!(pairs(through.query().unwrap_or_default()), pairs(query));
    assert!(through.fragment().is_none());
}

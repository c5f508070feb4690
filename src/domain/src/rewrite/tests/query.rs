use proptest::prelude::*;
use url::form_urlencoded;

use super::super::query;
use super::{ALICE, FILTERED, operation};
use crate::error::{Code, Refusal};
use crate::operation::{Class, OPERATIONS, UserPlace};
use crate::rewrite::Identity;

#[test]
fn user_is_the_callers_wherever_dify_reads_it() {
    let cases = [
        ("", "user=alice"),
        ("user=bob", "user=alice"),
        ("user=bob&user=carol&limit=2", "limit=2&user=alice"),
        ("%75ser=bob&us%65%72=carol", "user=alice"),
        ("limit=2&user", "limit=2&user=alice"),
        ("user=&limit=2", "limit=2&user=alice"),
        ("&&limit=2&&", "limit=2&user=alice"),
        (
            "User=bob&user[]=bob&+user=bob",
            "User=bob&user[]=bob&+user=bob&user=alice",
        ),
        ("a=1;user=bob", "a=1;user=bob&user=alice"),
        ("us\ter=bob", "us%09er=bob&user=alice"),
        ("us\ner=bob&x=#y", "us%0Aer=bob&x=%23y&user=alice"),
        ("a=%zz&b=%ff+%2B&c=ü", "a=%zz&b=%ff+%2B&c=%C3%BC&user=alice"),
        ("user%00=bob", "user%00=bob&user=alice"),
    ];
    for (sent, expected) in cases {
        assert_eq!(
            query(operation("get_messages"), sent, &ALICE),
            Ok(expected.to_owned()),
            "{sent:?}"
        );
    }
}

#[test]
fn user_is_removed_where_dify_reads_none() {
    for found in OPERATIONS
        .iter()
        .filter(|found| found.user != UserPlace::Query && found.class != Class::Filtered)
    {
        assert_eq!(
            query(found, "user=bob&a=1&%75ser=x", &ALICE),
            Ok("a=1".to_owned()),
            "{}",
            found.handler
        );
    }
}

#[test]
fn user_is_escaped() {
    let identity = Identity {
        user: "a b&user=é",
        ..ALICE
    };

    assert_eq!(
        query(operation("get_conversations"), "", &identity),
        Ok("user=a+b%26user%3D%C3%A9".to_owned())
    );
}

#[test]
fn logs_are_the_callers_but_for_an_admin() {
    let refusal = Refusal::new(
        Code::InvalidParam,
        "`keyword` cannot be used together with `created_by_end_user_session_id`, which Dify answers with an error. \
         The gateway sets that filter to the caller for everyone who does not meet `admin_claims`. \
         Leave `keyword` out.",
    );
    let cases = [
        (&FILTERED, "", Ok("created_by_end_user_session_id=alice")),
        (
            &FILTERED,
            "created_by_end_user_session_id=",
            Ok("created_by_end_user_session_id=alice"),
        ),
        (
            &FILTERED,
            "created_by_end_user_session_id=bob&created%5Fby_end_user_session_id=bob&limit=1",
            Ok("limit=1&created_by_end_user_session_id=alice"),
        ),
        (
            &FILTERED,
            "keyword=&page=2",
            Ok("keyword=&page=2&created_by_end_user_session_id=alice"),
        ),
        (&FILTERED, "keyword=x", Err(())),
        (&FILTERED, "%6beyword=x", Err(())),
        (&ALICE, "", Ok("")),
        (&ALICE, "keyword=x", Ok("keyword=x")),
        (
            &ALICE,
            "created_by_end_user_session_id=bob",
            Ok("created_by_end_user_session_id=bob"),
        ),
        (
            &ALICE,
            "created_by_end_user_session_id=bob&keyword=x",
            Err(()),
        ),
    ];
    for (identity, sent, expected) in cases {
        let expected = expected.map(str::to_owned).map_err(|()| refusal.clone());
        assert_eq!(
            query(operation("get_workflows_logs"), sent, identity),
            expected,
            "{sent:?}"
        );
    }
}

proptest! {
    #[test]
    fn dify_reads_every_pair_but_user(sent in "([a-z%0-9=&+;ü]|user|%75ser|&user=){0,40}") {
        let rewritten = query(operation("get_messages"), &sent, &ALICE).unwrap();
        let mut expected: Vec<_> = pairs(&sent).into_iter().filter(|(name, _)| name != "user").collect();
        expected.push(("user".to_owned(), "alice".to_owned()));

        prop_assert_eq!(pairs(&rewritten), expected);
    }
}

fn pairs(query: &str) -> Vec<(String, String)> {
    form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect()
}

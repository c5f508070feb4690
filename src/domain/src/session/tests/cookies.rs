//! Cookies on the wire.

use std::time::Duration;

use http::header::COOKIE;
use http::{HeaderMap, HeaderValue};
use serde_json::json;

use super::support::{
    HOOK, LIMITS, LOCAL, NONCE, NOW, OWN, SHARED, keys, names, public_url, session, settings,
};
use crate::session::{CookieNames, RequestCookies, SetCookie, Slot};

fn cookies(fields: &[&str]) -> RequestCookies {
    let fields = fields
        .iter()
        .map(|field| (COOKIE, HeaderValue::from_bytes(field.as_bytes()).unwrap()));
    RequestCookies::of(&HeaderMap::from_iter(fields), &names())
}

#[test]
fn names_and_attributes_follow_from_the_public_url() {
    let rows = [
        (
            SHARED,
            "__Secure-gw_b3xyz81kq0a7mnop_s=V; Path=/e/b3xyz81kq0a7mnop/; Max-Age=43200; HttpOnly; SameSite=Lax; Secure",
            "__Secure-gw_b3xyz81kq0a7mnop_t2=T; Path=/e/b3xyz81kq0a7mnop/auth/; Max-Age=86400; HttpOnly; SameSite=Lax; Secure",
        ),
        (
            OWN,
            "__Host-Http-gw_b3xyz81kq0a7mnop_s=V; Path=/; Max-Age=43200; HttpOnly; SameSite=Lax; Secure",
            "__Host-Http-gw_b3xyz81kq0a7mnop_t2=T; Path=/; Max-Age=3600; HttpOnly; SameSite=Lax; Secure",
        ),
        (
            LOCAL,
            "gw_b3xyz81kq0a7mnop_s=V; Path=/e/b3xyz81kq0a7mnop/; Max-Age=43200; HttpOnly; SameSite=Lax",
            "gw_b3xyz81kq0a7mnop_t2=T; Path=/e/b3xyz81kq0a7mnop/auth/; Max-Age=86400; HttpOnly; SameSite=Lax",
        ),
        (
            "http://localhost:5003",
            "gw_b3xyz81kq0a7mnop_s=V; Path=/; Max-Age=43200; HttpOnly; SameSite=Lax",
            "gw_b3xyz81kq0a7mnop_t2=T; Path=/auth/; Max-Age=86400; HttpOnly; SameSite=Lax",
        ),
    ];
    for (url, expected_session, expected_slot) in rows {
        let names = CookieNames::new(&public_url(url), HOOK);
        let sealed = session("alice", 1).seal(&keys(), &names, &NONCE).unwrap();
        let set = SetCookie::session(&names, &sealed, NOW, &LIMITS);
        assert_eq!(
            set.as_str(),
            expected_session.replace("=V;", &format!("={};", sealed.value()))
        );
        let slot = SetCookie::slot(&names, Slot::ALL[2], "T");
        assert_eq!(slot.as_str(), expected_slot);
        let cleared = expected_session.replace("=V;", "=;");
        let cleared = cleared.replace("Max-Age=43200", "Max-Age=0");
        assert_eq!(SetCookie::no_session(&names).as_str(), cleared);
    }
}

#[test]
fn a_session_is_kept_for_what_is_left_of_its_hours() {
    let now = NOW.plus(Duration::from_secs(11 * 60 * 60));
    let sealed = session("alice", 1).seal(&keys(), &names(), &NONCE).unwrap();
    let set = SetCookie::session(&names(), &sealed, now, &LIMITS);
    assert!(
        set.as_str().contains("; Max-Age=3600; "),
        "{}",
        set.as_str()
    );
}

#[test]
fn a_hook_that_is_no_name_of_a_cookie_cannot_break_the_field() {
    let names = CookieNames::new(
        &public_url(SHARED),
        "a;b=c\r\nd e\u{e9}/{}0123456789012345678901234567890123456789",
    );
    assert_eq!(
        names.session(),
        "__Secure-gw_abcde01234567890123456789012345678_s".replace("345678_s", "3456_s")
    );
}

#[test]
fn no_log_shows_a_cookie() {
    let sealed = session("alice", 1).seal(&keys(), &names(), &NONCE).unwrap();
    let set = SetCookie::session(&names(), &sealed, NOW, &LIMITS);
    assert_eq!(
        format!("{set:?}"),
        "SetCookie(__Secure-gw_b3xyz81kq0a7mnop_s, redacted)"
    );
    assert!(set.to_header().is_sensitive());
    assert_eq!(set.to_header(), set.as_str());
    assert_eq!(
        format!("{:?}", cookies(&["a=b"])),
        "RequestCookies(redacted)"
    );
}

#[test]
fn a_cookie_field_is_read_strictly_and_other_cookies_are_left_alone() {
    let name = names().session().to_owned();
    let rows: [(&[&str], &[&str]); 18] = [
        (&[], &[]),
        (&["", ";", "=", "; =;"], &[]),
        (&["N=abc"], &["abc"]),
        (&["N=abc; N=def"], &["abc", "def"]),
        (&["access_token=x; N=abc; csrf=y"], &["abc"]),
        (&["a=b;N=abc"], &["abc"]),
        (&["  N=abc  ;"], &["abc"]),
        (&["N=abc", "N=def"], &["abc", "def"]),
        (&["N =abc"], &[]),
        (&["N= abc"], &[]),
        (&["N=\"abc\""], &[]),
        (&["N=a=b"], &[]),
        (&["N="], &[]),
        (&["N"], &[]),
        (&["N=a,b"], &[]),
        (&["xN=abc; Nx=abc; N_=abc"], &[]),
        (&["n=abc"], &[]),
        (&["N=a\u{e9}b; N=abc"], &[]),
    ];
    for (fields, expected) in rows {
        let fields: Vec<String> = fields
            .iter()
            .map(|field| field.replace('N', &name))
            .collect();
        let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
        let found = cookies(&fields);
        assert_eq!(found.sessions().collect::<Vec<_>>(), expected, "{fields:?}");
    }
    let lower = format!("{}=abc", name.to_lowercase());
    assert_eq!(cookies(&[&lower]).sessions().count(), 0);
}

#[test]
fn at_most_eight_of_a_name_are_looked_at_and_no_long_one() {
    let name = names().session().to_owned();
    let nine: Vec<String> = (1..=9).map(|number| format!("{name}=v{number}")).collect();
    let found = cookies(&[&nine.join("; ")]);
    assert_eq!(
        found.sessions().collect::<Vec<_>>(),
        ["v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8"]
    );
    let long = format!("{name}={}; {name}=abc", "a".repeat(4097));
    assert_eq!(cookies(&[&long]).sessions().collect::<Vec<_>>(), ["abc"]);
}

#[test]
fn each_slot_has_cookies_of_its_own() {
    let text: Vec<String> = Slot::ALL
        .into_iter()
        .map(|slot| format!("{}=v{}", names().slot(slot), slot.number()))
        .collect();
    let found = cookies(&[&text.join("; ")]);
    for (slot, value) in Slot::ALL.into_iter().zip(["v0", "v1", "v2", "v3"]) {
        assert_eq!(found.slot(slot).collect::<Vec<_>>(), [value]);
    }
    assert_eq!(found.sessions().count(), 0);
}

#[test]
fn another_endpoint_of_the_host_has_other_names() {
    let other = "https://dify.example/e/zzzzzzzzzzzzzzzz";
    let settings = settings(other, json!({}));
    let others = CookieNames::new(&settings.public_url.unwrap(), "zzzzzzzzzzzzzzzz");
    assert_ne!(others.session(), names().session());
    let foreign = format!("{}=abc", others.session());
    assert_eq!(cookies(&[&foreign]).sessions().count(), 0);
}

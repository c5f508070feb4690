//! What signing in with a browser needs of the settings.

use std::collections::HashSet;
use std::time::Duration;

use serde_json::{Value, json};

use super::super::declaration::declarations;
use super::super::*;
use super::{CLIENT_KEY, sentences, valid};
use crate::error::{Code, Refusal};

const PUBLIC_URL: &str = "https://dify.example.com/e/abcdefghijklmnop";

/// The least that signing in needs beside what every endpoint needs, with `changes`.
fn on(changes: &Value) -> Value {
    let mut settings = json!({"sign_in": "on", "public_url": PUBLIC_URL, "client_secret": "s"});
    for (name, value) in changes.as_object().expect("an object") {
        settings[name] = value.clone();
    }
    settings
}

/// As [`on`], for a provider without OpenID.
fn oauth2(changes: &Value) -> Value {
    let mut settings = on(&json!({
        "provider_kind": "oauth2",
        "user_claim": "id",
        "required_claims": "anybody",
        "provider_endpoints": "authorization=https://a.example/a token=https://a.example/t userinfo=https://a.example/u",
    }));
    for (name, value) in changes.as_object().expect("an object") {
        settings[name] = value.clone();
    }
    settings
}

fn sign_in(changes: &Value) -> std::rc::Rc<SignIn> {
    valid(&on(changes)).sign_in.expect("it is on")
}

fn assert_mistakes(table: &[(Value, &str)]) {
    for (settings, sentence) in table {
        assert_eq!(sentences(settings), [*sentence], "{settings}");
    }
}

#[test]
fn three_settings_turn_it_on_and_the_rest_has_defaults() {
    let settings = valid(&on(&json!({})));
    let sign_in = settings.sign_in.expect("it is on");
    assert_eq!(sign_in.public_url.as_str(), PUBLIC_URL);
    assert_eq!(
        sign_in.issuer.as_str(),
        "https://idp.example.com/realms/main"
    );
    assert_eq!(sign_in.client_id, "my-app");
    assert_eq!(sign_in.login_scopes, None);
    assert!(sign_in.login_parameters.is_empty());
    assert!(sign_in.page_origins.is_empty());
    assert_eq!(
        sign_in.limits,
        SessionLimits {
            lifetime: Duration::from_secs(12 * 3600),
            idle: Duration::from_secs(120 * 60),
            check: Duration::from_secs(15 * 60),
        }
    );
    assert_eq!(settings.provider_kind, ProviderKind::Oidc);
    assert_eq!(settings.provider_endpoints, ProviderEndpoints::default());
    assert_eq!(
        settings.client_authentication,
        ClientAuthenticationSetting::Auto
    );
    assert!(settings.client_key.is_none());
    assert_eq!(settings.page, Page::On);
    assert_eq!(settings.page_notice, None);
    assert!(valid(&json!({})).sign_in.is_none());
    assert!(valid(&on(&json!({"sign_in": "off"}))).sign_in.is_none());
}

#[test]
fn everything_that_it_lacks_is_said_at_once() {
    assert_eq!(
        sentences(&json!({
            "sign_in": "on",
            "issuer": "https://accounts.google.com https://b.example",
            "client_id": "a b",
            "user_format": "hashed",
            "user_hash_key": "0123456789abcdef",
        })),
        [
            "`issuer` stands for several issuers, and `sign_in` needs a single one; write one, without `{tenantid}`, or make one endpoint for each.",
            "`client_id` has several client IDs, and `sign_in` needs a single one; write the one as which people sign in.",
            "`required_claims` is missing, and anybody can have an account at this provider; write who may sign in, such as `hd=example.com`, or `anybody`.",
            "`public_url` is missing, and `sign_in` needs it; write the endpoint's address as browsers know it, such as `https://dify.example.com/e/abcdefghijklmnop`.",
            "`client_secret` is missing, and `sign_in` needs it; write the client's secret (or its `client_key`, or `none` in `client_authentication` if the client is public).",
        ]
    );
}

#[test]
fn a_template_of_many_tenants_counts_as_several_issuers() {
    assert_mistakes(&[(
        on(&json!({
            "issuer": "https://login.microsoftonline.com/{tenantid}/v2.0",
            "required_claims": "tid=1",
            "user_format": "hashed",
            "user_hash_key": "0123456789abcdef",
        })),
        "`issuer` stands for several issuers, and `sign_in` needs a single one; write one, without `{tenantid}`, or make one endpoint for each.",
    )]);
}

#[test]
fn a_public_url_has_one_spelling_in_harmless_characters() {
    let normal =
        "is not in its normal form; write the host in lower case, no default port and no `..`.";
    let host = "has a host with characters other than letters, digits, `.`, `-` and `_`; write the host's name in DNS.";
    let path = "has a path with characters other than letters, digits, `.`, `_`, `~`, `-` and `/`; give the endpoint a path without them.";
    let https =
        "is not https, which sign-in needs; write `https://` (only `localhost` may be http).";
    let cloud = "is on a host of Dify Cloud, where pages of other people's plugins could use the session; sign-in needs a host name of your own in front of it.";
    for (url, message) in [
        ("https://dify.example.com:443/e/x", normal),
        ("https://Dify.example.com/e/x", normal),
        ("https://dify.example.com/e/../x", normal),
        ("https://dify.example.com/e/x/", "ends with `/`; remove it."),
        ("https://dify.example.com/", "ends with `/`; remove it."),
        ("https://dify.example.com/e/x;y", path),
        ("https://dify.example.com/e/x%20y", path),
        ("https://dify.example.com/a,b/e/x", path),
        (
            "https://dify.example.com/e//x",
            "has `//` in its path; write one `/`.",
        ),
        ("https://a;b.example/e/x", host),
        ("https://a'b.example/e/x", host),
        ("http://dify.example.com/e/x", https),
        ("http://localhost.example.com/e/x", https),
        ("http://10.0.0.1/e/x", https),
        ("https://daemon.dify.ai/e/x", cloud),
        ("https://dify.ai/e/x", cloud),
        ("https://daemon.dify.dev./e/x", cloud),
        (
            "https://dify.example.com/e/x?y",
            "has a query after `?`; remove it.",
        ),
        (
            "https://dify.example.com/e/x#y",
            "has a fragment after `#`; remove it.",
        ),
    ] {
        assert_eq!(
            sentences(&on(&json!({"public_url": url}))),
            [format!("`public_url` {message}")],
            "{url}"
        );
    }
    for url in [
        PUBLIC_URL,
        "https://chat.example.com",
        "https://chat.example.com:8443/a/b.c_d~e-f",
        "https://notdify.ai",
        "https://[2001:db8::1]/e/x",
        "http://localhost:8080/e/x",
        "http://127.0.0.1/e/x",
        "http://[::1]:8080",
    ] {
        assert_eq!(
            sign_in(&json!({"public_url": url})).public_url.as_str(),
            url
        );
    }
}

/// Who does not sign people in writes what was right before there was a way to.
#[test]
fn without_sign_in_a_public_url_is_judged_as_before() {
    for url in [
        "http://dify.example.com/e/x",
        "https://dify.example.com/e/x/",
        "https://dify.example.com/e/x;y",
        "https://daemon.dify.ai/e/x",
    ] {
        assert_eq!(
            valid(&json!({"public_url": url}))
                .public_url
                .map(|url| url.as_str().to_owned()),
            Some(url.to_owned())
        );
    }
}

#[test]
fn a_public_url_knows_its_parts() {
    for (text, origin, base_path, hook, own_host, secure) in [
        (
            PUBLIC_URL,
            "https://dify.example.com",
            "/e/abcdefghijklmnop",
            Some("abcdefghijklmnop"),
            false,
            true,
        ),
        (
            "https://chat.example.com",
            "https://chat.example.com",
            "",
            None,
            true,
            true,
        ),
        (
            "https://a.example:8443/dify/e/x",
            "https://a.example:8443",
            "/dify/e/x",
            Some("x"),
            false,
            true,
        ),
        (
            "https://a.example/chat",
            "https://a.example",
            "/chat",
            None,
            false,
            true,
        ),
        (
            "https://a.example/e",
            "https://a.example",
            "/e",
            None,
            false,
            true,
        ),
        (
            "https://a.example/e/x/chat",
            "https://a.example",
            "/e/x/chat",
            None,
            false,
            true,
        ),
        (
            "https://a.example/he/x",
            "https://a.example",
            "/he/x",
            None,
            false,
            true,
        ),
        (
            "http://localhost:3000/e/x",
            "http://localhost:3000",
            "/e/x",
            Some("x"),
            false,
            false,
        ),
    ] {
        let url = &sign_in(&json!({"public_url": text})).public_url;
        assert_eq!(url.origin(), origin);
        assert_eq!(url.base_path(), base_path, "{text}");
        assert_eq!(url.hook_id(), hook, "{text}");
        assert_eq!(url.has_own_host(), own_host, "{text}");
        assert_eq!(url.is_secure(), secure, "{text}");
        assert_eq!(
            url.at("/auth/callback?a=b"),
            format!("{text}/auth/callback?a=b")
        );
    }
}

#[test]
fn the_public_url_of_another_endpoint_is_refused() {
    let named = sign_in(&json!({}));
    assert_eq!(named.check_hook("abcdefghijklmnop"), Ok(()));
    for hook in ["", "abcdefghijklmno", "ABCDEFGHIJKLMNOP", "another"] {
        assert_eq!(
            named.check_hook(hook),
            Err(Refusal::new(
                Code::ConfigurationError,
                "The endpoint's settings are wrong. `public_url` ends with `/e/` and the ID of another endpoint; write the \
                 address that Dify shows for this one.",
            )),
            "{hook}"
        );
    }
    let own_host = sign_in(&json!({"public_url": "https://chat.example.com"}));
    assert_eq!(own_host.check_hook("another"), Ok(()));
}

#[test]
fn where_anybody_can_have_an_account_the_settings_say_who_may_sign_in() {
    let missing = |example: &str| {
        format!(
            "`required_claims` is missing, and anybody can have an account at this provider; write who may sign in, such \
             as `{example}`, or `anybody`."
        )
    };
    let kind = |kind: &str| oauth2(&json!({"provider_kind": kind, "required_claims": null}));
    let issuer = |issuer: &str| on(&json!({"issuer": issuer}));
    for (settings, example) in [
        (kind("github"), "organizations=my-company"),
        (kind("feishu"), "tenant_key=0123456789abcdef"),
        (kind("oauth2"), "groups=Staff"),
        (issuer("https://accounts.google.com"), "hd=example.com"),
        (issuer("https://gitlab.com"), "groups=Staff"),
        (issuer("https://slack.com"), "groups=Staff"),
        (issuer("https://appleid.apple.com/"), "groups=Staff"),
        (
            issuer("https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0"),
            "groups=Staff",
        ),
    ] {
        assert_eq!(sentences(&settings), [missing(example)], "{settings}");
        for rules in ["anybody", "groups=Staff"] {
            let mut open = settings.clone();
            open["required_claims"] = json!(rules);
            assert_eq!(valid(&open).required_claims.is_empty(), rules == "anybody");
        }
        let mut off = settings.clone();
        off["sign_in"] = json!("off");
        off["provider_kind"] = json!("oidc");
        valid(&off);
    }
    assert_mistakes(&[(
        on(&json!({"required_claims": "anybody, groups=Staff"})),
        "`required_claims` has `anybody` beside rules; remove it or all the rules.",
    )]);
}

/// `sub` is what the page of Dify fills in.
#[test]
fn a_person_of_a_provider_without_openid_is_named_by_what_never_changes() {
    for (kind, written, paths) in [
        ("github", Value::Null, "id"),
        ("github", json!("sub"), "id"),
        ("github", json!("node_id"), "node_id"),
        ("feishu", json!("sub"), "open_id"),
        ("feishu", json!("union_id"), "union_id"),
        ("oauth2", json!("sub"), "sub"),
        ("oauth2", json!("data.uid"), "data.uid"),
        ("oidc", json!("sub"), "sub"),
    ] {
        let settings = valid(&oauth2(
            &json!({"provider_kind": kind, "user_claim": written}),
        ));
        let [path] = settings.user_claim.as_slice() else {
            panic!("{kind} {written}");
        };
        assert_eq!(path.as_str(), paths, "{kind} {written}");
    }
    let login = "`user_claim` has `login`, a name that GitHub can give to another person later; write `id`.";
    let single = "`user_claim` must be a single claim where `provider_kind` is `oauth2`; write the member of the user info that never changes, such as `id`.";
    assert_mistakes(&[
        (
            oauth2(&json!({"provider_kind": "github", "user_claim": "login"})),
            login,
        ),
        (
            oauth2(&json!({"provider_kind": "github", "user_claim": "id login"})),
            login,
        ),
        (oauth2(&json!({"user_claim": "id uid"})), single),
        (oauth2(&json!({"user_claim": null})), single),
    ]);
}

#[test]
fn a_provider_without_openid_is_for_browsers_alone() {
    let nobody = "`provider_kind` is for people who sign in with a browser, and `sign_in` is off, so nobody could use the endpoint; write `on` in `sign_in`, or `oidc` here.";
    for kind in ["oauth2", "github", "feishu"] {
        assert_mistakes(&[(
            oauth2(&json!({"provider_kind": kind, "sign_in": "off"})),
            nobody,
        )]);
    }
}

#[test]
fn a_client_proves_itself_in_a_way_that_its_settings_allow() {
    let unused = "`client_key` is not used with this `client_authentication`; write `private_key_jwt` or `auto` there, or remove the key.";
    let alone = "`client_authentication` must be `auto` with this `provider_kind`, which knows clients by their secret alone; write `auto`, and remove `client_key`.";
    let method =
        |method: &str, key: Value| on(&json!({"client_authentication": method, "client_key": key}));
    assert_mistakes(&[
        (
            method("private_key_jwt", Value::Null),
            "`client_key` is missing, and `client_authentication` `private_key_jwt` needs it; write the private key as PEM or JWK.",
        ),
        (method("basic", json!(CLIENT_KEY)), unused),
        (method("post", json!(CLIENT_KEY)), unused),
        (method("none", json!(CLIENT_KEY)), unused),
        (
            oauth2(&json!({"provider_kind": "github", "client_key": CLIENT_KEY})),
            alone,
        ),
        (
            oauth2(&json!({"provider_kind": "feishu", "client_authentication": "none"})),
            alone,
        ),
        (
            on(&json!({"client_key": "-----BEGIN RSA PRIVATE KEY-----"})),
            "`client_key` cannot be used: a PEM block has no `-----END RSA PRIVATE KEY-----`.",
        ),
    ]);
    for settings in [
        method("auto", json!(CLIENT_KEY)),
        method("private_key_jwt", json!(CLIENT_KEY)),
        on(&json!({"client_secret": null, "client_key": CLIENT_KEY})),
        on(&json!({"client_secret": null, "client_authentication": "none"})),
        oauth2(&json!({"client_key": CLIENT_KEY})),
    ] {
        assert!(valid(&settings).sign_in.is_some(), "{settings}");
    }
}

#[test]
fn endpoints_are_named_once_and_secure() {
    let endpoints = "authorization=https://a.example/a?x=y, token=http://localhost:1/t\nend_session=https://a.example/o";
    let parsed = valid(&json!({"provider_endpoints": endpoints})).provider_endpoints;
    let written: Vec<String> = parsed
        .written()
        .map(|(name, address)| format!("{name}={address}"))
        .collect();
    assert_eq!(
        written,
        [
            "authorization=https://a.example/a?x=y",
            "token=http://localhost:1/t",
            "end_session=https://a.example/o"
        ]
    );

    let none = "has no name; write `name=URL`, such as `token=https://idp.example.com/token`.";
    for (text, message) in [
        ("https://a.example/token", none),
        ("https://a.example/token?x=y", none),
        (
            "tokens=https://a.example/t",
            "has a name that no endpoint has; write one of `authorization`, `token`, `userinfo`, `jwks`, `introspection`, `end_session`, `revocation`.",
        ),
        (
            "token=https://a.example/t token=https://b.example/t",
            "(entry 2) names an endpoint that an earlier entry names; remove one.",
        ),
        (
            "authorization=javascript:alert(1)",
            "is not a URL that begins with `https://` or `http://`; write it in full.",
        ),
        (
            "end_session=http://a.example/o",
            "has a `end_session` that is not https; write `https://` (http is for an issuer that is http too, and for `localhost`).",
        ),
    ] {
        assert_eq!(
            sentences(&json!({"provider_endpoints": text})),
            [format!("`provider_endpoints` {message}")],
            "{text}"
        );
    }
    valid(
        &json!({"issuer": "http://idp.internal", "provider_endpoints": "token=http://idp.internal/t"}),
    );
    assert_mistakes(&[
        (
            oauth2(&json!({"provider_endpoints": "token=https://a.example/t"})),
            "`provider_endpoints` lacks `authorization`, `userinfo`, which `provider_kind` `oauth2` needs; write each as `name=URL`.",
        ),
        (
            oauth2(&json!({"provider_endpoints": null})),
            "`provider_endpoints` lacks `authorization`, `token`, `userinfo`, which `provider_kind` `oauth2` needs; write each as `name=URL`.",
        ),
        (
            json!({
                "issuer": "https://a.example https://b.example",
                "user_format": "hashed",
                "user_hash_key": "0123456789abcdef",
                "provider_endpoints": "token=https://a.example/t",
            }),
            "`provider_endpoints` belongs to a single issuer; remove it, or make one endpoint for each issuer.",
        ),
    ]);
}

#[test]
fn parameters_of_a_login_are_none_of_the_protocols_own() {
    let parameters = "prompt=select_account,hd=example.com \"acr_values=urn:a urn:b\" x.y-z=a=b";
    let expected = [
        ("prompt", "select_account"),
        ("hd", "example.com"),
        ("acr_values", "urn:a urn:b"),
        ("x.y-z", "a=b"),
    ];
    assert_eq!(
        sign_in(&json!({"login_parameters": parameters})).login_parameters,
        expected.map(|(name, value)| (name.to_owned(), value.to_owned()))
    );
    let form = "is not `name=value`; write such as `prompt=select_account`, in `\"` if it has spaces or commas.";
    let prompt = "has a `prompt` with which nobody can sign in; write `select_account`, `login` or `consent`.";
    for (text, message) in [
        ("select_account", form),
        ("prompt=", form),
        ("=x", form),
        ("a&b=x", form),
        ("prompt=none", prompt),
        ("\"prompt=login none\"", prompt),
        (
            "a=1 a=2",
            "(entry 2) has the name of an earlier entry; remove one.",
        ),
    ] {
        assert_eq!(
            sentences(&json!({"login_parameters": text})),
            [format!("`login_parameters` {message}")],
            "{text}"
        );
    }
    for name in [
        "client_id",
        "redirect_uri",
        "response_type",
        "response_mode",
        "scope",
        "state",
        "nonce",
        "code_challenge",
        "code_challenge_method",
        "request",
        "request_uri",
        "max_age",
        "login_hint",
        "id_token_hint",
    ] {
        assert_eq!(
            sentences(&json!({"login_parameters": format!("{name}=x")})),
            [format!(
                "`login_parameters` is `{name}`, which only the gateway may set; remove it."
            )]
        );
    }
}

#[test]
fn what_goes_into_the_head_of_a_response_has_a_limit() {
    let address =
        "is longer than 640 bytes in the address of the provider's sign-in page; shorten it.";
    for (setting, text, message) in [
        (
            "login_parameters",
            format!("a={}", "é".repeat(107)),
            address,
        ),
        (
            "login_scopes",
            format!("openid {}", "x".repeat(640)),
            address,
        ),
        (
            "page_origins",
            "https://a.example ".repeat(57).replace(' ', "\n"),
            "is longer than 1024 bytes, which the head of the page has no room for; write fewer origins.",
        ),
        (
            "page_notice",
            "é".repeat(501),
            "has 501 characters; write at most 500.",
        ),
    ] {
        assert_eq!(
            sentences(&json!({setting: text})),
            [format!("`{setting}` {message}")],
        );
    }
    valid(&json!({
        "login_parameters": format!("a={}", "é".repeat(106)),
        "page_origins": "https://a.example ".repeat(56),
        "page_notice": "é".repeat(500),
    }));
}

#[test]
fn a_login_with_openid_connect_asks_for_openid() {
    assert_eq!(
        sign_in(&json!({"login_scopes": "openid, email"})).login_scopes,
        Some(vec!["openid".to_owned(), "email".to_owned()])
    );
    valid(&oauth2(&json!({"login_scopes": "read:user"})));
    assert_mistakes(&[
        (
            json!({"login_scopes": "email"}),
            "`login_scopes` lacks `openid`, without which there is no ID token; add it.",
        ),
        (
            json!({"login_scopes": "openid \"email\""}),
            "`login_scopes` (entry 2) has the character `\"`, which a scope does not have; remove it.",
        ),
    ]);
}

#[test]
fn a_session_has_limits_that_fit_each_other() {
    for (text, hours, idle, check) in [
        ("hours=168", 168, 120, 15),
        ("idle=10080, check=60", 12, 10080, 60),
        ("check=1 idle=2 hours=1", 1, 2, 1),
    ] {
        let minutes = |minutes: u64| Duration::from_secs(minutes * 60);
        assert_eq!(
            sign_in(&json!({"session_limits": text})).limits,
            SessionLimits {
                lifetime: minutes(hours * 60),
                idle: minutes(idle),
                check: minutes(check),
            },
            "{text}"
        );
    }
    let part =
        "is not one of its parts; write such as `hours=12 idle=120 check=15`, in whole numbers.";
    let short = "has an `idle` that is shorter than two checks, which would sign people out while they work; write a larger `idle` or a smaller `check`.";
    for (text, message) in [
        ("12", part),
        ("hours=12h", part),
        ("hours=-1", part),
        ("days=1", part),
        ("hours=0", "is out of range; write a number from 1 to 168."),
        (
            "hours=169",
            "is out of range; write a number from 1 to 168.",
        ),
        ("check=61", "is out of range; write a number from 1 to 60."),
        (
            "idle=10081",
            "is out of range; write a number from 1 to 10080.",
        ),
        (
            "hours=1 hours=2",
            "(entry 2) is a part that an earlier entry has; remove one.",
        ),
        ("idle=29", short),
        ("idle=119 check=60", short),
    ] {
        assert_eq!(
            sentences(&json!({"session_limits": text})),
            [format!("`session_limits` {message}")],
            "{text}"
        );
    }
}

/// They stand in a content security policy, where `;` ends a directive and `*` means everybody.
#[test]
fn an_origin_of_the_page_cannot_end_its_policy() {
    assert_eq!(
        sign_in(
            &json!({"page_origins": "https://A.example:443, http://localhost:3000 https://[::1]"})
        )
        .page_origins,
        [
            "https://a.example",
            "http://localhost:3000",
            "https://[::1]"
        ]
    );
    let none = "is not an origin of web pages; write scheme, host and port, such as `https://images.example.com`.";
    for (text, message) in [
        ("https://a;script-src", none),
        ("https://a'b.example", none),
        ("capacitor://localhost", none),
        (
            "*",
            "is `*`, which must be the only entry; remove it or all the others.",
        ),
        (
            "https://*.example",
            "has a wildcard; write every origin in full.",
        ),
        (
            "data:",
            "is not an origin; write scheme, host and port, such as `https://app.example.com`.",
        ),
    ] {
        assert_eq!(
            sentences(&json!({"page_origins": text})),
            [format!("`page_origins` {message}")],
            "{text}"
        );
    }
}

/// A session ends when who somebody is, or what they may do, is decided by other settings, and for nothing else.
#[test]
fn the_policy_of_a_session_is_made_of_what_decides_about_a_person() {
    let changes = [
        (
            "issuer",
            json!("https://idp.example.com/realms/other"),
            true,
        ),
        ("client_id", json!("other"), true),
        ("dify_api_url", json!("https://dify.example.com/v1"), true),
        ("app_key", json!("app-9876543210"), false),
        ("user_claim", json!("email"), true),
        ("user_format", json!("hashed"), true),
        ("user_hash_key", json!("fedcba9876543210"), true),
        ("audience", json!("api"), true),
        ("scopes", json!("chat"), true),
        ("required_claims", json!("groups=Staff"), true),
        ("admin_claims", json!("groups=Admins"), true),
        ("operation_rules", json!("files: nobody"), true),
        ("input_claims", json!("email"), true),
        ("allowed_origins", json!("*"), false),
        ("public_url", json!("https://chat.example.com"), true),
        ("token_validation", json!("jwt"), false),
        ("token_kind", json!("id"), false),
        ("client_secret", json!("other"), false),
        ("userinfo", json!(true), true),
        ("service_accounts", json!("allow"), true),
        ("sign_in", json!("on"), false),
        ("provider_kind", json!("github"), true),
        (
            "provider_endpoints",
            json!("jwks=https://a.example/k"),
            true,
        ),
        ("login_scopes", json!("openid"), false),
        ("login_parameters", json!("prompt=login"), false),
        ("client_authentication", json!("post"), false),
        ("client_key", json!(CLIENT_KEY), false),
        ("session_limits", json!("hours=1"), false),
        ("page_origins", json!("https://a.example"), false),
        ("page", json!("off"), false),
        ("page_notice", json!("x"), false),
        ("mcp", json!("on"), false),
        ("mcp_scopes", json!("chat"), false),
        ("mcp_description", json!("x"), false),
        (
            "jwks",
            json!(
                r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#
            ),
            false,
        ),
        ("discovery_url", json!("https://a.example/d"), false),
        (
            "ca_certificates",
            json!("-----BEGIN CERTIFICATE-----MAA=-----END CERTIFICATE-----"),
            false,
        ),
        ("streams_per_user", json!("1"), false),
        ("requests_per_minute", json!("1"), false),
        ("clock_skew", json!("1"), false),
        ("log_level", json!("debug"), false),
    ];
    let mut changed = changes.each_ref().map(|(name, ..)| *name);
    let mut declared: Vec<_> = declarations().map(|setting| setting.name).collect();
    changed.sort_unstable();
    declared.sort_unstable();
    assert_eq!(changed.as_slice(), declared);
    let basis = json!({"user_hash_key": "0123456789abcdef", "required_claims": "groups=Users"});
    let digest_with = |name: &str, value: &Value| {
        let mut changes = basis.clone();
        changes[name] = value.clone();
        sign_in(&changes).policy_digest
    };
    let before = sign_in(&basis).policy_digest;
    let mut digests = HashSet::from([before]);
    for (name, value, ends) in changes {
        let digest = digest_with(name, &value);
        assert_eq!(digest != before, ends, "{name}");
        assert_eq!(digests.insert(digest), ends, "{name}");
    }
    // What the page of Dify fills in when the endpoint is saved means what nothing means.
    for setting in declarations() {
        if let Some(default) = setting.default.filter(|_| setting.name != "sign_in") {
            let value = match default {
                "false" => json!(false),
                text => json!(text),
            };
            assert_eq!(
                digest_with(setting.name, &value),
                before,
                "{}",
                setting.name
            );
        }
    }
}

#[test]
fn what_two_settings_say_is_said_once_and_what_no_setting_reads_is_not_written() {
    let key = r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
    assert_mistakes(&[
        (
            json!({"jwks": key, "provider_endpoints": "jwks=https://idp.example.com/keys"}),
            "`jwks` has keys, and `provider_endpoints` has `jwks`, an address of keys; remove one of the two.",
        ),
        (
            json!({
                "sign_in": "on", "client_secret": "s", "public_url": "https://chat.example.com",
                "issuer": "https://github.com", "provider_kind": "github", "required_claims": "anybody",
                "discovery_url": "https://github.com/d",
            }),
            "`discovery_url` is not used with this `provider_kind`, which has no discovery document; remove it, and write \
             addresses into `provider_endpoints`.",
        ),
        (
            json!({
                "sign_in": "on", "client_secret": "s",
                "public_url": format!("https://chat.example.com/{}", "x".repeat(crate::limits::SIGN_IN_URL)),
            }),
            "`public_url` is longer than 200 bytes, which the heads of the sign-in's responses have no room for; give the \
             endpoint a shorter address.",
        ),
    ]);
}

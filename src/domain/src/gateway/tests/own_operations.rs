use http::Method;
use serde_json::{Value, json};

use super::{Fixture, answered, refused, relayed};
use crate::response::Response;

const PUBLIC_URL: &str = "https://dify.example/e/abcdefghijklmnop";

fn get(fixture: &Fixture, handler: &str, token: Option<&str>) -> Response {
    let mut request = fixture.request(Method::GET, token.unwrap_or_default());
    if token.is_none() {
        request.headers.clear();
    }
    answered(fixture.handle(handler, &request, ""))
}

fn whoami(fixture: &Fixture, claims: &Value) -> Value {
    json_of(&get(fixture, "get_whoami", Some(&fixture.token(claims))))
}

fn json_of(response: &Response) -> Value {
    assert_eq!(response.status, 200);
    serde_json::from_slice(&response.body).unwrap()
}

#[test]
fn the_root_tells_what_this_is_without_a_token() {
    let about = json_of(&get(&Fixture::new(&json!({})), "get_root", None));
    assert_eq!(about["name"], "oidc_gateway");
}

#[test]
fn whoami_tells_what_the_gateway_derives_from_the_token_and_asks_nobody() {
    let fixture = Fixture::new(&json!({"admin_claims": "groups=ops"}));
    let own = json!({"user": "own", "owner": "own", "filtered": "own", "by_id": "all", "app": "all", "admin": "none"});
    let all = json!({"user": "own", "owner": "all", "filtered": "all", "by_id": "all", "app": "all", "admin": "all"});
    for (groups, rights) in [(json!(["staff"]), own), (json!(["ops"]), all)] {
        let claims = json!({"groups": groups, "scope": "chat files"});
        let expires = crate::environment::fake::START.as_secs() + 300;
        assert_eq!(
            whoami(&fixture, &claims),
            json!({
                "user": "alice",
                "issuer": super::ISSUER,
                "is_service_account": false,
                "scopes": ["chat", "files"],
                "rights": rights,
                "closed_operations": [],
                "warnings": [],
                "claims": {
                    "iss": super::ISSUER, "aud": "app", "exp": expires, "sub": "alice", "groups": groups,
                    "scope": "chat files",
                },
            })
        );
    }
    assert_eq!(fixture.environment.urls(), Vec::<String>::new());
}

#[test]
fn whoami_tells_why_a_token_is_refused() {
    let fixture = Fixture::new(&json!({"required_claims": "groups=staff"}));
    let cases = [
        (json!({"aud": "other"}), (401, "token_audience_refused")),
        (
            json!({"groups": ["guests"]}),
            (403, "required_claims_not_met"),
        ),
    ];
    for (claims, (status, code)) in cases {
        let request = fixture.request(Method::GET, &fixture.token(&claims));
        let outcome = fixture.handle("get_whoami", &request, "");
        assert_eq!(refused(outcome), (status, code.to_owned()), "{claims}");
    }
}

#[test]
fn whoami_warns_of_what_is_allowed_and_still_not_safe() {
    const UNVERIFIED: &str = "`user` comes from `email`, and the token does not say whether the address is verified \
        (`email_verified`): anyone who can enter any address at the provider gets that person's history. Use `sub`.";
    const EMAIL: &str = "`user` comes from `email`, which can change or be given to another person. Only `sub` belongs to \
        one person for ever.";
    const NAME: &str = "`user` comes from `preferred_username`, which can change or be given to another person. Only \
        `sub` belongs to one person for ever.";
    const OVERAGE: &str = "The provider left the groups out because there are too many, so `admin_claims` cannot hold. \
        Use app roles and a rule on `roles`.";
    let by_email = json!({"user_claim": "email sub"});
    let cases: [(&Value, Value, &[&str]); 6] = [
        (&by_email, json!({"email": "a@b"}), &[UNVERIFIED, EMAIL]),
        (
            &by_email,
            json!({"email": "a@b", "email_verified": true}),
            &[EMAIL],
        ),
        (&by_email, json!({}), &[]),
        (
            &json!({"user_claim": "preferred_username"}),
            json!({"preferred_username": "ann"}),
            &[NAME],
        ),
        (
            &json!({"admin_claims": "groups=ops"}),
            json!({"hasgroups": true}),
            &[OVERAGE],
        ),
        (&json!({}), json!({"hasgroups": true}), &[]),
    ];
    for (settings, claims, warnings) in cases {
        let report = whoami(&Fixture::new(settings), &claims);
        assert_eq!(report["warnings"], json!(warnings), "{settings} {claims}");
    }
}

#[test]
fn the_metadata_names_the_resource_exactly_as_the_setting_does() {
    for public_url in [
        PUBLIC_URL,
        "https://dify.example/e/x/",
        "https://dify.example",
    ] {
        let fixture = Fixture::new(&json!({"public_url": public_url, "scopes": "chat files"}));
        let metadata = get(&fixture, "get_protected_resource_metadata", None);
        assert_eq!(
            json_of(&metadata),
            json!({
                "resource": public_url,
                "authorization_servers": [super::ISSUER],
                "scopes_supported": ["chat", "files"],
                "bearer_methods_supported": ["header"],
            })
        );
    }
}

#[test]
fn the_metadata_lists_every_issuer_but_no_template_and_no_empty_list() {
    let template = "https://login.microsoftonline.com/{tenantid}/v2.0";
    let hashed = json!({
        "public_url": PUBLIC_URL,
        "jwks": "",
        "user_format": "hashed",
        "user_hash_key": "0123456789abcdef",
        "required_claims": "tid=t",
    });
    let cases = [
        (template.to_owned(), None),
        (
            format!("https://a.example, {template} https://b.example/"),
            Some(json!(["https://a.example", "https://b.example/"])),
        ),
    ];
    for (issuers, listed) in cases {
        let mut settings = hashed.clone();
        settings["issuer"] = json!(issuers);
        let fixture = Fixture::new(&settings);
        let metadata = json_of(&get(&fixture, "get_protected_resource_metadata", None));
        assert_eq!(
            metadata.get("authorization_servers").cloned(),
            listed,
            "{issuers}"
        );
        assert_eq!(metadata.get("scopes_supported"), None);
    }
}

#[test]
fn without_a_public_url_there_is_no_metadata_and_no_challenge_names_it() {
    let fixture = Fixture::new(&json!({}));
    let response = get(&fixture, "get_protected_resource_metadata", None);
    let body: Value = serde_json::from_slice(&response.body).unwrap();
    assert_eq!(
        body,
        json!({
            "code": "not_found",
            "message": "This endpoint publishes no protected-resource metadata: its setting `public_url` is empty.",
            "status": 404,
            "request_id": "r1",
        })
    );
    let challenge = challenge(&get(&fixture, "get_info", None));
    assert_eq!(challenge, r#"Bearer realm="dify""#);
}

#[test]
fn every_challenge_names_the_metadata_at_a_path_that_the_gateway_serves() {
    let fixture =
        Fixture::new(&json!({"public_url": PUBLIC_URL, "required_claims": "groups=staff"}));
    let address = format!(
        r#"resource_metadata="{PUBLIC_URL}{}""#,
        crate::operation::Operation::of_handler("get_protected_resource_metadata")
            .unwrap()
            .path
    );
    let guest = fixture.token(&json!({}));
    for (handler, token, status) in [
        ("get_info", None, 401),
        ("get_whoami", None, 401),
        ("get_info", Some("x.y"), 401),
        ("get_info", Some(guest.as_str()), 403),
    ] {
        let response = get(&fixture, handler, token);
        assert_eq!(response.status, status, "{handler} {token:?}");
        let challenge = challenge(&response);
        let (before, _) = challenge
            .split_once(", error_description=")
            .unwrap_or((&challenge, ""));
        assert!(before.ends_with(&address), "{challenge}");
    }
    let member = fixture.token(&json!({"groups": "staff"}));
    relayed(fixture.handle("get_info", &fixture.request(Method::GET, &member), ""));
}

fn challenge(response: &Response) -> String {
    let challenge = response.headers.get("www-authenticate").unwrap();
    challenge.to_str().unwrap().to_owned()
}

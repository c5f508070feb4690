use url::Url;

use crate::oauth::{AuthorizationRequest, CodeVerifier, Prompt};

const ENDPOINT: &str = "https://id.example/authorize";
const REDIRECT_URI: &str = "https://chat.example/auth/callback";

/// Names and values of the administrator.
type Further<'a> = &'a [(&'a str, &'a str)];

fn pairs(further: Further<'_>) -> Vec<(String, String)> {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    further.iter().map(owned).collect()
}

fn query(endpoint: &str, prompt: Option<Prompt>, further: Further<'_>) -> String {
    let scopes = ["openid".to_owned(), "profile".to_owned()];
    let request = AuthorizationRequest {
        client_id: "chat app",
        redirect_uri: REDIRECT_URI,
        scopes: &scopes,
        state: "0state",
        nonce: Some("nonce"),
        challenge: "challenge",
        prompt,
        further: &pairs(further),
    };
    let endpoint = Url::parse(endpoint).expect("a URL");
    let address = request.address(&endpoint);
    assert!(address.fragment().is_none());
    address.query().expect("a query").to_owned()
}

const OWN: &str = "response_type=code&client_id=chat+app&redirect_uri=https%3A%2F%2Fchat.example%2Fauth%2Fcallback&\
                   scope=openid+profile&state=0state&nonce=nonce&code_challenge=challenge&code_challenge_method=S256";

#[test]
fn the_request_has_everything_that_the_code_flow_with_pkce_needs() {
    assert_eq!(query(ENDPOINT, None, &[]), OWN);
}

#[test]
fn without_scopes_and_nonce_there_are_no_such_parameters() {
    let request = AuthorizationRequest {
        client_id: "chat",
        redirect_uri: REDIRECT_URI,
        scopes: &[],
        state: "0state",
        nonce: None,
        challenge: "challenge",
        prompt: None,
        further: &[],
    };
    let address = request.address(&Url::parse(ENDPOINT).expect("a URL"));
    assert_eq!(
        address.as_str(),
        "https://id.example/authorize?response_type=code&client_id=chat&redirect_uri=\
         https%3A%2F%2Fchat.example%2Fauth%2Fcallback&state=0state&code_challenge=challenge&code_challenge_method=S256"
    );
}

#[test]
fn the_query_of_the_endpoint_is_kept_unless_it_sets_a_parameter_of_the_protocol() {
    let rows = [
        ("https://id.example/authorize", ""),
        ("https://id.example/authorize?", ""),
        ("https://id.example/authorize#x", ""),
        (
            "https://id.example/authorize?p=B2C_1&q=a%2Fb",
            "p=B2C_1&q=a%2Fb&",
        ),
        ("https://id.example/authorize?state=evil&p=1", "p=1&"),
        (
            "https://id.example/authorize?p=1&%72edirect_uri=https://evil.example",
            "p=1&",
        ),
        ("https://id.example/authorize?nonce&client_id", ""),
    ];
    for (endpoint, kept) in rows {
        assert_eq!(
            query(endpoint, None, &[]),
            format!("{kept}{OWN}"),
            "{endpoint}"
        );
    }
}

#[test]
fn parameters_of_the_administrator_are_added_and_replace_none_of_the_protocol() {
    let rows: [(Option<Prompt>, Further<'_>, &str); 5] = [
        (
            None,
            &[("hd", "example.com"), ("prompt", "select_account")],
            "&hd=example.com&prompt=select_account",
        ),
        (
            Some(Prompt::None),
            &[("prompt", "select_account")],
            "&prompt=none",
        ),
        (Some(Prompt::Login), &[], "&prompt=login"),
        (Some(Prompt::SelectAccount), &[], "&prompt=select_account"),
        (
            None,
            &[
                ("state", "x"),
                ("nonce", "x"),
                ("scope", "x"),
                ("client_id", "x"),
                ("redirect_uri", "x"),
                ("response_type", "token"),
                ("code_challenge", "x"),
                ("code_challenge_method", "plain"),
                ("response_mode", "form_post"),
                ("request", "x"),
                ("request_uri", "x"),
                ("registration", "x"),
            ],
            "",
        ),
    ];
    for (prompt, further, added) in rows {
        assert_eq!(
            query(ENDPOINT, prompt, further),
            format!("{OWN}{added}"),
            "{further:?}"
        );
    }
}

#[test]
fn a_prompt_has_one_of_three_names() {
    for (name, expected) in [
        ("none", Some(Prompt::None)),
        ("login", Some(Prompt::Login)),
        ("select_account", Some(Prompt::SelectAccount)),
        ("consent", None),
        ("None", None),
        ("", None),
    ] {
        assert_eq!(Prompt::parse(name), expected, "{name}");
    }
}

/// RFC 7636 appendix B.
#[test]
fn the_challenge_is_that_of_the_rfc() {
    let bytes = [
        116, 24, 223, 180, 151, 153, 224, 37, 79, 250, 96, 125, 216, 173, 187, 186, 22, 212, 37,
        77, 105, 214, 191, 240, 91, 88, 5, 88, 83, 132, 141, 121,
    ];
    let verifier = CodeVerifier::from_random(&bytes);
    assert_eq!(
        verifier.reveal(),
        "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    );
    assert_eq!(
        verifier.challenge(),
        "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    );
}

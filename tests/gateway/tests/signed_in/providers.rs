//! Where keys come from: rotation, unusable documents, outages, and many first requests at once.

use std::time::Duration;

use futures::future::join_all;
use gateway_tests::Stage;
use harness::{Algorithm, CannedResponse, Fault, TestIssuer};
use serde_json::json;
use stand_in_dify::AppKind;

const DISCOVERY: &str = "/.well-known/openid-configuration";
const JWKS: &str = "/jwks";
/// How long a failed attempt holds back the next one.
const HOLD_BACK: Duration = Duration::from_secs(5);

fn token(issuer: &TestIssuer) -> String {
    issuer.token(Algorithm::Es256, &issuer.claims("alice"))
}

/// A new issuer, which the endpoint is set to accept.
async fn next_issuer(stage: &Stage) -> TestIssuer {
    let issuer = TestIssuer::start().await.unwrap();
    stage.set_settings(&json!({"issuer": issuer.issuer()}));
    issuer
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotated_key_is_taken_by_its_first_token_and_kept_keys_stay() {
    let stage = Stage::of(AppKind::Chatflow).await;
    let issuer = stage.issuer();
    let first = token(issuer);
    assert_eq!(stage.get(&first, "/info").await.status, 200);

    issuer.rotate(true);
    let second = token(issuer);
    for token in [&second, &first, &second] {
        assert_eq!(stage.get(token, "/info").await.status, 200);
    }
    assert_eq!((issuer.requests(DISCOVERY), issuer.requests(JWKS)), (1, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_with_unknown_keys_cost_the_provider_one_request() {
    let stage = Stage::of(AppKind::Chatflow).await;
    let issuer = stage.issuer();
    let good = token(issuer);
    assert_eq!(stage.get(&good, "/info").await.status, 200);
    for number in 0..10 {
        let header = json!({"alg": "ES256", "kid": format!("unknown-{number}")}).to_string();
        let forged = issuer.keys().sign(
            Algorithm::Es256,
            &header,
            &issuer.claims("alice").to_string(),
        );
        let (status, code, _) = stage.get(&forged, "/info").await.refusal();
        assert_eq!((status, code.as_str()), (401, "token_key_unknown"));
    }
    assert_eq!(issuer.requests(JWKS), 2);
    assert_eq!(stage.get(&good, "/info").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_first_requests_share_one_fetch() {
    let stage = Stage::of(AppKind::Chatflow).await;
    let issuer = stage.issuer();
    issuer.set_fault(JWKS, Some(Fault::Slow(Duration::from_millis(500))));
    let tokens: Vec<String> = (0..20)
        .map(|number| stage.token(&format!("user-{number}")))
        .collect();
    let answers = join_all(tokens.iter().map(|token| stage.get(token, "/info"))).await;
    assert_eq!(
        answers.iter().filter(|answer| answer.status == 200).count(),
        20
    );
    assert_eq!((issuer.requests(DISCOVERY), issuer.requests(JWKS)), (1, 1));
}

/// Where and how a document is broken, and what the message says after "of the identity provider `…` cannot be used: ".
const UNUSABLE: &[(&str, Broken, &str, &str)] = &[
    (
        "another issuer",
        Broken::Member("issuer", "https://other.example"),
        "discovery document",
        "its `issuer` is \"https://other.example\". Write into `issuer` exactly what the document says, to the last slash, if that is the provider you mean.",
    ),
    (
        "jwks_uri is not a URL",
        Broken::Member("jwks_uri", "jwks"),
        "discovery document",
        "its `jwks_uri` is not a URL (relative URL without a base): \"jwks\". Fix this at the identity provider.",
    ),
    (
        "discovery is a page",
        Broken::Path(DISCOVERY, Fault::Garbage),
        "discovery document",
        "it is a web page (HTML), and JSON is expected. Open the address in a browser. If a proxy or a sign-in page answers there, let the plugin through; otherwise correct `issuer`, or write the document's own address into `discovery_url`.",
    ),
    (
        "no discovery",
        Broken::Path(DISCOVERY, Fault::Status(404)),
        "discovery document",
        "the provider answered with status 404. Compare `issuer` with the provider's, or write the document's address into `discovery_url`.",
    ),
    (
        "discovery elsewhere",
        Broken::Path(DISCOVERY, Fault::Status(302)),
        "discovery document",
        "the provider answered with status 302. Redirects are not followed. If it leads to a sign-in page, let the plugin through there; otherwise write the final address of the document into `discovery_url`.",
    ),
    (
        "keys are a page",
        Broken::Path(JWKS, Fault::Garbage),
        "keys (`jwks_uri`)",
        "it is a web page (HTML), and JSON is expected. Open the `jwks_uri` of the discovery document in a browser. If a proxy or a sign-in page answers there, let the plugin through; otherwise set `discovery_url` to the right document, or write the keys into `jwks`.",
    ),
    (
        "keys are huge",
        Broken::Path(JWKS, Fault::Huge(2 * 1024 * 1024)),
        "keys (`jwks_uri`)",
        "the response is too large. Fix this at the identity provider.",
    ),
    (
        "no key is usable",
        Broken::Body(JWKS, r#"{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}"#),
        "keys (`jwks_uri`)",
        "its only key was left out: it holds a private or shared key. Have the provider publish an asymmetric signing key; some do so only once somebody has signed in.",
    ),
    (
        "keys are coded",
        Broken::Coded(JWKS, "br"),
        "keys (`jwks_uri`)",
        "it has the `Content-Encoding` \"br\", and the gateway decodes only gzip and deflate. Have the provider, or the proxy before it, send the document without a content coding.",
    ),
    (
        "its key is private",
        Broken::Body(
            JWKS,
            r#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","d":"AQ"}]}"#,
        ),
        "keys (`jwks_uri`)",
        "its only key was left out: it holds a private or shared key. Have the provider publish an asymmetric signing key; some do so only once somebody has signed in.",
    ),
    (
        "its key is of the ROCA family",
        Broken::Body(JWKS, ROCA),
        "keys (`jwks_uri`)",
        "its only key was left out: its private key can be computed from its modulus (ROCA, CVE-2017-15361): have the provider make a new key. Have the provider publish an asymmetric signing key; some do so only once somebody has signed in.",
    ),
];

/// The key of tcId 7 of Wycheproof's `json_web_key_test`.
const ROCA: &str = r#"{"keys":[{"kty":"RSA","kid":"kid-rsa-roca-sign","e":"AQAB","n":"AanFpofbj7KjD4Lf-N2hVMKR7yewSyXhhbirIMTGpfYEhZ_lnt5UoK98DnKIgArXGTu3MaW_HhFw16HGaTDUHqPrId7fe4r11CqRw09yBFuW79V8sYIwHdzCaWflUI6auImYbVfoN9_nD5n8N8SY9DwXw7mwZM9wREPXoDPgOoIWl6q_MPsp7n0zs3Z5ZaiQWOOzl1S9OhwAfSiiOwz6efnXEaxuTEtPd7BjSx7NaFka8Dx9U7YqXy2RFj1O9PjyaDGuRh7YXsX3iMUSP_wSyHQg_c_qHRtKUsNSGCT7OZg0hzm2KphtjnayKJvC64vAbROBR4Ubg6Bxg9IQVZ-QYyE"}]}"#;

/// What is wrong at a provider.
enum Broken {
    /// The content coding of a path's response.
    Coded(&'static str, &'static str),
    /// A member of the discovery document.
    Member(&'static str, &'static str),
    /// All that a path answers.
    Path(&'static str, Fault),
    /// What a path answers with 200.
    Body(&'static str, &'static str),
}

impl Broken {
    fn at(&self, issuer: &TestIssuer) {
        match *self {
            Self::Body(path, body) => issuer.set_answer(path, CannedResponse::new(200, body)),
            Self::Coded(path, coding) => {
                let answer = CannedResponse::new(200, "\u{b}\u{2}");
                issuer.set_answer(path, answer.with_header("content-encoding", coding));
            }
            Self::Path(path, fault) => issuer.set_fault(path, Some(fault)),
            Self::Member(name, value) => {
                let mut document = issuer.discovery();
                document[name] = json!(value);
                issuer.set_answer(DISCOVERY, CannedResponse::json(&document));
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn unusable_documents_are_503_and_say_what_fixes_them() {
    let stage = Stage::of(AppKind::Chatflow).await;
    for (name, broken, document, why) in UNUSABLE {
        let issuer = next_issuer(&stage).await;
        broken.at(&issuer);
        let message = format!(
            "The {document} of the identity provider `{}` cannot be used: {why}",
            issuer.issuer()
        );
        let expected = (503, "identity_provider_invalid".to_owned(), message);
        assert_eq!(
            stage.get(&token(&issuer), "/info").await.refusal(),
            expected,
            "{name}"
        );
    }
    let good = next_issuer(&stage).await;
    assert_eq!(stage.get(&token(&good), "/info").await.status, 200);
    assert!(
        stage.seen().len() == 1,
        "Dify was asked on behalf of nobody"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_was_down_is_used_again_five_seconds_later() {
    let stage = Stage::of(AppKind::Chatflow).await;
    for (fault, path, what) in [
        (
            Fault::Down,
            DISCOVERY,
            "discovery document: the connection broke off",
        ),
        (
            Fault::Status(500),
            DISCOVERY,
            "discovery document: the provider answered with status 500",
        ),
        (
            Fault::Down,
            JWKS,
            "keys (`jwks_uri`): the connection broke off",
        ),
    ] {
        let issuer = next_issuer(&stage).await;
        issuer.set_fault(path, Some(fault));
        let token = token(&issuer);
        let message = format!(
            "The identity provider `{}` gave no {what}. Try again in 5 seconds.",
            issuer.issuer()
        );
        let expected = (503, "identity_provider_unavailable".to_owned(), message);
        let answer = stage.get(&token, "/info").await;
        assert_eq!(
            (answer.refusal(), answer.header("retry-after")),
            (expected.clone(), "5")
        );

        issuer.set_fault(path, None);
        let asked = issuer.seen().len();
        assert_eq!(stage.get(&token, "/info").await.refusal(), expected);
        assert_eq!(
            issuer.seen().len(),
            asked,
            "the provider was asked again too soon"
        );
        tokio::time::sleep(HOLD_BACK).await;
        assert_eq!(
            stage.get(&token, "/info").await.status,
            200,
            "{fault:?} of {path}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn in_an_outage_an_unknown_key_is_told_when_the_provider_is_asked_again() {
    let stage = Stage::of(AppKind::Chatflow).await;
    let issuer = stage.issuer();
    assert_eq!(stage.get(&token(issuer), "/info").await.status, 200);
    issuer.set_fault(JWKS, Some(Fault::Down));
    let header = json!({"alg": "ES256", "kid": "unknown"}).to_string();
    let claims = issuer.claims("alice").to_string();
    let unknown = issuer.keys().sign(Algorithm::Es256, &header, &claims);
    let advice = |seconds: &str| {
        let message = format!(
            "The identity provider `{}` gave no keys (`jwks_uri`): the connection broke off. Try again in {seconds} \
             seconds.",
            issuer.issuer()
        );
        (503, "identity_provider_unavailable".to_owned(), message)
    };
    let first = stage.get(&unknown, "/info").await;
    assert_eq!(
        (first.refusal(), first.header("retry-after")),
        (advice("5"), "5")
    );
    tokio::time::sleep(HOLD_BACK).await;
    // Known keys serve meanwhile, so after a second failure the provider is left alone for the rest of a minute.
    let second = stage.get(&unknown, "/info").await;
    let seconds = second.header("retry-after");
    assert_eq!(second.refusal(), advice(seconds));
    assert!(
        (50..=55).contains(&seconds.parse::<u32>().unwrap()),
        "{seconds}"
    );
    assert_eq!(stage.get(&token(issuer), "/info").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_byte_order_mark_is_read_over_and_every_request_says_who_asks_for_what() {
    let stage = Stage::of(AppKind::Chatflow).await;
    let issuer = stage.issuer();
    let document = format!("\u{feff}{}", issuer.discovery());
    issuer.set_answer(DISCOVERY, CannedResponse::new(200, document));
    assert_eq!(stage.get(&token(issuer), "/info").await.status, 200);
    let seen = issuer.seen();
    let asked = seen.iter().map(|request| {
        let header = |name: &str| request.headers[name].to_str().unwrap();
        (
            request.path.as_str(),
            header("user-agent"),
            header("accept"),
        )
    });
    let agent = "oidc-gateway/0.1.0";
    let expected = [
        (DISCOVERY, agent, "application/json, */*;q=0.1"),
        (
            JWKS,
            agent,
            "application/jwk-set+json, application/json, */*;q=0.1",
        ),
    ];
    assert_eq!(asked.collect::<Vec<_>>(), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn known_keys_outlive_a_provider_that_is_down() {
    let stage = Stage::of(AppKind::Chatflow).await;
    let issuer = stage.issuer();
    assert_eq!(stage.get(&token(issuer), "/info").await.status, 200);
    for path in [DISCOVERY, JWKS] {
        issuer.set_fault(path, Some(Fault::Down));
    }
    assert_eq!(stage.get(&stage.token("bob"), "/info").await.status, 200);
}

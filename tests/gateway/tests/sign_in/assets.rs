//! The files of the page in every content coding, and the whole head of each kind of answer that a browser gets.

use std::io::Read;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::read::GzDecoder;
use gateway_domain::page::ASSETS;
use gateway_tests::sign_in::{ScriptedStage, SignedIn};
use harness::Browser;
use harness::browser::{Hop, Kind, Load};
use http::Method;
use serde_json::{Value, json};
use url::Url;

/// `Accept-Encoding`, and the `Content-Encoding` that it gets; empty where the file comes as it is.
const CODINGS: [(Option<&str>, &str); 8] = [
    (None, ""),
    (Some("gzip"), "gzip"),
    (Some("br"), "br"),
    (Some("gzip, deflate, br, zstd"), "br"),
    (Some("gzip;q=0, br"), "br"),
    (Some("gzip;q=0, br;q=0"), ""),
    (Some("identity;q=0"), "gzip"),
    // Who refuses every form gets the one that all read, instead of 406.
    (Some("identity;q=0, *;q=0"), "gzip"),
];

/// A file of the page.
struct Asset {
    address: String,
    integrity: String,
}

fn url(address: &str) -> Url {
    Url::parse(address).unwrap()
}

/// What a document loads, with the hash that it demands.
fn assets_of(document: &Hop, base: &str) -> Vec<Asset> {
    let html = document.text();
    let addresses = document.addresses().into_iter();
    let ours = addresses.filter(|address| address.starts_with(&format!("{base}/assets/")));
    ours.map(|address| {
        let (_, rest) = html
            .split_once(&format!("\"{address}\" integrity=\""))
            .unwrap_or_else(|| panic!("{address} has no integrity in {html}"));
        let integrity = rest.split('"').next().unwrap().to_owned();
        Asset { address, integrity }
    })
    .collect()
}

/// What the bytes of an answer stand for.
fn decoded(hop: &Hop) -> Vec<u8> {
    let mut bytes = Vec::new();
    match hop.header("content-encoding") {
        "br" => brotli::BrotliDecompress(&mut hop.body.as_slice(), &mut bytes).unwrap(),
        "gzip" => drop(
            GzDecoder::new(hop.body.as_slice())
                .read_to_end(&mut bytes)
                .unwrap(),
        ),
        _ => bytes.clone_from(&hop.body),
    }
    bytes
}

/// The head as text, a line a field, without what differs from one answer to the next.
fn head(hop: &Hop) -> Vec<String> {
    without(hop, &[])
}

/// The same without these fields.
fn without(hop: &Hop, names: &[&str]) -> Vec<String> {
    let moving = [
        "content-length",
        "date",
        "transfer-encoding",
        "x-request-id",
    ];
    let fields = hop.headers.iter();
    let fields = fields.filter(|(name, _)| {
        let name = name.as_str();
        !moving.contains(&name) && !names.contains(&name)
    });
    let mut lines: Vec<String> = fields
        .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
        .collect();
    lines.sort();
    lines
}

async fn load(browser: &Browser, address: &str, accepted: Option<&str>) -> Hop {
    let mut load = Load::get(Kind::Plain, url(address), None);
    if let Some(accepted) = accepted {
        load = load.with("accept-encoding", accepted);
    }
    browser.load(load).await.unwrap()
}

async fn assert_every_coding(browser: &Browser, asset: &Asset) {
    let address = &asset.address;
    let media_type = match address.rsplit('.').next() {
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        _ => panic!("{address}"),
    };
    let plain = load(browser, address, None).await.body;
    let hash = STANDARD.encode(hmac_sha512::sha384::Hash::hash(&plain));
    assert_eq!(format!("sha384-{hash}"), asset.integrity, "{address}");
    for (accepted, coding) in CODINGS {
        let hop = load(browser, address, accepted).await;
        let case = format!("{address} {accepted:?}");
        assert_eq!(hop.status, 200, "{case}: {}", hop.text());
        let mut expected = vec![
            "cache-control: public, max-age=31536000, immutable".to_owned(),
            format!("content-type: {media_type}"),
            "cross-origin-resource-policy: same-origin".to_owned(),
            "vary: Accept-Encoding, Origin".to_owned(),
            "x-content-type-options: nosniff".to_owned(),
        ];
        if !coding.is_empty() {
            expected.insert(1, format!("content-encoding: {coding}"));
            assert!(hop.body.len() < plain.len(), "{case}");
        }
        assert_eq!(head(&hop), expected, "{case}");
        assert!(decoded(&hop) == plain, "{case}: other bytes");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_file_of_the_page_has_the_right_bytes_in_every_coding() {
    let stage = ScriptedStage::new(&json!({})).await;
    let browser = Browser::new();
    let base = stage.stage.public_url();
    let mut assets = Vec::new();
    // Script and style of the chat page, and the style of the documents without a script.
    for (path, count) in [("/", 2), ("/auth/logged-out", 1)] {
        let document = browser.open(&stage.stage.at(path)).await.unwrap().shown;
        let named = assets_of(&document, &base);
        assert_eq!(named.len(), count, "{path}: {}", document.text());
        assets.extend(named);
    }
    // The script loads the others.
    let others = ASSETS.iter().map(|asset| Asset {
        address: format!("{base}{}", asset.path()),
        integrity: asset.integrity.to_owned(),
    });
    for other in others {
        let is_new = assets.iter().all(|asset| asset.address != other.address);
        if is_new {
            assets.push(other);
        }
    }
    assert_eq!(assets.len(), ASSETS.len());
    for asset in &assets {
        assert_every_coding(&browser, asset).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_the_page_has_not_is_refused_in_difys_shape() {
    let stage = ScriptedStage::new(&json!({})).await;
    let browser = Browser::new();
    let packed = format!("{}.br", ASSETS[0].name);
    let unknown =
        "The page has no file of this name. It may be one of another version: load the page again.";
    let elsewhere = "This endpoint has no operation at the path `/assets/../manifest.yaml`.";
    for (name, message) in [
        ("page-AAAAAAAA.js", unknown),
        ("page.js", unknown),
        (&packed, unknown),
        ("..%2fmanifest.yaml", elsewhere),
    ] {
        let hop = load(
            &browser,
            &stage.stage.at(&format!("/assets/{name}")),
            Some("br"),
        )
        .await;
        let mut refusal = hop.json();
        let request_id = refusal.as_object_mut().unwrap().remove("request_id");
        assert_eq!(
            request_id,
            Some(json!(hop.header("x-request-id"))),
            "{name}"
        );
        assert_eq!(
            refusal,
            json!({
                "code": "not_found",
                "message": message,
                "status": 404,
            }),
            "{name}"
        );
        assert_eq!(hop.status, 404, "{name}");
        assert_eq!(
            head(&hop),
            [
                "cache-control: no-store",
                "content-type: application/json",
                "cross-origin-resource-policy: same-origin",
                "vary: Origin",
                "x-content-type-options: nosniff",
            ],
            "{name}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_and_json_have_exactly_these_fields() {
    let stage = ScriptedStage::new(&json!({})).await;
    let browser = Browser::new();
    let alice = stage.sign_in(&browser, "alice").await;
    let page = browser.open(&stage.stage.at("/")).await.unwrap().shown;
    let signed_out = stage.stage.at("/auth/logged-out");
    let signed_out = browser.open(&signed_out).await.unwrap().shown;
    let session = alice.session(&browser).await;
    let parameters = alice
        .fetch(&browser, Method::GET, "/parameters", &Value::Null)
        .await;
    let base = stage.stage.public_url();
    let document = |vary: &str, policy: &str| {
        [
            "cache-control: no-store",
            &format!("content-security-policy: {policy}"),
            "content-type: text/html; charset=utf-8",
            "cross-origin-opener-policy: same-origin",
            "cross-origin-resource-policy: same-origin",
            "permissions-policy: microphone=(self), camera=(), geolocation=()",
            "referrer-policy: no-referrer",
            &format!("vary: {vary}"),
            "x-content-type-options: nosniff",
        ]
        .map(str::to_owned)
    };
    let page_policy = format!(
        "default-src 'none'; script-src {base}/assets/; style-src {base}/assets/; connect-src {base}/; \
         img-src {base}/ data: blob:; media-src blob:; form-action {base}/auth/; base-uri 'none'; object-src 'none'; \
         frame-src 'none'; worker-src 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; \
         trusted-types dompurify"
    );
    let other_policy = format!(
        "default-src 'none'; style-src {base}/assets/; form-action {base}/auth/; base-uri 'none'; frame-ancestors 'none'; \
         require-trusted-types-for 'script'; trusted-types 'none'"
    );
    let by_navigation = "Accept, Sec-Fetch-Mode, Sec-Fetch-Dest, Origin";
    assert_eq!(head(&page), document(by_navigation, &page_policy));
    assert_eq!(head(&signed_out), document("Origin", &other_policy));
    for (hop, vary) in [
        (&session, "Origin"),
        (&parameters, "Authorization, X-Gateway-Page, Origin"),
    ] {
        // Dify's own, which say its version.
        let fields = without(hop, &["x-env", "x-version"]);
        assert_eq!(
            fields,
            [
                "cache-control: no-store",
                "content-type: application/json",
                "cross-origin-resource-policy: same-origin",
                &format!("vary: {vary}"),
                "x-content-type-options: nosniff",
            ],
            "{}",
            hop.url
        );
    }
}

/// Sends a file of this media type with a message, and gives the path of its preview.
async fn sent(alice: &SignedIn, browser: &Browser, name: &str, media_type: &str) -> String {
    let boundary = "b0undary";
    let body = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
         Content-Type: {media_type}\r\n\r\n<script>alert(1)</script>\r\n--{boundary}--\r\n"
    );
    let upload = alice
        .request(Method::POST, "/files/upload", &Value::Null)
        .sending(
            Method::POST,
            &format!("multipart/form-data; boundary={boundary}"),
            body,
        );
    let file = browser.load(upload).await.unwrap();
    assert_eq!(file.status, 201, "{name}: {}", file.text());
    let id = file.json()["id"].as_str().unwrap().to_owned();
    let attached =
        json!({"type": "document", "transfer_method": "local_file", "upload_file_id": id});
    let message =
        json!({"query": "Hello", "inputs": {}, "response_mode": "blocking", "files": [attached]});
    let chat = alice
        .fetch(browser, Method::POST, "/chat-messages", &message)
        .await;
    assert_eq!(chat.status, 200, "{name}: {}", chat.text());
    format!("/files/{id}/preview")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_a_conversation_has_no_origin_and_only_pictures_sound_film_and_pdf_are_shown() {
    let stage = ScriptedStage::new(&json!({})).await;
    let browser = Browser::new();
    let alice = stage.sign_in(&browser, "alice").await;
    // Dify itself makes an attachment of HTML.
    let rows = [
        ("a.png", "image/png", "image/png", None),
        ("a.mp3", "audio/mpeg", "audio/mpeg", None),
        ("a.mp4", "video/mp4", "video/mp4", None),
        ("a.pdf", "application/pdf", "application/pdf", None),
        (
            "a.svg",
            "image/svg+xml",
            "image/svg+xml",
            Some("attachment"),
        ),
        (
            "a.txt",
            "text/plain",
            "text/plain; charset=utf-8",
            Some("attachment"),
        ),
        (
            "a.xml",
            "text/xml",
            "text/xml; charset=utf-8",
            Some("attachment"),
        ),
        (
            "a.html",
            "text/html",
            "application/octet-stream",
            Some("attachment; filename*=UTF-8''a.html"),
        ),
    ];
    for (name, media_type, shown_type, disposition) in rows {
        let path = sent(&alice, &browser, name, media_type).await;
        let hop = alice
            .fetch(&browser, Method::GET, &path, &Value::Null)
            .await;
        assert_eq!(hop.status, 200, "{name}: {}", hop.text());
        let mut expected: Vec<String> = Vec::new();
        expected.extend(disposition.map(|value| format!("content-disposition: {value}")));
        expected.extend([
            "content-security-policy: sandbox".to_owned(),
            format!("content-type: {shown_type}"),
            "cross-origin-resource-policy: same-origin".to_owned(),
            "x-content-type-options: nosniff".to_owned(),
        ]);
        // Who may keep it is the same for tokens and sessions, and held with the operations.
        let fields = without(&hop, &["cache-control", "vary", "x-env", "x-version"]);
        assert_eq!(fields, expected, "{name}");
        assert_eq!(hop.text(), "<script>alert(1)</script>", "{name}");
    }
}

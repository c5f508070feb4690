//! An endpoint whose setting `sign_in` is off is as if there were no sign-in at all.

use http::{HeaderValue, Method};
use serde_json::{Value, json};

use super::{Fixture, answered, headers};
use crate::documentation::Document;
use crate::environment::fake::respond;
use crate::operation::{Class, OPERATIONS};
use crate::request::Request;

fn request(fixture: &Fixture, method: &Method, path: &str) -> Request {
    let mut request = fixture.request(method.clone(), "");
    request.headers = headers(&[
        ("origin", "https://app.example"),
        ("sec-fetch-mode", "navigate"),
        ("sec-fetch-dest", "document"),
        ("accept", "text/html"),
    ]);
    path.clone_into(&mut request.path);
    request
}

#[test]
fn every_operation_of_the_sign_in_is_not_there_and_no_origin_may_read_that() {
    let fixture = Fixture::new(&json!({"allowed_origins": "*"}));
    let operations = OPERATIONS.iter().filter(|row| row.class == Class::SignIn);
    let mut count = 0;
    for operation in operations {
        let request = request(&fixture, &operation.method, operation.path);
        let response = answered(fixture.handle(operation.handler, &request, ""));
        let body: Value = serde_json::from_slice(&response.body).unwrap();
        assert_eq!(
            body,
            json!({
                "code": "sign_in_disabled",
                "message": "Nobody can sign in here: the endpoint's setting `sign_in` is off. Send `Authorization: Bearer \
                    <token>`, or ask the administrator to turn it on.",
                "status": 404,
                "request_id": "r1",
                "documentation": format!("{}#sign_in_disabled", Document::Troubleshooting.address()),
            }),
            "{}",
            operation.handler
        );
        let cors = response
            .headers
            .keys()
            .any(|name| name.as_str().starts_with("access-control"));
        assert!(!cors, "{:?}", response.headers);
        count += 1;
    }
    assert_eq!(count, 9);
    assert_eq!(fixture.environment.urls(), Vec::<String>::new());
}

#[test]
fn a_cookie_changes_nothing() {
    let fixture = Fixture::new(&json!({}));
    let info = respond(http::StatusCode::OK, &[], "{}");
    fixture
        .environment
        .answer("https://dify.example/v1/info", info);
    for operation in OPERATIONS {
        let plain = request(&fixture, &operation.method, operation.path);
        let mut with_cookie = plain.clone();
        let cookie = HeaderValue::from_static("gw_abcdefghijklmnop_s=x; __Host-access_token=y");
        with_cookie.headers.insert("cookie", cookie);
        with_cookie
            .headers
            .insert("x-gateway-page", HeaderValue::from_static("z"));
        let [plain, with_cookie] = [plain, with_cookie]
            .map(|request| answered(fixture.handle(operation.handler, &request, "")));
        assert_eq!(plain, with_cookie, "{}", operation.handler);
    }
}

//! Access is decided by the class, before anything is dispatched.

use http::Method;
use serde_json::json;

use super::super::case::Case;
use super::{Fixture, Outcome};
use crate::error::{Code, Refusal};
use crate::operation::{BodyKind, Class, FALLBACK, Operation, Responder, ResponseKind, UserPlace};
use crate::request::Request;

const ANY: Operation = Operation {
    handler: "get_row_of_this_test",
    method: Method::GET,
    path: "/row-of-this-test",
    class: Class::User,
    responder: Responder::About,
    user: UserPlace::Nowhere,
    body: BodyKind::Nothing,
    response: ResponseKind::Json,
    takes_inputs: false,
    visible: false,
    summary: "A row that only this test has.",
};

const OWN: Operation = ANY;
const OF_DIFY: Operation = Operation {
    responder: Responder::Dify,
    class: Class::Public,
    ..ANY
};
const OF_THE_CALLER: Operation = Operation {
    responder: Responder::Whoami,
    class: Class::Public,
    ..ANY
};

/// What becomes of `request` where the table has `operation` for it.
fn decided(
    fixture: &Fixture,
    operation: &'static Operation,
    request: &Request,
) -> Result<Outcome, Refusal> {
    let settings = fixture.gateway.settings.parse(&request.settings);
    let mut case = Case::new(FALLBACK.handler, request, 0);
    case.route.operation = operation;
    let body = Vec::new();
    let decision = fixture
        .gateway
        .decide(&mut case, settings.as_ref().unwrap(), &body);
    fixture.environment.run(decision)
}

fn status_and_code(decided: Result<Outcome, Refusal>) -> Result<u16, Code> {
    match decided {
        Ok(Outcome::Response(response)) => Ok(response.status.as_u16()),
        Ok(Outcome::File(file)) => panic!("answered with {}", file.file),
        Ok(Outcome::Relay(relay)) => panic!("relayed to {}", relay.request.url),
        Ok(Outcome::Translation(translation)) => panic!("asks {}", translation.request.url),
        Err(refusal) => Err(refusal.code()),
    }
}

#[test]
fn a_row_that_the_gateway_itself_answers_is_not_open_by_mistake() {
    let fixture = Fixture::new(&json!({}));
    let good = fixture.token(&json!({}));
    let mut without = fixture.request(Method::GET, "");
    without.headers.clear();
    let rows = [
        (without, Err(Code::TokenMissing)),
        (
            fixture.request(Method::GET, "opaque"),
            Err(Code::TokenOpaque),
        ),
        (fixture.request(Method::GET, &good), Ok(200)),
    ];
    for (request, expected) in rows {
        let found = status_and_code(decided(&fixture, &OWN, &request));
        assert_eq!(found, expected);
    }
}

#[test]
fn a_public_row_that_needs_a_caller_is_refused_and_dify_is_not_asked() {
    let fixture = Fixture::new(&json!({}));
    let request = fixture.request(Method::GET, &fixture.token(&json!({})));
    for operation in [&OF_DIFY, &OF_THE_CALLER] {
        let found = status_and_code(decided(&fixture, operation, &request));
        assert_eq!(found, Err(Code::InternalError), "{:?}", operation.responder);
    }
}

#[test]
fn an_admin_refusal_names_the_operation_and_the_setting() {
    let fixture = Fixture::new(&json!({"admin_claims": "groups=ops"}));
    let operation = Operation::of_handler("get_end_user").unwrap();
    let request = fixture.request(Method::GET, &fixture.token(&json!({})));
    let message = "GET /end-users/<end_user_id> touches the data of every user of the app. \
                   The token does not meet the endpoint's `admin_claims`.";
    let refusal = decided(&fixture, operation, &request).unwrap_err();
    assert_eq!(refusal, Refusal::new(Code::AdminRequired, message));
}

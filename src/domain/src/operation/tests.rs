use std::collections::BTreeMap;

use http::{HeaderMap, Method};

use super::*;
use crate::error::{Code, Refusal};
use crate::request::Request;

const ID: &str = "1e43fa4c-9b1a-430a-b494-ac22222409ae";

#[test]
fn only_what_the_gateway_itself_answers_needs_no_caller() {
    let public: Vec<_> = OPERATIONS
        .iter()
        .filter(|operation| operation.class == Class::Public)
        .map(|operation| (operation.path, operation.responder))
        .collect();

    assert_eq!(
        public,
        [
            ("/", Responder::About),
            ("/health", Responder::Health),
            ("/openapi.json", Responder::OpenApi),
            ("/metrics", Responder::Metrics),
            (PROTECTED_RESOURCE_METADATA, Responder::ProtectedResource),
            (MCP_METADATA, Responder::McpMetadata),
        ]
    );
    for operation in OPERATIONS {
        let is_in_folder = SIGN_IN_FOLDERS
            .iter()
            .any(|folder| operation.path.starts_with(folder));
        let is_of_sign_in = operation.class == Class::SignIn;
        assert_eq!(is_in_folder, is_of_sign_in, "{}", operation.path);
        assert!(!is_of_sign_in || operation.responder != Responder::Dify);
    }
}

#[test]
fn an_operation_of_the_sign_in_has_one_spelling() {
    let operations = OPERATIONS.iter().filter(|row| row.class == Class::SignIn);
    for operation in operations {
        let path = operation.path.replace("<name>", "main.js");
        let reached = |spelling: &str, handler: &str| {
            let request = request(operation.method.clone(), spelling);
            Route::of(handler, &request).operation == operation
        };
        assert!(reached(&path, operation.handler), "{path}");
        assert!(reached(&path, "fallback"), "{path}");
        for spelling in [
            format!("/v1{path}"),
            format!("/{path}"),
            format!("{path}/"),
            path.replacen('/', "/./", 1),
        ] {
            // The SDK's router itself takes several slashes at the beginning for one.
            for handler in [operation.handler, "fallback"] {
                assert!(!reached(&spelling, handler), "{handler} {spelling}");
            }
            assert_eq!(methods_at(&spelling), None, "{spelling}");
        }
    }
}

fn request(method: Method, path: &str) -> Request {
    Request {
        id: String::new(),
        endpoint: String::new(),
        hook_id: String::new(),
        method,
        path: path.to_owned(),
        query: String::new(),
        headers: HeaderMap::new(),
        path_values: BTreeMap::new(),
        settings: String::new(),
    }
}

#[test]
fn a_path_has_the_methods_of_its_operations() {
    let cases = [
        ("/", "GET,HEAD,OPTIONS"),
        ("//", "GET,HEAD,OPTIONS"),
        ("/.well-known/oauth-protected-resource", "GET,HEAD,OPTIONS"),
        ("/.well-known/other", ""),
        ("/health", "GET,HEAD,OPTIONS"),
        ("/auth/logout", "GET,HEAD,OPTIONS,POST"),
        ("/auth/refresh", "OPTIONS,POST"),
        ("/auth/", ""),
        ("/assets/any", "GET,HEAD,OPTIONS"),
        ("/assets/", ""),
        ("/assets/..", ""),
        ("/assets/a/b", ""),
        ("/chat-messages", "OPTIONS,POST"),
        ("//chat-messages", "OPTIONS,POST"),
        ("///info", "GET,HEAD,OPTIONS"),
        ("/apps/annotations", "GET,HEAD,OPTIONS,POST"),
        ("/apps/annotations/any", "DELETE,OPTIONS,PUT"),
        ("/workflows/run", "OPTIONS,POST"),
        ("/workflows/run/any", "GET,HEAD,OPTIONS"),
        ("/workflows/run/run", "GET,HEAD,OPTIONS,POST"),
        ("/conversations/any/variables/other", "OPTIONS,PUT"),
        ("", ""),
        ("info", ""),
        ("/info/", "GET,HEAD,OPTIONS"),
        ("/info//", ""),
        ("/apps/annotations/any/", "DELETE,OPTIONS,PUT"),
        ("/Info", ""),
        ("/v1/info", "GET,HEAD,OPTIONS"),
        ("/v1/info/", "GET,HEAD,OPTIONS"),
        ("//v1/info", "GET,HEAD,OPTIONS"),
        ("/v1", "GET,HEAD,OPTIONS"),
        ("/v1/", "GET,HEAD,OPTIONS"),
        ("/v1/v1/info", ""),
        ("/v1//info", ""),
        ("/v1/../info", ""),
        ("/v1info", ""),
        ("/V1/info", ""),
        ("/v2/info", ""),
        ("/info/v1", ""),
        ("/messages//feedbacks", ""),
        ("/messages/../feedbacks", ""),
        ("/messages/./feedbacks", ""),
        ("/../info", ""),
        ("/messages/a/b/feedbacks", ""),
        ("/messages/a\nb/feedbacks", ""),
        ("/messages/a\0/feedbacks", ""),
        ("/info\u{7f}", ""),
        ("/chat-messages/x/stop/y", ""),
    ];
    for (path, expected) in cases {
        let methods = methods_at(path).unwrap_or_default();
        let names: Vec<_> = methods.iter().map(Method::as_str).collect();
        let found = names.join(",");
        assert_eq!(found, expected, "{path:?}");
    }
}

/// Handler, values of the path's variables, Dify's path.
type Case<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a str);

#[test]
fn a_good_value_gets_into_difys_path() {
    let upper = ID.to_uppercase();
    let cases: [Case; 6] = [
        ("post_chat_messages", &[], "/chat-messages"),
        ("get_root", &[], "/"),
        (
            "get_workflow_run",
            &[("workflow_run_id", &upper)],
            "/workflows/run/1e43fa4c-9b1a-430a-b494-ac22222409ae",
        ),
        (
            "put_conversation_variable",
            &[("conversation_id", ID), ("variable_id", ID), ("other", "x")],
            "/conversations/1e43fa4c-9b1a-430a-b494-ac22222409ae/variables/1e43fa4c-9b1a-430a-b494-ac22222409ae",
        ),
        (
            "get_human_input_form",
            &[("form_token", "U9ARsEv4kC5w-Ofc6Uc8_A")],
            "/form/human_input/U9ARsEv4kC5w-Ofc6Uc8_A",
        ),
        (
            "get_annotation_reply_status",
            &[("action", "disable"), ("job_id", ID)],
            "/apps/annotation-reply/disable/status/1e43fa4c-9b1a-430a-b494-ac22222409ae",
        ),
    ];
    for (handler, values, expected) in cases {
        assert_eq!(
            path_of(handler, values),
            Ok(expected.to_owned()),
            "{handler}"
        );
    }
}

#[test]
fn a_bad_value_is_not_found() {
    let uuid = "a UUID such as `1e43fa4c-9b1a-430a-b494-ac22222409ae`";
    let token = "1 to 128 letters, digits, `-` and `_`";
    let long = "x".repeat(129);
    let cases: &[(&str, &str, &str, &str)] = &[
        ("get_workflow_run", "workflow_run_id", "", uuid),
        ("get_workflow_run", "workflow_run_id", "abc", uuid),
        (
            "get_workflow_run",
            "workflow_run_id",
            "1e43fa4c9b1a430ab494ac22222409ae",
            uuid,
        ),
        (
            "get_workflow_run",
            "workflow_run_id",
            "{1e43fa4c-9b1a-430a-b494-ac22222409ae}",
            uuid,
        ),
        (
            "get_workflow_run",
            "workflow_run_id",
            "1e43fa4c-9b1a-430a-b494-ac22222409a/",
            uuid,
        ),
        (
            "get_workflow_run",
            "workflow_run_id",
            "1e43fa4c-9b1a-430a-b494-ac22222409aé",
            uuid,
        ),
        (
            "get_workflow_run",
            "workflow_run_id",
            "1e43fa4c-9b1a-430a-b494-ac22222409ae?user=x",
            uuid,
        ),
        ("get_workflow_run", "other", ID, uuid),
        ("post_workflow_run", "workflow_id", "draft", uuid),
        ("post_chat_messages_stop", "task_id", "../x", uuid),
        ("get_human_input_form", "form_token", "", token),
        ("get_human_input_form", "form_token", "..", token),
        ("get_human_input_form", "form_token", "a%2Fb", token),
        ("get_human_input_form", "form_token", &long, token),
        (
            "post_annotation_reply",
            "action",
            "status",
            "`enable` or `disable`",
        ),
    ];
    for (handler, name, value, expected) in cases {
        let variable = if *name == "other" {
            "workflow_run_id"
        } else {
            name
        };
        let refusal = Refusal::new(
            Code::NotFound,
            format!("The `{variable}` of the path is not {expected}."),
        );

        assert_eq!(
            path_of(handler, &[(name, value)]),
            Err(refusal),
            "{handler} {value:?}"
        );
    }
}

fn path_of(handler: &str, values: &[(&str, &str)]) -> Result<String, Refusal> {
    let values: BTreeMap<String, String> = values
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    upstream_path(Operation::of_handler(handler).unwrap(), &values)
}

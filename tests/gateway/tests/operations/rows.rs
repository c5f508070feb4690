//! What each operation is asked in the matrix, and what its callers get; and what the table of operations must say, in
//! lists of their own, so that a row that is lost or wrong there is seen here.

use std::collections::BTreeSet;

use gateway_domain::operation::{OPERATIONS, Responder, UserPlace};
use stand_in_dify::AppKind::{self, *};

/// One operation.
pub struct Row {
    pub handler: &'static str,
    pub app: AppKind,
    /// Path and query; `<variable>` stands for the id of a thing of Alice's.
    pub target: &'static str,
    pub body: Body,
    /// What Alice gets, whose things these are: the status, and the error's code or the media type.
    pub owner: &'static str,
    /// What another user gets.
    pub other: &'static str,
    /// What a third one gets, who meets `admin_claims`.
    pub admin: &'static str,
}

/// A body without `user`.
#[derive(Clone, Copy)]
pub enum Body {
    None,
    /// The members of an object.
    Json(&'static str),
    /// A form with a file of this name and media type.
    File(&'static str, &'static str),
}

use Body::{File, Json, None};

const OK: &str = "200 application/json";
const CREATED: &str = "201 application/json";
const DELETED: &str = "204 application/json";
const NO: &str = "404 not_found";
const ADMIN: &str = "403 admin_required";
const OFF: &str = "404 sign_in_disabled";
const NO_MCP: &str = "404 not_found";
const KEY: &str = "401 metrics_token_required";

const CHAT: Body = Json(r#""query":"hi","inputs":{}"#);
const RUN: Body = Json(r#""inputs":{}"#);
const EMPTY: Body = Json("");
const NAME: Body = Json(r#""name":"x""#);
const VALUE: Body = Json(r#""value":"x""#);
const LIKE: Body = Json(r#""rating":"like""#);
const SUBMIT: Body = Json(r#""inputs":{"comment":"ok"},"action":"approve""#);
const SPEAK: Body = Json(r#""message_id":"<message_id>""#);
const NOTE: Body = Json(r#""question":"q","answer":"a""#);
const REPLY: Body =
    Json(r#""score_threshold":0.9,"embedding_provider_name":"p","embedding_model_name":"m""#);
const TEXT: Body = File("note.txt", "text/plain");
const SOUND: Body = File("note.wav", "audio/wav");

macro_rules! rows {
    ($($handler:ident $app:ident $target:literal $body:ident $owner:tt $other:tt $admin:tt;)*) => {
        /// Every operation, in the order of the gateway's table.
        pub const ROWS: &[Row] = &[$(Row {
            handler: stringify!($handler), app: $app, target: $target, body: $body,
            owner: $owner, other: $other, admin: $admin,
        },)*];
    };
}

// handler, app, target, body, what owner, other user and admin get
rows! {
    post_chat_messages Chatflow "/chat-messages" CHAT OK OK OK;
    // Dify does not look whose task it is.
    post_chat_messages_stop Chatflow "/chat-messages/<task_id>/stop" EMPTY OK OK OK;
    post_completion_messages Completion "/completion-messages" CHAT OK OK OK;
    post_completion_messages_stop Completion "/completion-messages/<task_id>/stop" EMPTY OK OK OK;
    post_workflows_run Workflow "/workflows/run" RUN OK OK OK;
    post_workflow_run Workflow "/workflows/<workflow_id>/run" RUN OK OK OK;
    get_workflow_run Workflow "/workflows/run/<workflow_run_id>" None OK NO OK;
    // Dify does not look whose task it is.
    post_workflow_task_stop Workflow "/workflows/tasks/<task_id>/stop" EMPTY OK OK OK;
    get_workflows_logs Workflow "/workflows/logs?limit=5" None OK OK OK;
    get_workflow_events Workflow "/workflow/<workflow_run_id>/events" None "200 text/event-stream" NO NO;
    // Anyone who knows the token of a form may read and submit it.
    get_human_input_form HitlWorkflow "/form/human_input/<form_token>" None OK OK OK;
    post_human_input_form HitlWorkflow "/form/human_input/<form_token>" SUBMIT OK OK OK;
    get_conversations Chatflow "/conversations?limit=5" None OK OK OK;
    delete_conversation Chatflow "/conversations/<conversation_id>" EMPTY DELETED NO NO;
    post_conversation_name Chatflow "/conversations/<conversation_id>/name" NAME OK NO NO;
    get_conversation_variables Chatflow "/conversations/<conversation_id>/variables" None OK NO NO;
    put_conversation_variable Chatflow "/conversations/<conversation_id>/variables/<variable_id>" VALUE OK NO NO;
    get_messages Chatflow "/messages?conversation_id=<conversation_id>" None OK NO NO;
    post_message_feedbacks Chatflow "/messages/<message_id>/feedbacks" LIKE OK NO NO;
    get_message_suggested SlowChatflow "/messages/<message_id>/suggested" None OK NO NO;
    get_app_feedbacks Chatflow "/app/feedbacks" None ADMIN ADMIN OK;
    post_files_upload Chatflow "/files/upload" TEXT CREATED CREATED CREATED;
    // Anyone who knows the id of a message's file may read it.
    get_file_preview Chatflow "/files/<file_id>/preview" None "200 text/plain" "200 text/plain" "200 text/plain";
    post_audio_to_text AudioChatflow "/audio-to-text" SOUND OK OK OK;
    // The message of another is `null` to Dify, which is JSON.
    post_text_to_audio AudioChatflow "/text-to-audio" SPEAK "200 audio/mpeg" OK OK;
    get_info Chatflow "/info" None OK OK OK;
    get_parameters Chatflow "/parameters" None OK OK OK;
    get_meta Chatflow "/meta" None OK OK OK;
    get_site Chatflow "/site" None OK OK OK;
    get_annotations Chatflow "/apps/annotations" None ADMIN ADMIN OK;
    post_annotation Chatflow "/apps/annotations" NOTE ADMIN ADMIN CREATED;
    put_annotation Chatflow "/apps/annotations/<annotation_id>" NOTE ADMIN ADMIN OK;
    delete_annotation Chatflow "/apps/annotations/<annotation_id>" None ADMIN ADMIN DELETED;
    post_annotation_reply Chatflow "/apps/annotation-reply/enable" REPLY ADMIN ADMIN OK;
    get_annotation_reply_status Chatflow "/apps/annotation-reply/enable/status/<job_id>" None ADMIN ADMIN OK;
    get_end_user Chatflow "/end-users/<end_user_id>" None ADMIN ADMIN OK;
    get_root Chatflow "/" None OK OK OK;
    get_whoami Chatflow "/whoami" None OK OK OK;
    get_health Chatflow "/health" None OK OK OK;
    get_openapi Chatflow "/openapi.json" None OK OK OK;
    get_metrics Chatflow "/metrics" None KEY KEY KEY;
    get_protected_resource_metadata Chatflow "/.well-known/oauth-protected-resource" None OK OK OK;
    post_mcp Chatflow "/mcp" NOTE NO_MCP NO_MCP NO_MCP;
    get_mcp_metadata Chatflow "/.well-known/oauth-protected-resource/mcp" None NO_MCP NO_MCP NO_MCP;
    get_asset Chatflow "/assets/main.js" None OFF OFF OFF;
    get_login Chatflow "/auth/login" None OFF OFF OFF;
    get_callback Chatflow "/auth/callback" None OFF OFF OFF;
    get_session Chatflow "/auth/session" None OFF OFF OFF;
    post_refresh Chatflow "/auth/refresh" None OFF OFF OFF;
    get_logout Chatflow "/auth/logout" None OFF OFF OFF;
    post_logout Chatflow "/auth/logout" None OFF OFF OFF;
    get_logged_out Chatflow "/auth/logged-out" None OFF OFF OFF;
    post_backchannel_logout Chatflow "/auth/backchannel-logout" None OFF OFF OFF;
}

#[test]
fn the_table_holds_each_of_the_36_operations_of_dify_and_17_of_the_gateway_once() {
    let handlers: BTreeSet<_> = OPERATIONS
        .iter()
        .map(|operation| operation.handler)
        .collect();
    let routes: BTreeSet<_> = OPERATIONS
        .iter()
        .map(|operation| (operation.method.as_str(), operation.path))
        .collect();

    let of_dify = OPERATIONS
        .iter()
        .filter(|operation| operation.responder == Responder::Dify);

    assert_eq!(
        (handlers.len(), routes.len(), of_dify.count()),
        (OPERATIONS.len(), OPERATIONS.len(), 36)
    );
    assert_eq!(OPERATIONS.len(), 53);
}

#[test]
fn dify_reads_user_exactly_where_the_table_says() {
    let places = |place| -> Vec<&str> {
        OPERATIONS
            .iter()
            .filter(|operation| operation.user == place)
            .map(|operation| operation.handler)
            .collect()
    };

    assert_eq!(
        places(UserPlace::Form),
        ["post_files_upload", "post_audio_to_text"]
    );
    assert_eq!(
        places(UserPlace::Query),
        [
            "get_workflow_events",
            "get_conversations",
            "get_conversation_variables",
            "get_messages",
            "get_message_suggested",
            "get_file_preview",
        ]
    );
    assert_eq!(
        places(UserPlace::Json),
        [
            "post_chat_messages",
            "post_chat_messages_stop",
            "post_completion_messages",
            "post_completion_messages_stop",
            "post_workflows_run",
            "post_workflow_run",
            "post_workflow_task_stop",
            "post_human_input_form",
            "delete_conversation",
            "post_conversation_name",
            "put_conversation_variable",
            "post_message_feedbacks",
            "post_text_to_audio",
        ]
    );
}

#[test]
fn few_operations_are_visible_and_all_take_their_place_in_the_readme() {
    let visible: Vec<_> = OPERATIONS
        .iter()
        .filter(|operation| operation.visible)
        .map(|found| found.path)
        .collect();

    assert_eq!(
        visible,
        [
            "/chat-messages",
            "/workflows/run",
            "/conversations",
            "/files/upload",
            "/whoami",
            "/health"
        ]
    );
    assert!(
        OPERATIONS
            .iter()
            .all(|operation| operation.summary.ends_with('.'))
    );
}

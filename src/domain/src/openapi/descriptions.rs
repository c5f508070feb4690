//! What the table of operations does not say of an operation: what its requests and responses look like. The names are
//! those of `parameters.json` and `schemas.json`.

/// The description of one operation.
pub struct Description {
    /// The handler of the operation.
    pub handler: &'static str,
    /// Under which heading documentation shows it.
    pub tag: &'static str,
    /// Query parameters, without `user`.
    pub parameters: &'static [&'static str],
    /// The body of a request, without `user`.
    pub request: Content,
    /// The status of a good response.
    pub status: u16,
    /// The body of a good response.
    pub response: Content,
}

/// What a body is. The names are those of schemas.
#[derive(Clone, Copy)]
pub enum Content {
    /// Server-sent events.
    Events,
    /// A file of this media type.
    File(&'static str),
    /// A form with these fields.
    Form(&'static str),
    /// JSON.
    Json(&'static str),
    /// A form with files.
    Multipart(&'static str),
    /// None.
    Nothing,
    /// Server-sent events where the request asks for streaming, else JSON.
    Run(&'static str),
    /// A sound, or this JSON where there is none.
    Sound(&'static str),
}

use Content::{Events, File, Form, Json, Multipart, Nothing, Run, Sound};

macro_rules! descriptions {
    ($($handler:ident $tag:literal [$($parameter:literal)*] $request:expr => $status:literal $response:expr;)*) => {
        /// One for each operation, in the order of the table of operations.
        pub const DESCRIPTIONS: &[Description] = &[$(Description {
            handler: stringify!($handler),
            tag: $tag,
            parameters: &[$($parameter),*],
            request: $request,
            status: $status,
            response: $response,
        },)*];
    };
}

// handler, tag, query parameters, body of the request => status and body of a good response
descriptions! {
    post_chat_messages "Chat" [] Json("ChatRequest") => 200 Run("Answer");
    post_chat_messages_stop "Chat" [] Json("Empty") => 200 Json("Result");
    post_completion_messages "Completion" [] Json("CompletionRequest") => 200 Run("Answer");
    post_completion_messages_stop "Completion" [] Json("Empty") => 200 Json("Result");
    post_workflows_run "Workflow" [] Json("WorkflowRequest") => 200 Run("Run");
    post_workflow_run "Workflow" [] Json("WorkflowRequest") => 200 Run("Run");
    get_workflow_run "Workflow" [] Nothing => 200 Json("RunDetail");
    post_workflow_task_stop "Workflow" [] Json("Empty") => 200 Json("Result");
    get_workflows_logs "Workflow" ["Page" "Limit" "LogStatus" "CreatedAfter" "CreatedBefore"] Nothing => 200 Json("RunLogs");
    get_workflow_events "Workflow" ["IncludeStateSnapshot" "ContinueOnPause"] Nothing => 200 Events;
    get_human_input_form "Human input" [] Nothing => 200 Json("HumanInputForm");
    post_human_input_form "Human input" [] Json("HumanInput") => 200 Json("Empty");
    get_conversations "Conversations" ["LastId" "Limit" "SortBy"] Nothing => 200 Json("ConversationPage");
    delete_conversation "Conversations" [] Nothing => 204 Nothing;
    post_conversation_name "Conversations" [] Json("ConversationName") => 200 Json("Conversation");
    get_conversation_variables "Conversations" ["LastId" "Limit" "VariableName"] Nothing => 200 Json("VariablePage");
    put_conversation_variable "Conversations" [] Json("VariableValue") => 200 Json("Variable");
    get_messages "Messages" ["ConversationId" "FirstId" "Limit"] Nothing => 200 Json("MessagePage");
    post_message_feedbacks "Messages" [] Json("Feedback") => 200 Json("Result");
    get_message_suggested "Messages" [] Nothing => 200 Json("Suggested");
    get_app_feedbacks "Administration" ["Page" "Limit"] Nothing => 200 Json("AppFeedbacks");
    post_files_upload "Files" [] Multipart("FileUpload") => 201 Json("UploadedFile");
    get_file_preview "Files" ["AsAttachment"] Nothing => 200 File("*/*");
    post_audio_to_text "Speech" [] Multipart("FileUpload") => 200 Json("Transcript");
    post_text_to_audio "Speech" [] Json("Speech") => 200 Sound("NoAudio");
    get_info "App" [] Nothing => 200 Json("Info");
    get_parameters "App" [] Nothing => 200 Json("Parameters");
    get_meta "App" [] Nothing => 200 Json("Meta");
    get_site "App" [] Nothing => 200 Json("Site");
    get_annotations "Administration" ["Page" "Limit" "Keyword"] Nothing => 200 Json("AnnotationPage");
    post_annotation "Administration" [] Json("NewAnnotation") => 201 Json("Annotation");
    put_annotation "Administration" [] Json("NewAnnotation") => 200 Json("Annotation");
    delete_annotation "Administration" [] Nothing => 204 Nothing;
    post_annotation_reply "Administration" [] Json("AnnotationReply") => 200 Json("AnnotationJob");
    get_annotation_reply_status "Administration" [] Nothing => 200 Json("AnnotationJob");
    get_end_user "Administration" [] Nothing => 200 Json("EndUser");
    get_root "Gateway" [] Nothing => 200 Json("Root");
    get_whoami "Gateway" [] Nothing => 200 Json("Whoami");
    get_health "Gateway" [] Nothing => 200 Json("Health");
    get_openapi "Gateway" [] Nothing => 200 Json("Description");
    get_metrics "Gateway" [] Nothing => 200 File("application/openmetrics-text");
    get_protected_resource_metadata "Gateway" [] Nothing => 200 Json("ProtectedResource");
    post_mcp "Gateway" [] Json("McpMessage") => 200 Json("McpMessage");
    get_mcp_metadata "Gateway" [] Nothing => 200 Json("ProtectedResource");
    get_asset "Sign-in" [] Nothing => 200 File("*/*");
    get_login "Sign-in" ["ReturnTo"] Nothing => 303 Nothing;
    get_callback "Sign-in" [] Nothing => 303 Nothing;
    get_session "Sign-in" [] Nothing => 200 Json("Session");
    post_refresh "Sign-in" [] Json("Refresh") => 200 Json("Session");
    get_logout "Sign-in" [] Nothing => 200 File("text/html");
    post_logout "Sign-in" [] Nothing => 200 Json("Logout");
    get_logged_out "Sign-in" [] Nothing => 200 File("text/html");
    post_backchannel_logout "Sign-in" [] Form("LogoutToken") => 200 Nothing;
}

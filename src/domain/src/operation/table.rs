//! The table itself. A row that is added here is declared, exported, routed, rewritten and documented.

use http::Method;

use super::{BodyKind, Class, Operation, ResponseKind, UserPlace};

/// Who responds to an operation. All but Dify are parts of the gateway itself.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Responder {
    /// What the gateway is.
    About,
    /// A file of the page.
    Asset,
    /// The identity provider's notice that somebody has signed out there.
    BackchannelLogout,
    /// The end of a sign-in, to which the identity provider sends the browser.
    Callback,
    /// The Dify app API.
    Dify,
    /// Whether the endpoint works.
    Health,
    /// What the browser shows after a sign-out.
    LoggedOut,
    /// The beginning of a sign-in.
    Login,
    /// The end of a session.
    Logout,
    /// The form that asks for the end of a session.
    LogoutForm,
    /// The app as a tool for AI clients.
    Mcp,
    /// The protected-resource metadata of the MCP server.
    McpMetadata,
    /// What the endpoint counts and times.
    Metrics,
    /// What a path has, where no operation has the path and the method.
    NoOperation,
    /// The description of the operations.
    OpenApi,
    /// The protected-resource metadata (RFC 9728).
    ProtectedResource,
    /// The check of a session with the identity provider.
    Refresh,
    /// Who is signed in.
    Session,
    /// Who the caller is.
    Whoami,
}

macro_rules! operations {
    (($dollar:tt) $($handler:ident $method:ident $path:literal $class:ident $responder:ident $user:ident $body:ident
        $response:ident $takes_inputs:literal $visible:literal, $summary:literal;)*) => {
        /// Every operation: those of the Dify app API in the order of Dify's own documentation, then the gateway's.
        pub const OPERATIONS: &[Operation] = &[$(Operation {
            handler: stringify!($handler),
            method: Method::$method,
            path: $path,
            class: Class::$class,
            responder: Responder::$responder,
            user: UserPlace::$user,
            body: BodyKind::$body,
            response: ResponseKind::$response,
            takes_inputs: $takes_inputs,
            visible: $visible,
            summary: $summary,
        },)*];

        /// Calls the macro `callback` with the name of every handler, the fallback's among them.
        #[macro_export]
        macro_rules! with_handlers {
            ($dollar callback:ident) => { $dollar callback! { $($handler)* fallback } };
        }
    };
}

/// What every request belongs to that has no other operation: preflights, 404 and 405.
pub const FALLBACK: Operation = Operation {
    handler: "fallback",
    method: Method::OPTIONS,
    path: "/<path:rest>",
    class: Class::Public,
    responder: Responder::NoOperation,
    user: UserPlace::Nowhere,
    body: BodyKind::Nothing,
    response: ResponseKind::Json,
    takes_inputs: false,
    visible: false,
    summary: "Says which methods a path has.",
};

// handler, method, path, class, responder, place of `user`, body, response, takes inputs, visible, summary
operations! {
    ($)
    post_chat_messages POST "/chat-messages" User Dify Json Json Run true true,
        "Sends a message to a chat app, blocking or streaming.";
    post_chat_messages_stop POST "/chat-messages/<task_id>/stop" User Dify Json Json Json false false,
        "Stops a streaming chat. Dify does not check whose task it is.";
    post_completion_messages POST "/completion-messages" User Dify Json Json Run true false,
        "Runs a completion app, blocking or streaming.";
    post_completion_messages_stop POST "/completion-messages/<task_id>/stop" User Dify Json Json Json false false,
        "Stops a streaming completion.";
    post_workflows_run POST "/workflows/run" User Dify Json Json Run true true,
        "Runs a workflow app, blocking or streaming.";
    post_workflow_run POST "/workflows/<workflow_id>/run" User Dify Json Json Run true false,
        "Runs one published version of a workflow.";
    get_workflow_run GET "/workflows/run/<workflow_run_id>" Owner Dify Nowhere Nothing Json false false,
        "Reads one of the caller's own workflow runs.";
    post_workflow_task_stop POST "/workflows/tasks/<task_id>/stop" User Dify Json Json Json false false,
        "Stops a workflow run. Dify does not check whose task it is.";
    get_workflows_logs GET "/workflows/logs" Filtered Dify Nowhere Nothing Json false false,
        "Lists the caller's own workflow runs.";
    get_workflow_events GET "/workflow/<task_id>/events" User Dify Query Nothing Events false false,
        "Follows one of the caller's own workflow runs as it goes on.";
    get_human_input_form GET "/form/human_input/<form_token>" ById Dify Nowhere Nothing Json false false,
        "Reads a form that a workflow waits for. Whoever knows its token may.";
    post_human_input_form POST "/form/human_input/<form_token>" User Dify Json Json Json false false,
        "Submits a form that a workflow waits for. Whoever knows its token may.";
    get_conversations GET "/conversations" User Dify Query Nothing Json false true,
        "Lists the caller's conversations.";
    delete_conversation DELETE "/conversations/<conversation_id>" User Dify Json Json Json false false,
        "Deletes one of the caller's conversations.";
    post_conversation_name POST "/conversations/<conversation_id>/name" User Dify Json Json Json false false,
        "Renames one of the caller's conversations.";
    get_conversation_variables GET "/conversations/<conversation_id>/variables" User Dify Query Nothing Json false false,
        "Lists the variables of one of the caller's conversations.";
    put_conversation_variable PUT "/conversations/<conversation_id>/variables/<variable_id>" User Dify Json Json Json false false,
        "Sets a variable of one of the caller's conversations.";
    get_messages GET "/messages" User Dify Query Nothing Json false false,
        "Lists the messages of one of the caller's conversations.";
    post_message_feedbacks POST "/messages/<message_id>/feedbacks" User Dify Json Json Json false false,
        "Rates one of the caller's messages.";
    get_message_suggested GET "/messages/<message_id>/suggested" User Dify Query Nothing Json false false,
        "Suggests questions that follow one of the caller's messages.";
    get_app_feedbacks GET "/app/feedbacks" Admin Dify Nowhere Nothing Json false false,
        "Lists the feedback of every user.";
    post_files_upload POST "/files/upload" User Dify Form Multipart Json false true,
        "Uploads a file of the caller.";
    get_file_preview GET "/files/<file_id>/preview" ById Dify Query Nothing Bytes false false,
        "Reads a file of a message. Whoever knows its id may.";
    post_audio_to_text POST "/audio-to-text" User Dify Form Multipart Json false false,
        "Turns speech into text.";
    post_text_to_audio POST "/text-to-audio" User Dify Json Json Bytes false false,
        "Turns a text or a message into speech.";
    get_info GET "/info" App Dify Nowhere Nothing Json false false,
        "Reads the app's name and description.";
    get_parameters GET "/parameters" App Dify Nowhere Nothing Json false false,
        "Reads which inputs and features the app has.";
    get_meta GET "/meta" App Dify Nowhere Nothing Json false false,
        "Reads the icons of the app's tools.";
    get_site GET "/site" App Dify Nowhere Nothing Json false false,
        "Reads the settings of the app's web page.";
    get_annotations GET "/apps/annotations" Admin Dify Nowhere Nothing Json false false,
        "Lists the app's annotations.";
    post_annotation POST "/apps/annotations" Admin Dify Nowhere Json Json false false,
        "Adds an annotation.";
    put_annotation PUT "/apps/annotations/<annotation_id>" Admin Dify Nowhere Json Json false false,
        "Changes an annotation.";
    delete_annotation DELETE "/apps/annotations/<annotation_id>" Admin Dify Nowhere Nothing Json false false,
        "Deletes an annotation.";
    post_annotation_reply POST "/apps/annotation-reply/<action>" Admin Dify Nowhere Json Json false false,
        "Turns annotation replies on or off.";
    get_annotation_reply_status GET "/apps/annotation-reply/<action>/status/<job_id>" Admin Dify Nowhere Nothing Json false false,
        "Reads the progress of turning annotation replies on or off.";
    get_end_user GET "/end-users/<end_user_id>" Admin Dify Nowhere Nothing Json false false,
        "Reads which `user` an end user's id stands for.";
    get_root GET "/" Public About Nowhere Nothing Json false false,
        "Names the gateway, its version and its documentation.";
    get_whoami GET "/whoami" App Whoami Nowhere Nothing Json false true,
        "Says who the caller is for the gateway, and what the token may do.";
    get_health GET "/health" Public Health Nowhere Nothing Json false true,
        "Says whether the endpoint works; with the app key as bearer token also what does not, and the remedy.";
    get_openapi GET "/openapi.json" Public OpenApi Nowhere Nothing Json false false,
        "Describes the operations of this endpoint, as an OpenAPI 3.1 document.";
    get_metrics GET "/metrics" Public Metrics Nowhere Nothing Bytes false false,
        "Counts and times what the endpoint does, for Prometheus. Needs the metrics token that `/health` shows.";
    get_protected_resource_metadata GET "/.well-known/oauth-protected-resource" Public ProtectedResource Nowhere Nothing Json false false,
        "Tells clients where to sign in (RFC 9728), if `public_url` is set.";
    post_mcp POST "/mcp" User Mcp Nowhere Json Json false false,
        "Offers the app to AI clients as a tool (Model Context Protocol), if `mcp` is on.";
    get_mcp_metadata GET "/.well-known/oauth-protected-resource/mcp" Public McpMetadata Nowhere Nothing Json false false,
        "Tells AI clients where to sign in (RFC 9728), if `mcp` is on.";
    get_asset GET "/assets/<name>" SignIn Asset Nowhere Nothing Bytes false false,
        "Reads a script or a style sheet of the page.";
    get_login GET "/auth/login" SignIn Login Nowhere Nothing Bytes false false,
        "Sends the browser to the identity provider, if `sign_in` is on.";
    get_callback GET "/auth/callback" SignIn Callback Nowhere Nothing Bytes false false,
        "Takes the browser back from the identity provider and begins a session.";
    get_session GET "/auth/session" SignIn Session Nowhere Nothing Json false false,
        "Tells the page who is signed in, and for how long.";
    post_refresh POST "/auth/refresh" SignIn Refresh Nowhere Nothing Json false false,
        "Checks the session with the identity provider and prolongs it.";
    get_logout GET "/auth/logout" SignIn LogoutForm Nowhere Nothing Bytes false false,
        "Shows a form that ends the session.";
    post_logout POST "/auth/logout" SignIn Logout Nowhere Nothing Json false false,
        "Ends the session and tells where the provider's own one is ended.";
    get_logged_out GET "/auth/logged-out" SignIn LoggedOut Nowhere Nothing Bytes false false,
        "Says that the session has ended.";
    post_backchannel_logout POST "/auth/backchannel-logout" SignIn BackchannelLogout Nowhere Nothing Json false false,
        "Takes the identity provider's notice that a person has signed out there.";
}

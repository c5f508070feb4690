//! The 37 operations of the app API.

use std::sync::Arc;

use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post, put};
use http::header::CONTENT_TYPE;
use http::{Method, StatusCode};

use crate::answer::HTML;
use crate::refusal::{Refusal, no_route};
use crate::world::World;
use crate::{
    annotations, audio, chat, completion, conversations, end_users, feedbacks, files, human_input,
    info, logs, messages, variables, workflow_events, workflows,
};

/// All routes. `GET /` has none: in Dify the framework's own root rule hides it.
pub(crate) fn router(world: Arc<World>) -> Router {
    let api = Router::new()
        .merge(runs())
        .merge(chats())
        .merge(of_app())
        .method_not_allowed_fallback(wrong_method)
        .fallback(async || no_route())
        .with_state(world);
    Router::new().nest("/v1", api).fallback(async || no_route())
}

fn runs() -> Router<Arc<World>> {
    Router::new()
        .route("/chat-messages", post(chat::send))
        .route("/chat-messages/{task_id}/stop", post(chat::stop))
        .route("/completion-messages", post(completion::send))
        .route(
            "/completion-messages/{task_id}/stop",
            post(completion::stop),
        )
        .route("/workflows/run", post(workflows::run))
        .route("/workflows/{workflow_id}/run", post(workflows::run_version))
        .route("/workflows/run/{run_id}", get(workflows::detail))
        .route("/workflows/tasks/{task_id}/stop", post(workflows::stop))
        .route("/workflows/logs", get(logs::list))
        .route("/workflow/{run_id}/events", get(workflow_events::events))
        .route(
            "/form/human_input/{token}",
            get(human_input::show).post(human_input::submit),
        )
}

fn chats() -> Router<Arc<World>> {
    Router::new()
        .route("/conversations", get(conversations::list))
        .route("/conversations/{id}", delete(conversations::delete))
        .route("/conversations/{id}/name", post(conversations::rename))
        .route("/conversations/{id}/variables", get(variables::list))
        .route(
            "/conversations/{id}/variables/{variable_id}",
            put(variables::update),
        )
        .route("/messages", get(messages::list))
        .route("/messages/{id}/feedbacks", post(feedbacks::give))
        .route("/messages/{id}/suggested", get(messages::suggested))
        .route("/files/upload", post(files::upload))
        .route("/files/{id}/preview", get(files::preview))
        .route("/audio-to-text", post(audio::to_text))
        .route("/text-to-audio", post(audio::to_audio))
}

fn of_app() -> Router<Arc<World>> {
    Router::new()
        .route("/info", get(info::info))
        .route("/parameters", get(info::parameters))
        .route("/meta", get(info::meta))
        .route("/site", get(info::site))
        .route("/app/feedbacks", get(feedbacks::list))
        .route(
            "/apps/annotations",
            get(annotations::list).post(annotations::create),
        )
        .route(
            "/apps/annotations/{id}",
            put(annotations::update).delete(annotations::delete),
        )
        .route("/apps/annotation-reply/{action}", post(annotations::reply))
        .route(
            "/apps/annotation-reply/{action}/status/{job_id}",
            get(annotations::reply_status),
        )
        .route("/end-users/{id}", get(end_users::show))
}

/// Flask answers `OPTIONS` of every route by itself; the `Allow` of both answers is set later.
async fn wrong_method(method: Method) -> Response {
    if method == Method::OPTIONS {
        return ([(CONTENT_TYPE, HTML)], "").into_response();
    }
    let message = "The method is not allowed for the requested URL.";
    Refusal::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "method_not_allowed",
        message,
    )
    .into_response()
}

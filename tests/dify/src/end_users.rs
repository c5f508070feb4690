//! End users: whom a `user` value means in one app.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use serde_json::json;
use uuid::Uuid;

use crate::answer::{iso_time, ok};
use crate::caller::{Id, Ids, Key};
use crate::kind::AppKind;
use crate::refusal::Refusal;
use crate::world::{World, now};

/// Who all callers are that send no `user` where it is optional
/// (`models/model.py`, `DefaultEndUserSessionID`).
const DEFAULT_USER: &str = "DEFAULT-USER";

/// One row of Dify's `end_users`.
#[derive(Clone, Debug)]
pub(crate) struct EndUser {
    pub(crate) id: Uuid,
    pub(crate) app: AppKind,
    pub(crate) session: String,
    created_at: i64,
}

/// All rows; one `user` of an app can have several.
#[derive(Default)]
pub(crate) struct EndUsers {
    by_session: HashMap<(AppKind, String), Vec<EndUser>>,
    by_id: HashMap<Uuid, EndUser>,
}

impl EndUsers {
    pub(crate) fn rows(&self, app: AppKind, session: &str) -> usize {
        self.by_session
            .get(&(app, session.to_owned()))
            .map_or(0, Vec::len)
    }

    /// Dify's query has no order, so which of several rows it takes is chance; here it is the
    /// newest.
    fn find(&self, app: AppKind, session: &str) -> Option<EndUser> {
        self.by_session
            .get(&(app, session.to_owned()))?
            .last()
            .cloned()
    }

    fn insert(&mut self, app: AppKind, session: &str) -> EndUser {
        let user = EndUser {
            id: Uuid::new_v4(),
            app,
            session: session.to_owned(),
            created_at: now(),
        };
        self.by_session
            .entry((app, session.to_owned()))
            .or_default()
            .push(user.clone());
        self.by_id.insert(user.id, user.clone());
        user
    }
}

/// The end user of a `user` value, created if there is none.
///
/// Nothing locks between the look-up and the insertion, as in Dify
/// (`EndUserService.get_or_create_end_user_by_type`), so concurrent first requests make several.
pub(crate) async fn get_or_create(
    world: &World,
    app: AppKind,
    user: Option<String>,
) -> Result<EndUser, Refusal> {
    let session = user.unwrap_or_else(|| DEFAULT_USER.to_owned());
    if session.contains('\0') {
        return Err(Refusal::invalid_param(
            "A string literal cannot contain NUL (0x00) characters.",
        ));
    }
    let found = world.tables().end_users.find(app, &session);
    if let Some(user) = found {
        return Ok(user);
    }
    tokio::time::sleep(world.options.creation_window).await;
    // `session_id` is VARCHAR(255) and nothing checks the length before the database does.
    if session.chars().count() > 255 {
        return Err(Refusal::unknown());
    }
    Ok(world.tables().end_users.insert(app, &session))
}

/// `GET /end-users/<id>`: tells the `user` value of any end user of the app.
pub(crate) async fn show(
    State(world): State<Arc<World>>,
    Ids(Id(id)): Ids<Id>,
    Key(app): Key,
) -> Result<Response, Refusal> {
    let user = world
        .tables()
        .end_users
        .by_id
        .get(&id)
        .filter(|user| user.app == app)
        .cloned();
    let Some(user) = user else {
        return Err(Refusal::new(
            StatusCode::NOT_FOUND,
            "end_user_not_found",
            "End user not found.",
        ));
    };
    let created_at = iso_time(user.created_at);
    Ok(ok(&json!({
        "id": user.id,
        "tenant_id": world.tenant,
        "app_id": world.app(app).id,
        "type": "service-api",
        "external_user_id": user.session,
        "name": null,
        "is_anonymous": false,
        "session_id": user.session,
        "created_at": created_at,
        "updated_at": created_at,
    })))
}

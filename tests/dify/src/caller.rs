//! Who calls: the app by its key, the end user by `user` (`controllers/service_api/wraps.py`).

use std::sync::Arc;

use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::response::Response;
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::request::Parts;
use http::{HeaderMap, StatusCode};
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use uuid::Uuid;

use crate::checks::Object;
use crate::end_users::{self, EndUser};
use crate::kind::{AppKind, Mode};
use crate::multipart::{self, Form};
use crate::python;
use crate::refusal::{self, Refusal};
use crate::world::World;

/// The app whose key the caller holds.
pub(crate) struct Key(pub(crate) AppKind);

/// A call whose `user` is in the JSON body.
pub(crate) struct JsonCall<const REQUIRED: bool> {
    pub(crate) app: AppKind,
    pub(crate) user: EndUser,
    pub(crate) body: Object,
}

/// A call with a JSON body and without `user`: it runs with the rights of the workspace's owner.
pub(crate) struct OwnerCall {
    pub(crate) app: AppKind,
    pub(crate) body: Object,
}

/// A call whose `user` is in the query.
pub(crate) struct QueryCall<const REQUIRED: bool> {
    pub(crate) app: AppKind,
    pub(crate) user: EndUser,
    pub(crate) query: Object,
}

/// A call whose `user` may be in the form.
pub(crate) struct FormCall {
    pub(crate) app: AppKind,
    pub(crate) user: EndUser,
    pub(crate) form: Form,
}

/// The variables of the path; a malformed one is Flask's 404, before the key is looked at.
pub(crate) struct Ids<T>(pub(crate) T);

/// A `<uuid:…>` of the path: with dashes, in any case.
pub(crate) struct Id(pub(crate) Uuid);

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let id = Uuid::parse_str(&text).ok().filter(|_| text.len() == 36);
        id.map(Self).ok_or_else(|| D::Error::custom("no UUID"))
    }
}

impl<T: DeserializeOwned + Send> FromRequestParts<Arc<World>> for Ids<T> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, world: &Arc<World>) -> Result<Self, Response> {
        let ids = Path::<T>::from_request_parts(parts, world).await;
        ids.map(|Path(ids)| Self(ids))
            .map_err(|_| refusal::no_route())
    }
}

impl FromRequestParts<Arc<World>> for Key {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, world: &Arc<World>) -> Result<Self, Refusal> {
        let key = bearer(&parts.headers)?;
        let invalid = || Refusal::unauthorized("Access token is invalid");
        let app = world.app_of_key(key).ok_or_else(invalid)?;
        let switches = app.switches();
        if switches.key_revoked {
            return Err(invalid());
        }
        if switches.api_disabled {
            return Err(Refusal::forbidden(
                "The app's API service has been disabled.",
            ));
        }
        Ok(Self(app.kind))
    }
}

fn bearer(headers: &HeaderMap) -> Result<&str, Refusal> {
    let header = headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let Some((scheme, key)) = header.split_once(' ') else {
        return Err(Refusal::unauthorized(
            "Authorization header must be provided and start with 'Bearer'",
        ));
    };
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(Refusal::unauthorized(
            "Authorization scheme must be 'Bearer'",
        ));
    }
    Ok(key.trim())
}

impl<const REQUIRED: bool> FromRequest<Arc<World>> for JsonCall<REQUIRED> {
    type Rejection = Refusal;

    async fn from_request(request: Request, world: &Arc<World>) -> Result<Self, Refusal> {
        let OwnerCall { app, body } = OwnerCall::from_request(request, world).await?;
        let user = body
            .get("user")
            .filter(|user| !python::is_falsy(user))
            .map(python::str);
        let user = end_user::<REQUIRED>(world, app, user).await?;
        Ok(Self { app, user, body })
    }
}

impl FromRequest<Arc<World>> for OwnerCall {
    type Rejection = Refusal;

    async fn from_request(request: Request, world: &Arc<World>) -> Result<Self, Refusal> {
        let (app, headers, body) = whole(request, world).await?;
        let body = json_object(&headers, &body)?;
        Ok(Self { app, body })
    }
}

impl<const REQUIRED: bool> FromRequestParts<Arc<World>> for QueryCall<REQUIRED> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, world: &Arc<World>) -> Result<Self, Refusal> {
        let Key(app) = Key::from_request_parts(parts, world).await?;
        let query = query(parts.uri.query().unwrap_or_default());
        let user = query
            .get("user")
            .map(python::str)
            .filter(|user| !user.is_empty());
        let user = end_user::<REQUIRED>(world, app, user).await?;
        Ok(Self { app, user, query })
    }
}

impl FromRequest<Arc<World>> for FormCall {
    type Rejection = Refusal;

    async fn from_request(request: Request, world: &Arc<World>) -> Result<Self, Refusal> {
        let (app, headers, body) = whole(request, world).await?;
        let form = multipart::read(content_type(&headers), &body)?;
        let user = form
            .value("user")
            .filter(|user| !user.is_empty())
            .map(ToOwned::to_owned);
        let user = end_user::<false>(world, app, user).await?;
        Ok(Self { app, user, form })
    }
}

async fn whole(
    request: Request,
    world: &Arc<World>,
) -> Result<(AppKind, HeaderMap, Bytes), Refusal> {
    let (mut parts, body) = request.into_parts();
    let Key(app) = Key::from_request_parts(&mut parts, world).await?;
    let body = axum::body::to_bytes(body, usize::MAX)
        .await
        .map_err(|_| Refusal::unknown())?;
    Ok((app, parts.headers, body))
}

async fn end_user<const REQUIRED: bool>(
    world: &World,
    app: AppKind,
    user: Option<String>,
) -> Result<EndUser, Refusal> {
    if REQUIRED && user.is_none() {
        return Err(Refusal::invalid_param("Arg user must be provided."));
    }
    end_users::get_or_create(world, app, user).await
}

fn content_type(headers: &HeaderMap) -> &str {
    headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

/// Flask's `request.get_json()`: of repeated names the last one wins.
fn json_object(headers: &HeaderMap, body: &[u8]) -> Result<Object, Refusal> {
    let media_type = content_type(headers)
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    let is_json = media_type == "application/json"
        || (media_type.starts_with("application/") && media_type.ends_with("+json"));
    if !is_json {
        let message = "Did not attempt to load JSON data because the request Content-Type was not 'application/json'.";
        return Err(Refusal::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported_media_type",
            message,
        ));
    }
    match serde_json::from_slice(body) {
        Ok(Value::Object(members)) => Ok(members),
        // Dify calls `.get("user")` on whatever the body is.
        Ok(_) => Err(Refusal::unknown()),
        Err(_) => {
            let message =
                "The browser (or proxy) sent a request that this server could not understand.";
            Err(Refusal::bad_request(message))
        }
    }
}

/// Werkzeug's `request.args`: of repeated names the first one wins, `;` separates nothing.
pub(crate) fn query(query: &str) -> Object {
    let mut values = Object::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        values
            .entry(name)
            .or_insert_with(|| Value::String(value.into_owned()));
    }
    values
}

impl Mode {
    pub(crate) fn require_chat(self) -> Result<(), Refusal> {
        if self.is_chat() {
            Ok(())
        } else {
            Err(Refusal::not_chat_app())
        }
    }

    pub(crate) fn require_workflow(self) -> Result<(), Refusal> {
        if self == Self::Workflow {
            Ok(())
        } else {
            Err(Refusal::not_workflow_app())
        }
    }

    pub(crate) fn require_graph(self) -> Result<(), Refusal> {
        if self.has_graph() {
            Ok(())
        } else {
            Err(Refusal::not_workflow_app())
        }
    }

    pub(crate) fn require_completion(self) -> Result<(), Refusal> {
        if self == Self::Completion {
            Ok(())
        } else {
            Err(Refusal::app_unavailable())
        }
    }
}

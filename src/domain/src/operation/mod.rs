//! The operations of an endpoint, one table.

use http::Method;

use crate::error::{Code, Refusal};

mod path;
mod table;

#[cfg(test)]
mod tests;

pub use path::{Found, at_path, upstream_path};
pub use table::OPERATIONS;

/// One operation. Its row in [`OPERATIONS`] is all that the gateway knows of it.
#[derive(Debug, Eq, PartialEq)]
pub struct Operation {
    /// The exported handler's name, unique.
    pub handler: &'static str,
    /// The method; `GET` answers `HEAD` as well.
    pub method: Method,
    /// The path as the SDK's router writes it, for example `/messages/<message_id>/feedbacks`.
    pub path: &'static str,
    /// Whose data it touches.
    pub class: Class,
    /// Who answers it.
    pub answered_by: AnsweredBy,
    /// Where Dify reads `user`.
    pub user: UserPlace,
    /// What the body is.
    pub body: BodyKind,
    /// What a good answer is.
    pub answer: ResponseKind,
    /// Whether `inputs.__oidc_*` goes into the body.
    pub takes_inputs: bool,
    /// Whether a person looks for it on the plugin's page.
    pub visible: bool,
    /// One line for the README.
    pub summary: &'static str,
}

impl Operation {
    /// The operation that the exported handler `handler` serves.
    pub fn of_handler(handler: &str) -> Option<&'static Self> {
        OPERATIONS
            .iter()
            .find(|operation| operation.handler == handler)
    }

    /// Refuses a caller who does not meet `admin_claims` where the operation is only for those who do.
    pub fn admit(&self, is_admin: bool) -> Result<(), Refusal> {
        if self.class != Class::Admin || is_admin {
            return Ok(());
        }
        let message = format!(
            "{} {} touches the data of every user of the app. The token does not meet the endpoint's `admin_claims`.",
            self.method, self.path
        );
        Err(Refusal::new(Code::AdminRequired, message))
    }
}

/// Whose data an operation touches, and so who may use it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Class {
    /// Everybody's: only `admin_claims`.
    Admin,
    /// The app's: any valid token.
    App,
    /// Whoever knows an unguessable id: any valid token.
    ById,
    /// Everybody's, filtered to the caller's.
    Filtered,
    /// The caller's, which the answer must prove.
    Owner,
    /// No token.
    Public,
    /// The caller's, because the gateway sets `user`.
    User,
}

/// Who answers an operation. All but Dify are parts of the gateway itself.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum AnsweredBy {
    /// What the gateway is.
    About,
    /// The Dify app API.
    Dify,
    /// Whether the endpoint works.
    Health,
    /// The protected-resource metadata (RFC 9728).
    ProtectedResource,
    /// Who the caller is.
    Whoami,
}

/// Where Dify reads `user`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum UserPlace {
    /// A part or field of the form.
    Form,
    /// A member of the JSON body.
    Json,
    /// Nowhere.
    Nowhere,
    /// A query parameter.
    Query,
}

/// What the body of an operation is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum BodyKind {
    /// A JSON object.
    Json,
    /// `multipart/form-data`.
    Multipart,
    /// None; one that is sent is not relayed.
    Nothing,
}

/// What a good answer of an operation is. A refusal of Dify is JSON everywhere.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ResponseKind {
    /// The bytes of a file, of any content type.
    Bytes,
    /// Server-sent events.
    Events,
    /// JSON, or no content.
    Json,
    /// Server-sent events where `response_mode` is `streaming`, else JSON.
    Run,
}

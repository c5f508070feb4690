//! The operations of the Dify app API, one table.

use http::Method;

/// One operation of `design.md` §5.
#[derive(Debug)]
pub struct Operation {
    /// The exported handler's name, unique.
    pub handler: &'static str,
    /// The method; `GET` answers `HEAD` as well.
    pub method: Method,
    /// The path as the SDK's router writes it, for example `/messages/<message_id>/feedbacks`.
    pub path: &'static str,
    /// Whose data it touches.
    pub class: Class,
    /// Where Dify reads `user`.
    pub user: UserPlace,
    /// What the body is.
    pub body: BodyKind,
    /// Whether `inputs.__oidc_*` goes into the body.
    pub takes_inputs: bool,
    /// Whether a person looks for it on the plugin's page.
    pub visible: bool,
    /// One line for the README.
    pub summary: &'static str,
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

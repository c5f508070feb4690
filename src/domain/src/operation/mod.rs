//! The operations of an endpoint, one table.

use http::Method;

mod name;
mod path;
mod route;
mod table;

#[cfg(test)]
mod tests;

pub use name::{OperationName, relayed};
pub use path::upstream_path;
pub(crate) use path::variable;
pub use route::{Route, is_at, methods_at};
pub use table::{FALLBACK, OPERATIONS, Responder};

/// The folders of the paths of the class [`Class::SignIn`].
pub const SIGN_IN_FOLDERS: [&str; 2] = ["/assets/", "/auth/"];

/// Where the metadata of the endpoint as a protected resource are, below its address. Not at the root of the environment,
/// as RFC 9728 §3.1 would have it: that is not the endpoint's, so every challenge has the address (§5.1).
pub const PROTECTED_RESOURCE_METADATA: &str = "/.well-known/oauth-protected-resource";

/// Where AI clients find the app as a tool.
pub const MCP: &str = "/mcp";

/// Where the metadata of [`MCP`] as a protected resource are: a resource of its own has metadata of its own (RFC 9728 §3.3).
pub const MCP_METADATA: &str = "/.well-known/oauth-protected-resource/mcp";

/// One operation. Its row in [`OPERATIONS`] is all that the gateway knows of it.
#[derive(Debug, Eq, PartialEq)]
pub struct Operation {
    /// The exported handler's name, unique.
    pub handler: &'static str,
    /// The method; `GET` takes `HEAD` as well.
    pub method: Method,
    /// The path as the SDK's router writes it, for example `/messages/<message_id>/feedbacks`.
    pub path: &'static str,
    /// Whose data it touches.
    pub class: Class,
    /// Who responds to it.
    pub responder: Responder,
    /// Where Dify reads `user`.
    pub user: UserPlace,
    /// What the body is.
    pub body: BodyKind,
    /// What a good response is.
    pub response: ResponseKind,
    /// Whether `inputs.__oidc_*` goes into the body.
    pub takes_inputs: bool,
    /// Whether a person looks for it on the plugin's page.
    pub visible: bool,
    /// One line for docs/operations.md.
    pub summary: &'static str,
}

impl Operation {
    /// The operation that the exported handler `handler` serves.
    pub fn of_handler(handler: &str) -> Option<&'static Self> {
        OPERATIONS
            .iter()
            .chain([&FALLBACK])
            .find(|operation| operation.handler == handler)
    }

    /// Whether a request with this method is one for the operation: `GET` takes `HEAD` as well (RFC 9110 §9.3.2).
    pub fn takes(&self, method: &Method) -> bool {
        self.method == method || (self.method == Method::GET && method == Method::HEAD)
    }

    /// Whether the decoded `path` may be a spelling of the operation's. Those of the sign-in have one alone: cookies, the
    /// content security policy and the identity provider compare addresses as they are written.
    pub(crate) fn has_spelling(&self, path: &str) -> bool {
        self.class != Class::SignIn || path.split('/').count() == self.path.split('/').count()
    }
}

/// Whose data an operation touches, and so who may use it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Class {
    /// Everybody's: only `admin_claims`.
    Admin,
    /// The app's: any valid token.
    App,
    /// Everyone who knows an unguessable id: any valid token.
    ById,
    /// Everybody's, filtered to the caller's.
    Filtered,
    /// The caller's, which the response must prove.
    Owner,
    /// No token.
    Public,
    /// The browser's sign-in and its page. Each operation itself finds out whose session it is about, if any.
    SignIn,
    /// The caller's, because the gateway sets `user`.
    User,
}

impl Class {
    /// Every class.
    pub const ALL: [Self; 8] = [
        Self::Admin,
        Self::App,
        Self::ById,
        Self::Filtered,
        Self::Owner,
        Self::Public,
        Self::SignIn,
        Self::User,
    ];

    /// The name, as settings and `GET /whoami` write it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::App => "app",
            Self::ById => "by_id",
            Self::Filtered => "filtered",
            Self::Owner => "owner",
            Self::Public => "public",
            Self::SignIn => "sign_in",
            Self::User => "user",
        }
    }

    /// Whether its operations are for a caller whose credential was verified.
    pub const fn needs_caller(self) -> bool {
        !matches!(self, Self::Public | Self::SignIn)
    }
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

/// What a good response of an operation is. A refusal of Dify is JSON everywhere.
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

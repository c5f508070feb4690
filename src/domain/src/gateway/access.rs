//! Who may do what: decided here, by the class of the operation, before anything is dispatched.

use std::future::Future;

use crate::error::{Code, Refusal};
use crate::operation::{Class, Operation};
use crate::relay::UserKey;
use crate::settings::{Closed, Settings};
use crate::token::Caller;

/// The right to one operation. Only [`decide`] makes one, and nothing is dispatched without it.
pub enum Access {
    /// Of anybody: the operation's class is [`Class::Public`] or [`Class::SignIn`].
    Anybody(Public),
    /// Of a caller.
    Caller(Grant),
}

/// Shows that the class was looked at.
pub struct Public(());

/// What a caller may do.
pub struct Grant {
    caller: Caller,
    user_key: UserKey,
    extent: Extent,
}

/// How much of what an operation touches the caller gets.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Extent {
    /// All of it. What is the caller's alone is so because the gateway sets `user`.
    All,
    /// What Dify is asked to filter by the caller.
    Filtered,
    /// What the response proves to be the caller's.
    Proven,
}

impl Access {
    /// The grant of an operation that needs a caller.
    ///
    /// # Errors
    /// `internal_error` for an operation whose class is public: its row in the table contradicts itself.
    pub fn granted(&self) -> Result<&Grant, Refusal> {
        match self {
            Self::Caller(grant) => Ok(grant),
            Self::Anybody(_) => Err(Refusal::new(
                Code::InternalError,
                "The gateway has this operation in its table as a public one, but it needs a caller.",
            )),
        }
    }
}

impl Grant {
    /// Who the caller is.
    pub const fn caller(&self) -> &Caller {
        &self.caller
    }

    /// The caller's key in this process's memory.
    pub const fn user_key(&self) -> UserKey {
        self.user_key
    }

    /// How much the caller gets.
    pub const fn extent(&self) -> Extent {
        self.extent
    }
}

/// Decides about a request for `operation`. Who sent it is found out by `identify`, if the class makes that matter.
///
/// # Errors
/// Those of `identify` and of [`grant`].
pub async fn decide(
    operation: &Operation,
    settings: &Settings,
    identify: impl Future<Output = Result<(Caller, UserKey), Refusal>>,
) -> Result<Access, Refusal> {
    if matches!(operation.class, Class::Public | Class::SignIn) {
        return Ok(Access::Anybody(Public(())));
    }
    let (caller, user_key) = identify.await?;
    grant(operation, settings, caller, user_key).map(Access::Caller)
}

/// The right of `caller` to `operation`, by its class and by the endpoint's rules.
///
/// # Errors
/// `admin_required` and `operation_refused`.
pub fn grant(
    operation: &Operation,
    settings: &Settings,
    caller: Caller,
    user_key: UserKey,
) -> Result<Grant, Refusal> {
    let extent = extent(operation, caller.is_admin)?;
    if let Some(closed) = settings.operation_rules.closed(operation, caller.unmet) {
        return Err(operation_refused(operation, closed));
    }
    Ok(Grant {
        caller,
        user_key,
        extent,
    })
}

/// The only place that knows what the classes mean.
fn extent(operation: &Operation, is_admin: bool) -> Result<Extent, Refusal> {
    match operation.class {
        Class::Admin if !is_admin => Err(admin_required(operation)),
        Class::Filtered if !is_admin => Ok(Extent::Filtered),
        Class::Owner if !is_admin => Ok(Extent::Proven),
        Class::Admin
        | Class::App
        | Class::ById
        | Class::Filtered
        | Class::Owner
        | Class::Public
        | Class::SignIn
        | Class::User => Ok(Extent::All),
    }
}

fn operation_refused(operation: &Operation, closed: Closed) -> Refusal {
    let (method, path) = (&operation.method, operation.path);
    match closed {
        Closed::ToEverybody => {
            let message = format!(
                "{method} {path} is closed to everybody at this endpoint, by its setting `operation_rules`."
            );
            Refusal::new(Code::OperationRefused, message)
        }
        Closed::ByRules(rules) => {
            let message = format!(
                "{method} {path} is not open to you: you do not meet the endpoint's `operation_rules` for it. Ask its \
                 administrator for the role that it needs; if you have got it since you signed in, sign in again."
            );
            let detail = format!("`{rules}` of `operation_rules` is not met");
            Refusal::new(Code::OperationRefused, message).with_log_detail(detail)
        }
    }
}

fn admin_required(operation: &Operation) -> Refusal {
    let message = format!(
        "{} {} touches the data of every user of the app. The token does not meet the endpoint's `admin_claims`.",
        operation.method, operation.path
    );
    Refusal::new(Code::AdminRequired, message)
}

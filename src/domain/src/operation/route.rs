//! From a path to the operations that it has.

use std::collections::BTreeMap;

use http::Method;

use super::path::variable;
use super::{FALLBACK, OPERATIONS, Operation};
use crate::request::Request;

/// The decoded variables of a declared path, by name.
type Variables = BTreeMap<String, String>;

/// What a request is for: an operation, and the variables of its path, not judged yet (see [`super::upstream_path`]).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Route {
    /// The operation.
    pub operation: &'static Operation,
    /// The decoded values of the path's variables.
    pub variables: Variables,
}

impl Route {
    /// The route of a request that the SDK gave to `handler`.
    ///
    /// The SDK knows declared paths only. What it gives to the fallback may still be an operation, in one of the other
    /// spellings that [`relative`] takes.
    pub fn of(handler: &str, request: &Request) -> Self {
        match Operation::of_handler(handler) {
            Some(operation) if *operation != FALLBACK && operation.has_spelling(&request.path) => {
                Self {
                    operation,
                    variables: request.path_values.clone(),
                }
            }
            _ => Self::at(&request.method, &request.path).unwrap_or(Self {
                operation: &FALLBACK,
                variables: Variables::new(),
            }),
        }
    }

    fn at(method: &Method, path: &str) -> Option<Self> {
        let relative = relative(path)?;
        OPERATIONS
            .iter()
            .filter(|operation| operation.takes(method) && operation.has_spelling(path))
            .find_map(|operation| {
                Some(Self {
                    operation,
                    variables: variables(operation.path, relative)?,
                })
            })
    }
}

/// The methods that the decoded `path` has, whatever its variables hold: `HEAD` with `GET` and always `OPTIONS`, in
/// alphabetical order. `None` where no operation has the path.
pub fn methods_at(path: &str) -> Option<Vec<Method>> {
    let relative = relative(path)?;
    let mut methods: Vec<Method> = OPERATIONS
        .iter()
        .filter(|operation| {
            operation.has_spelling(path) && variables(operation.path, relative).is_some()
        })
        .flat_map(|operation| methods_of(&operation.method))
        .collect();
    if methods.is_empty() {
        return None;
    }
    methods.push(Method::OPTIONS);
    methods.sort_by(|one, other| one.as_str().cmp(other.as_str()));
    methods.dedup();
    Some(methods)
}

/// Whether the decoded `path` is a spelling of the declared one, which has no variables.
pub fn is_at(path: &str, declared: &str) -> bool {
    relative(path).is_some_and(|relative| variables(declared, relative).is_some())
}

/// The path below the endpoint's root, in one spelling.
///
/// Several slashes at its beginning count as one, because the SDK's router takes them so. A first segment `v1` is left
/// out, once: clients of Dify's own API bring it along. So is one slash at the end.
fn relative(path: &str) -> Option<&str> {
    if path.chars().any(char::is_control) {
        return None;
    }
    let below_root = path.strip_prefix('/')?.trim_start_matches('/');
    let below_version = match below_root {
        "v1" => "",
        other => other.strip_prefix("v1/").unwrap_or(other),
    };
    Some(below_version.strip_suffix('/').unwrap_or(below_version))
}

/// The variables of `relative`, if it is the declared path.
fn variables(declared: &str, relative: &str) -> Option<Variables> {
    let mut variables = Variables::new();
    let mut actual = relative.split('/');
    for expected in declared.split('/').skip(1) {
        let segment = actual.next()?;
        match variable(expected) {
            Some(name) if !matches!(segment, "" | "." | "..") => {
                variables.insert(name.to_owned(), segment.to_owned());
            }
            None if expected == segment => {}
            _ => return None,
        }
    }
    actual.next().is_none().then_some(variables)
}

fn methods_of(method: &Method) -> Vec<Method> {
    if method == Method::GET {
        vec![Method::GET, Method::HEAD]
    } else {
        vec![method.clone()]
    }
}

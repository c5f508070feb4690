//! Members of JSON objects.

use serde_json::Value;

/// `object` with this member, in place of its own of the same name. What is no object stays as it is.
pub fn with(mut object: Value, name: &str, value: impl Into<Value>) -> Value {
    if let Some(members) = object.as_object_mut() {
        members.insert(name.to_owned(), value.into());
    }
    object
}

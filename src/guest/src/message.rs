//! The message of a call: several byte strings behind one another, because each slice that crosses costs a call that
//! allocates it. The lengths of all parts but the last are numbers before it.

/// The first part, which has `length` bytes, and the rest.
pub fn split(message: &[u8], length: u32) -> (&[u8], &[u8]) {
    let parts = usize::try_from(length).ok();
    let parts = parts.and_then(|length| message.split_at_checked(length));
    // Only a host that breaks the contract names another length; the trap gives the call its 500.
    parts.unwrap_or_else(|| wasm_bindgen::throw_str("a message is shorter than its parts"))
}

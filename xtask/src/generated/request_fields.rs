//! `host/sdk/request_fields.py`: the fields of a client's request that the host passes to the module.

use std::fmt::Write;

use gateway_domain::request::fields::REQUEST_FIELDS;

use super::NOTICE;

/// Where the host reads it, from the root of the checkout.
pub const PATH: &str = "host/sdk/request_fields.py";

/// A Python module with one set, as `ruff format` lays it out.
pub fn render() -> String {
    let mut module = format!(
        "{NOTICE}\"\"\"The fields of a client's request that the module reads; no other crosses over.\"\"\"\n\n\
         REQUEST_FIELDS = frozenset(\n    {{\n"
    );
    for field in REQUEST_FIELDS {
        let _ = writeln!(module, "        {:?},", field.name);
    }
    module + "    }\n)\n"
}

//! `host/http/address_settings.py`: the settings whose origins a call may reach.

use std::fmt::Write;

use gateway_domain::settings::declaration::{Kind, declarations};

use super::NOTICE;

/// Where the host reads it, from the root of the checkout.
pub const PATH: &str = "host/http/address_settings.py";

const HEAD: &str = r#""""The settings that hold addresses which the gateway itself calls."""

# Each setting's name, and the default that a missing value means.
ADDRESS_SETTINGS: dict[str, str | None] = {
"#;

/// A Python module with one dictionary, as `ruff format` lays it out.
pub fn render() -> String {
    let mut module = format!("{NOTICE}{HEAD}");
    let addresses = declarations().filter(|setting| matches!(setting.kind, Kind::Address));
    for setting in addresses {
        let default = setting
            .default
            .map_or_else(|| "None".to_owned(), |default| format!("{default:?}"));
        let _ = writeln!(module, "    {:?}: {default},", setting.name);
    }
    module.push_str("}\n");
    module
}

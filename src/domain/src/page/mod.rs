//! What a browser gets of the gateway's own: the files of the chat page.

mod asset;
mod asset_table;

pub use asset::Asset;
pub use asset_table::{ASSETS, DIRECTORY, PAGE_SCRIPT, PAGE_STYLE, PAGES_STYLE};

//! What a browser gets of the gateway's own: the files of the chat page, its document, and the documents without a script.

mod asset;
mod asset_table;
mod content_coding;
mod document;
mod escape;
mod language;
mod policy;
mod static_page;
mod texts;

pub use asset::Asset;
pub use asset_table::{ASSETS, DIRECTORY, PAGE_SCRIPT, PAGE_STYLE, PAGES_STYLE};
pub use content_coding::ContentCoding;
pub use document::{AppFace, Document, Hindrance};
pub use language::Language;
pub use policy::{protect, protect_file};
pub use static_page::{PAGE_TOKEN_OF_FORM, StaticPage};

/// What the response to `GET /` depends on.
pub const VARY_OF_ROOT: &str = "Accept, Sec-Fetch-Mode, Sec-Fetch-Dest";

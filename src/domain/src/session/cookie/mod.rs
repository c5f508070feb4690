//! The cookies on the wire: their names, the fields that set them, and the field that brings them back.

mod names;
mod request_cookies;
mod set_cookie;

pub use names::CookieNames;
pub use request_cookies::RequestCookies;
pub use set_cookie::SetCookie;

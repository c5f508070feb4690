mod support;
mod transaction;

//! Every operation, safe for many users behind one app key.

mod isolation;
mod matrix;
mod rows;
mod seen;
mod things;

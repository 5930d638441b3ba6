//! What the user has said should not be reported: comments in the text and
//! allow lists in the configuration.
//!
//! A suppressed finding is kept, counted and named with what suppressed it.

mod allow;
mod inline;

pub use allow::{AllowError, AllowLists, AllowSpec};
pub use inline::{REACH, comment_for, has_comments};

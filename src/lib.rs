//! redhanded finds leaked credentials.

pub mod config;
pub mod engine;
pub mod finding;
mod hex;
pub mod lint;
pub mod notice;
pub mod refine;
pub mod report;
pub mod rule;
pub mod scan;
pub mod secret;
pub mod source;
pub mod span;
pub mod suppress;
pub mod unit;

#[cfg(feature = "cli")]
pub mod cli;

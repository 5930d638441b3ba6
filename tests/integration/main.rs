//! The integration tests: the program as users run it, and the laws that hold
//! across modules.

mod agent;
mod anatomy;
mod architecture;
mod bad_input;
mod baseline;
mod cache;
mod canaries;
mod cases;
mod ci;
mod config;
mod docs;
mod encodings;
mod equality;
mod explain;
mod file_rules;
mod history;
mod hooks;
mod introduced;
mod locate;
mod objects;
mod output;
mod parts;
mod repository;
mod rule_commands;
mod rules;
mod secrecy;
mod shell;
mod staged;
mod support;
mod suppression;
mod walk;
mod weighing;

//! The program: standard streams into [`redhanded::cli::run`], exit status out.

use std::process::ExitCode;

fn main() -> ExitCode {
    redhanded::cli::run(std::env::args_os()).into()
}

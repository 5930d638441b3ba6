//! The program: standard streams, arguments and environment into
//! [`redhanded::cli::run`], exit status out.

use std::process::ExitCode;

use redhanded::cli::Process;

fn main() -> ExitCode {
    let executable = std::env::current_exe().ok();
    let process =
        Process { variable: &|name| std::env::var_os(name), executable: executable.as_deref() };
    redhanded::cli::run(std::env::args_os(), &process).into()
}

//! What shells and people get from the command line itself: help, completions
//! and manual pages.

use std::io::Write;
use std::process::{Command, Stdio};

use crate::support::Folder;

/// The commands with none below them, each as it is typed, found by asking for
/// help.
fn commands() -> Vec<Vec<String>> {
    let mut all = Vec::new();
    collect(&mut Vec::new(), &mut all);
    assert!(all.len() > 15, "{all:?}");
    all
}

fn collect(above: &mut Vec<String>, all: &mut Vec<Vec<String>>) {
    let help = help(above);
    let list = help.split("Commands:\n").nth(1).and_then(|rest| rest.split("\n\n").next());
    let names = list.into_iter().flat_map(str::lines).filter_map(|line| {
        // What is wrapped is indented deeper.
        let line = line.strip_prefix("  ").filter(|line| !line.starts_with(' '))?;
        line.split(' ').next().filter(|name| *name != "help").map(str::to_owned)
    });
    let names: Vec<String> = names.collect();
    if names.is_empty() {
        all.push(above.clone());
    }
    for name in names {
        above.push(name);
        collect(above, all);
        above.pop();
    }
}

fn help(command: &[String]) -> String {
    let args = command.iter().map(String::as_str).chain(["--help"]);
    Folder::new().run(args).exits(0).stdout
}

/// Runs another program on a text, if it is installed. Gives what it says.
fn checked_by(program: &str, args: &[&str], text: &[u8]) -> Option<String> {
    let mut command = Command::new(program);
    command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().ok()?;
    let mut stdin = child.stdin.take().expect("standard input is a pipe");
    let text = text.to_vec();
    let writer = std::thread::spawn(move || stdin.write_all(&text));
    let output = child.wait_with_output().expect("the program ends");
    writer.join().expect("the thread ends").expect("the text is read");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    Some(if output.status.success() { said } else { format!("it fails: {said}") })
}

#[test]
fn every_command_s_help_has_examples_and_exit_codes() {
    for command in commands() {
        let help = help(&command);
        let shown = format!("redhanded {}", command.join(" "));
        assert!(help.contains("\nExit codes: "), "{shown} --help has no exit codes");
        let examples =
            help.split("\nExamples:\n").nth(1).and_then(|rest| rest.split("\n\n").next());
        let examples = examples.unwrap_or_else(|| panic!("{shown} --help has no examples"));
        assert!(examples.contains(&shown), "{shown} is not in its examples");
        // What an example uses is there.
        let own = examples.lines().filter(|line| line.contains(&shown));
        for option in own.flat_map(str::split_whitespace).filter(|word| word.starts_with("--")) {
            let option = option.split('=').next().unwrap_or(option);
            assert!(
                help.contains(&format!("{option} ")) || help.contains(&format!("{option}\n")),
                "{shown} has no {option}"
            );
        }
    }
}

#[test]
fn completions_know_every_command_and_are_scripts() {
    let folder = Folder::new();
    let checks: [(&str, &[&str]); 5] = [
        ("bash", &["-n"]),
        ("zsh", &["-n"]),
        ("fish", &["--no-execute"]),
        ("elvish", &["-compileonly", "/dev/stdin"]),
        ("powershell", &[]),
    ];
    for (shell, args) in checks {
        let script = folder.run(["completions", shell]).exits(0).stdout;
        for command in commands() {
            let name = command.last().expect("it has a name");
            assert!(script.contains(name.as_str()), "{shell}: {name}");
        }
        for option in ["--min-severity", "--fail-open", "--every-place"] {
            assert!(script.contains(option.trim_start_matches('-')), "{shell}: {option}");
        }
        if shell != "powershell"
            && let Some(said) = checked_by(shell, args, script.as_bytes())
        {
            assert_eq!(said, "", "{shell}");
        }
    }
    let run = folder.run(["completions", "nothing"]).exits(2);
    assert!(run.stderr.contains("possible values: bash"), "{}", run.stderr);
}

#[test]
fn every_command_has_a_manual_page() {
    let folder = Folder::new();
    let run = folder.run(["man", "out/man1"]).exits(0);
    assert!(run.stdout.contains(" pages written to out/man1."), "{}", run.stdout);
    for command in commands() {
        let name = format!("redhanded-{}", command.join("-"));
        let page = std::fs::read_to_string(folder.path().join(format!("out/man1/{name}.1")));
        let page = page.unwrap_or_else(|_| panic!("{name} has a page"));
        for section in ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXAMPLES", "\"EXIT STATUS\""]
        {
            assert!(page.contains(&format!(".SH {section}\n")), "{name}: {section}");
        }
        assert!(page.is_ascii(), "{name}");
        if let Some(said) = checked_by("groff", &["-man", "-ww", "-Tutf8", "-z"], page.as_bytes()) {
            assert_eq!(said, "", "{name}");
        }
        if let Some(said) = checked_by("mandoc", &["-Tlint", "-Werror"], page.as_bytes()) {
            assert_eq!(said, "", "{name}");
        }
    }
    let page = folder.run(["man"]).exits(0).stdout;
    let written = std::fs::read_to_string(folder.path().join("out/man1/redhanded.1"));
    assert_eq!(page, written.expect("it has a page"));
    folder.file("file", "");
    let run = folder.run(["man", "file"]).exits(2);
    assert!(run.stderr.contains("cannot make the folder file"), "{}", run.stderr);
}

//! Where there are colours.

use super::{one_leak, read};
use crate::support::Run;

const ESCAPE: char = '\u{1b}';

/// What is written to standard output with these arguments and variables.
fn coloured(args: &[&str], variables: &[(&str, &str)]) -> String {
    let folder = one_leak();
    let mut command = folder.command(args);
    command.envs(variables.iter().copied());
    Run::from(command.output().expect("the program runs")).exits(1).stdout
}

#[test]
fn there_are_colours_only_where_they_are_wanted() {
    let force = ("CLICOLOR_FORCE", "1");
    let no = ("NO_COLOR", "1");
    for (args, variables, expected) in [
        (&["scan"][..], &[][..], false),
        (&["scan"], &[force], true),
        (&["scan"], &[force, no], false),
        (&["scan", "--color", "always"], &[], true),
        (&["scan", "--color", "always"], &[no], true),
        (&["scan", "--color", "never"], &[force], false),
        (&["--color", "always", "scan"], &[], true),
    ] {
        let shown = coloured(args, variables);
        assert_eq!(shown.contains(ESCAPE), expected, "{args:?} {variables:?}\n{shown}");
    }
}

#[test]
fn colours_change_nothing_but_colours() {
    let plain = coloured(&["scan", "-q"], &[]);
    let shown = coloured(&["scan", "-q", "--color", "always"], &[]);
    let mut stripped = String::new();
    for part in shown.split(ESCAPE) {
        // The text before the first escape has none; behind the others stands
        // the rest of the escape, which ends with `m`.
        stripped.push_str(
            part.strip_prefix('[')
                .map_or(part, |rest| rest.split_once('m').expect("a style ends with `m`").1),
        );
    }
    assert_eq!(stripped, plain);
}

#[test]
fn files_and_machine_formats_have_no_colours() {
    let folder = one_leak();
    let args = ["scan", "--color", "always", "--format", "human=r.txt", "--format", "json"];
    let run = folder.run(args).exits(1);
    assert!(!run.stdout.contains(ESCAPE), "{}", run.stdout);
    assert!(!read(&folder, "r.txt").contains(ESCAPE));
}

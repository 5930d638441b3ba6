//! `redhanded man`: a manual page for the program and for each subcommand, made
//! of what `--help` says.

use std::fmt::Write as _;
use std::fs;
use std::io;

use anyhow::Context;
use clap::{Command, CommandFactory};
use clap_mangen::Man;

use super::args::{Cli, Color, ManArgs};
use super::exit::ExitStatus;
use super::output::print;

/// Writes the pages into a folder, or the program's own to standard output.
pub(super) fn run(args: &ManArgs) -> anyhow::Result<ExitStatus> {
    let mut command = Cli::command().disable_help_subcommand(true);
    command.build();
    let Some(folder) = &args.folder else {
        return print(&page(&command, "")?, Color::Never);
    };
    fs::create_dir_all(folder)
        .with_context(|| format!("cannot make the folder {}", folder.display()))?;
    let mut all = Vec::new();
    pages(&command, "", &mut all)?;
    for (name, text) in &all {
        let path = folder.join(format!("{name}.1"));
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    let told = format!("{} pages written to {}.\n", all.len(), folder.display());
    print(told.as_bytes(), Color::Never)
}

/// The pages of a command and of all below it, with their names.
fn pages(command: &Command, above: &str, all: &mut Vec<(String, Vec<u8>)>) -> io::Result<()> {
    let name = name(command, above);
    all.push((name.clone(), page(command, above)?));
    for inner in command.get_subcommands().filter(|inner| !inner.is_hide_set()) {
        pages(inner, &name, all)?;
    }
    Ok(())
}

/// What a command's page is called, as `man` is asked for it.
fn name(command: &Command, above: &str) -> String {
    let name = command.get_name();
    if above.is_empty() { name.to_owned() } else { format!("{above}-{name}") }
}

/// One page. What stands behind the options in `--help` is in sections of its
/// own here.
fn page(command: &Command, above: &str) -> io::Result<Vec<u8>> {
    let notes = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    let man = Man::new(command.clone().display_name(name(command, above)))
        .title(name(command, above).to_uppercase())
        .manual("redhanded")
        .source(concat!("redhanded ", env!("CARGO_PKG_VERSION")));
    let mut text = Vec::new();
    man.render_title(&mut text)?;
    man.render_name_section(&mut text)?;
    man.render_synopsis_section(&mut text)?;
    man.render_description_section(&mut text)?;
    man.render_options_section(&mut text)?;
    if command.get_subcommands().any(|inner| !inner.is_hide_set()) {
        man.render_subcommands_section(&mut text)?;
    }
    text.extend(sections(&notes).into_bytes());
    Ok(in_ascii(&String::from_utf8_lossy(&text)).into_bytes())
}

/// A page with every other character written as `roff` names it: not every
/// reader knows of UTF-8.
fn in_ascii(page: &str) -> String {
    let mut text = String::new();
    for character in page.chars() {
        if character.is_ascii() {
            text.push(character);
        } else {
            // Writing into a string cannot fail.
            let _ = write!(text, "\\[u{:04X}]", u32::from(character));
        }
    }
    text
}

/// The notes of a command's help as sections.
fn sections(notes: &str) -> String {
    let mut text = String::new();
    let mut has_notes = false;
    for block in notes.split("\n\n").filter(|block| !block.trim().is_empty()) {
        // Writing into a string cannot fail.
        if let Some(examples) = block.strip_prefix("Examples:\n") {
            let _ = write!(text, ".SH EXAMPLES\n.nf\n{}\n.fi\n", escaped(examples));
        } else if let Some(codes) = block.strip_prefix("Exit codes: ") {
            let _ = write!(text, ".SH \"EXIT STATUS\"\n{}\n", escaped(codes));
        } else {
            let head = if has_notes { ".PP" } else { ".SH NOTES" };
            has_notes = true;
            let _ = write!(text, "{head}\n.nf\n{}\n.fi\n", escaped(block));
        }
    }
    text
}

/// Text that is nothing but text to `roff`.
fn escaped(text: &str) -> String {
    let line = |line: &str| {
        let line = line.replace('\\', "\\e").replace('-', "\\-");
        // A line that begins like this would be a request.
        if line.starts_with(['.', '\'']) { format!("\\&{line}") } else { line }
    };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::sections;

    #[test]
    fn notes_become_sections() {
        let notes =
            "A note\n.with \\ a dot.\n\nMore.\n\nExamples:\n  redhanded --x\n\nExit codes: 0 fine.";
        let expected = ".SH NOTES\n.nf\nA note\n\\&.with \\e a dot.\n.fi\n.PP\n.nf\nMore.\n.fi\n\
                        .SH EXAMPLES\n.nf\n  redhanded \\-\\-x\n.fi\n.SH \"EXIT STATUS\"\n0 fine.\n";
        assert_eq!(sections(notes), expected);
    }
}

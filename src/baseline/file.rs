//! Our own baseline as it is written: a header, then an entry a line.
//!
//! ```text
//! redhanded baseline 1
//!
//! FINGERPRINT RULE STATE PATH [history] [xN] [# NOTE]
//! ```
//!
//! A line that begins with `#` is a comment; it stays before the entry it
//! stands before.

use std::collections::BTreeMap;
use std::collections::btree_map;
use std::fmt::Write;

use super::Fault;
use crate::finding::{Fingerprint, Triage};
use crate::unseen::is_unseen;

/// The name of the file that is found by itself.
pub const NAME: &str = ".redhanded-baseline";

/// The first line.
pub const HEADER: &str = "redhanded baseline 1";

/// What the first line begins with, whatever its version.
const OURS: &str = "redhanded baseline";

/// What a merge leaves at the start of lines that it could not merge.
const MARKS: [&str; 4] = ["<<<<<<<", "|||||||", "=======", ">>>>>>>"];

/// What is known of a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Who it is.
    pub fingerprint: Fingerprint,
    /// What was decided.
    pub triage: Triage,
    /// Id of the rule that found it.
    pub rule: String,
    /// Where it stood when it was written down. A hint for people: a finding is
    /// known wherever it stands.
    pub path: String,
    /// Whether it was in history only, and not in a file.
    pub history: bool,
    /// How many credentials share the fingerprint: weak ones do that stand alike
    /// in one file.
    pub count: u32,
    /// What somebody noted about it.
    pub note: Option<String>,
    /// The comments before it, as they are written.
    pub comments: Vec<String>,
    /// The number of the line it was read from.
    pub line: Option<usize>,
}

/// The entries of a baseline, by their fingerprints.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entries {
    /// Comments of the file as a whole, before all entries.
    head: Vec<String>,
    all: BTreeMap<Fingerprint, Entry>,
    /// Comments behind the last entry.
    tail: Vec<String>,
}

/// Whether a text is a baseline of ours, or was one before somebody damaged it.
pub(super) fn is_ours(text: &str) -> bool {
    let is_marked = text.lines().any(|line| mark_of_merge(line).is_some());
    is_marked || text.lines().take(2).any(|line| line.starts_with(OURS))
}

fn mark_of_merge(line: &str) -> Option<&'static str> {
    MARKS.into_iter().find(|mark| {
        line.strip_prefix(mark).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
    })
}

impl Entries {
    /// Reads a baseline. Its entries may stand in any order.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        for (number, line) in (1..).zip(text.lines()) {
            if mark_of_merge(line).is_some() {
                let message = "a merge left its marks here; take them out and keep the entries of \
                               both sides";
                return Err(Fault::at(number, message));
            }
        }
        let mut lines = (1..).zip(text.lines());
        check_header(lines.next().map_or("", |(_, line)| line))?;
        let mut all = Self::default();
        let mut comments = Vec::new();
        let mut numbers: BTreeMap<Fingerprint, usize> = BTreeMap::new();
        for (number, line) in lines {
            let line = line.trim();
            if line.is_empty() {
                if all.is_empty() {
                    all.head.append(&mut comments);
                }
            } else if line.starts_with('#') {
                comments.push(line.to_owned());
            } else {
                let mut entry = Entry::parse(line).map_err(|message| Fault::at(number, message))?;
                entry.comments = std::mem::take(&mut comments);
                entry.line = Some(number);
                let first = *numbers.entry(entry.fingerprint).or_insert(number);
                all.add(entry, first, number)?;
            }
        }
        all.tail = comments;
        Ok(all)
    }

    /// Adds what was read in the line `number`. What a merge doubled is one
    /// entry; which of two decisions holds, only people can say.
    fn add(&mut self, entry: Entry, first: usize, number: usize) -> Result<(), Fault> {
        match self.all.entry(entry.fingerprint) {
            btree_map::Entry::Vacant(place) => {
                place.insert(entry);
            }
            btree_map::Entry::Occupied(mut place) => {
                let known = place.get_mut();
                if known.triage != entry.triage {
                    let (one, other) = (known.triage, entry.triage);
                    let message = format!(
                        "the fingerprint is that of line {first}, where it is {one}, and here it \
                         is {other}; keep one of them"
                    );
                    return Err(Fault::at(number, message));
                }
                if known.rule != entry.rule {
                    let message =
                        format!("the fingerprint is that of line {first}, with another rule");
                    return Err(Fault::at(number, message));
                }
                known.count = known.count.max(entry.count);
                known.history &= entry.history;
                known.note = known.note.take().or(entry.note);
                known.comments.extend(entry.comments);
            }
        }
        Ok(())
    }

    /// The text of the file.
    pub fn to_text(&self) -> String {
        let mut text = format!("{HEADER}\n");
        for line in &self.head {
            let _ = writeln!(text, "{line}");
        }
        text.push('\n');
        for entry in self.all.values() {
            for line in &entry.comments {
                let _ = writeln!(text, "{line}");
            }
            let _ = writeln!(text, "{}", entry.to_line());
        }
        for line in &self.tail {
            let _ = writeln!(text, "{line}");
        }
        text
    }

    /// The entry of a finding.
    pub fn get(&self, fingerprint: Fingerprint) -> Option<&Entry> {
        self.all.get(&fingerprint)
    }

    /// The same, to be changed.
    pub fn get_mut(&mut self, fingerprint: Fingerprint) -> Option<&mut Entry> {
        self.all.get_mut(&fingerprint)
    }

    /// Puts an entry in, in the place of the one with its fingerprint.
    pub fn insert(&mut self, entry: Entry) {
        self.all.insert(entry.fingerprint, entry);
    }

    /// Takes an entry out.
    pub fn remove(&mut self, fingerprint: Fingerprint) -> Option<Entry> {
        self.all.remove(&fingerprint)
    }

    /// All entries in the order of their fingerprints.
    pub fn iter(&self) -> impl Iterator<Item = &Entry> {
        self.all.values()
    }

    /// Number of entries.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }
}

fn check_header(line: &str) -> Result<(), Fault> {
    let line = line.trim_end();
    if line == HEADER {
        return Ok(());
    }
    let message = match line.strip_prefix(OURS).map(str::trim) {
        Some(version) if !version.is_empty() && version.bytes().all(|b| b.is_ascii_digit()) => {
            format!(
                "it is a baseline of version {version}, and this program reads version 1; use the \
                 program that wrote it"
            )
        }
        _ => format!("a baseline begins with the line `{HEADER}`"),
    };
    Err(Fault::at(1, message))
}

impl Entry {
    /// An entry about a credential that stands at a path.
    pub fn new(fingerprint: Fingerprint, rule: &str, path: &str, triage: Triage) -> Self {
        Self {
            fingerprint,
            triage,
            rule: rule.to_owned(),
            path: if path.is_empty() { ".".to_owned() } else { path.to_owned() },
            history: false,
            count: 1,
            note: None,
            comments: Vec::new(),
            line: None,
        }
    }

    fn parse(line: &str) -> Result<Self, String> {
        let (fields, note) = match line.split_once(" #") {
            Some((fields, note)) if note.is_empty() || note.starts_with(' ') => {
                (fields, Some(note.trim()).filter(|note| !note.is_empty()))
            }
            _ => (line, None),
        };
        let mut fields = fields.split_ascii_whitespace();
        let mut next = |what: &str| {
            fields.next().ok_or_else(|| {
                format!("{what} is missing; an entry is FINGERPRINT RULE STATE PATH")
            })
        };
        let fingerprint = next("the fingerprint")?;
        let fingerprint = fingerprint
            .parse()
            .map_err(|error| format!("it begins with no fingerprint: {error}"))?;
        let rule = next("the rule")?;
        let is_id = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        if !rule.bytes().all(is_id) {
            return Err("the rule is no id of a rule: words joined by `-`".to_owned());
        }
        let triage = next("the state")?.parse();
        let triage = triage.map_err(|error| format!("the state is not known: {error}"))?;
        let path = unescaped(next("the path")?).ok_or("the path has a broken escape")?;
        let mut entry = Self::new(fingerprint, rule, &path, triage);
        entry.note = match note {
            Some(note) => Some(unescaped(note).ok_or("the note has a broken escape")?),
            None => None,
        };
        for field in fields {
            match field.strip_prefix('x').map(str::parse) {
                _ if field == "history" => entry.history = true,
                Some(Ok(count @ 1..)) => entry.count = count,
                _ => {
                    let message = "behind the path stand `history`, `x` and a number, or `# NOTE`";
                    return Err(message.to_owned());
                }
            }
        }
        Ok(entry)
    }

    /// Its line.
    fn to_line(&self) -> String {
        let Self { fingerprint, triage, rule, .. } = self;
        let mut line = format!("{fingerprint} {rule} {triage} {}", escaped(&self.path, false));
        if self.history {
            line.push_str(" history");
        }
        if self.count > 1 {
            let _ = write!(line, " x{}", self.count);
        }
        if let Some(note) = self.note.as_deref().map(str::trim).filter(|note| !note.is_empty()) {
            let _ = write!(line, " # {}", escaped(note, true));
        }
        line
    }
}

/// Text of which nothing is lost in a line, and everything can be seen: what
/// cannot is written `\xNN`, byte by byte.
fn escaped(text: &str, blanks: bool) -> String {
    let mut line = String::with_capacity(text.len());
    for (at, character) in text.char_indices() {
        let is_plain = !character.is_control()
            && character != '\\'
            && !is_unseen(character)
            && (!character.is_whitespace() || blanks && character == ' ');
        let begins_note = at == 0 && character == '#' && !blanks;
        if is_plain && !begins_note {
            line.push(character);
        } else {
            for byte in character.encode_utf8(&mut [0; 4]).bytes() {
                let _ = write!(line, "\\x{byte:02x}");
            }
        }
    }
    line
}

/// The text that was written so.
fn unescaped(line: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(line.len());
    let mut rest = line;
    while let Some((before, behind)) = rest.split_once('\\') {
        bytes.extend_from_slice(before.as_bytes());
        let digits = behind.strip_prefix('x')?.get(..2)?;
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        rest = &behind[3..];
    }
    bytes.extend_from_slice(rest.as_bytes());
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::{Entries, HEADER, escaped, unescaped};
    use crate::finding::Triage;

    fn print(digit: char) -> String {
        digit.to_string().repeat(32)
    }

    fn parse(lines: &[&str]) -> Result<Entries, super::Fault> {
        Entries::parse(&format!("{HEADER}\n{}\n", lines.join("\n")))
    }

    #[track_caller]
    fn refused(lines: &[&str], line: usize, part: &str) {
        let fault = parse(lines).expect_err("it is refused");
        assert_eq!(fault.line, Some(line), "{fault}");
        assert!(fault.message.contains(part), "{fault}");
    }

    #[test]
    fn an_entry_has_all_that_its_line_says() {
        let line = format!("{} npm-token false a\\x20b.txt history x3 # seen # twice", print('a'));
        let entries = parse(&[&line]).expect("it is right");
        let entry = entries.iter().next().expect("it is there");
        assert_eq!(entry.triage, Triage::False);
        assert_eq!((entry.rule.as_str(), entry.path.as_str()), ("npm-token", "a b.txt"));
        assert_eq!((entry.history, entry.count), (true, 3));
        assert_eq!(entry.note.as_deref(), Some("seen # twice"));
        assert_eq!(entries.to_text(), format!("{HEADER}\n\n{line}\n"));
    }

    #[test]
    fn entries_are_sorted_and_comments_stay_with_them() {
        let (a, b) = (format!("{} x test a", print('a')), format!("{} y true b # why", print('b')));
        let text = format!("{HEADER}\n# of all\n\n# of b\n{b}\n\n# of a\n{a}\n# the end\n");
        let written = Entries::parse(&text).expect("it is right").to_text();
        let sorted = format!("{HEADER}\n# of all\n\n# of a\n{a}\n# of b\n{b}\n# the end\n");
        assert_eq!(written, sorted);
        assert_eq!(Entries::parse(&written).expect("it is right").to_text(), written);
    }

    #[test]
    fn lines_may_end_as_on_windows() {
        let text = format!("{HEADER}\r\n\r\n{} x test a\r\n", print('a'));
        assert_eq!(Entries::parse(&text).expect("it is right").len(), 1);
    }

    #[test]
    fn what_a_merge_doubled_is_one_entry() {
        let lines = [format!("{} x test a", print('a')), format!("{} x test b x2", print('a'))];
        let entries = parse(&[&lines[0], &lines[1]]).expect("they agree");
        let entry = entries.iter().next().expect("it is there");
        assert_eq!((entries.len(), entry.path.as_str(), entry.count), (1, "a", 2));
        let other = format!("{} x true a", print('a'));
        refused(&[&lines[0], "# between", &other], 4, "line 2, where it is test");
        let other = format!("{} y test a", print('a'));
        refused(&[&lines[0], &other], 3, "another rule");
    }

    #[test]
    fn a_damaged_line_is_refused() {
        let print = print('a');
        let of = |rest: &str| format!("{print}{rest}");
        refused(&["abc"], 2, "no fingerprint");
        refused(&["", &print], 3, "the rule is missing");
        refused(&[&of(" rule")], 2, "the state is missing");
        refused(&[&of(" rule test")], 2, "the path is missing");
        refused(&[&of(" rule maybe a")], 2, "unreviewed, true, false, test, accepted");
        refused(&[&of(" ru/le test a")], 2, "no id");
        refused(&[&of(" rule test a b")], 2, "behind the path");
        refused(&[&of(" rule test a x0")], 2, "behind the path");
        refused(&[&of(" rule test a\\x2")], 2, "escape");
        refused(&[&of(" rule test a # \\q")], 2, "escape");
        refused(&["<<<<<<< ours", "=======", ">>>>>>> theirs"], 2, "merge");
    }

    #[test]
    fn the_header_says_the_version() {
        let refused = |text: &str| Entries::parse(text).expect_err("it is refused");
        assert!(refused("redhanded baseline 2\n").message.contains("version 2"));
        assert!(refused("redhanded baselines\n").message.contains(HEADER));
        assert!(refused("").message.contains(HEADER));
        assert!(refused("<<<<<<< HEAD\nredhanded baseline 1\n").message.contains("merge"));
    }

    #[test]
    fn any_text_survives_its_escapes() {
        for text in ["a b", "a\nb", "#", "#a", "x2", "a\\x20", "größe", "\u{202e}", "\t", "\0"] {
            for blanks in [false, true] {
                let line = escaped(text, blanks);
                assert_eq!(unescaped(&line).as_deref(), Some(text), "{line}");
                assert!(blanks || !line.contains(char::is_whitespace), "{line}");
            }
        }
        assert_eq!(unescaped("\\xff"), None);
        assert_eq!(unescaped("\\x+1"), None);
        assert_eq!(unescaped("\\xé"), None);
    }
}

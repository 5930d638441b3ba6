//! No report shows a credential: not in clear, not encoded, not in part.
//!
//! An example of every built-in rule is planted. What the program itself says
//! its value is, with `--show-secrets`, is then looked for in everything that
//! it writes without.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fmt::Write as _;
use std::path::Path;
use std::sync::LazyLock;

use redhanded::rule::sample;
use serde_json::Value;

use crate::support::{
    Folder, Run, every_report, formats, github_token, github_token_of, written_rules,
};

/// Seeds of the planted examples. Two at least: what the values of one rule
/// have in common is the form of its credentials and no secret.
const SEEDS: [u64; 2] = [11, 12];

/// Length of the parts of a credential that must not show.
const PART: usize = 12;

type Part = [u8; PART];

/// An example that was planted.
struct Planted {
    rule: String,
    text: String,
}

/// The first example of every rule, for one seed.
fn planted(seed: u64) -> Vec<Planted> {
    let plant = |template: &String| sample::expand(template, seed).expect("the template is right");
    // Rules for files of certain names have tests of their own.
    let rules = written_rules().into_iter().filter(|rule| rule.files.is_empty());
    rules.map(|rule| Planted { text: plant(&rule.examples.matching[0]), rule: rule.id }).collect()
}

/// A folder with a file for each rule and seed: `SEED/RULE`.
fn one_file_each() -> Folder {
    let folder = Folder::new();
    for seed in SEEDS {
        for Planted { rule, text } in planted(seed) {
            folder.file(format!("planted/{seed}/{rule}"), format!("{text}\n"));
        }
    }
    folder
}

/// A folder with one file for each seed, with the examples of all rules.
fn all_in_one_file() -> Folder {
    let folder = Folder::new();
    for seed in SEEDS {
        let texts: Vec<String> = planted(seed).into_iter().map(|planted| planted.text).collect();
        // Blank lines keep a key block's neighbours from joining it.
        folder.file(format!("planted/{seed}"), texts.join("\n\n\n"));
    }
    folder
}

/// A folder with one file for each seed, with several examples on each line.
fn several_on_a_line() -> Folder {
    let folder = Folder::new();
    for seed in SEEDS {
        let mut text = String::new();
        let planted = planted(seed).into_iter();
        let lines: Vec<_> = planted.filter(|it| !it.text.trim().contains('\n')).collect();
        for group in lines.chunks(3) {
            let texts: Vec<&str> = group.iter().map(|planted| planted.text.trim()).collect();
            writeln!(text, "{}", texts.join(" ; ")).expect("memory can be written to");
        }
        folder.file(format!("planted/{seed}"), text);
    }
    folder
}

/// Whether a value is a word such as `client-secret`: assigned to a name it may be
/// somebody's password, and it stands elsewhere for what it means.
fn is_word(value: &str) -> bool {
    value.len() < 16
        && value.bytes().all(|byte| byte.is_ascii_alphabetic() || b"-_. ".contains(&byte))
}

/// The values that the findings of a run with `--show-secrets` show, by rule.
fn shown(document: &Value, lists: &[&str]) -> BTreeMap<String, BTreeSet<String>> {
    let mut values: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for list in lists {
        for finding in document[list].as_array().expect("a list") {
            // What belongs to another credential is told with it.
            let parts = finding["parts"].as_array().into_iter().flatten();
            for told in parts.chain([finding]) {
                let value = told["secret"]["value"].as_str().expect("the value is shown");
                let rule = told["rule"].as_str().expect("a rule").to_owned();
                if told["likelihood"].is_object() && is_word(value) {
                    continue;
                }
                values.entry(rule).or_default().insert(value.to_owned());
            }
        }
    }
    values
}

fn scan(folder: &Folder, more: &[&str]) -> Run {
    folder.run([&["scan", "--explain", "--min-confidence", "low", "planted"], more].concat())
}

/// The values planted in a folder, as far as a scan with these arguments comes
/// by them.
fn values_in(folder: &Folder, more: &[&str]) -> BTreeMap<String, BTreeSet<String>> {
    let run = scan(folder, &[&["--show-secrets", "--format", "json"], more].concat());
    shown(&run.json(), &["findings", "suppressed", "dropped"])
}

// What must not show.

/// All parts of a text.
fn parts(text: &[u8]) -> impl Iterator<Item = Part> {
    text.windows(PART).map(|window| window.try_into().expect("a window has its length"))
}

/// A value in the forms it could show in.
fn forms(value: &str) -> BTreeSet<String> {
    let bytes = value.as_bytes();
    let joined = |byte: &dyn Fn(&u8) -> String| bytes.iter().map(byte).collect::<String>();
    let escaped = |text: &str| {
        let quoted = serde_json::to_string(text).expect("text is JSON");
        quoted[1..quoted.len() - 1].to_owned()
    };
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let mut forms = BTreeSet::from([
        value.to_owned(),
        value.replace('\n', "\\n"),
        escaped(value),
        escaped(&escaped(value)),
        joined(&|byte| format!("{byte:02x}")),
        joined(&|byte| format!("{byte:02X}")),
        joined(&|byte| format!("%{byte:02X}")),
        joined(&|&byte| {
            if is_plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }
        }),
        bytes.iter().rev().map(|&byte| char::from(byte)).collect(),
    ]);
    forms.extend((0..3).map(|alignment| base64_inside(bytes, alignment)));
    forms
}

/// The characters that stand for `bytes` alone where they stand in Base64
/// (RFC 4648) behind so many other bytes.
fn base64_inside(bytes: &[u8], behind: usize) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let all = [&vec![0; behind], bytes].concat();
    let mut encoded = String::new();
    for group in all.chunks_exact(3) {
        let word = u32::from_be_bytes([0, group[0], group[1], group[2]]);
        for place in 0..4 {
            let digit = (word >> (18 - 6 * place)) & 63;
            encoded.push(char::from(ALPHABET[digit as usize]));
        }
    }
    // The first characters also hold bits of what stands before.
    encoded.split_off((behind * 8).div_ceil(6).min(encoded.len()))
}

/// The parts of the values of one rule that stand in `written`, but for those
/// that several values share.
fn leaked(values: &BTreeSet<String>, written: &HashSet<Part>) -> Vec<String> {
    let mut count: BTreeMap<Part, usize> = BTreeMap::new();
    for value in values {
        let forms = forms(value);
        let parts = forms.iter().flat_map(|form| parts(form.as_bytes()));
        let shown: BTreeSet<Part> = parts.filter(|part| written.contains(part)).collect();
        for part in shown {
            *count.entry(part).or_default() += 1;
        }
    }
    let once = count.into_iter().filter(|(_, count)| *count == 1);
    once.map(|(part, _)| String::from_utf8_lossy(&part).into_owned()).collect()
}

/// Names of the facts that may stand in a credential as they are told: who it is
/// of, which is no secret.
const PUBLIC: [&str; 17] = [
    "account",
    "application",
    "audience",
    "bot",
    "created",
    "host",
    "issuer",
    "key",
    "project",
    "subject",
    "tenant",
    "token",
    "tunnel",
    "user",
    "version",
    "webhook",
    "workspace",
];

/// Those facts, as a scan of a folder with these arguments tells them.
fn told(folder: &Folder, more: &[&str]) -> BTreeSet<String> {
    let document = scan(folder, &[&["--format", "json"], more].concat()).json();
    let lists = ["findings", "suppressed"].map(|list| document[list].as_array().expect("a list"));
    let facts = lists
        .into_iter()
        .flatten()
        .flat_map(|finding| finding["anatomy"]["facts"].as_array().expect("the facts are a list"));
    let public = facts.filter(|fact| PUBLIC.contains(&fact["name"].as_str().expect("a name")));
    public.map(|fact| fact["value"].as_str().expect("a value").to_owned()).collect()
}

/// What a run wrote, without these facts.
fn without(mut run: Run, told: &BTreeSet<String>) -> Run {
    // A shorter one could stand in another one's middle, and is no part anyway.
    for value in told.iter().filter(|value| value.len() >= PART) {
        run.stdout = run.stdout.replace(value, "");
    }
    run
}

/// Asserts that nothing a run wrote shows any of the values.
#[track_caller]
fn assert_silent(run: &Run, values: &BTreeMap<String, BTreeSet<String>>, what: &str) {
    let written: HashSet<Part> =
        parts(run.stdout.as_bytes()).chain(parts(run.stderr.as_bytes())).collect();
    for (rule, values) in values {
        let leaked = leaked(values, &written);
        assert!(leaked.is_empty(), "{what} shows of {rule}: {leaked:?}");
    }
}

/// The formats that also tell what was suppressed and dropped.
const TELL_ALL: [&str; 3] = ["human", "json", "jsonl"];

/// Asserts the same for every format of a scan with these arguments.
#[track_caller]
fn assert_no_report_shows(folder: &Folder, code: i32, more: &[&str]) {
    let values = values_in(folder, more);
    assert!(values.len() > 20, "many rules find something");
    let told = told(folder, more);
    for (format, run) in written(folder, more, code) {
        // Else the test would show nothing.
        if code == 1 || TELL_ALL.contains(&format) {
            assert!(run.stdout.contains("********"), "{format}");
        }
        assert_silent(&without(run, &told), &values, format);
    }
}

/// What a scan with these arguments writes: a report in each format as if it
/// were alone.
fn written(folder: &Folder, more: &[&str], code: i32) -> Vec<(&'static str, Run)> {
    let (run, reports) = every_report(folder, &[&["scan", "--explain", "planted"], more].concat());
    let run = run.exits(code);
    let of = |(format, stdout)| (format, Run { code, stdout, stderr: run.stderr.clone() });
    reports.into_iter().map(of).collect()
}

#[test]
fn the_search_itself_finds_every_form() {
    let values = BTreeMap::from([("rule".to_owned(), [github_token(), github_token_of(2)].into())]);
    let token = github_token();
    for form in forms(&token).into_iter().chain([token[20..32].to_owned()]) {
        let run = Run { code: 0, stdout: String::new(), stderr: format!("text {form} text") };
        let result = std::panic::catch_unwind(|| assert_silent(&run, &values, "this"));
        assert!(result.is_err(), "{form}");
    }
    let harmless = format!("{} {}******** abc", &token[20..31], &token[..4]);
    assert_silent(&Run { code: 0, stdout: harmless, stderr: String::new() }, &values, "this");
}

#[test]
fn the_inside_of_base64_is_the_same_whatever_stands_around() {
    // "any carnal pleas" and its alignments, after RFC 4648's worked forms.
    assert_eq!(base64_inside(b"foobar", 0), "Zm9vYmFy");
    assert!("Zm9vYmFy".contains(&base64_inside(b"oobar", 1)));
    assert!("Zm9vYmFy".contains(&base64_inside(b"obar", 2)));
    assert_eq!(base64_inside(b"oobar", 1).len(), 6);
    assert_eq!(base64_inside(b"obar", 2).len(), 5);
}

// Every rule.

/// Asserts that every rule finds what was planted for it, in all seeds.
#[track_caller]
fn assert_all_found(folder: &Folder, expected: impl Iterator<Item = String>) {
    let found = values_in_findings(folder);
    let missed: Vec<String> = expected
        .filter(|rule| found.get(rule).is_none_or(|values| values.len() < SEEDS.len()))
        .collect();
    assert!(missed.is_empty(), "{missed:#?}");
}

fn values_in_findings(folder: &Folder) -> BTreeMap<String, BTreeSet<String>> {
    let run = scan(folder, &["--show-secrets", "--format", "json"]).exits(1);
    shown(&run.json(), &["findings"])
}

fn all_rules() -> impl Iterator<Item = String> {
    planted(SEEDS[0]).into_iter().map(|planted| planted.rule)
}

#[test]
fn every_rule_finds_its_example_in_a_file_of_its_own() {
    let folder = one_file_each();
    assert_all_found(&folder, all_rules());
    // By the rule it was planted for, and in the file it was planted in.
    let document = scan(&folder, &["--format", "json"]).exits(1).json();
    for finding in document["findings"].as_array().expect("a list") {
        let path = Path::new(finding["path"].as_str().expect("a path"));
        assert!(path.ends_with(finding["rule"].as_str().expect("a rule")), "{finding:#}");
    }
}

#[test]
fn every_rule_finds_its_example_among_all_others() {
    assert_all_found(&all_in_one_file(), all_rules());
}

#[test]
fn every_rule_finds_its_example_on_a_line_with_others() {
    let of_one_line = planted(SEEDS[0]).into_iter().filter(|it| !it.text.trim().contains('\n'));
    assert_all_found(&several_on_a_line(), of_one_line.map(|planted| planted.rule));
}

#[test]
fn no_report_shows_a_credential_in_a_file_of_its_own() {
    assert_no_report_shows(&one_file_each(), 1, &[]);
}

#[test]
fn no_report_shows_a_credential_among_all_others() {
    assert_no_report_shows(&all_in_one_file(), 1, &[]);
}

#[test]
fn no_report_shows_a_credential_on_a_line_with_others() {
    assert_no_report_shows(&several_on_a_line(), 1, &[]);
}

#[test]
fn no_report_shows_a_suppressed_credential() {
    let folder = several_on_a_line();
    folder.file("allow/config.toml", "allow.regexes = [\"^.\", \"(?s).\"]\n");
    assert_no_report_shows(&folder, 0, &["--config", "allow/config.toml"]);
}

#[test]
fn no_report_shows_a_credential_that_a_comment_suppresses() {
    let folder = Folder::new();
    for seed in SEEDS {
        for Planted { rule, text } in planted(seed) {
            let lines = text.trim_end().lines().map(|line| format!("{line} # redhanded:allow\n"));
            folder.file(format!("planted/{seed}/{rule}"), lines.collect::<String>());
        }
    }
    let values = values_in(&folder, &[]);
    let told = told(&folder, &[]);
    for (format, run) in written(&folder, &[], 0) {
        assert!(!TELL_ALL.contains(&format) || run.stdout.contains("redhanded:allow"), "{format}");
        assert_silent(&without(run, &told), &values, format);
    }
}

// What was dropped.

/// The value with one character in its middle replaced by another of the same
/// kind: its form is right, its checksum is not.
fn with_wrong_checksum(value: &str, other: &str) -> String {
    let mut bytes = value.as_bytes().to_vec();
    let middle = bytes.len() / 3;
    let differs = |at: usize| other.as_bytes().get(at) != Some(&bytes[at]);
    let at = (middle..bytes.len())
        .find(|&at| bytes[at].is_ascii_alphanumeric() && differs(at))
        .expect("something in a value is random");
    bytes[at] = match bytes[at] {
        b'a' => b'b',
        b'A' => b'B',
        b'0' => b'1',
        b'b'..=b'z' => b'a',
        b'B'..=b'Z' => b'A',
        _ => b'0',
    };
    String::from_utf8(bytes).expect("ASCII was replaced by ASCII")
}

/// Ids of the rules that have a checksum.
fn checked_rules() -> Vec<String> {
    let rules = written_rules().into_iter().filter(|rule| !rule.checks.is_empty());
    rules.map(|rule| rule.id).collect()
}

/// A folder with an example of every rule that has a checksum, with a wrong one.
fn with_wrong_checksums() -> Folder {
    let checked = checked_rules();
    let values = values_in_findings(&one_file_each());
    let folder = Folder::new();
    for seed in SEEDS {
        for Planted { rule, text } in planted(seed) {
            if checked.contains(&rule) {
                let own = &values[&rule];
                let value = own.iter().find(|value| text.contains(*value)).expect("it was found");
                let other = own.iter().find(|other| *other != value).expect("all seeds differ");
                let text = text.replace(value, &with_wrong_checksum(value, other));
                folder.file(format!("planted/{seed}/{rule}"), text);
            }
        }
    }
    folder
}

#[test]
fn a_wrong_checksum_is_dropped_by_every_rule_that_has_one() {
    let document = scan(&with_wrong_checksums(), &["--format", "json"]).json();
    let dropped = document["dropped"].as_array().expect("a list");
    let found = document["findings"].as_array().expect("a list");
    for rule in checked_rules() {
        let own = |it: &&Value| Path::new(it["path"].as_str().expect("a path")).ends_with(&rule);
        let by_checksum = dropped
            .iter()
            .filter(own)
            .filter(|it| it["rule"] == *rule && it["reason"] == "checksum");
        assert_eq!(by_checksum.count(), SEEDS.len(), "{rule}");
        assert!(!found.iter().any(|finding| finding["rule"] == *rule), "{rule}");
    }
}

#[test]
fn a_wrong_checksum_is_no_finding_of_any_rule() {
    scan(&with_wrong_checksums(), &[]).exits(0);
}

#[test]
fn no_report_shows_what_was_dropped() {
    let checked = checked_rules().join(",");
    assert_no_report_shows(&with_wrong_checksums(), 0, &["--only", &checked]);
}

// What stands around a credential.

/// Scans a text and asserts that no report shows the token anywhere.
#[track_caller]
fn assert_hidden(token: &str, text: &str, more: &[&str]) {
    let folder = Folder::new();
    folder.file("planted/a.txt", text);
    folder.file("allow/config.toml", format!("allow.regexes = ['{token}']\n"));
    for format in formats() {
        let run = scan(&folder, &[&["--format", format], more].concat());
        assert!(!run.stdout.contains(&token[8..20]), "{text}\n{}", run.stdout);
        assert!(!run.stderr.contains(&token[8..20]), "{text}\n{}", run.stderr);
    }
}

#[test]
fn a_credential_that_stands_twice_on_a_line_is_hidden_twice() {
    let token = github_token();
    assert_hidden(&token, &format!("a = {token} b = {token}"), &[]);
    assert_hidden(&token, &format!("a = {token} b = {}", github_token_of(2)), &[]);
}

#[test]
fn an_error_shows_nothing_of_what_was_scanned() {
    let token = github_token();
    assert_hidden(&token, &token, &["--only", "nosuch"]);
    assert_hidden(&token, &token, &["--format", "json=no/such/folder"]);
}

#[test]
fn a_found_credential_is_hidden_where_no_rule_matches_it() {
    let token = github_token();
    assert_hidden(&token, &format!("a = {token} b = {token}_x"), &[]);
}

#[test]
fn a_neighbour_of_a_rule_that_does_not_run_is_hidden() {
    let token = github_token();
    let other = sample::expand("xoxb-${digits:12}-${digits:13}-${base62:24}", 1)
        .expect("the template is right");
    assert_hidden(&token, &format!("{token} {other}"), &["--skip", "github-pat-classic"]);
}

#[test]
fn a_comment_shows_no_credential() {
    let (token, other) = (github_token(), github_token_of(2));
    let text = format!("{other} # redhanded:allow(github-pat-classic, {token})");
    assert_hidden(&token, &text, &[]);
}

#[test]
fn an_allow_list_shows_no_credential() {
    let token = github_token();
    assert_hidden(&token, &token, &["--config", "allow/config.toml"]);
}

#[test]
fn a_name_shows_no_credential() {
    let token = github_token();
    let folder = Folder::new();
    folder.file(format!("planted/{token}/{token}.txt"), format!("{token} # redhanded:allow\n"));
    folder.file(format!("planted/large-{token}"), format!("{token}\n{}", "x".repeat(3000)));
    for (format, run) in written(&folder, &["--max-file-size", "2K"], 1) {
        assert!(!run.stdout.contains(&token[4..16]), "{format}:\n{}", run.stdout);
        let hidden = "planted/********/********.txt";
        assert!(!TELL_ALL.contains(&format) || run.stdout.contains(hidden), "{format}");
        assert!(run.stdout.contains("planted/large-********"), "{format}");
    }
}

// Key blocks.

/// Key blocks as files hold them, one for each kind.
static BLOCKS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let rules = written_rules().into_iter();
    let examples = rules
        .filter(|rule| rule.id.starts_with("private-key"))
        .flat_map(|rule| rule.examples.matching);
    let blocks = examples.map(|template| sample::expand(&template, 5).expect("it is right"));
    blocks.filter(|block| block.trim().contains('\n')).collect()
});

#[test]
fn no_line_of_a_key_block_is_shown() {
    assert!(BLOCKS.len() > 10);
    let folder = Folder::new();
    for (number, block) in BLOCKS.iter().enumerate() {
        folder.file(format!("planted/{number}.pem"), block);
    }
    for (format, run) in written(&folder, &[], 1) {
        for line in BLOCKS.iter().flat_map(|block| block.lines()).map(body) {
            assert!(line.is_empty() || !run.stdout.contains(line), "{format}: {line}");
        }
    }
}

/// What of a line in a key block is part of the key: its longest run of Base64
/// characters, if it is long.
fn body(line: &str) -> &str {
    let is_base64 = |c: char| c.is_ascii_alphanumeric() || "+/".contains(c);
    let runs = line.split(|c| !is_base64(c));
    runs.max_by_key(|run| run.len()).filter(|run| run.len() >= 16).unwrap_or("")
}

//! Text in every encoding and with every kind of line end: credentials are
//! found, and where they stand is told as an editor would.

use serde_json::Value;

use crate::support::{Folder, Run, github_token, github_token_of, secret};

/// An encoding: its name in reports, the byte order mark, and its code units.
struct Encoding {
    name: &'static str,
    mark: &'static [u8],
    encode: fn(&str) -> Vec<u8>,
}

/// The encodings that are decoded before they are scanned.
const WIDE: [Encoding; 4] = [
    Encoding {
        name: "utf-16le",
        mark: b"\xff\xfe",
        encode: |text| text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
    },
    Encoding {
        name: "utf-16be",
        mark: b"\xfe\xff",
        encode: |text| text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
    },
    Encoding {
        name: "utf-32le",
        mark: b"\xff\xfe\0\0",
        encode: |text| text.chars().flat_map(|c| u32::from(c).to_le_bytes()).collect(),
    },
    Encoding {
        name: "utf-32be",
        mark: b"\0\0\xfe\xff",
        encode: |text| text.chars().flat_map(|c| u32::from(c).to_be_bytes()).collect(),
    },
];

const UTF_8: Encoding = Encoding { name: "bytes", mark: b"", encode: |text| text.into() };

/// Latin-1 has the first 256 characters.
const LATIN_1: Encoding = Encoding {
    name: "bytes",
    mark: b"",
    encode: |text| text.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect(),
};

/// Scans `content` as a file.
#[track_caller]
fn scan(content: impl AsRef<[u8]>, args: &[&str]) -> Run {
    let folder = Folder::new();
    folder.file("file", content);
    folder.run(["scan", "--format", "json", "file"].iter().chain(args))
}

/// Where a finding stands: line, column, and the same of its end.
fn place(finding: &Value) -> [u64; 4] {
    ["line", "column", "end_line", "end_column"].map(|field| number(finding, field))
}

fn number(finding: &Value, field: &str) -> u64 {
    finding[field].as_u64().expect("it is a number")
}

/// Asserts that findings stand at these places and nowhere else, and that
/// nothing was left unread.
#[track_caller]
fn assert_places(run: Run, places: &[[u64; 4]]) -> Run {
    let run = run.exits(1);
    let found: Vec<_> = run.findings().iter().map(place).collect();
    assert_eq!(found, places);
    assert_eq!(run.notices(), []);
    run
}

/// The place of a token, which has 40 characters.
fn token_at(line: u64, column: u64) -> [u64; 4] {
    [line, column, line, column + 40]
}

/// Text with characters of one, two, three and four bytes around a token.
fn text() -> String {
    format!("première = 1\r\n\tclé = \"€ \u{1F600} {}\" # fin\nend\n", github_token())
}

/// Where the token stands in [`text`].
const PLACE: [u64; 4] = [2, 13, 2, 53];

// Each encoding.

#[test]
fn utf_8_is_counted_in_characters() {
    let run = assert_places(scan(text(), &[]), &[PLACE]);
    let finding = &run.findings()[0];
    let offset = text().find(&github_token()).expect("it is there") as u64;
    assert_eq!(finding["encoding"], "bytes");
    assert_eq!((number(finding, "offset"), number(finding, "end_offset")), (offset, offset + 40));
}

#[test]
fn wide_text_with_a_mark_is_decoded() {
    for Encoding { name, mark, encode } in &WIDE {
        let run = scan([mark, &*encode(&text())].concat(), &[]);
        let run = assert_places(run, &[PLACE]);
        assert_eq!(run.findings()[0]["encoding"], *name);
    }
}

#[test]
fn wide_text_without_a_mark_is_decoded() {
    for Encoding { name, encode, .. } in &WIDE {
        let run = assert_places(scan(encode(&text()), &[]), &[PLACE]);
        assert_eq!(run.findings()[0]["encoding"], *name);
    }
}

#[test]
fn wide_text_from_standard_input_is_decoded() {
    for Encoding { mark, encode, .. } in &WIDE {
        for mark in [mark, &b""[..]] {
            let input = [mark, &*encode(&text())].concat();
            let run = Folder::new().run_with_input(["scan", "--format", "json", "-"], &input);
            assert_places(run, &[PLACE]);
        }
    }
}

/// Offsets are those of the decoded text, without the mark.
#[test]
fn offsets_in_wide_text_are_those_of_utf_8() {
    let offset = text().find(&github_token()).expect("it is there") as u64;
    for Encoding { mark, encode, .. } in &WIDE {
        let run = scan([mark, &*encode(&text())].concat(), &[]).exits(1);
        assert_eq!(number(&run.findings()[0], "offset"), offset);
    }
}

#[test]
fn the_line_shown_of_wide_text_is_decoded() {
    for Encoding { mark, encode, .. } in &WIDE {
        let run = scan([mark, &*encode(&text())].concat(), &[]).exits(1);
        let excerpt = &run.findings()[0]["excerpt"];
        assert_eq!(excerpt["before"], "\tclé = \"€ \u{1F600} ");
        assert_eq!(excerpt["after"], "\" # fin");
    }
}

#[test]
fn latin_1_is_counted_in_characters() {
    let text = format!("première = 1\nclé = déjà vu {}\n", github_token());
    let latin_1 = assert_places(scan((LATIN_1.encode)(&text), &[]), &[token_at(2, 15)]);
    let utf_8 = assert_places(scan(&text, &[]), &[token_at(2, 15)]);
    assert_eq!(latin_1.findings()[0]["encoding"], "bytes");
    // Offsets count bytes, and the accents are one byte here, two there.
    let offset = |run: &Run| number(&run.findings()[0], "offset");
    assert_eq!(offset(&latin_1) + 4, offset(&utf_8));
}

#[test]
fn a_mark_before_utf_8_is_no_character() {
    let content = format!("\u{feff}{}\n", github_token());
    let run = assert_places(scan(content, &[]), &[token_at(1, 1)]);
    assert_eq!(run.findings()[0]["excerpt"]["before"], "");
}

#[test]
fn characters_of_all_lengths_count_once_each() {
    for (character, count) in [("é", 30), ("€", 20), ("\u{1F600}", 15), ("e\u{301}", 10)] {
        let characters = (character.chars().count() * count) as u64;
        let content = format!("{}{}", character.repeat(count), github_token());
        assert_places(scan(content, &[]), &[token_at(1, characters + 1)]);
    }
}

// Line ends.

#[test]
fn every_kind_of_line_end_ends_a_line() {
    for end in ["\n", "\r\n", "\r"] {
        for encoding in WIDE.iter().chain([&UTF_8, &LATIN_1]) {
            let lines = ["one", "", &format!("  {} ;", github_token()), "four"];
            let content = (encoding.encode)(&lines.join(end));
            assert_places(scan(content, &[]), &[token_at(3, 3)]);
        }
    }
}

#[test]
fn mixed_line_ends_end_one_line_each() {
    let [first, second, third] = [1, 2, 3].map(github_token_of);
    let content = format!("a\rb\r\n\n\r{first}\r\r\n{second}\n\r{third}");
    let places = [token_at(5, 1), token_at(7, 1), token_at(9, 1)];
    assert_places(scan(content, &[]), &places);
}

#[test]
fn a_line_end_behind_a_credential_is_no_part_of_it() {
    for end in ["", "\n", "\r\n", "\r"] {
        let content = format!("{}{end}", github_token());
        assert_places(scan(content, &[]), &[token_at(1, 1)]);
    }
}

/// A key of several lines ends on another line than it starts on.
#[test]
fn a_key_block_has_the_place_of_its_end() {
    for end in ["\n", "\r\n", "\r"] {
        let body = secret("${base64:64}|${base64:64}|${base64:64}").replace('|', end);
        let kind = "PRIVATE KEY";
        let block = format!("-----BEGIN {kind}-----{end}{body}{end}-----END {kind}-----");
        let run = scan(format!("é = {block}{end}"), &[]);
        assert_places(run, &[[1, 5, 5, 26]]);
    }
}

// Binary files and mixtures.

#[test]
fn a_secret_between_zeros_is_found() {
    let token = github_token();
    let content = [b"\x7fELF\x01\x01\0\0\xfe\xca\0".as_slice(), token.as_bytes(), b"\0\0\x90\0"];
    let run = assert_places(scan(content.concat(), &[]), &[token_at(1, 12)]);
    assert_eq!(run.findings()[0]["offset"], 11);
    assert_eq!(run.findings()[0]["excerpt"]["before"], "", "zeros end what is shown");
    assert_eq!(run.findings()[0]["excerpt"]["after"], "");
}

/// Nothing hides behind a byte order mark.
#[test]
fn plain_text_in_a_file_that_claims_to_be_wide_is_found() {
    for Encoding { mark, .. } in &WIDE {
        let content = [mark, github_token().as_bytes(), b"\n"].concat();
        let run = scan(content, &[]).exits(1);
        assert_eq!(run.findings().len(), 1, "{mark:?}");
        assert_eq!(run.findings()[0]["encoding"], "bytes");
        assert_eq!(number(&run.findings()[0], "offset"), mark.len() as u64);
    }
}

#[test]
fn plain_lines_between_wide_ones_are_found() {
    let [plain, wide] = [1, 2].map(github_token_of);
    for Encoding { name, mark, encode } in &WIDE {
        let start = encode(&format!("first\nkey = {wide}\n"));
        let content = [mark, &*start, plain.as_bytes(), b"\n", &*encode("last\n")].concat();
        let run = scan(content, &[]).exits(1);
        let found = run.findings();
        let of = |encoding| found.iter().filter(|f| f["encoding"] == encoding).collect::<Vec<_>>();
        let (decoded, raw) = (of(*name), of("bytes"));
        assert_eq!((decoded.len(), raw.len()), (1, 1), "{name}");
        assert_eq!(place(decoded[0]), token_at(2, 7));
        assert_eq!(number(raw[0], "offset"), (mark.len() + start.len()) as u64);
    }
}

/// A stream cannot be read twice: what was not scanned is said.
#[test]
fn plain_text_in_wide_standard_input_is_a_gap() {
    for Encoding { mark, encode, .. } in &WIDE {
        let input = [mark, &*encode("wide\n"), github_token().as_bytes()].concat();
        let run = Folder::new().run_with_input(["scan", "--format", "json", "-"], &input);
        let run = run.exits(2);
        assert_eq!(run.notices(), [("unreadable".to_owned(), "<stdin>".to_owned())]);
    }
}

/// Without a mark half wide and half plain text is taken for plain text.
#[test]
fn wide_lines_after_plain_ones_are_found() {
    let [plain, wide] = [1, 2].map(github_token_of);
    // UTF-32 in the middle of other text is not looked for: nothing writes it.
    for Encoding { name, encode, .. } in WIDE.iter().filter(|e| e.name.starts_with("utf-16")) {
        let content = [format!("{plain}\n").as_bytes(), &encode(&wide)].concat();
        assert_eq!(scan(content, &[]).exits(1).findings().len(), 2, "{name}");
    }
}

#[test]
fn half_a_character_at_the_end_does_no_harm() {
    for Encoding { mark, encode, .. } in &WIDE {
        let mut content = [mark, &*encode(&text())].concat();
        content.push(b'x');
        assert_places(scan(content, &[]), &[PLACE]);
    }
}

// In pieces.

/// Lines of all lengths with a token now and then, and all kinds of characters
/// and line ends between. Long enough for many pieces with their context.
fn long_text(filler: &str) -> String {
    let stretch = |seed| {
        let count = 60 + usize::try_from(seed).expect("it is small") % 37;
        let end = ["\n", "\r\n", "\r", " "][count % 4];
        [filler.repeat(count).as_str(), &github_token_of(seed), " ", end].concat()
    };
    (1..=120).map(stretch).collect()
}

/// All that is said of the findings.
fn findings(content: &[u8], args: &[&str]) -> Vec<Value> {
    scan(content, args).exits(1).findings()
}

#[track_caller]
fn assert_pieces_change_nothing(content: &[u8], sizes: &[&str]) {
    let whole = findings(content, &[]);
    assert_eq!(whole.len(), 120);
    for size in sizes {
        let pieces = findings(content, &["--piece-size", size]);
        for (pieces, whole) in pieces.iter().zip(&whole) {
            assert_eq!(pieces, whole, "in pieces of {size}");
        }
        assert_eq!(pieces.len(), whole.len(), "in pieces of {size}");
    }
}

#[test]
fn pieces_change_nothing_in_ascii() {
    let text = long_text("0123456789 abc;");
    assert_pieces_change_nothing(text.as_bytes(), &["1K", "1023", "70001"]);
}

#[test]
fn pieces_change_nothing_in_utf_8() {
    let text = long_text("aé€\u{1F600} é€€");
    assert_pieces_change_nothing(text.as_bytes(), &["1K", "1023", "70001"]);
}

#[test]
fn pieces_change_nothing_in_latin_1() {
    let text = (LATIN_1.encode)(&long_text("déjà vu à côté"));
    assert_pieces_change_nothing(&text, &["1K", "1023", "70001"]);
}

#[test]
fn pieces_change_nothing_in_wide_text() {
    for Encoding { mark, encode, .. } in &WIDE {
        let text = [mark, &*encode(&long_text("aé€\u{1F600} bcdef"))].concat();
        assert_pieces_change_nothing(&text, &["1K", "70001"]);
    }
}

#[test]
fn pieces_change_nothing_in_wide_text_without_a_mark() {
    for Encoding { encode, .. } in &WIDE {
        let text = encode(&long_text("0123456789 abc;é"));
        assert_pieces_change_nothing(&text, &["1023"]);
    }
}

#[test]
fn pieces_change_nothing_in_one_long_line() {
    let text = long_text("€uro; ").replace(['\r', '\n'], " ");
    assert_pieces_change_nothing(text.as_bytes(), &["1K", "1023", "70001"]);
}

#[test]
fn pieces_change_nothing_in_mixed_text() {
    let Encoding { mark, encode, .. } = &WIDE[0];
    let wide = encode(&long_text("filler; ").replace("ghp_", "none"));
    let content = [mark, &*wide, long_text("filler; ").as_bytes()].concat();
    assert_pieces_change_nothing(&content, &["1K", "1023", "70001"]);
}

/// A line end of two characters that is cut in two is still one.
#[test]
fn pieces_of_any_size_count_lines_alike() {
    let text = format!("{}{}\r\n", "\r\n".repeat(30_000), github_token());
    for size in ["777", "1K", "1025"] {
        let run = scan(&text, &["--piece-size", size]);
        assert_places(run, &[token_at(30_001, 1)]);
    }
}

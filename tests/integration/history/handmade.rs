//! Packs with deltas that git would never make: in each object exactly that is
//! found which is found in its content.

use super::reading::Reading;
use super::texts::{Stock, expand, wide};
use super::{EVERYTHING, assert_exact, assert_same, comparable, expected, hits, seeds};
use crate::support::delta::{Op, apply, between, scramble};
use crate::support::git::Repo;
use crate::support::github_token_of;
use crate::support::pack::{Index, Kind, Pack, hex, name_of, old_index};
use crate::support::random::Random;

/// Texts do not grow beyond this length, or the tests would take hours.
const LONGEST: usize = 150_000;

/// A bare repository with this pack, and a commit with all its blobs.
fn planted(mut pack: Pack) -> Repo {
    let repo = Repo::bare();
    let commit = pack.commit("All there is");
    let written = pack.write();
    repo.plant(&written, &written.index());
    repo.write_ref("refs/heads/main", &hex(&commit));
    repo
}

fn copy(from: usize, length: usize) -> Op {
    Op::Copy { from, length }
}

fn insert(text: impl AsRef<[u8]>) -> Op {
    Op::Insert(text.as_ref().to_vec())
}

/// A forest of deltas: a few texts, and on each of them others.
fn forest(stock: &Stock, random: &mut Random) -> Pack {
    let mut pack = Pack::default();
    let snippets = stock.snippets(random);
    for _ in 0..random.within(1, 3) {
        add_new(&mut pack, &stock.text(random));
    }
    while pack.entries.len() < 26 {
        let newest = pack.entries.len() - 1;
        let base = if random.chance(70) { newest } else { random.below(newest + 1) };
        let base = if pack.content(base).len() > LONGEST { 0 } else { base };
        let content = pack.content(base).to_vec();
        let ops = if random.chance(75) {
            scramble(&content, &snippets, random)
        } else {
            let target = other_text(stock, &content, random);
            let seams = *random.pick(&[0, 5, 30, 90]);
            between(&content, &target, seams, random)
        };
        let made = apply(&content, &ops);
        let name = name_of(Kind::Blob, &made);
        // Git reads no delta that makes nothing.
        if made.is_empty() || pack.entries.iter().any(|entry| entry.name == name) {
            add_new(&mut pack, &stock.text(random));
        } else if random.chance(70) {
            pack.delta(base, ops);
        } else {
            pack.named_delta(base, ops);
        }
    }
    pack
}

/// Adds a text, unless it is there already.
fn add_new(pack: &mut Pack, text: &[u8]) {
    let name = name_of(Kind::Blob, text);
    if pack.entries.iter().all(|entry| entry.name != name) {
        pack.blob(text);
    }
}

/// A text that is like `text` or quite another one.
fn other_text(stock: &Stock, text: &[u8], random: &mut Random) -> Vec<u8> {
    let mut lines: Vec<&[u8]> = text.split_inclusive(|byte| *byte == b'\n').collect();
    match random.below(4) {
        0 => stock.text(random),
        1 => {
            lines.sort_unstable();
            lines.concat()
        }
        2 => {
            lines.reverse();
            lines.concat()
        }
        _ => {
            for at in (1..lines.len()).rev() {
                lines.swap(at, random.below(at + 1));
            }
            lines.concat()
        }
    }
}

#[test]
fn git_reads_these_packs() {
    let stock = Stock::new();
    for seed in 0..4 {
        let mut random = Random::new(seed);
        let pack = forest(&stock, &mut random);
        let repo = planted(pack.clone());
        repo.git(["fsck", "--full", "--strict"]);
        for entry in &pack.entries {
            let id = hex(&entry.name);
            let kind = repo.git(["cat-file", "-t", &id]);
            let object = crate::support::git::Object { id, kind };
            assert_eq!(repo.contents(&[object]), std::slice::from_ref(&entry.content));
        }
    }
}

#[test]
fn deltas_of_malice_hide_nothing_from_the_reader() {
    let (stock, reading) = (Stock::new(), Reading::new());
    let mut found = 0;
    for seed in seeds(20) {
        let mut random = Random::new(seed);
        let repo = planted(forest(&stock, &mut random));
        found += reading.assert_exact(&repo, &format!("seed {seed}"));
    }
    assert!(found > 1000, "{found} credentials to be found");
}

#[test]
fn deltas_of_malice_hide_nothing() {
    let stock = Stock::new();
    for seed in seeds(4) {
        let mut random = Random::new(seed);
        let repo = planted(forest(&stock, &mut random));
        assert_exact(&repo, &format!("seed {seed}"));
    }
}

/// Also what is no credential, with the reason.
#[test]
fn what_is_dropped_is_explained_the_same_on_all_ways() {
    let stock = Stock::new();
    for seed in seeds(2) {
        let repo = planted(forest(&stock, &mut Random::new(seed)));
        let report = comparable(&repo.scan(&["--explain"]));
        for other in [["--whole", "--explain"], ["--threads=1", "--explain"]] {
            let what = format!("seed {seed}, {other:?}");
            assert_same(&report, &comparable(&repo.scan(&other)), &what);
        }
    }
}

/// Bases behind their deltas, and chains whose links stand in any order.
#[test]
fn bases_may_stand_anywhere() {
    let stock = Stock::new();
    for seed in seeds(3) {
        let mut random = Random::new(1000 + seed);
        let snippets = stock.snippets(&mut random);
        let mut pack = Pack::default();
        pack.blob(stock.text(&mut random));
        while pack.entries.len() < 20 {
            let base = random.below(pack.entries.len());
            let content = pack.content(base).to_vec();
            if content.len() > LONGEST {
                continue;
            }
            let mut ops = scramble(&content, &snippets, &mut random);
            // So that no two are the same, and none is nothing.
            ops.push(insert(format!("{}\n", pack.entries.len())));
            pack.named_delta(base, ops);
        }
        pack.commit("All there is");
        let commit = hex(&pack.name(pack.entries.len() - 1));
        if seed % 2 == 0 {
            pack.entries.reverse();
        } else {
            for at in (1..pack.entries.len()).rev() {
                pack.entries.swap(at, random.below(at + 1));
            }
        }
        let repo = Repo::bare();
        let written = pack.write();
        repo.plant(&written, &written.index());
        repo.write_ref("refs/heads/main", &commit);
        assert_exact(&repo, &format!("seed {seed}"));
    }
}

/// A credential that no instruction of the delta holds: two pieces meet.
#[test]
fn a_credential_across_a_seam_is_found() {
    let token = github_token_of(7);
    for cut in [1, 2, 3, 4, 5, 20, token.len() - 1] {
        let (first, second) = token.split_at(cut);
        let base = format!("{second} is one part\nand the other one is\none = {first}");
        let ops = vec![copy(base.len() - cut - 6, cut + 6), copy(0, second.len()), insert("\n")];
        let mut pack = Pack::default();
        let whole = pack.blob(base);
        let made = pack.delta(whole, ops);
        assert_eq!(pack.content(made), format!("one = {token}\n").as_bytes());
        let repo = planted(pack);
        assert_eq!(assert_exact(&repo, &format!("cut at {cut}")), 1);
    }
}

/// The same with the seam after the credential: what stands behind it decides.
#[test]
fn what_follows_a_credential_counts() {
    let token = github_token_of(7);
    let base = format!("{token}\nabc\n");
    let end = token.len();
    let mut pack = Pack::default();
    let whole = pack.blob(&base);
    // `abc` follows at once: no credential any more.
    let glued = pack.delta(whole, vec![copy(0, end), copy(end + 1, 4)]);
    let parted = pack.delta(glued, vec![copy(0, end), insert(" "), copy(end, 4)]);
    pack.delta(parted, vec![insert("z"), copy(0, end + 5)]);
    assert_exact(&planted(pack), "glued and parted");
}

/// A comment comes or goes while the credential is copied.
#[test]
fn a_comment_in_another_piece_counts() {
    let token = github_token_of(7);
    let comment = " # redhanded:allow\n";
    let mut pack = Pack::default();
    let plain = pack.blob(format!("key = {token}\nend of it\n"));
    let line = 6 + token.len();
    let allowed = pack.delta(plain, vec![copy(0, line), insert(comment), copy(line + 1, 10)]);
    // The comment is moved to the next line, and far along its own.
    pack.delta(
        allowed,
        vec![copy(0, line), copy(line + comment.len() - 1, 10), copy(line, comment.len())],
    );
    for distance in [100, 2000, 2040, 2047, 2048, 2060, 5000] {
        let blanks = " ".repeat(distance);
        pack.delta(allowed, vec![copy(0, line), insert(&blanks), copy(line, comment.len())]);
        pack.delta(
            plain,
            vec![
                insert("# redhanded:allow-next-line"),
                insert(blanks),
                insert("\n"),
                copy(0, line),
            ],
        );
    }
    assert_exact(&planted(pack), "comments");
}

/// Names and values that depend on each other at a distance: a key of many
/// lines changes in its midst, loses its beginning or its end.
#[test]
fn a_long_key_depends_on_all_of_itself() {
    let mut pack = Pack::default();
    let body: String = (0..120).map(|seed| expand("${base64:64}\n", seed)).collect();
    let key = format!("-----BEGIN RSA PRIVATE KEY-----\n{body}-----END RSA PRIVATE KEY-----\n");
    let text = format!("before\n{key}after\n");
    let whole = pack.blob(&text);
    let length = text.len();
    for at in [8, 20, 39, 40, 100, 4000, length - 50, length - 20, length - 8] {
        for new in ["A", "!", "\n", "", "-----END RSA PRIVATE KEY-----\n"] {
            let cut =
                pack.delta(whole, vec![copy(0, at), insert(new), copy(at + 1, length - at - 1)]);
            if pack.entries[..cut].iter().any(|entry| entry.name == pack.name(cut)) {
                pack.entries.pop();
                continue;
            }
            // And back again.
            let restored = length - at - 1;
            pack.delta(
                cut,
                vec![
                    insert("\n"),
                    copy(0, at),
                    insert(&text[at..=at]),
                    copy(at + new.len(), restored),
                    insert(format!("{at}{new}")),
                ],
            );
        }
    }
    assert!(assert_exact(&planted(pack), "a long key") > 20);
}

/// The first bytes tell the encoding of all others.
#[test]
fn a_changed_mark_changes_the_encoding_of_all_that_is_copied() {
    let line = format!("key = {}\r\n", github_token_of(7));
    let text = wide(&line.repeat(3));
    let mut pack = Pack::default();
    let marked = pack.blob([&b"\xff\xfe"[..], &text].concat());
    let length = text.len();
    let bare = pack.delta(marked, vec![copy(2, length)]);
    pack.delta(marked, vec![insert("\n"), copy(2, length)]);
    pack.delta(marked, vec![insert(b"\xfe\xff"), copy(2, length)]);
    pack.delta(bare, vec![copy(1, length - 1)]);
    // Plain text in front, until it is no wide text any more.
    for plain in [10, 100, 5000] {
        pack.delta(bare, vec![insert("plain text\n".repeat(plain)), copy(0, length)]);
        pack.delta(bare, vec![copy(0, length), insert("plain text\n".repeat(plain))]);
    }
    pack.delta(
        marked,
        vec![copy(0, length + 2), insert(format!("\nkey = {}", github_token_of(8)))],
    );
    let plain = pack.blob(&line);
    pack.delta(plain, vec![insert(b"\xff\xfe"), copy(0, line.len())]);
    pack.delta(plain, vec![copy(0, line.len()), insert(&text)]);
    assert_exact(&planted(pack), "encodings");
}

/// Copies as long and as far away as an instruction can say.
#[test]
fn copies_of_every_length_are_followed() {
    let token = github_token_of(7);
    let filler = |length: usize, seed| expand("${lower:63} ", seed).repeat(length / 64 + 1);
    let text = format!("{} {token}\n{}", filler(300_000, 1), filler(500_000, 2));
    let at = text.find(&token).expect("it is there");
    let mut pack = Pack::default();
    let whole = pack.blob(&text);
    for length in [1, 0xff, 0x100, 0xffff, 0x1_0000, 0x1_0001, 0x2_0000, 0x10_0000] {
        let length = length.min(text.len() - at);
        let mut ops = vec![copy(at, length), insert(format!("{length}\n"))];
        if length < 40 {
            ops = (0..41).map(|next| copy(at + next, 1)).collect();
        }
        pack.delta(whole, ops);
    }
    for from in [0, 1, 0xff, 0x100, 0xffff, 0x1_0000] {
        pack.delta(whole, vec![copy(from, 0x1_0000), copy(at - 1, 50), copy(0, 0x1_0000)]);
    }
    assert_exact(&planted(pack), "long copies");
}

/// Nothing at all, and what is made of it.
#[test]
fn nothing_is_a_base_too() {
    let token = github_token_of(7);
    let mut pack = Pack::default();
    let nothing = pack.blob("");
    let some = pack.delta(nothing, vec![insert(format!("{token}\n"))]);
    let line = pack.content(some).len();
    pack.delta(some, vec![copy(0, line), copy(0, line)]);
    assert_exact(&planted(pack), "from nothing");
}

/// Nothing made of something: git does not read it, but does not refuse it
/// either.
#[test]
fn what_is_made_by_way_of_nothing_is_found_or_told() {
    let mut pack = Pack::default();
    let some = pack.blob("a line of text\n".repeat(2000));
    let nothing = pack.delta(some, Vec::new());
    pack.delta(nothing, vec![insert(format!("{}\n", github_token_of(7)))]);
    let run = planted(pack).scan(&[]);
    let is_told = run.notices().iter().any(|(kind, _)| kind == "damaged-object");
    assert!(run.findings().len() == 1 || (run.code == 2 && is_told), "{}", run.stdout);
}

/// Commits, tags and trees can be deltas as well.
#[test]
fn messages_may_be_deltas() {
    let repo = Repo::bare();
    let mut pack = Pack::default();
    let blob = pack.blob("nothing here\n");
    let tree = crate::support::pack::tree(&[("100644", b"a", pack.name(blob))]);
    let tree = pack.whole(Kind::Tree, &tree);
    let text = crate::support::pack::commit(&pack.name(tree), &[], "First");
    let first = pack.whole(Kind::Commit, &text);
    let length = text.len();
    let message = format!("Use {}\n", github_token_of(1));
    let second = pack.delta(first, vec![copy(0, length - 6), insert(message)]);
    let tagged = format!(
        "object {}\ntype commit\ntag v1\ntagger A <a@example.test> 1700000000 +0000\n\nv1\n",
        hex(&pack.name(second)),
    );
    let tag = pack.whole(Kind::Tag, tagged.as_bytes());
    let length = tagged.len();
    let message = format!("password = \"{}\"\n", expand("${alnum:14}", 1));
    pack.named_delta(tag, vec![copy(0, length), insert(message)]);
    let written = pack.write();
    repo.plant(&written, &written.index());
    repo.write_ref("refs/heads/main", &hex(&pack.name(second)));
    repo.write_ref("refs/tags/v1", &hex(&pack.name(pack.entries.len() - 1)));
    assert_eq!(assert_exact(&repo, "messages"), 2);
}

/// Every form that an index may have.
#[test]
fn indexes_of_every_form_are_read() {
    let stock = Stock::new();
    let mut random = Random::new(77);
    let mut pack = forest(&stock, &mut random);
    let commit = pack.commit("All there is");
    let written = pack.write();
    let wide = Index::new(&written.rows, written.checksum(), true).bytes();
    let mut reports = Vec::new();
    for (form, index) in
        [("new", written.index().bytes()), ("wide", wide), ("old", old_index(&written))]
    {
        let repo = Repo::bare();
        repo.plant_bytes(&written.bytes, &index, &hex(&written.checksum()));
        repo.write_ref("refs/heads/main", &hex(&commit));
        let run = repo.scan(&[&["--every-place"][..], &EVERYTHING].concat()).exits(1);
        assert_eq!(run.notices(), [], "{form}");
        assert_eq!(hits(&run.json()), expected(&repo), "{form}");
        reports.push(run.stdout);
    }
    assert!(reports.iter().all(|report| *report == reports[0]));
}

/// The same objects in two packs, in one of them as deltas.
#[test]
fn an_object_in_two_packs_is_one_object() {
    let stock = Stock::new();
    let mut random = Random::new(78);
    let mut deltas = forest(&stock, &mut random);
    let mut wholes = Pack::default();
    for entry in deltas.entries.clone().iter().skip(3) {
        wholes.whole(entry.kind, &entry.content);
    }
    let commit = deltas.commit("All there is");
    let repo = Repo::bare();
    for pack in [&deltas, &wholes] {
        let written = pack.write();
        repo.plant(&written, &written.index());
    }
    repo.write_ref("refs/heads/main", &hex(&commit));
    assert_exact(&repo, "two packs");
}

/// Writes packs into the folder that `REDHANDED_CORPUS` names, for the fuzz
/// target `pack` to begin with.
#[test]
#[ignore = "it tests nothing"]
fn write_a_corpus() {
    let folder = std::env::var_os("REDHANDED_CORPUS").expect("REDHANDED_CORPUS names a folder");
    std::fs::create_dir_all(&folder).expect("the folder can be made");
    let stock = Stock::new();
    for seed in seeds(30) {
        let bytes = forest(&stock, &mut Random::new(seed)).write().bytes;
        let path = std::path::Path::new(&folder).join(format!("{seed}.pack"));
        std::fs::write(path, bytes).expect("the pack can be written");
    }
}

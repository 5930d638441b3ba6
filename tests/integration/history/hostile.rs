//! Packs and indexes that are damaged or made to do harm. A scan ends in good
//! time and with little memory, says what it could not read, and finds what is
//! in everything else.

use super::{text, values};
use crate::support::delta::{Delta, Op};
use crate::support::git::Repo;
use crate::support::pack::{Entry, Index, Kind, Pack, Stream, Written, hex, name_of, zlib};
use crate::support::{Run, github_token_of};

/// Kilobytes that a scan of small packs may use, address space and all.
const ROOM: u64 = 1_500_000;
/// The number of the entry that tests damage.
const BROKEN: usize = 2;

/// A pack of five: healthy ones before and behind one that is to be damaged.
fn five() -> Pack {
    let mut pack = Pack::default();
    let line = |seed| format!("key = {}\n", github_token_of(seed));
    let length = line(1).len();
    let first = pack.blob(line(1));
    pack.delta(first, vec![Op::Insert(line(2).into_bytes()), Op::Copy { from: 0, length }]);
    pack.blob(line(10));
    let third = pack.blob(line(3));
    pack.delta(third, vec![Op::Insert(line(4).into_bytes()), Op::Copy { from: 0, length }]);
    pack
}

/// The same with a delta over the first object to be damaged.
fn five_with(delta: &Delta) -> Pack {
    let mut pack = five();
    let rest = pack.entries.split_off(BROKEN);
    let base = pack.name(0);
    pack.delta_over(base, format!("key = {}\n", github_token_of(10)).as_bytes(), delta);
    pack.entries.extend(rest.into_iter().skip(1));
    // The last one's base has kept its number.
    pack
}

fn tokens(seeds: impl IntoIterator<Item = u64>) -> Vec<String> {
    seeds.into_iter().map(github_token_of).collect()
}

/// A repository with this pack and index, a healthy pack and a loose object,
/// and a commit that has what is in the first.
fn repository(pack: &Pack, written: &Written, index: &[u8]) -> Repo {
    let repo = Repo::bare();
    let mut healthy = Pack::default();
    healthy.blob(format!("key = {}\n", github_token_of(20)));
    let mut tree = Vec::new();
    for (at, entry) in pack.entries.iter().enumerate() {
        tree.push((format!("{at}.txt"), entry.name));
    }
    let rows: Vec<_> = tree.iter().map(|(path, id)| ("100644", path.as_bytes(), *id)).collect();
    let tree = healthy.whole(Kind::Tree, &crate::support::pack::tree(&rows));
    let text = crate::support::pack::commit(&healthy.name(tree), &[], "All there is");
    let commit = healthy.whole(Kind::Commit, &text);
    let healthy_written = healthy.write();
    repo.plant(&healthy_written, &healthy_written.index());
    repo.plant_bytes(&written.bytes, index, "0000000000000000000000000000000000000000");
    repo.store("blob", format!("key = {}\n", github_token_of(21)).as_bytes());
    repo.write_ref("refs/heads/main", &hex(&healthy.name(commit)));
    repo
}

/// Scans with little memory; asserts what holds for every scan of what is
/// damaged.
#[track_caller]
fn scan(repo: &Repo, what: &str) -> Run {
    let run = repo.scan_within(ROOM, &["--show-secrets"]);
    assert_eq!(run.code, 1, "{what}\n{}\n{}", run.stdout, run.stderr);
    let notices = run.notices();
    assert!(notices.iter().all(|(kind, _)| kind != "panicked"), "{what}: {}", run.stdout);
    assert!(!run.stderr.contains("panicked"), "{what}: {}", run.stderr);
    for token in tokens([20, 21]) {
        assert!(values(&run).contains(&token), "{what}: what is elsewhere is not found");
    }
    run
}

/// Whether a notice that leaves a gap tells of an object or a pack.
fn tells_of(run: &Run, places: &[&str]) -> bool {
    let report = run.json();
    super::list(&report["notices"]).iter().any(|notice| {
        let place = text(&notice["place"]);
        notice["gap"] == true && places.iter().any(|known| place.contains(known))
    })
}

/// Asserts that the healthy objects of a pack with one damaged entry are found
/// and the damaged one is told of.
#[track_caller]
fn assert_one_is_lost(what: &str, pack: &Pack) {
    let written = pack.write();
    let repo = repository(pack, &written, &written.index().bytes());
    let run = scan(&repo, what);
    for token in tokens(1..=4) {
        assert!(values(&run).contains(&token), "{what}: a healthy object is lost\n{}", run.stdout);
    }
    let id = hex(&pack.name(BROKEN));
    assert!(tells_of(&run, &[&id, ".pack", ".idx"]), "{what}: nothing tells of it\n{}", run.stdout);
}

/// Asserts that each object of a damaged pack is found, or something tells that
/// there is a gap.
#[track_caller]
fn assert_honest(what: &str, repo: &Repo) {
    let run = scan(repo, what);
    let found = values(&run);
    let all = tokens([1, 2, 3, 4, 10]).iter().all(|token| found.contains(token));
    let report = run.json();
    let is_told = super::list(&report["notices"]).iter().any(|notice| notice["gap"] == true);
    assert!(all || is_told, "{what}: a silent loss\n{}", run.stdout);
}

/// The damaged entry of [`five`].
fn damage(change: impl Fn(&mut Entry)) -> Pack {
    let mut pack = five();
    change(&mut pack.entries[BROKEN]);
    pack
}

#[test]
fn damaged_data_cost_one_object() {
    for (what, stream) in [
        ("a wrong byte", Stream::Damaged),
        ("half of it", Stream::Cut),
        ("a wrong checksum", Stream::WrongChecksum),
        ("nothing", Stream::Other(Vec::new())),
        ("random bytes", Stream::Other(crate::support::random::Random::new(1).bytes(60))),
        ("no compression", Stream::Other(b"key = value\n".to_vec())),
        ("less than said", Stream::Other(zlib(b"key"))),
        ("more than said", Stream::Other(zlib(&[b'x'; 5000]))),
        ("a preset dictionary", Stream::Other(b"\x78\xbb\0\0\0\x01\x4b\0".to_vec())),
        ("an endless block", Stream::Other(b"\x78\x01\x00\xff\xff\0\0".to_vec())),
    ] {
        assert_one_is_lost(what, &damage(|entry| entry.stream = stream.clone()));
    }
}

#[test]
fn wrong_sizes_cost_one_object() {
    let sizes = [0, 1, 45, 48, 100, 1 << 20, 1 << 31, 1 << 32, 1 << 33, 1 << 40, 1 << 62];
    for size in sizes.into_iter().chain([u64::MAX >> 1, u64::MAX]) {
        let what = format!("a size of {size}");
        assert_one_is_lost(&what, &damage(|entry| entry.declared = Some(size)));
    }
}

#[test]
fn wrong_kinds_cost_one_object() {
    for code in [0, 5, 6, 7] {
        let what = format!("kind {code}");
        assert_one_is_lost(&what, &damage(|entry| entry.code = Some(code)));
    }
}

/// A blob that says it is a commit, a tag or a tree may be read as such or not;
/// it is no reason to lose another one.
#[test]
fn a_kind_that_is_another_costs_one_object_at_most() {
    for code in [1, 2, 4] {
        let pack = damage(|entry| entry.code = Some(code));
        let written = pack.write();
        let repo = repository(&pack, &written, &written.index().bytes());
        assert_honest(&format!("kind {code}"), &repo);
    }
}

#[test]
fn wrong_deltas_cost_one_object() {
    let base_size = format!("key = {}\n", github_token_of(1)).len();
    let whole = Op::Copy { from: 0, length: base_size };
    let right = Delta {
        base_size: base_size as u64,
        result_size: base_size as u64,
        ops: vec![whole.clone()],
    };
    let with = |ops: Vec<Op>| Delta { ops, ..right.clone() };
    let far = |from, length| with(vec![Op::Copy { from, length }]);
    for (what, delta) in [
        ("a copy from behind the base", far(base_size + 1, base_size)),
        ("a copy beyond the base", far(1, base_size)),
        ("a copy from far away", far(0xffff_ffff, base_size)),
        ("a long copy", far(0, 0xff_ffff)),
        ("an instruction of zero", with(vec![whole.clone(), Op::Raw(vec![0])])),
        ("an insertion without bytes", with(vec![whole.clone(), Op::Raw(vec![5, b'a'])])),
        ("a copy without its numbers", with(vec![whole.clone(), Op::Raw(vec![0xff, 1])])),
        ("too much", with(vec![whole.clone(), whole.clone()])),
        ("too little", with(vec![Op::Copy { from: 0, length: 3 }])),
        ("no instruction", with(Vec::new())),
        ("a wrong size of the base", Delta { base_size: 7, ..right.clone() }),
        ("a base of 2^40", Delta { base_size: 1 << 40, ..right.clone() }),
        ("a wrong size of the result", Delta { result_size: 7, ..right.clone() }),
        ("a result of 2^32", Delta { result_size: 1 << 32, ..right.clone() }),
        ("a result of 2^40", Delta { result_size: 1 << 40, ..right.clone() }),
        ("a result of 2^64 - 1", Delta { result_size: u64::MAX, ..right.clone() }),
    ] {
        assert_one_is_lost(what, &five_with(&delta));
    }
}

#[test]
fn sizes_without_end_cost_one_object() {
    for (what, data) in [
        ("no data", Vec::new()),
        ("one size", vec![47]),
        ("a size without end", vec![0xff; 30]),
        ("a size that overflows", [[0xff; 9].as_slice(), &[0x7f, 47]].concat()),
    ] {
        let mut pack = five_with(&Delta { base_size: 0, result_size: 0, ops: Vec::new() });
        let entry = &mut pack.entries[BROKEN];
        entry.declared = Some(data.len() as u64);
        entry.stream = Stream::Other(zlib(&data));
        assert_one_is_lost(what, &pack);
    }
}

#[test]
fn bases_that_are_none_cost_one_object() {
    let delta = Delta { base_size: 3, result_size: 3, ops: vec![Op::Copy { from: 0, length: 3 }] };
    for distance in [0, 1, 2, 5, 30, 1000, 1 << 32, 1 << 62, u64::MAX >> 1] {
        let mut pack = five();
        let rest = pack.entries.split_off(BROKEN);
        pack.delta_before(distance, b"one\n", &delta);
        pack.entries.extend(rest.into_iter().skip(1));
        assert_one_is_lost(&format!("a base {distance} before"), &pack);
    }
}

#[test]
fn a_base_that_is_nowhere_costs_what_stands_on_it() {
    let token = format!("key = {}\n", github_token_of(10));
    let delta = Delta { base_size: 9, result_size: 9, ops: vec![Op::Copy { from: 0, length: 9 }] };
    let mut pack = five();
    let rest = pack.entries.split_off(BROKEN);
    let lost = pack.delta_over(name_of(Kind::Blob, b"nowhere"), token.as_bytes(), &delta);
    pack.entries.extend(rest.into_iter().skip(1));
    pack.named_delta(lost, vec![Op::Copy { from: 0, length: 9 }]);
    assert_one_is_lost("no base", &pack);
}

#[test]
fn deltas_in_a_circle_cost_the_circle() {
    let delta = Delta { base_size: 4, result_size: 4, ops: vec![Op::Copy { from: 0, length: 4 }] };
    for length in [1, 2, 3, 500] {
        let mut pack = five();
        let rest = pack.entries.split_off(BROKEN);
        let content = |number: usize| format!("{number:04}");
        for number in 0..length {
            let next = content((number + 1) % length);
            let base = name_of(Kind::Blob, next.as_bytes());
            pack.delta_over(base, content(number).as_bytes(), &delta);
        }
        pack.entries.extend(rest.into_iter().skip(1));
        // The deltas by distance find their bases by their numbers.
        let last = pack.entries.len() - 1;
        pack.entries.truncate(last);
        let line = format!("key = {}\n", github_token_of(4));
        pack.blob(line);
        assert_one_is_lost(&format!("a circle of {length}"), &pack);
    }
}

/// A base that is in another pack or loose: git does not store such packs, but
/// programs do that break off.
#[test]
fn a_base_elsewhere_is_found_or_told() {
    let base = format!("key = {}\n", github_token_of(21));
    let insert = Op::Insert(format!("new = {}\n", github_token_of(10)).into_bytes());
    let ops = vec![insert, Op::Copy { from: 0, length: base.len() }];
    let content = crate::support::delta::apply(base.as_bytes(), &ops);
    let delta = Delta::over(base.as_bytes(), ops);
    let mut pack = five();
    let rest = pack.entries.split_off(BROKEN);
    pack.delta_over(name_of(Kind::Blob, base.as_bytes()), &content, &delta);
    pack.entries.extend(rest.into_iter().skip(1));
    let written = pack.write();
    let repo = repository(&pack, &written, &written.index().bytes());
    assert_honest("a base elsewhere", &repo);
}

#[test]
fn a_pack_that_is_cut_off_loses_what_is_missing_alone() {
    let pack = five();
    let written = pack.write();
    let index = written.index().bytes();
    for (kept, cut) in [(1, written.place(1)), (2, written.place(2)), (2, written.place(2) + 3)] {
        let mut short = written.clone();
        short.bytes.truncate(cut);
        let run = scan(&repository(&pack, &short, &index), "cut");
        for token in tokens(1..=kept) {
            assert!(values(&run).contains(&token), "cut at {cut}: {kept}\n{}", run.stdout);
        }
        assert!(tells_of(&run, &["object ", ".pack", ".idx"]), "cut at {cut}");
    }
    for cut in [0, 1, 4, 11, 12, 13, 31] {
        let mut short = written.clone();
        short.bytes.truncate(cut);
        assert_honest(&format!("cut at {cut}"), &repository(&pack, &short, &index));
    }
}

#[test]
fn a_pack_that_says_wrong_things_of_itself_is_told_of_or_read() {
    let pack = five();
    let written = pack.write();
    let end = written.bytes.len();
    for (what, at, new) in [
        ("no magic", 0, b"KCAP".as_slice()),
        ("version 0", 4, b"\0\0\0\0"),
        ("version 3", 4, b"\0\0\0\x03"),
        ("version 4", 4, b"\0\0\0\x04"),
        ("no objects", 8, b"\0\0\0\0"),
        ("an object too few", 8, b"\0\0\0\x04"),
        ("an object too many", 8, b"\0\0\0\x06"),
        ("four billion objects", 8, b"\xff\xff\xff\xff"),
        ("a wrong checksum", end - 20, b"01234567890123456789"),
    ] {
        let mut wrong = written.clone();
        wrong.bytes[at..at + new.len()].copy_from_slice(new);
        let repo = repository(&pack, &wrong, &written.index().bytes());
        assert_honest(what, &repo);
    }
    let mut longer = written.clone();
    longer.bytes.extend_from_slice(&[0x33; 500]);
    assert_honest("more behind it", &repository(&pack, &longer, &written.index().bytes()));
}

/// Runs [`assert_honest`] with an index that `change` makes wrong.
#[track_caller]
fn with_index(what: &str, change: impl Fn(&mut Index)) {
    let pack = five();
    let written = pack.write();
    let mut index = written.index();
    change(&mut index);
    assert_honest(what, &repository(&pack, &written, &index.bytes()));
}

#[test]
fn an_index_with_wrong_offsets_is_told_of_or_set_right() {
    for offset in [0, 1, 11, 13, 1000, 0x7fff_ffff, 0x8000_0000, 0x8000_0001, 0xffff_ffff] {
        with_index(&format!("offset {offset:#x}"), |index| index.offsets[2] = offset);
        with_index(&format!("all offsets {offset:#x}"), |index| index.offsets.fill(offset));
    }
    for offset in [0, 5, 1 << 31, 1 << 32, 1 << 40, u64::MAX] {
        with_index(&format!("large offset {offset:#x}"), |index| {
            index.offsets[2] = 0x8000_0000;
            index.large.push(offset);
        });
    }
    with_index("offsets turned round", |index| index.offsets.reverse());
    with_index("two objects in one place", |index| index.offsets[1] = index.offsets[2]);
    with_index("into the middle", |index| index.offsets[1] += 1);
}

#[test]
fn an_index_with_wrong_names_is_told_of_or_set_right() {
    with_index("names turned round", |index| index.names.reverse());
    with_index("a name twice", |index| index.names[1] = index.names[2]);
    with_index("another name", |index| index.names[1] = [0xab; 20]);
    with_index("a name too few", |index| {
        index.names.pop();
    });
    with_index("an object too few", |index| {
        index.names.pop();
        index.crcs.pop();
        index.offsets.pop();
        for count in &mut index.fanout {
            *count = (*count).min(4);
        }
    });
    with_index("an object too many", |index| {
        index.names.push([0xff; 20]);
        index.crcs.push(0);
        index.offsets.push(12);
        index.fanout[255] = 6;
    });
    with_index("wrong checksums", |index| index.crcs.fill(7));
    with_index("the checksum of another pack", |index| index.pack = [0xab; 20]);
}

#[test]
fn an_index_with_a_wrong_table_is_told_of_or_set_right() {
    with_index("a count that falls", |index| index.fanout[0] = 5);
    with_index("a count beyond all", |index| index.fanout[100] = 0xffff_ffff);
    with_index("no count at all", |index| index.fanout.fill(0));
    with_index("a count of four billion", |index| index.fanout.fill(0xffff_ffff));
    with_index("a last count too large", |index| index.fanout[255] = 100);
    with_index("a last count too small", |index| index.fanout[255] = 2);
    with_index("version 3", |index| index.header = b"\xfftOc\0\0\0\x03".to_vec());
    with_index("version 1 in the form of 2", |index| index.header.clear());
}

#[test]
fn an_index_that_is_none_is_told_of_or_made() {
    let pack = five();
    let written = pack.write();
    let index = written.index().bytes();
    for cut in [0, 1, 8, 100, 8 + 1024, 8 + 1024 + 50, index.len() - 40, index.len() - 1] {
        let repo = repository(&pack, &written, &index[..cut]);
        assert_honest(&format!("an index of {cut} bytes"), &repo);
    }
    let repo = repository(&pack, &written, &[0xff; 5000]);
    assert_honest("an index of ones", &repo);
    let repo = repository(&pack, &written, &index);
    for path in repo.packs() {
        if path.to_string_lossy().contains("pack-00000") {
            std::fs::remove_file(path.with_extension("idx")).expect("it is there");
        }
    }
    assert_honest("no index", &repo);
    let repo = repository(&pack, &written, &index);
    for path in repo.packs() {
        if path.to_string_lossy().contains("pack-00000") {
            std::fs::remove_file(path).expect("it is there");
        }
    }
    assert_honest("no pack", &repo);
}

/// Files in the folder of loose objects that are damaged.
#[test]
fn a_damaged_loose_object_costs_itself() {
    let content = format!("key = {}\n", github_token_of(10));
    let header = |text: &str| zlib(&[text.as_bytes(), content.as_bytes()].concat());
    let right = header(&format!("blob {}\0", content.len()));
    for (what, bytes) in [
        ("nothing", Vec::new()),
        ("half of it", right[..right.len() / 2].to_vec()),
        ("no compression", content.clone().into_bytes()),
        ("a larger size", header("blob 5000\0")),
        ("a smaller size", header("blob 5\0")),
        ("a size without end", header("blob 99999999999999999999999\0")),
        ("four gigabytes", header("blob 4294967296\0")),
        ("no size", header("blob \0")),
        ("a kind of its own", header(&format!("blub {}\0", content.len()))),
        ("no header", zlib(content.as_bytes())),
    ] {
        let pack = five();
        let written = pack.write();
        let repo = repository(&pack, &written, &written.index().bytes());
        let id = hex(&name_of(Kind::Blob, b"a loose object"));
        let path = repo.git_dir().join("objects").join(&id[..2]).join(&id[2..]);
        repo.around().file(path, bytes);
        let run = scan(&repo, what);
        assert!(tells_of(&run, &[&id]), "{what}: nothing tells of it\n{}", run.stdout);
        assert!(
            tokens([1, 2, 3, 4, 10]).iter().all(|token| values(&run).contains(token)),
            "{what}"
        );
    }
}

/// What is damaged and holds no finding still keeps a scan from being clean.
#[test]
fn a_damaged_pack_without_findings_is_not_clean() {
    let mut pack = Pack::default();
    pack.blob("nothing\n");
    let broken = pack.blob("nothing either\n");
    pack.entries[broken].stream = Stream::Damaged;
    let id = hex(&pack.name(broken));
    let commit = pack.commit("All there is");
    let written = pack.write();
    let repo = Repo::bare();
    repo.plant(&written, &written.index());
    repo.write_ref("refs/heads/main", &hex(&commit));
    let run = repo.scan(&[]).exits(2);
    assert!(run.notices().contains(&("damaged-object".into(), format!("object {id}"))));
    assert_eq!(run.json()["summary"]["complete"], false);
}

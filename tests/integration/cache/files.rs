//! Files of the cache that are damaged, unfinished, in somebody's way or in the
//! wrong hands.

use std::process::Stdio;

use super::{Remembering, bytes};
use crate::support::{end_of, github_token, github_token_of, secret};

/// A repository in which all kinds of things are found.
fn full() -> (Remembering, Vec<String>) {
    let made = Remembering::new();
    let password = secret("${alnum:20}");
    let tokens: Vec<String> = (1..5).map(github_token_of).collect();
    let wide: Vec<u8> = std::iter::once(0xfeff)
        .chain(format!("token = {}\n", tokens[1]).encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    let line = format!("password = \"{password}\"\ntoken = {}\n", tokens[0]);
    made.repository.commit("one", &[("a.txt", line.as_bytes()), ("wide.txt", &wide)]);
    made.repository.commit(&format!("token {}", tokens[2]), &[("b.txt", b"nothing")]);
    let name = format!("{}.txt", tokens[0]);
    made.repository.commit("three", &[(&name, b"nothing"), ("copy.txt", line.as_bytes())]);
    made.repository.git(["tag", "-a", "v1", "-m", &format!("token {}", tokens[3])]);
    made.repository.git(["branch", &tokens[0]]);
    made.repository.git(["repack", "-q", "-d"]);
    made.repository.commit("four", &[("d.txt", line.as_bytes())]);
    (made, [tokens, vec![password]].concat())
}

#[test]
fn no_credential_is_in_the_cache() {
    let (made, secrets) = full();
    for args in [&[][..], &["--all-places", "--every-place"]] {
        let report = made.check(args, "the first time");
        for secret in &secrets {
            assert!(report.stdout.contains(secret.as_str()), "it is found");
        }
        made.check(args, "the second time");
    }
    assert_eq!(made.files().len(), 2);
    for file in made.files() {
        let content = bytes(&file);
        for secret in &secrets {
            for form in forms(secret) {
                let found = content.windows(form.len()).any(|part| part == form);
                assert!(!found, "nothing of a credential is in the cache");
            }
        }
    }
}

/// A credential as it could be written, in part at least.
fn forms(secret: &str) -> Vec<Vec<u8>> {
    let bytes = secret.as_bytes();
    let digit = |value: u8| char::from_digit(value.into(), 16).expect("it is a digit");
    let hex: String = bytes.iter().flat_map(|b| [digit(b >> 4), digit(b & 15)]).collect();
    let wide = secret.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut forms = vec![bytes[4..16].to_vec(), hex.to_uppercase().into(), hex.into(), wide];
    // Wherever a credential begins among groups of three bytes.
    for skip in 0..3 {
        forms.push(base64(&bytes[skip..skip + 12]).into());
    }
    forms
}

/// Base64 of groups of three bytes.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let group = |group: &[u8]| {
        let bits = group.iter().fold(0, |bits, byte| bits << 8 | usize::from(*byte));
        [18, 12, 6, 0].map(|shift| char::from(DIGITS[bits >> shift & 63]))
    };
    bytes.chunks_exact(3).flat_map(group).collect()
}

#[test]
fn a_damaged_file_is_a_note_and_no_more() {
    let (made, _) = full();
    let cold = made.scan(&[]).exits(1);
    let file = made.file();
    let whole = bytes(&file);
    let step = (whole.len() / 24).max(1);
    for at in (0..whole.len()).step_by(step) {
        let mut flipped = whole.clone();
        flipped[at] ^= 0x20;
        for damaged in [flipped.as_slice(), &whole[..at]] {
            std::fs::write(&file, damaged).expect("it can be written");
            let run = made.scan(&[]).exits(1);
            assert_eq!(run.notices().len(), 1, "at {at}: {:?}", run.notices());
            assert_eq!(run.notices()[0].0, "cache");
            assert!(run.json()["summary"]["complete"].as_bool().expect("yes or no"));
            assert_eq!(run.findings(), cold.findings(), "at {at}");
            assert_eq!(bytes(&file), whole, "it is written anew");
        }
    }
}

#[test]
fn what_a_stopped_scan_left_is_no_matter() {
    let made = Remembering::new();
    let line = format!("token = {}\n", github_token());
    made.repository.commit("one", &[("a.txt", line.as_bytes())]);
    made.scan(&[]).exits(1);
    let file = made.file();
    let half = bytes(&file)[..40].to_vec();
    let left = format!("{}.0.new", file.file_name().expect("a name").to_string_lossy());
    std::fs::write(made.folder().join(&left), &half).expect("it can be written");
    made.repository.commit("two", &[("b.txt", line.as_bytes())]);
    made.check(&[], "a scan was stopped");
    assert_eq!(made.files().len(), 2, "somebody could still be writing it");
    let unfinished = std::fs::File::options().write(true).open(made.folder().join(&left));
    let long_ago = std::time::SystemTime::UNIX_EPOCH;
    unfinished.and_then(|file| file.set_modified(long_ago)).expect("its time can be set");
    made.repository.commit("three", &[("c.txt", line.as_bytes())]);
    made.check(&[], "a scan was stopped long ago");
    assert_eq!(made.files(), [file], "nobody is still writing it");
}

#[test]
fn scans_at_the_same_time_do_not_disturb_each_other() {
    let (made, _) = full();
    for round in 0..3 {
        made.repository.commit("more", &[("more.txt", format!("{round}").as_bytes())]);
        let start = || {
            let mut command = made.command(&["git", "--format", "json"]);
            command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
            command.spawn().expect("the program starts")
        };
        let children: Vec<_> = (0..4).map(|_| start()).collect();
        let reports: Vec<_> =
            children.into_iter().map(|child| end_of(child).exits(1).stdout).collect();
        assert!(reports.windows(2).all(|two| two[0] == two[1]));
        made.file();
        made.check(&[], "after all");
    }
}

#[test]
fn a_gap_stays_a_gap() {
    let (made, _) = full();
    made.repository.git(["config", "core.looseCompression", "0"]);
    made.repository.commit("last", &[("z.txt", b"the content of z")]);
    let id = made.repository.git(["rev-parse", "HEAD:z.txt"]);
    let object = made.repository.path().join(".git/objects").join(&id[..2]).join(&id[2..]);
    let sound = bytes(&object);
    std::fs::remove_file(&object).expect("it can be removed");
    std::fs::write(&object, &sound[..sound.len() / 2]).expect("it can be written");
    for _ in 0..3 {
        let run = made.check(&[], "an object is damaged");
        let place = format!("object {id}");
        assert!(run.notices().contains(&("damaged-object".to_owned(), place)));
    }
    std::fs::write(&object, &sound).expect("it can be written");
    let run = made.check(&[], "it is sound again");
    assert!(run.json()["summary"]["complete"].as_bool().expect("yes or no"));
}

#[test]
fn a_pack_that_was_replaced_is_scanned() {
    let (made, _) = full();
    made.scan(&[]);
    let packs = made.repository.path().join(".git/objects/pack");
    let entries = std::fs::read_dir(&packs).expect("it can be listed");
    let mut files = entries.map(|entry| entry.expect("an entry").path());
    let pack = files.find(|path| path.extension() == Some("pack".as_ref())).expect("a pack");
    let mut content = bytes(&pack);
    let length = content.len();
    content[length / 2] ^= 0xff;
    content[length - 1] ^= 0xff;
    std::fs::remove_file(&pack).expect("it can be removed");
    std::fs::write(&pack, &content).expect("it can be written");
    let run = made.check(&[], "the pack is another one");
    assert!(!run.json()["summary"]["complete"].as_bool().expect("yes or no"));
}

#[cfg(unix)]
mod permissions {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::{bytes, full};

    #[test]
    fn files_are_for_their_owner_alone() {
        let (made, _) = full();
        made.scan(&[]);
        let rights = |path: &std::path::Path| {
            path.metadata().expect("it is there").permissions().mode() & 0o777
        };
        assert_eq!((rights(&made.folder()), rights(&made.file())), (0o700, 0o600));
    }

    #[test]
    fn a_folder_that_cannot_be_used_is_a_note() {
        let (made, _) = full();
        let cold = made.scan(&["--no-cache"]).exits(1);
        made.cache.file("redhanded", "a file where the folder should be");
        let run = made.scan(&[]).exits(1);
        assert!(run.notices().iter().all(|(kind, _)| kind == "cache"), "{:?}", run.notices());
        assert!(!run.notices().is_empty());
        assert_eq!(run.findings(), cold.findings());
    }

    #[test]
    fn links_are_not_followed() {
        let (made, _) = full();
        made.scan(&[]);
        let file = made.file();
        let elsewhere = made.cache.path().join("elsewhere");
        std::fs::rename(&file, &elsewhere).expect("it can be renamed");
        symlink(&elsewhere, &file).expect("a link");
        let before = bytes(&elsewhere);
        made.repository.commit("more", &[("more.txt", b"more")]);
        let run = made.scan(&[]).exits(1);
        assert_eq!(run.notices()[0].0, "cache");
        assert_eq!(bytes(&elsewhere), before, "nothing is written through a link");
        assert!(!file.symlink_metadata().expect("it is there").is_symlink(), "it was replaced");
    }
}

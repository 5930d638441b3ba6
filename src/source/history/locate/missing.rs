//! Objects that something names and that are not there.
//!
//! Whatever refs, the index, commits and trees lead to is to be covered. An
//! object may be gone, or may have been on its way from one pack to another
//! while the packs were listed: either way nobody looked into it.

use std::collections::HashMap;

use super::Tips;
use super::ancestry::Ancestry;
use super::gather::{EMPTY_TREE, Gathered};
use super::numbers::Numbers;
use crate::notice::{Notice, NoticeKind};
use crate::object::ObjectId;
use crate::paths::{path_text, text_of};

/// The blob without a byte: git lists files in the index as such before anything
/// of them is stored.
const EMPTY_BLOB: ObjectId = ObjectId::new([
    0xe6, 0x9d, 0xe2, 0x9b, 0xb2, 0xd1, 0xd6, 0x43, 0x4b, 0x8b, 0x29, 0xae, 0x77, 0x5a, 0xd8, 0xc2,
    0xe4, 0x8c, 0x53, 0x91,
]);

/// Missing objects with who names them. Of several, the same one is told,
/// whoever came first.
#[derive(Default)]
struct Missing(HashMap<ObjectId, String>);

impl Missing {
    fn add(&mut self, id: ObjectId, role: String) {
        if id == EMPTY_TREE || id == EMPTY_BLOB {
            return;
        }
        let known = self.0.entry(id).or_insert_with(|| role.clone());
        if role < *known {
            *known = role;
        }
    }
}

/// Tells of all of them.
pub(super) fn tell(
    gathered: &Gathered,
    ancestry: &Ancestry<'_>,
    numbers: &Numbers<'_>,
    tips: &Tips,
) -> Vec<Notice> {
    let mut missing = Missing::default();
    named_by_tips(gathered, ancestry, numbers, tips, &mut missing);
    named_by_commits(gathered, ancestry, numbers, &mut missing);
    for (id, name) in &gathered.missing {
        missing.0.insert(*id, format!("it is `{}` in a folder", text_of(name)));
    }
    let kind = NoticeKind::MissingObject;
    let told =
        |(id, role)| Notice::new(kind, format!("object {id}"), format!("{role}, and not there"));
    missing.0.into_iter().map(told).collect()
}

fn named_by_tips(
    gathered: &Gathered,
    ancestry: &Ancestry<'_>,
    numbers: &Numbers<'_>,
    tips: &Tips,
    missing: &mut Missing,
) {
    let head = tips.head.iter().map(|id| ("HEAD", id));
    for (name, id) in tips.refs.iter().map(|(name, id)| (name.as_str(), id)).chain(head) {
        let absent = match numbers.find(id) {
            Some(object) => gathered.dangling.get(&ancestry.peel(object, |_| {})),
            None => Some(id),
        };
        if let Some(id) = absent {
            missing.add(*id, format!("it is what `{name}` leads to"));
        }
    }
    for (path, id) in &tips.index {
        if numbers.find(id).is_none() {
            missing.add(*id, format!("it is staged as `{}`", path_text(path)));
        }
    }
}

fn named_by_commits(
    gathered: &Gathered,
    ancestry: &Ancestry<'_>,
    numbers: &Numbers<'_>,
    missing: &mut Missing,
) {
    for absent in &gathered.absent {
        let Some(place) = ancestry.place(absent.commit) else { continue };
        let cut_off = !absent.tree && ancestry.is_cut_off(ancestry.commit(place));
        if cut_off || !ancestry.is_reachable(place) {
            continue;
        }
        let role = if absent.tree { "the tree" } else { "a parent" };
        let detail = format!("it is {role} of commit {}", numbers.id(absent.commit));
        missing.add(absent.id, detail);
    }
}

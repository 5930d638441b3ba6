//! The same question answered slowly: every tree of every commit is laid out as
//! a list of paths, and all is compared with all.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};

use git2::{ObjectType, Oid, Repository};
use redhanded::finding::{Commit, Exposure, Presence, Time};
use redhanded::object::ObjectId;
use redhanded::source::{Located, Targets, Tips};

/// An introduction, as far as it is compared: the commit as it is told.
pub(crate) type Introduction = (Commit, PathBuf, ObjectId);

/// All there is to know of a repository.
pub(crate) struct Oracle {
    git: Repository,
    /// The keys in each object's text: `key-` and their numbers.
    keys: HashMap<Oid, BTreeSet<u32>>,
    commits: BTreeMap<Oid, Seen>,
}

/// A commit.
struct Seen {
    parents: Vec<Oid>,
    time: Time,
    /// Paths and blobs.
    files: BTreeSet<(Vec<u8>, Oid)>,
}

impl Oracle {
    /// Looks at everything; the parents of the commits in `shallow` are none.
    pub(crate) fn new(path: &Path, shallow: &HashSet<ObjectId>) -> Self {
        let git = Repository::open(path).expect("the repository can be opened");
        let mut ids = Vec::new();
        let odb = git.odb().expect("the objects can be read");
        odb.foreach(|id| {
            ids.push(*id);
            true
        })
        .expect("the objects can be listed");
        let mut keys = HashMap::new();
        let mut commits = BTreeMap::new();
        for id in ids {
            let object = odb.read(id).expect("the object can be read");
            if object.kind() != ObjectType::Tree {
                let found = keys_in(object.data());
                if !found.is_empty() {
                    keys.insert(id, found);
                }
            }
            if object.kind() == ObjectType::Commit {
                commits.insert(id, seen(&git, id, shallow));
            }
        }
        drop(odb);
        Self { git, keys, commits }
    }

    /// What is to be located.
    pub(crate) fn targets(&self) -> Targets {
        let keys = |keys: &BTreeSet<u32>| keys.iter().copied().collect();
        let holders = self.keys.iter().map(|(id, found)| (ours(*id), keys(found))).collect();
        let most = self.keys.values().flatten().max().copied();
        Targets { holders, count: most.map_or(0, |most| most + 1) }
    }

    /// All refs, HEAD and the index.
    pub(crate) fn tips(&self) -> Tips {
        let mut refs = Vec::new();
        for found in self.git.references().expect("refs can be listed") {
            let found = found.expect("a ref can be read");
            if let (Some(name), Some(id)) = (found.name(), found.target()) {
                refs.push((name.to_owned(), ours(id)));
            }
        }
        let head = self.git.head().ok().and_then(|head| head.target()).map(ours);
        let index = self.git.index().expect("the index can be read");
        let path = |bytes: &[u8]| PathBuf::from(String::from_utf8_lossy(bytes).into_owned());
        // Commits of submodules are no blobs of this repository.
        let index = index.iter().filter(|entry| entry.mode != 0o160_000);
        let index = index.map(|entry| (path(&entry.path), ours(entry.id))).collect();
        Tips { refs, head, index, paths: true, ..Tips::default() }
    }

    /// Compares what was told of every key with what is right.
    #[track_caller]
    pub(crate) fn assert_right(&self, tips: &Tips, located: &Located) {
        self.assert_paths(tips, located);
        let reachable = self.reachable(tips);
        let ages = self.ages();
        assert_eq!(located.leaks.len(), self.targets().count as usize);
        for (key, leak) in (0..).zip(&located.leaks) {
            let expected = self.exposure(key, tips, &reachable);
            assert_eq!(leak.exposure, expected, "key {key}");
            let expected = self.introductions(key, tips, &reachable, &ages);
            let told: Vec<Introduction> = leak
                .introductions
                .iter()
                .map(|told| (Commit::clone(&told.commit), told.path.clone(), told.object))
                .collect();
            assert_eq!(told, expected, "key {key}");
        }
    }

    /// Asserts that a path was told of everything that has one, and a right one.
    #[track_caller]
    fn assert_paths(&self, tips: &Tips, located: &Located) {
        let committed = self.commits.values().flat_map(|commit| &commit.files);
        let committed = committed.map(|(path, blob)| (path_of(path.clone()), ours(*blob)));
        let known: HashSet<(PathBuf, ObjectId)> =
            committed.chain(tips.index.iter().cloned()).collect();
        for id in self.targets().holders.into_keys() {
            let told = located.paths.get(&id).cloned();
            let right = match told {
                Some(path) => known.contains(&(path, id)),
                None => known.iter().all(|(_, blob)| *blob != id),
            };
            assert!(right, "{id}");
        }
    }

    fn holds(&self, id: Oid, key: u32) -> bool {
        self.keys.get(&id).is_some_and(|keys| keys.contains(&key))
    }

    /// Whether a commit's text or tree holds a key.
    fn commit_holds(&self, id: Oid, key: u32) -> bool {
        self.holds(id, key)
            || self.commits[&id].files.iter().any(|(_, blob)| self.holds(*blob, key))
    }

    fn reachable(&self, tips: &Tips) -> HashSet<Oid> {
        let ids = tips.refs.iter().map(|(_, id)| id).chain(&tips.head);
        let mut left: Vec<Oid> = ids.map(|id| *self.peel(*id).last().expect("a tip")).collect();
        left.retain(|id| self.commits.contains_key(id));
        let mut reachable = HashSet::new();
        while let Some(id) = left.pop() {
            if reachable.insert(id) {
                left.extend(&self.commits[&id].parents);
            }
        }
        reachable
    }

    /// The object and what it leads to over tags.
    fn peel(&self, id: ObjectId) -> Vec<Oid> {
        let mut way = vec![theirs(id)];
        while let Ok(tag) = self.git.find_tag(way[way.len() - 1]) {
            way.push(tag.target_id());
        }
        way
    }

    /// Whether what a ref leads to holds a key.
    fn tip_holds(&self, id: ObjectId, key: u32) -> bool {
        let way = self.peel(id);
        let last = way[way.len() - 1];
        let in_tree = if self.commits.contains_key(&last) {
            self.commit_holds(last, key)
        } else {
            self.git.find_tree(last).is_ok_and(|tree| {
                files_of(&self.git, &tree).iter().any(|(_, blob)| self.holds(*blob, key))
            })
        };
        in_tree || way.iter().any(|id| self.holds(*id, key))
    }

    fn exposure(&self, key: u32, tips: &Tips, reachable: &HashSet<Oid>) -> Exposure {
        let holding: Vec<&Oid> =
            reachable.iter().filter(|commit| self.commit_holds(**commit, key)).collect();
        let times = || holding.iter().map(|commit| self.commits[*commit].time);
        let mut refs: Vec<String> = tips
            .refs
            .iter()
            .filter(|(_, id)| self.tip_holds(*id, key))
            .map(|(name, _)| name.clone())
            .collect();
        refs.sort();
        let presence = if tips.head.is_some_and(|head| self.tip_holds(head, key)) {
            Presence::Head
        } else if !refs.is_empty() {
            Presence::Tip
        } else if !holding.is_empty() {
            Presence::Past
        } else if tips.index.iter().any(|(_, blob)| self.holds(theirs(*blob), key)) {
            Presence::Staged
        } else {
            Presence::Unreachable
        };
        Exposure {
            presence,
            first_seen: times().min(),
            last_seen: times().max(),
            commits: holding.len() as u64,
            refs,
        }
    }

    fn introductions(
        &self,
        key: u32,
        tips: &Tips,
        reachable: &HashSet<Oid>,
        ages: &HashMap<Oid, (i64, usize)>,
    ) -> Vec<Introduction> {
        let reached = reachable.iter().any(|commit| self.commit_holds(*commit, key));
        let mut found = Vec::new();
        for (id, commit) in &self.commits {
            let counts = tips.commits.as_ref().is_none_or(|some| some.contains(&ours(*id)));
            if reachable.contains(id) != reached || !counts {
                continue;
            }
            if self.holds(*id, key) {
                found.push((ages[id], *id, Vec::new(), *id));
            }
            for (path, blob) in commit.files.iter().filter(|(_, blob)| self.holds(*blob, key)) {
                let known = commit.parents.iter().any(|parent| {
                    let files = &self.commits[parent].files;
                    files.iter().any(|(other, blob)| other == path && self.holds(*blob, key))
                });
                if !known {
                    found.push((ages[id], *id, path.clone(), *blob));
                }
            }
        }
        found.sort();
        found
            .into_iter()
            .map(|(_, id, path, object)| (self.told(id), path_of(path), ours(object)))
            .collect()
    }

    /// For each commit the latest time of it and all before it, and how many
    /// stand before it at most.
    fn ages(&self) -> HashMap<Oid, (i64, usize)> {
        let mut ages: HashMap<Oid, (i64, usize)> = HashMap::new();
        while ages.len() < self.commits.len() {
            for (id, commit) in &self.commits {
                let parents: Option<Vec<_>> = commit.parents.iter().map(|p| ages.get(p)).collect();
                let Some(parents) = parents else { continue };
                let time = parents.iter().map(|age| age.0).chain([commit.time.seconds]).max();
                let before = parents.iter().map(|age| age.1 + 1).max().unwrap_or(0);
                ages.insert(*id, (time.unwrap_or_default(), before));
            }
        }
        ages
    }

    fn told(&self, id: Oid) -> Commit {
        let commit = self.git.find_commit(id).expect("the commit is there");
        let author = commit.author();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Commit {
            id: ours(id),
            author: text(author.name_bytes()),
            email: text(author.email_bytes()),
            time: time(author.when()),
            subject: text(commit.message_bytes().split(|b| *b == b'\n').next().unwrap_or_default()),
        }
    }
}

fn seen(git: &Repository, id: Oid, shallow: &HashSet<ObjectId>) -> Seen {
    let commit = git.find_commit(id).expect("the commit can be read");
    let cut_off = shallow.contains(&ours(id));
    let parents = if cut_off { Vec::new() } else { commit.parent_ids().collect() };
    let tree = commit.tree().expect("its tree is there");
    Seen { parents, time: time(commit.time()), files: files_of(git, &tree) }
}

fn files_of(git: &Repository, tree: &git2::Tree<'_>) -> BTreeSet<(Vec<u8>, Oid)> {
    let mut files = BTreeSet::new();
    for entry in tree {
        let name = entry.name_bytes().to_vec();
        match entry.kind() {
            Some(ObjectType::Tree) => {
                let below = git.find_tree(entry.id()).expect("the tree is there");
                for (path, blob) in files_of(git, &below) {
                    files.insert(([&name[..], &path].join(&b'/'), blob));
                }
            }
            Some(ObjectType::Blob) => {
                files.insert((name, entry.id()));
            }
            _ => {}
        }
    }
    files
}

/// The numbers of the keys in a text.
fn keys_in(text: &[u8]) -> BTreeSet<u32> {
    let text = String::from_utf8_lossy(text);
    let number = |rest: &str| {
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        digits.parse().ok()
    };
    text.split("key-").skip(1).filter_map(number).collect()
}

fn time(time: git2::Time) -> Time {
    let offset = i16::try_from(time.offset_minutes()).expect("a zone of this earth");
    Time { seconds: time.seconds(), offset }
}

fn ours(id: Oid) -> ObjectId {
    id.to_string().parse().expect("it is a name")
}

fn theirs(id: ObjectId) -> Oid {
    Oid::from_str(&id.to_string()).expect("it is a name")
}

#[cfg(unix)]
fn path_of(bytes: Vec<u8>) -> PathBuf {
    let text: std::ffi::OsString = std::os::unix::ffi::OsStringExt::from_vec(bytes);
    text.into()
}

#[cfg(not(unix))]
fn path_of(bytes: Vec<u8>) -> PathBuf {
    String::from_utf8_lossy(&bytes).into_owned().into()
}

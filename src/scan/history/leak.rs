//! [`Leak`]: one credential with everything that holds it.

use std::collections::HashMap;
use std::sync::Arc;

use super::sighting::Sighting;
use crate::object::ObjectId;
use crate::rule::{Confidence, RuleIndex, RuleSet};
use crate::secret::Secret;

/// A credential, known by its rule and its value, and where it was seen.
pub(super) struct Leak {
    pub(super) rule: RuleIndex,
    pub(super) secret: Arc<Secret>,
    /// In the order of objects and places; at least one.
    pub(super) sightings: Vec<Sighting>,
}

impl Leak {
    /// The sightings in one object.
    pub(super) fn in_object(&self, id: ObjectId) -> impl Iterator<Item = &Sighting> + Clone {
        let object = |sighting: &Sighting| sighting.origin.object();
        let first = self.sightings.partition_point(|sighting| object(sighting) < Some(id));
        self.sightings[first..].iter().take_while(move |sighting| object(sighting) == Some(id))
    }

    /// How sure it can be anywhere, if its rule weighs that.
    pub(super) fn best_grade(&self) -> Option<Confidence> {
        self.sightings.iter().filter_map(|sighting| Some(sighting.score?.at(None))).max()
    }
}

/// Gathers sightings of the same credential, in an order that does not depend
/// on who saw it first.
pub(super) fn gather(sightings: Vec<Sighting>, rules: &RuleSet) -> Vec<Leak> {
    let mut numbers: HashMap<(RuleIndex, Arc<Secret>), usize> = HashMap::new();
    let mut leaks: Vec<Leak> = Vec::new();
    for sighting in sightings {
        let key = (sighting.rule, sighting.secret.clone());
        let number = *numbers.entry(key).or_insert(leaks.len());
        if number == leaks.len() {
            let (rule, secret) = (sighting.rule, sighting.secret.clone());
            leaks.push(Leak { rule, secret, sightings: Vec::new() });
        }
        leaks[number].sightings.push(sighting);
    }
    for leak in &mut leaks {
        // A text may hold the same credential in two encodings.
        let key =
            |sighting: &Sighting| (sighting.origin.object(), sighting.span, sighting.encoding);
        leak.sightings.sort_unstable_by_key(key);
        // An object may be in two packs.
        leak.sightings.dedup_by_key(|sighting| key(sighting));
    }
    leaks.sort_by(|a, b| {
        let id = |leak: &Leak| rules.rule(leak.rule).id.clone();
        id(a).cmp(&id(b)).then_with(|| a.secret.expose().cmp(b.secret.expose()))
    });
    leaks
}

//! [`Facts`]: what the readers tell, collected, bounded and put in order.

use std::borrow::Cow;

use super::moment;

/// Most facts of one credential; what is told later is left out.
pub(super) const MOST: usize = 24;
/// Characters of a value; the rest is left out.
const LONGEST: usize = 200;

/// One thing that a credential says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// What is told: a lower-case word or two, such as `account`, `mode`,
    /// `region`, `issuer`, `scopes` or `expires`.
    pub name: Cow<'static, str>,
    /// What is told of it, for people: 200 characters at most, and nothing that
    /// helps to use the credential.
    pub value: String,
}

/// What the readers have told so far.
#[derive(Debug, Default)]
pub(super) struct Facts {
    told: Vec<Fact>,
    expires: Option<i64>,
}

impl Facts {
    /// Tells something. Of two values of one name the first one stays: who
    /// knows a credential best speaks first.
    pub(super) fn tell(&mut self, name: impl Into<Cow<'static, str>>, value: impl AsRef<str>) {
        let (name, value) = (name.into(), value.as_ref().trim());
        if value.is_empty() || self.told.len() == MOST || self.knows(&name) {
            return;
        }
        self.told.push(Fact { name, value: clipped(value) });
    }

    /// Tells something, if it is known.
    pub(super) fn tell_some(
        &mut self,
        name: impl Into<Cow<'static, str>>,
        value: Option<impl AsRef<str>>,
    ) {
        if let Some(value) = value {
            self.tell(name, value);
        }
    }

    /// Tells the day of a point in time, in seconds since 1970.
    pub(super) fn tell_day(&mut self, name: &'static str, seconds: Option<i64>) {
        self.tell_some(name, seconds.map(moment::day));
    }

    /// Says when the credential ends, in seconds since 1970. Of several times
    /// the earliest counts.
    pub(super) fn expires(&mut self, seconds: i64) {
        self.expires = Some(self.expires.map_or(seconds, |known| known.min(seconds)));
    }

    fn knows(&self, name: &str) -> bool {
        self.told.iter().any(|fact| fact.name == name)
    }

    /// All that was told, with its end, if that is known, behind it: seen from
    /// `now`, if that is known.
    pub(super) fn finish(mut self, now: Option<i64>) -> (Vec<Fact>, Option<i64>) {
        if let Some(expires) = self.expires {
            self.told.truncate(MOST - 1);
            let day = moment::day(expires);
            match now {
                None => self.tell("expires", day),
                Some(now) if expires <= now => {
                    let ago = moment::distance(now.abs_diff(expires));
                    self.tell("expired", format!("{ago} ago, on {day}"));
                }
                Some(now) => {
                    let left = moment::distance(now.abs_diff(expires));
                    self.tell("expires", format!("in {left}, on {day}"));
                }
            }
        }
        (self.told, self.expires)
    }
}

fn clipped(value: &str) -> String {
    match value.char_indices().nth(LONGEST) {
        None => value.to_owned(),
        Some(_) => value.chars().take(LONGEST - 1).chain(['…']).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Facts, LONGEST, MOST};

    #[test]
    fn the_first_value_of_a_name_stays_and_nothing_is_told_of_nothing() {
        let mut facts = Facts::default();
        facts.tell("mode", " test ");
        facts.tell("mode", "live");
        facts.tell("region", " ");
        let (told, expires) = facts.finish(Some(0));
        assert_eq!(expires, None);
        let told: Vec<_> = told.iter().map(|fact| (&*fact.name, &*fact.value)).collect();
        assert_eq!(told, [("mode", "test")]);
    }

    #[test]
    fn facts_are_bounded() {
        let mut facts = Facts::default();
        for number in 0..100 {
            facts.tell(format!("n{number}"), "ä".repeat(1000));
        }
        facts.expires(5);
        let (told, _) = facts.finish(None);
        assert_eq!(told.len(), MOST);
        assert_eq!(told[MOST - 1].name, "expires");
        assert!(told[..MOST - 1].iter().all(|fact| fact.value.chars().count() == LONGEST));
    }

    #[test]
    fn the_end_is_told_as_it_is_seen_from_now() {
        let end = |now| {
            let mut facts = Facts::default();
            facts.expires(1_700_000_000 + 60);
            facts.expires(1_700_000_000);
            let (told, expires) = facts.finish(now);
            assert_eq!(expires, Some(1_700_000_000));
            format!("{} {}", told[0].name, told[0].value)
        };
        assert_eq!(end(None), "expires 2023-11-14");
        assert_eq!(end(Some(1_700_000_000)), "expired 0 seconds ago, on 2023-11-14");
        assert_eq!(end(Some(1_800_000_000)), "expired 3 years ago, on 2023-11-14");
        assert_eq!(end(Some(1_699_900_000)), "expires in 1 day, on 2023-11-14");
        assert_eq!(end(Some(i64::MIN)).split(' ').next(), Some("expires"));
    }
}

//! How likely a value that some name is given is a credential.
//!
//! What is seen of the name, of what binds, of the value and of the lines around
//! it becomes [`Features`]; a small model, fitted to labelled places, weighs
//! them. The sum of the weights is the logarithm of the odds, so every feature's
//! share in a decision can be told.
//!
//! Whether a value is a finding depends on the text around it alone. How sure it
//! is depends on what the file is called, too, which may still be unknown when a
//! blob of a repository is judged: [`Score::at`] adds what the path says.

mod address;
mod features;
mod file;
mod lexicon;
mod line;
mod model;
mod name;
mod shape;
mod words;

use std::path::Path;

pub use features::{Features, GROUPS};
pub use file::FileKind;

use super::{Reason, Subject, Verdict};
use crate::engine::assignment::Assignment;
use crate::finding::{Score, Share};
use crate::rule::Confidence;

impl Score {
    /// What these features say.
    fn by(features: &Features) -> Self {
        Self { text: model::MODEL.text(features), bare: features.is_bare() }
    }

    /// The logarithm of the odds in a file of that kind, in thousandths.
    fn in_file(self, kind: FileKind) -> i32 {
        self.text + model::MODEL.file(kind, self.bare)
    }

    /// Whether it is a finding at all.
    pub fn is_finding(self) -> bool {
        self.text >= model::MODEL.low
    }

    /// How sure it is in a file at `path`, or in any file if none is known.
    pub fn at(self, path: Option<&Path>) -> Confidence {
        let grade = |kind| model::MODEL.grade(self.in_file(kind));
        match path {
            Some(path) => grade(FileKind::of(path)),
            None => FileKind::ALL.into_iter().map(grade).max().unwrap_or(Confidence::Low),
        }
    }

    /// How likely it is a credential, in a file at `path`: from 0 to 1.
    pub fn likelihood(self, path: &Path) -> f64 {
        let odds = f64::from(self.in_file(FileKind::of(path))) / 1000.0;
        1.0 / (1.0 + (-odds).exp())
    }
}

/// What the model is, for keys of what was computed with it.
pub fn version() -> &'static [u8] {
    model::WRITTEN.as_bytes()
}

/// Drops what is not likely a credential, whatever file it is in, and weighs it
/// all the same.
pub(super) fn judge(subject: &Subject<'_>) -> (Verdict, Option<Score>) {
    let Some(assignment) = subject.assignment() else {
        return (Verdict::Drop(Reason::Unlikely(0.0)), None);
    };
    let features = Features::of(subject.text, &assignment);
    let score = Score::by(&features);
    let verdict = match certain(&features) {
        Some(reason) => Verdict::Drop(reason),
        None if score.is_finding() => Verdict::Keep,
        None => Verdict::Drop(Reason::Unlikely(score.likelihood(Path::new("")))),
    };
    (verdict, Some(score))
}

/// What needs no weighing: values that are no credentials whatever else speaks
/// for them.
fn certain(features: &Features) -> Option<Reason> {
    let is =
        |group: &str, known: &[&str]| features.get(group).is_some_and(|own| known.contains(&own));
    let other = |kind| Some(Reason::OtherKind(kind));
    let placeholder = |how| Some(Reason::Placeholder(how));
    if is("shape", &["hash"]) || is("before", &["hashed"]) || is("behind", &["hash"]) {
        other("a hash, or something encrypted")
    } else if is("name", &["public key"]) || is("shape", &["key block"]) {
        other("a public key")
    } else if is("name", &["other token"]) {
        other("a token that opens nothing")
    } else if is("name", &["other"]) || is("behind", &["place", "part"]) {
        other("what a name says that is none of a secret")
    } else if is("name", &["other key", "bare key"]) && is("shape", &["uuid"]) {
        other("an identifier")
    } else if is("shape", &["address", "reference"]) {
        other("an address")
    } else if is("shape", &["markup"]) {
        other("markup")
    } else if is("behind", &["user"]) || is("behind", &["id"]) && is("shape", &["uuid"]) {
        other("a name")
    } else if is("callee", &["no call", "list"]) && is("mix", &["0", "1"]) {
        other("one of a list of names")
    } else if is("callee", &["asks", "other"]) || is("wrapper", &["fetch"]) {
        other("an argument, not a value")
    } else if is("expression", &["template", "variable", "member", "pattern"]) {
        placeholder("it refers to a variable")
    } else if is("shape", &["masked", "cut off", "filler"]) || is("sample", &["removed"]) {
        placeholder("the value was taken out")
    } else if is("sample", &["published"]) {
        placeholder("a standard gives it as an example")
    } else if is("sample", &["your"]) {
        placeholder("it says that it is an example")
    } else {
        None
    }
}

/// What each feature of an assignment says, the most telling first; nothing if
/// the rule does not go by names.
pub fn shares(subject: &Subject<'_>, path: &Path) -> Vec<Share> {
    let shares = |assignment: Assignment| shares_of(subject.text, &assignment, path);
    subject.assignment().map_or_else(Vec::new, shares)
}

fn shares_of(text: &[u8], assignment: &Assignment, path: &Path) -> Vec<Share> {
    model::MODEL.shares(&Features::of(text, assignment), FileKind::of(path))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Features, Score, model, shares_of};
    use crate::engine::assignment::Assignment;
    use crate::rule::Confidence;

    /// In parts: they must not look like what they are.
    const RANDOM: [&str; 3] = ["q7Zr2Kx9", "Lm4Tn8Wb3", "Yc6Vd1F"];
    const WEAK: [&str; 2] = ["tr0ub4dor", "&3"];

    fn assignment(text: &str) -> Assignment {
        Assignment::at(text.as_bytes(), 0).expect("it assigns something")
    }

    fn score(text: &str) -> Score {
        Score::by(&Features::of(text.as_bytes(), &assignment(text)))
    }

    fn likelihood(text: &str) -> f64 {
        score(text).likelihood(Path::new(""))
    }

    #[test]
    fn random_values_under_telling_names_are_likelier() {
        let random = likelihood(&format!("client_secret = \"{}\"\n", RANDOM.concat()));
        let words = likelihood("client_secret = \"the name of a field\"\n");
        assert!(random > 0.6 && words < 0.2, "{random} {words}");
        assert!(likelihood("password: hunter2\n") > likelihood("password_type: hunter2\n"));
    }

    #[test]
    fn the_shares_add_up_to_the_score() {
        let text = &format!("password: '{}'\n", WEAK.concat());
        let assignment = assignment(text);
        let score = score(text);
        for path in ["", "a.yml", "src/lib_test.go", "i18n/de.json"].map(Path::new) {
            let sum: i32 = shares_of(text.as_bytes(), &assignment, path)
                .iter()
                .map(|share| share.weight)
                .sum();
            let odds = f64::from(sum) / 1000.0;
            let expected = 1.0 / (1.0 + (-odds).exp());
            assert!((score.likelihood(path) - expected).abs() < 1e-9, "{}", path.display());
        }
        assert_eq!(Features::of(text.as_bytes(), &assignment).get("name"), Some("bare password"));
    }

    #[test]
    fn without_a_path_the_best_grade_counts() {
        let text = &format!("password: '{}'\n", WEAK.concat());
        let score = score(text);
        assert_eq!(score.at(None), Confidence::Medium);
        assert!(score.at(Some(Path::new("i18n/de.json"))) <= score.at(None));
    }

    #[test]
    fn every_line_of_the_model_is_understood() {
        model::assert_all_read();
    }
}

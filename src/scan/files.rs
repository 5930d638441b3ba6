//! Rules that are for files of certain names only.

use std::borrow::Cow;
use std::collections::HashMap;
use std::path::Path;
use std::sync::OnceLock;

use ignore::gitignore::{Gitignore, GitignoreBuilder};

use crate::rule::{RuleIndex, RuleSet, Text};
use crate::unit::Origin;

/// For each rule that is for certain files, what these are called: as it is
/// written, and compiled when it is first needed.
pub(super) struct FileNames(HashMap<RuleIndex, (Cow<'static, [Text]>, OnceLock<Gitignore>)>);

impl FileNames {
    pub(super) fn new(rules: &RuleSet) -> Self {
        let named = rules.iter().filter(|(_, rule)| !rule.files.is_empty());
        Self(named.map(|(index, rule)| (index, (rule.files.clone(), OnceLock::new()))).collect())
    }

    /// Whether a rule is for files of certain names.
    pub(super) fn has(&self, rule: RuleIndex) -> bool {
        self.0.contains_key(&rule)
    }

    /// Whether a rule is for the file at `path`.
    pub(super) fn fits(&self, rule: RuleIndex, path: &Path) -> bool {
        self.0.get(&rule).is_none_or(|(names, compiled)| {
            compiled.get_or_init(|| patterns(names)).matched(path, false).is_ignore()
        })
    }

    /// Whether a rule is for a text, as far as is known: the path of a blob may
    /// still be to be found out.
    pub(super) fn may_fit(&self, rule: RuleIndex, origin: &Origin) -> bool {
        match origin {
            Origin::Blob { path: None, .. } => true,
            _ => self.fits(rule, origin.path()),
        }
    }
}

/// Patterns that hold in any folder. One that cannot be understood matches
/// nothing; reading rule files has refused it.
fn patterns(names: &[Text]) -> Gitignore {
    let mut builder = GitignoreBuilder::new("");
    for name in names {
        let name = name.trim_start_matches('/');
        let _ = builder.add_line(None, &format!("**/{name}"));
    }
    builder.build().unwrap_or_else(|_| Gitignore::empty())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::patterns;

    #[test]
    fn names_hold_in_any_folder() {
        let names = ["master.key", "config/*.pass"].map(Into::into);
        let patterns = patterns(&names);
        let fits = |path: &str| patterns.matched(Path::new(path), false).is_ignore();
        for path in ["master.key", "a/b/master.key", "/abs/master.key", "./master.key"] {
            assert!(fits(path), "{path}");
        }
        assert!(fits("app/config/db.pass") && fits("config/db.pass"));
        for path in ["master.keys", "xmaster.key", "config/a/b.pass", "db.pass", "<stdin>"] {
            assert!(!fits(path), "{path}");
        }
    }
}

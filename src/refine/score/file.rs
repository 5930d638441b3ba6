//! What a path says about how values stand in the file.

use std::ffi::OsStr;
use std::path::Path;

/// Kinds of files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// Nothing is known.
    Unknown,
    /// Configuration and shell: values need no quotes.
    Config,
    /// JSON and other data.
    Data,
    /// A programming language.
    Code,
    /// Its tests.
    Test,
    /// Text for people.
    Prose,
    /// Texts in many languages, lock files, styles: no credentials, mostly.
    Other,
}

impl FileKind {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Unknown, Self::Config, Self::Data, Self::Code, Self::Test, Self::Prose, Self::Other];

    /// Its name in explanations.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Config => "config",
            Self::Data => "data",
            Self::Code => "code",
            Self::Test => "test",
            Self::Prose => "prose",
            Self::Other => "other",
        }
    }

    /// The kind of the file at `path`.
    pub fn of(path: &Path) -> Self {
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
        if is_below(path, &TRANSLATIONS) {
            return Self::Other;
        }
        let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
        let named = ["dockerfile", "jenkinsfile", "makefile", "vagrantfile", "procfile"];
        let is_config_name = named.iter().any(|known| name.starts_with(known))
            || name.starts_with(".env")
            || name.ends_with("rc") && name.starts_with('.');
        let kind = match ending {
            _ if is_config_name => Self::Config,
            "json" | "xml" | "csv" | "tsv" | "ndjson" | "jsonl" | "har" | "tfstate" | "ipynb"
            | "plist" | "sql" | "ldif" => Self::Data,
            "yml" | "yaml" | "toml" | "ini" | "cfg" | "conf" | "config" | "properties" | "env"
            | "sh" | "bash" | "zsh" | "fish" | "ps1" | "bat" | "cmd" | "tf" | "tfvars" | "hcl"
            | "example" | "sample" | "template" | "tpl" | "j2" | "cnf" | "service" | "netrc"
            | "cf" | "dist" | "default" | "local" => Self::Config,
            "md" | "rst" | "txt" | "adoc" | "html" | "htm" | "markdown" | "org" | "tex" => {
                Self::Prose
            }
            "lock" | "strings" | "po" | "pot" | "css" | "scss" | "less" | "svg" | "map" | "sum"
            | "rrc" | "xlf" | "resx" | "arb" | "snap" => Self::Other,
            "go" | "py" | "js" | "ts" | "tsx" | "jsx" | "mjs" | "cjs" | "rb" | "java" | "kt"
            | "kts" | "scala" | "c" | "h" | "cc" | "cpp" | "hpp" | "cs" | "php" | "swift" | "m"
            | "mm" | "rs" | "ex" | "exs" | "erl" | "hs" | "lua" | "pl" | "pm" | "r" | "dart"
            | "groovy" | "gradle" | "clj" | "vue" | "svelte" | "erb" | "j" | "vb" | "fs" | "jl"
            | "asp" | "aspx" | "jsp" | "inc" | "coffee" | "graphql" | "proto" => Self::Code,
            _ => return Self::Unknown,
        };
        if kind == Self::Code && is_test(path, &name) { Self::Test } else { kind }
    }
}

/// Folders of texts in many languages, or of what others wrote.
const TRANSLATIONS: [&str; 9] =
    ["i18n", "locale", "locales", "lang", "langs", "languages", "translations", "l10n", "lproj"];
/// Folders of tests.
const TESTS: [&str; 8] =
    ["test", "tests", "spec", "specs", "__tests__", "testdata", "fixtures", "e2e"];
/// What the names of tests hold.
const TEST_MARKS: [&str; 8] =
    ["test_", "_test.", ".test.", "_spec.", ".spec.", "test.", "tests.", "-test."];

/// Whether a folder of the path has one of these names, in any letter case.
fn is_below(path: &Path, folders: &[&str]) -> bool {
    let is_one = |part: &OsStr| folders.iter().any(|folder| part.eq_ignore_ascii_case(folder));
    path.parent().is_some_and(|folder| folder.components().any(|part| is_one(part.as_os_str())))
}

fn is_test(path: &Path, name: &str) -> bool {
    is_below(path, &TESTS) || TEST_MARKS.iter().any(|mark| name.contains(mark))
}

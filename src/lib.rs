//! redhanded finds leaked credentials: what each one is, where it stands, and
//! what was looked at to find it. This page is the map of the code.
//!
//! ```text
//!  cli::Args ──┐
//!  ConfigFile ─┴► ScanPlan ─► Scanner::run │ run_history
//!                               │
//!  Source ──push──► Unit ─► Engine { prefilter ► matcher } ─► Candidate
//!  tree │ stdin │ staged        │                                ▼
//!  introduced │ history         │             refine: Keep │ Drop(Reason)
//!                               │                                ▼
//!                               └─ Notice ───────┐            Finding ◄─ History: which
//!                                                │               ▼      commits, what refs
//!                                                │   suppress: Report │ Suppressed(By)
//!                                                ▼               ▼
//!                                             Reporter ◄──────────┘ ─► ExitStatus
//! ```
//!
//! In the order of the flow:
//!
//! - [`cli`]: arguments to a plan, outcome to an exit status. Nothing else
//!   knows of the command line or the environment.
//! - [`config`]: `.redhanded.toml` and rule files, read and made valid.
//! - [`scan`]: the [`Scanner`](scan::Scanner), the one place that knows all
//!   stages and their order. Files give a finding for each place, history one
//!   for each credential.
//! - [`source`]: where bytes come from. A [`Source`](source::Source) pushes
//!   into a [`Sink`](source::Sink) for each thread: files, standard input, what
//!   is [`Staged`](source::Staged), what a range of commits
//!   [introduced](source::Introduced), and all of a repository's
//!   [`History`](source::History). That one reads packs as what they are:
//!   forests of texts and what each has new against the one it is like.
//! - [`mod@unit`]: a [`Unit`](unit::Unit) of text to scan and the
//!   [`Origin`](unit::Origin) it has.
//! - [`engine`]: bytes to candidates. The prefilter finds places where a
//!   literal of a rule stands, the matcher runs the rule's pattern there, or
//!   reads the [`Assignment`](engine::assignment::Assignment) around a name. A
//!   [`Trace`](engine::Trace) of one text spares the work on the next one.
//! - [`rule`]: what a credential looks like and what to say about it. The rules
//!   themselves are in `rules/*.toml`, laid out by the build script.
//! - [`refine`]: what looks like a credential and is none, each with its reason.
//!   Values assigned to names are [weighed](refine::score).
//! - [`anatomy`]: what a credential says about itself, without a network.
//! - [`finding`]: a [`Finding`](finding::Finding), its
//!   [`Fingerprint`](finding::Fingerprint) and its
//!   [`History`](finding::History).
//! - [`suppress`]: comments and allow lists.
//! - [`baseline`]: files that say which findings are known, and what was
//!   decided about them.
//! - [`report`]: one format a file.
//! - [`lint`]: whether a rule does what it says.
//! - [`cache`]: files in which a scan of a repository leaves what the next one
//!   need not find out again.
//!
//! Used everywhere: [`secret`] (a value that cannot be shown by accident),
//! [`span`] (places), [`object`] (names of git objects), [`notice`] (trouble
//! that must not be passed over).
//!
//! Laws that hold throughout:
//!
//! 1. Never a false all-clear: what could not be looked at is a
//!    [`Notice`](notice::Notice), and then the scan is not clean.
//! 2. Never leak: a [`Secret`](secret::Secret) is masked unless somebody asked
//!    to see it.
//! 3. Never run what is scanned: no git, no hook, no filter. Objects are read,
//!    nothing else.
//! 4. Everything is explained: what is dropped has a
//!    [`Reason`](refine::Reason), what is suppressed names
//!    [what suppressed it](finding::By).
//! 5. Deterministic: the same input and rules give the same report, whatever
//!    the number of threads.

pub mod anatomy;
pub mod baseline;
pub mod cache;
pub mod config;
pub mod engine;
pub mod finding;
mod hex;
pub mod lint;
pub mod notice;
pub mod object;
mod paths;
pub mod refine;
pub mod report;
pub mod rule;
pub mod scan;
pub mod secret;
pub mod source;
pub mod span;
pub mod suppress;
pub mod unit;
mod unseen;

#[cfg(feature = "cli")]
pub mod cli;

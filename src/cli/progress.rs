//! A progress line on standard error, for people who wait.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use indicatif::{HumanBytes, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::scan::Progress;

/// A scan that is done by then shows no progress.
const PATIENCE: Duration = Duration::from_millis(500);
/// Time between two updates.
const STEP: Duration = Duration::from_millis(100);

/// The progress line; it goes when this is dropped.
pub(super) struct ProgressLine {
    running: Option<(Sender<()>, JoinHandle<()>)>,
}

impl ProgressLine {
    /// Shows `progress` from now on, if `wanted`.
    pub(super) fn start(progress: &Arc<Progress>, wanted: bool) -> Self {
        if !wanted {
            return Self { running: None };
        }
        let (stop, stopped) = channel::<()>();
        let progress = Arc::clone(progress);
        let thread = std::thread::spawn(move || {
            let mut wait = PATIENCE;
            let mut bar = None;
            while stopped.recv_timeout(wait) == Err(RecvTimeoutError::Timeout) {
                wait = STEP;
                show(bar.get_or_insert_with(new_bar), &progress);
            }
            if let Some(bar) = bar {
                bar.finish_and_clear();
            }
        });
        Self { running: Some((stop, thread)) }
    }
}

impl Drop for ProgressLine {
    fn drop(&mut self) {
        if let Some((stop, thread)) = self.running.take() {
            drop(stop);
            // A progress line that failed is not worth a word.
            let _ = thread.join();
        }
    }
}

fn new_bar() -> ProgressBar {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    bar.set_style(ProgressStyle::default_spinner());
    bar
}

fn show(bar: &ProgressBar, progress: &Progress) {
    let files = progress.files.load(Ordering::Relaxed);
    let bytes = HumanBytes(progress.bytes.load(Ordering::Relaxed));
    let findings = progress.findings.load(Ordering::Relaxed);
    bar.set_message(format!("{files} files, {bytes}, {findings} findings"));
    bar.tick();
}

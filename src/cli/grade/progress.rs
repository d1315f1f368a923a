//! How far a grading is: a bar on a terminal, plain lines now and then elsewhere.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::cli::console::{Console, complain};
use crate::report::style::Style;
use crate::run::Event;

/// How often a line is written where there is no terminal.
const LINE_EVERY: Duration = Duration::from_secs(5);
/// Columns for what is going on now.
const NOW_CHARS: usize = 48;

/// The progress of a grading.
pub(super) struct Progress {
    /// `None` where there is no terminal.
    bar: Option<ProgressBar>,
    style: Style,
    /// The student and the exercise of each piece of work.
    names: Vec<String>,
    /// The submissions that wait for each piece of work.
    waiting: Vec<Vec<usize>>,
    /// How many pieces of work each submission waits for.
    left: Vec<usize>,
    /// Submissions that wait for nothing.
    complete: usize,
    programs: usize,
    steps: usize,
    done: usize,
    finished: usize,
    now: BTreeSet<usize>,
    began: Instant,
    said: Instant,
}

impl Progress {
    /// `names` are student and exercise of each piece of work, `waiting` the submissions that wait for it, of so many.
    pub(super) fn new(
        console: &Console,
        names: Vec<String>,
        waiting: &[Vec<usize>],
        submissions: usize,
    ) -> Self {
        let mut left = vec![0; submissions];
        for submission in waiting.iter().flatten() {
            left[*submission] += 1;
        }
        let bar = console.progress.then(|| {
            let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr());
            // A template that cannot be read is no reason to grade nobody.
            if let Ok(style) = ProgressStyle::with_template("{bar:24} {prefix}  {wide_msg}") {
                bar.set_style(style.progress_chars("=> "));
            }
            bar
        });
        let now = Instant::now();
        Self {
            bar,
            style: console.err,
            programs: names.len(),
            names,
            waiting: waiting.to_vec(),
            complete: left.iter().filter(|left| **left == 0).count(),
            left,
            steps: 0,
            done: 0,
            finished: 0,
            now: BTreeSet::new(),
            began: now,
            said: now,
        }
    }

    /// Takes an event into account.
    pub(super) fn event(&mut self, event: &Event) {
        match event {
            Event::Started { builds, runs } => {
                self.steps = builds + runs;
                if let Some(bar) = &self.bar {
                    bar.set_length(self.steps as u64);
                }
            }
            Event::Building { work } => {
                self.now.insert(*work);
            }
            Event::Built { dropped_runs, .. } => self.done += 1 + dropped_runs,
            Event::CaseStarted { .. } => {}
            Event::CaseFinished { .. } => self.done += 1,
            Event::Finished { work, .. } => {
                self.now.remove(work);
                self.finished += 1;
                for submission in self.waiting.get(*work).into_iter().flatten() {
                    self.left[*submission] -= 1;
                    self.complete += usize::from(self.left[*submission] == 0);
                }
            }
        }
        self.show();
    }

    /// Students, programs and time left.
    fn count(&self) -> String {
        let left = match self.left_over() {
            Some(left) => format!(", about {} left", in_words(left)),
            None => String::new(),
        };
        format!(
            "{} of {} submissions, {} of {} programs{left}",
            self.complete,
            self.left.len(),
            self.finished,
            self.programs
        )
    }

    /// At the speed so far; nothing while there is too little to tell.
    fn left_over(&self) -> Option<Duration> {
        let spent = self.began.elapsed();
        if self.done == 0 || spent < Duration::from_secs(2) {
            return None;
        }
        let left = self.steps.saturating_sub(self.done);
        #[expect(clippy::cast_precision_loss, reason = "a guess for people")]
        let share = left as f64 / self.done as f64;
        Some(spent.mul_f64(share.min(1e6)))
    }

    fn now(&self) -> String {
        let names = self.now.iter().filter_map(|work| self.names.get(*work));
        let names: Vec<String> = names
            .take(3)
            .map(|name| self.style.clean(name, NOW_CHARS))
            .collect();
        names.join("; ")
    }

    fn show(&mut self) {
        if let Some(bar) = &self.bar {
            bar.set_position(self.done as u64);
            bar.set_prefix(self.count());
            bar.set_message(self.now());
        } else if self.said.elapsed() >= LINE_EVERY {
            self.said = Instant::now();
            complain(&format!("{}; now {}\n", self.count(), self.now()));
        }
    }

    /// Wipes the bar away.
    pub(super) fn finish(self) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
    }
}

fn in_words(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0..=90 => format!("{} s", seconds.max(1)),
        91..=5_400 => format!("{} min", (seconds + 30) / 60),
        _ => format!("{} h", (seconds + 1_800) / 3_600),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_roughly() {
        let words = |seconds| in_words(Duration::from_secs(seconds));
        assert_eq!(
            [0, 42, 100, 7200].map(words),
            ["1 s", "42 s", "2 min", "2 h"]
        );
    }
}

//! Progress on stderr: one line that is drawn over itself, on a terminal only.

use crate::run::Event;

use super::console::{Console, complain};

/// Draws how far the work is.
#[derive(Debug)]
pub(super) struct Progress {
    shown: bool,
    names: Vec<String>,
    steps: usize,
    done: usize,
    columns: usize,
    /// Whether there is something to wipe away.
    drawn: bool,
}

impl Progress {
    /// `names` are the names of the pieces of work, in their order.
    pub(super) fn new(console: &Console, names: Vec<String>) -> Self {
        Self {
            shown: console.progress,
            names,
            steps: 0,
            done: 0,
            columns: console.err.width,
            drawn: false,
        }
    }

    /// Takes an event into account.
    pub(super) fn event(&mut self, event: &Event) {
        match event {
            Event::Started { builds, runs } => self.steps = builds + runs,
            Event::Building { work } => self.draw(*work, "building"),
            Event::Built { dropped_runs, .. } => self.done += 1 + dropped_runs,
            Event::CaseStarted { work, .. } => self.draw(*work, "running"),
            Event::CaseFinished { .. } => self.done += 1,
            Event::Finished { .. } => {}
        }
    }

    /// The same, with the names of the pieces of work, which were not known before.
    pub(super) fn event_of(&mut self, event: &Event, names: &[String]) {
        if self.names.is_empty() {
            names.clone_into(&mut self.names);
        }
        self.event(event);
    }

    /// Says what is being done, where there are no steps to count.
    pub(super) fn say(&mut self, doing: &str) {
        if self.shown {
            self.drawn = true;
            let cut: String = doing.chars().take(self.columns.saturating_sub(1)).collect();
            complain(&format!("\r\x1b[K{cut}"));
        }
    }

    fn draw(&mut self, work: usize, doing: &str) {
        let name = self.names.get(work).map_or("", String::as_str);
        self.say(&format!("[{}/{}] {doing} {name}", self.done, self.steps));
    }

    /// Wipes the line, so that what follows begins on an empty one.
    pub(super) fn finish(self) {
        drop(self);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.drawn {
            complain("\r\x1b[K");
        }
    }
}

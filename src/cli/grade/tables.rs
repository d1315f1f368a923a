//! The tables in the results that a teacher fills in.

use std::path::Path;

use crate::course::Course;
use crate::course::grading_policy::Grading;
use crate::error::Error;
use crate::gradebook;
use crate::gradebook::extensions::{self, Extensions};
use crate::gradebook::free_text::{self, FreeTexts};
use crate::gradebook::manual::{self, Manual};
use crate::gradebook::roll::{ByHand, Checklists};

/// What a teacher has filled in.
pub(super) struct Tables {
    pub(super) manual: Manual,
    pub(super) free_texts: FreeTexts,
    pub(super) extensions: Extensions,
}

impl Tables {
    pub(super) fn read(results: &Path, written: &Grading) -> Result<Self, Error> {
        Ok(Self {
            extensions: Extensions::read(&results.join(extensions::FILE), written)?,
            manual: Manual::read(&results.join(manual::FILE))?,
            free_texts: FreeTexts::read(&results.join(free_text::FILE))?,
        })
    }

    /// All that was counted. Points for texts that are other ones by now did not count, and are asked for again.
    pub(super) fn counted(&self, course: &Course, checklists: &Checklists) -> Vec<ByHand> {
        let mut all = self.manual.by_hand();
        all.extend(self.extensions.by_hand());
        all.extend(match &course.checklist {
            Some(checklist) => self.free_texts.after(checklist, checklists).by_hand(),
            None => self.free_texts.by_hand(),
        });
        all
    }

    /// Writes the table of free texts, now that all answers are known. What a teacher wrote into it meanwhile stays.
    pub(super) fn write_free_texts(
        results: &Path,
        course: &Course,
        checklists: &Checklists,
    ) -> Result<FreeTexts, Error> {
        let Some(checklist) = &course.checklist else {
            return Ok(FreeTexts::default());
        };
        let path = results.join(free_text::FILE);
        let after = FreeTexts::read(&path)?.after(checklist, checklists);
        if !after.is_empty() {
            let text = after.render();
            let text = text.map_err(|e| Error::Bug(format!("the table cannot be written: {e}")))?;
            gradebook::write_whole(&path, &text)?;
        }
        Ok(after)
    }
}

//! The types of `checklist.toml` and `answers.toml`.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::seal;
use super::spec::Phase;

/// The checklist of a course.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Checklist {
    /// Version of this file's format; 1.
    #[cfg_attr(test, schemars(extend("const" = 1)))]
    pub format_version: u32,
    /// The questions, in order.
    #[serde(default, rename = "item")]
    pub items: Vec<Item>,
}

/// One question with the evidence that earns it. Exactly one of `choice`, `number`, `order`, `match`, `predict`, `layout`, `text` is given.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(extend("oneOf" = super::spec::required_keys(&["choice", "number", "order", "match", "predict", "layout", "text"]))))]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// Key of the answer in `answers.toml`.
    pub id: String,
    /// The question. In one with `predict`, `{name}` stands for the parameter `name`.
    pub question: String,
    /// Points; 1 if not said. A question with `text` has those of its rubric.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub points: Option<u32>,
    /// Checks of the learner's own programs that must pass too, as `exercise/case/check`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<String>,
    /// In a student's bundle: how many further checks must pass, which only the teacher's course has. `memgrade pack` writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withheld: Option<u32>,
    /// What a wrong answer may look at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// Choose what is true: one option or several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub choice: Option<Choice>,
    /// A number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<Number>,
    /// Put in order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<Order>,
    /// Match left with right.
    #[serde(default, rename = "match", skip_serializing_if = "Option::is_none")]
    pub matching: Option<Match>,
    /// Say what a program will do, before it runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub predict: Option<Predict>,
    /// Draw a program's memory, and place things in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layout: Option<Layout>,
    /// Free text, which a teacher marks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<FreeText>,
}

/// The kinds of questions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// One option of several is right.
    OneOf,
    /// All options that are true are to be chosen.
    SeveralOf,
    /// A number, with a unit or without.
    Number,
    /// Things to put in order.
    Order,
    /// Pairs to find.
    Match,
    /// A figure of a program that is run afterwards.
    Predict,
    /// A program's memory to draw.
    Layout,
    /// Free text.
    Text,
}

impl Item {
    /// Which kind of question this is; `None` for an item without one, which the loader refuses.
    pub fn kind(&self) -> Option<Kind> {
        let choice = self.choice.as_ref().map(|choice| {
            if choice.several() {
                Kind::SeveralOf
            } else {
                Kind::OneOf
            }
        });
        choice
            .or(self.number.as_ref().map(|_| Kind::Number))
            .or(self.order.as_ref().map(|_| Kind::Order))
            .or(self.matching.as_ref().map(|_| Kind::Match))
            .or(self.predict.as_ref().map(|_| Kind::Predict))
            .or(self.layout.as_ref().map(|_| Kind::Layout))
            .or(self.text.as_ref().map(|_| Kind::Text))
    }

    /// A learner's parameters; `None` if they would be needed, and it is not known who the learner is.
    pub fn parameters(&self, student: Option<&str>) -> Option<BTreeMap<String, i64>> {
        let Some(predict) = self.predict.as_ref().filter(|p| !p.parameters.is_empty()) else {
            return Some(BTreeMap::new());
        };
        student.map(|student| predict.parameters_of(&self.id, student))
    }

    /// The points that it can give.
    pub fn possible(&self) -> u32 {
        let of_rubric = self.text.as_ref().map(|text| {
            let points = text.rubric.iter().map(|criterion| criterion.points);
            points.fold(0, u32::saturating_add)
        });
        of_rubric.or(self.points).unwrap_or(1)
    }
}

/// A choice; the answer is a list of option keys (or one key where one is right).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// Whether several options may be chosen; if not said, yes exactly where several are right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub several: Option<bool>,
    /// Keys of the right options.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub right: Vec<String>,
    /// What is right, sealed, in a student's bundle.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sealed: Option<String>,
    /// Key and text of each option.
    pub options: BTreeMap<String, String>,
}

impl Choice {
    /// Whether several options may be chosen.
    pub fn several(&self) -> bool {
        self.several.unwrap_or(self.right.len() > 1)
    }
}

/// A number; the answer is a number, or text with a unit.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Number {
    /// The right number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub right: Option<f64>,
    /// What is right, sealed, in a student's bundle.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sealed: Option<String>,
    /// Its unit, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Relative tolerance in percent; 0 if not said.
    #[serde(default)]
    pub percent: f64,
}

/// An order; the answer is the list of keys in order.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Order {
    /// Keys in the right order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub right: Vec<String>,
    /// What is right, sealed, in a student's bundle.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sealed: Option<String>,
    /// Key and text of each thing.
    pub things: BTreeMap<String, String>,
}

/// A matching; the answer is a table from left keys to right keys.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Match {
    /// What is right, sealed, in a student's bundle.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sealed: Option<String>,
    /// Key and text on the left.
    pub left: BTreeMap<String, String>,
    /// Key and text on the right.
    pub right: BTreeMap<String, String>,
    /// For each left key the right key that belongs to it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub pairs: BTreeMap<String, String>,
}

/// A prediction; the answer is a number. It is marked against a run of the program on the machine that marks.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Predict {
    /// The program, a Rust file below `exercises/`. Learners may read it.
    pub program: String,
    /// Its arguments; `{name}` stands for the parameter `name`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub args: Vec<String>,
    /// What is asked for.
    pub of: Predicted,
    /// The phase of the run that is meant; all of it if not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub between: Option<Phase>,
    /// For `printed`: the line that says the number, a regular expression with a group named `value`. The first that matches counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schemars(extend("format" = "regex")))]
    pub line: Option<String>,
    /// The unit of a bare number; `bytes` for figures in bytes if not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Relative tolerance in percent of what was measured; with `absolute`, the larger of the two counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub percent: Option<f64>,
    /// Absolute tolerance, in the question's unit; with `percent`, the larger of the two counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub absolute: Option<f64>,
    /// Values of each parameter. Each learner gets one of them, by the student id in their answers: always the same one.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub parameters: BTreeMap<String, Vec<i64>>,
}

/// Figures that can be predicted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Predicted {
    /// Most heap bytes alive at once.
    #[default]
    PeakBytes,
    /// Heap bytes ever allocated.
    TotalBytes,
    /// Heap blocks ever allocated.
    TotalBlocks,
    /// Heap bytes alive at the end, of the run or the phase.
    LiveBytes,
    /// Heap blocks alive at the end, of the run or the phase.
    LiveBlocks,
    /// Bytes lost at the end of the run, definitely or indirectly.
    LostBytes,
    /// Blocks lost at the end of the run, definitely or indirectly.
    LostBlocks,
    /// Minor page faults.
    MinorFaults,
    /// Resident memory: its peak for the whole run, its growth for a phase.
    Resident,
    /// Virtual memory: its peak for the whole run, its growth for a phase.
    VirtualSize,
    /// The deepest point of the main thread's stack in the whole run.
    StackPeak,
    /// A number that the program prints; see `line`.
    Printed,
}

impl Predicted {
    /// Whether the figure is in bytes.
    pub fn is_bytes(self) -> bool {
        matches!(
            self,
            Self::PeakBytes
                | Self::TotalBytes
                | Self::LiveBytes
                | Self::LostBytes
                | Self::Resident
                | Self::VirtualSize
                | Self::StackPeak
        )
    }
}

/// A drawing of a program's memory. The answer is a list of regions from low addresses to high ones, each with what is in it:
/// `[{ region = "text", holds = ["main"] }, …]`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Layout {
    /// The case whose memory is drawn beside the answer, as `exercise/case`: its program prints addresses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measured: Option<String>,
    /// Neighboring regions whose order does not count, as where linkers differ.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub any_order: Vec<Vec<String>>,
    /// The right drawing, from low addresses to high ones.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub right: Vec<Place>,
    /// What is right, sealed, in a student's bundle.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sealed: Option<String>,
    /// Key and text of each region; the keys are `text`, `rodata`, `data`, `bss`, `heap`, `stack` and `mapping`.
    pub regions: BTreeMap<String, String>,
    /// Key and text of each thing to place.
    pub things: BTreeMap<String, String>,
}

/// A region of a drawing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// The region.
    pub region: String,
    /// Keys of the things that are in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub holds: Vec<String>,
}

/// Free text. It is collected for the teacher, and its points are pending until they are given.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct FreeText {
    /// What a teacher gives points for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rubric: Vec<Criterion>,
    /// The rubric, sealed, in a student's bundle.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sealed: Option<String>,
}

/// One line of a rubric.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Criterion {
    /// Points for it.
    pub points: u32,
    /// What the answer has to say.
    pub says: String,
}

/// The key in `answers.toml` under which a learner says who they are; no question can have it as its id.
pub const STUDENT: &str = "student";

/// Seals what is at `right`, if there is anything.
macro_rules! seal_one {
    ($name:expr, $part:expr, $right:ident) => {
        if let Some(part) = &mut $part
            && part.sealed.is_none()
            && let Ok(text) = serde_json::to_string(&part.$right)
        {
            part.$right = Default::default();
            part.sealed = Some(seal::seal($name, &text));
        }
    };
}

/// Opens what is sealed; false if it cannot be opened.
macro_rules! open_one {
    ($name:expr, $part:expr, $right:ident) => {
        match &mut $part {
            Some(part) => match part.sealed.take() {
                Some(sealed) => {
                    let text = seal::open($name, &sealed);
                    match text.and_then(|text| serde_json::from_str(&text).ok()) {
                        Some(right) => {
                            part.$right = right;
                            true
                        }
                        None => false,
                    }
                }
                None => true,
            },
            None => true,
        }
    };
}

impl Checklist {
    /// The same questions with right answers and rubrics sealed, for a student's bundle.
    #[must_use]
    pub fn sealed(&self) -> Self {
        let mut sealed = self.clone();
        for item in &mut sealed.items {
            let name = &sealed_name(&item.id);
            if let Some(choice) = &mut item.choice {
                // Otherwise it would be told by what is not there any more.
                choice.several = Some(choice.several());
            }
            if let Some(points) = item.text.as_ref().map(|_| item.possible()) {
                item.points = Some(points);
            }
            seal_one!(name, item.choice, right);
            seal_one!(name, item.number, right);
            seal_one!(name, item.order, right);
            seal_one!(name, item.matching, pairs);
            seal_one!(name, item.layout, right);
            seal_one!(name, item.text, rubric);
        }
        sealed
    }

    /// Opens what is sealed. The indices of the items that cannot be opened come back.
    pub(super) fn open_seals(&mut self) -> Vec<usize> {
        let mut closed = Vec::new();
        for (index, item) in self.items.iter_mut().enumerate() {
            let name = &sealed_name(&item.id);
            let opened = open_one!(name, item.choice, right)
                & open_one!(name, item.number, right)
                & open_one!(name, item.order, right)
                & open_one!(name, item.matching, pairs)
                & open_one!(name, item.layout, right)
                & open_one!(name, item.text, rubric);
            if item.text.is_some() {
                // The rubric says it.
                item.points = None;
            }
            if !opened {
                closed.push(index);
            }
        }
        closed
    }

    /// The questions that a run answers.
    pub fn predictions(&self) -> impl Iterator<Item = (&Item, &Predict)> {
        self.items
            .iter()
            .filter_map(|item| Some((item, item.predict.as_ref()?)))
    }
}

fn sealed_name(id: &str) -> String {
    format!("answer/{id}")
}

impl Predict {
    /// The parameters of one learner. The same student id and question give the same values on every machine.
    ///
    /// The value is chosen by the BLAKE3 hash of student, question and parameter; with n values each is as likely as another, to
    /// within n in 2^64.
    pub fn parameters_of(&self, item: &str, student: &str) -> BTreeMap<String, i64> {
        let chosen = self.parameters.iter().filter_map(|(name, values)| {
            let mut hasher =
                blake3::Hasher::new_derive_key("memgrade 2026 parameters of a question");
            for part in [student, item, name] {
                hasher.update(&(part.len() as u64).to_le_bytes());
                hasher.update(part.as_bytes());
            }
            let mut bytes = [0; 8];
            hasher.finalize_xof().fill(&mut bytes);
            let count = u64::try_from(values.len()).ok()?;
            let index = u64::from_le_bytes(bytes).checked_rem(count)?;
            let value = values.get(usize::try_from(index).ok()?)?;
            Some((name.clone(), *value))
        });
        chosen.collect()
    }

    /// The unit of a bare number.
    pub fn unit(&self) -> Option<&str> {
        let bytes = self.of.is_bytes().then_some("bytes");
        self.unit.as_deref().or(bytes)
    }
}

/// `text` with the value of each parameter in place of its `{name}`.
pub fn filled(text: &str, parameters: &BTreeMap<String, i64>) -> String {
    parameters
        .iter()
        .fold(text.to_owned(), |text, (name, value)| {
            text.replace(&format!("{{{name}}}"), &value.to_string())
        })
}

/// A learner's answer to one question, in the form that the question asks for. It is well-formed (its keys exist,
/// none is given twice), but not necessarily right.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// To a [`Choice`]: the keys chosen.
    Choice(BTreeSet<String>),
    /// To a [`Number`] or a [`Predict`].
    Number(NumberAnswer),
    /// To an [`Order`]: the keys from first to last; some may be missing.
    Order(Vec<String>),
    /// To a [`Match`]: right key by left key; some may be missing.
    Match(BTreeMap<String, String>),
    /// To a [`Layout`]: the regions from low addresses to high ones; regions and things may be missing.
    Layout(Vec<Place>),
    /// To a [`FreeText`].
    Text(String),
}

/// A number as the learner wrote it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NumberAnswer {
    /// The number; finite.
    pub value: f64,
    /// The unit behind it, if one was written (`KiB` in `"4 KiB"`). It is not empty.
    pub unit: Option<String>,
}

#[cfg(test)]
mod tests;

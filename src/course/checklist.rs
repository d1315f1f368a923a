//! The types of `checklist.toml` and `answers.toml`.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

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

/// One question with the evidence that earns it. Exactly one of `choice`, `number`, `order`, `match` is given.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(extend("oneOf" = super::spec::required_keys(&["choice", "number", "order", "match"]))))]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// Key of the answer in `answers.toml`.
    pub id: String,
    /// The question.
    pub question: String,
    /// Points; 1 if not said.
    #[serde(default)]
    pub points: Option<u32>,
    /// Checks of the learner's own programs that must pass too, as `exercise/case/check`.
    #[serde(default)]
    pub evidence: Vec<String>,
    /// What a wrong answer may look at.
    #[serde(default)]
    pub hint: Option<String>,
    /// Choose all that are true.
    #[serde(default)]
    pub choice: Option<Choice>,
    /// A number.
    #[serde(default)]
    pub number: Option<Number>,
    /// Put in order.
    #[serde(default)]
    pub order: Option<Order>,
    /// Match left with right.
    #[serde(default, rename = "match")]
    pub matching: Option<Match>,
}

/// A choice; the answer is a list of option keys (or one key where one is right).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// Key and text of each option.
    pub options: BTreeMap<String, String>,
    /// Keys of the right options.
    pub right: Vec<String>,
}

/// A number; the answer is a number, or text with a unit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Number {
    /// The right number.
    pub right: f64,
    /// Its unit, if it has one.
    #[serde(default)]
    pub unit: Option<String>,
    /// Relative tolerance in percent; 0 if not said.
    #[serde(default)]
    pub percent: f64,
}

/// An order; the answer is the list of keys in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Order {
    /// Key and text of each thing.
    pub things: BTreeMap<String, String>,
    /// Keys in the right order.
    pub right: Vec<String>,
}

/// A matching; the answer is a table from left keys to right keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Match {
    /// Key and text on the left.
    pub left: BTreeMap<String, String>,
    /// Key and text on the right.
    pub right: BTreeMap<String, String>,
    /// For each left key the right key that belongs to it.
    pub pairs: BTreeMap<String, String>,
}

/// A learner's answer to one question, in the form that the question asks for. It is well-formed (its keys exist,
/// none is given twice), but not necessarily right.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// To a [`Choice`]: the keys chosen.
    Choice(BTreeSet<String>),
    /// To a [`Number`].
    Number(NumberAnswer),
    /// To an [`Order`]: the keys from first to last; some may be missing.
    Order(Vec<String>),
    /// To a [`Match`]: right key by left key; some may be missing.
    Match(BTreeMap<String, String>),
}

/// A number as the learner wrote it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NumberAnswer {
    /// The number; finite.
    pub value: f64,
    /// The unit behind it, if one was written (`KiB` in `"4 KiB"`). It is not empty.
    pub unit: Option<String>,
}

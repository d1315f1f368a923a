//! An answer that is being made, kind by kind.

use std::collections::{BTreeMap, BTreeSet};

use super::Key;
use super::line::Line;
use crate::course::answers::{MAX_TEXT, number_with_unit};
use crate::course::checklist::{Answer, Item, Place};

/// Longest number that can be typed, unit included.
const MAX_NUMBER: usize = 60;

/// An answer in the making.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Draft {
    Choice {
        keys: Vec<String>,
        chosen: BTreeSet<String>,
        several: bool,
        at: usize,
    },
    Number(Line),
    Order {
        keys: Vec<String>,
        at: usize,
        held: bool,
    },
    Match {
        left: Vec<String>,
        right: Vec<String>,
        pairs: BTreeMap<String, String>,
        at: usize,
    },
    Layout {
        /// From high addresses to low ones, as they are drawn.
        regions: Vec<String>,
        things: Vec<String>,
        places: BTreeMap<String, String>,
        /// First through the regions, then through the things.
        at: usize,
        held: bool,
    },
    Text(Line),
}

impl Draft {
    /// Begins with what is answered already.
    pub(super) fn of(item: &Item, answer: Option<&Answer>) -> Option<Self> {
        let keys = |map: &BTreeMap<String, String>| map.keys().cloned().collect::<Vec<_>>();
        if let Some(choice) = &item.choice {
            return Some(Self::Choice {
                keys: keys(&choice.options),
                chosen: match answer {
                    Some(Answer::Choice(chosen)) => chosen.clone(),
                    _ => BTreeSet::new(),
                },
                several: choice.several(),
                at: 0,
            });
        }
        if let Some(order) = &item.order {
            let mut keys = keys(&order.things);
            if let Some(Answer::Order(given)) = answer {
                keys.retain(|key| !given.contains(key));
                keys.splice(0..0, given.iter().cloned());
            }
            return Some(Self::Order {
                keys,
                at: 0,
                held: false,
            });
        }
        if let Some(matching) = &item.matching {
            return Some(Self::Match {
                left: keys(&matching.left),
                right: keys(&matching.right),
                pairs: match answer {
                    Some(Answer::Match(pairs)) => pairs.clone(),
                    _ => BTreeMap::new(),
                },
                at: 0,
            });
        }
        if let Some(layout) = &item.layout {
            let mut regions = keys(&layout.regions);
            let mut places = BTreeMap::new();
            if let Some(Answer::Layout(drawn)) = answer {
                let drawn_regions = drawn.iter().map(|place| place.region.clone());
                let drawn_regions: Vec<String> = drawn_regions.collect();
                regions.retain(|region| !drawn_regions.contains(region));
                regions.splice(0..0, drawn_regions.into_iter().rev());
                for place in drawn {
                    for thing in &place.holds {
                        places.insert(thing.clone(), place.region.clone());
                    }
                }
            }
            return Some(Self::Layout {
                regions,
                things: keys(&layout.things),
                places,
                at: 0,
                held: false,
            });
        }
        if item.text.is_some() {
            let text = match answer {
                Some(Answer::Text(text)) => text.as_str(),
                _ => "",
            };
            return Some(Self::Text(Line::new(text, true, MAX_TEXT)));
        }
        let text = match answer {
            Some(Answer::Number(number)) => match &number.unit {
                Some(unit) => format!("{} {unit}", number.value),
                None => number.value.to_string(),
            },
            _ => String::new(),
        };
        (item.number.is_some() || item.predict.is_some())
            .then(|| Self::Number(Line::new(&text, false, MAX_NUMBER)))
    }

    /// Takes a key.
    pub(super) fn key(&mut self, key: Key) {
        match self {
            Self::Number(line) | Self::Text(line) => line.key(key),
            Self::Choice {
                keys,
                chosen,
                several,
                at,
            } => {
                if let Key::Char(c) = key
                    && let Some(index) = letter(c).filter(|index| *index < keys.len())
                {
                    *at = index;
                    toggle(chosen, &keys[index], *several);
                } else if key == Key::Space {
                    toggle(chosen, &keys[*at], *several);
                } else {
                    walk(at, keys.len(), key);
                }
            }
            Self::Order { keys, at, held } => rearrange(keys, at, held, key),
            Self::Match {
                left,
                right,
                pairs,
                at,
            } => {
                if matches!(key, Key::Left | Key::Right | Key::Space) {
                    turn(pairs, &left[*at], right, key == Key::Left);
                } else if matches!(key, Key::Backspace | Key::Delete) {
                    pairs.remove(&left[*at]);
                } else {
                    walk(at, left.len(), key);
                }
            }
            Self::Layout {
                regions,
                things,
                places,
                at,
                held,
            } => {
                let count = regions.len();
                if *held || (*at < count && key == Key::Space) {
                    rearrange(regions, at, held, key);
                } else if *at >= count && matches!(key, Key::Left | Key::Right | Key::Space) {
                    // The things go through the regions from top to bottom, as they are drawn.
                    turn(places, &things[*at - count], regions, key == Key::Left);
                } else if *at >= count && matches!(key, Key::Backspace | Key::Delete) {
                    places.remove(&things[*at - count]);
                } else {
                    walk(at, count + things.len(), key);
                }
            }
        }
    }

    /// The answer as it stands; `None` if nothing was answered.
    ///
    /// # Errors
    /// What is wrong with what was typed.
    pub(super) fn answer(&self) -> Result<Option<Answer>, &'static str> {
        Ok(match self {
            Self::Choice { chosen, .. } => {
                (!chosen.is_empty()).then(|| Answer::Choice(chosen.clone()))
            }
            Self::Number(line) => {
                let text = line.text();
                if text.trim().is_empty() {
                    return Ok(None);
                }
                let number = number_with_unit(&text).filter(|number| number.value.is_finite());
                Some(Answer::Number(
                    number.ok_or("this is no number; write it like 4096 or 4 KiB")?,
                ))
            }
            Self::Order { keys, .. } => Some(Answer::Order(keys.clone())),
            Self::Match { pairs, .. } => (!pairs.is_empty()).then(|| Answer::Match(pairs.clone())),
            Self::Layout {
                regions,
                things,
                places,
                ..
            } => {
                let drawn = regions.iter().rev().map(|region| Place {
                    region: region.clone(),
                    holds: things
                        .iter()
                        .filter(|thing| places.get(*thing) == Some(region))
                        .cloned()
                        .collect(),
                });
                Some(Answer::Layout(drawn.collect()))
            }
            Self::Text(line) => {
                let text = line.text().trim().to_owned();
                (!text.is_empty()).then_some(Answer::Text(text))
            }
        })
    }
}

/// The index that a letter stands for.
fn letter(c: char) -> Option<usize> {
    let c = c.to_ascii_lowercase();
    c.is_ascii_lowercase().then(|| usize::from(c as u8 - b'a'))
}

fn walk(at: &mut usize, count: usize, key: Key) {
    match key {
        Key::Up => *at = at.saturating_sub(1),
        Key::Down => *at = (*at + 1).min(count.saturating_sub(1)),
        Key::Home => *at = 0,
        Key::End => *at = count.saturating_sub(1),
        _ => {}
    }
}

fn toggle(chosen: &mut BTreeSet<String>, key: &str, several: bool) {
    if chosen.remove(key) {
        return;
    }
    if !several {
        chosen.clear();
    }
    chosen.insert(key.to_owned());
}

/// Space picks up and lays down; what is held goes where the cursor goes.
fn rearrange(keys: &mut [String], at: &mut usize, held: &mut bool, key: Key) {
    if key == Key::Space {
        *held = !*held;
        return;
    }
    let before = *at;
    walk(at, keys.len(), key);
    if *held && before != *at {
        if before < *at {
            keys[before..=*at].rotate_left(1);
        } else {
            keys[*at..=before].rotate_right(1);
        }
    }
}

/// The next or the previous of `values` for `key`, in a circle.
fn turn(chosen: &mut BTreeMap<String, String>, key: &str, values: &[String], back: bool) {
    if values.is_empty() {
        return;
    }
    let now = chosen
        .get(key)
        .and_then(|now| values.iter().position(|value| value == now));
    let next = match (now, back) {
        (None, false) => 0,
        (None, true) => values.len() - 1,
        (Some(index), false) => (index + 1) % values.len(),
        (Some(index), true) => (index + values.len() - 1) % values.len(),
    };
    chosen.insert(key.to_owned(), values[next].clone());
}

//! A course besides its exercises: what it says of the day, its questions, and folders that belong to nothing.

use super::lesson::{self, Around};
use super::{Answer, Proof, texts, tidy};
use crate::course::SourceFile;
use crate::course::checklist::{Checklist, Item};
use crate::course::outline::Outline;
use crate::course::stray::Stray;
use crate::diagnostic::{Finding, Place};

/// Answers what is asked about it.
pub fn prove(
    title: &str,
    outline: Option<(&Outline, &SourceFile)>,
    checklist: Option<(&Checklist, &SourceFile)>,
    strays: &[Stray],
    around: &Around<'_>,
) -> Proof {
    let files = [
        outline.map(|(_, file)| file),
        checklist.map(|(_, file)| file),
    ];
    let files = files.into_iter().flatten();
    let written: Vec<(&str, &str)> = files.map(|file| (&*file.path, &*file.text)).collect();
    let mut answers: Vec<Answer> = texts::to_do("the course", &written).into_iter().collect();
    answers.push(Answer {
        problems: strays.iter().map(tidy::stray).collect(),
        ..Answer::new("folders", "none that belongs to no exercise".to_owned())
    });
    if let Some((outline, file)) = outline {
        answers.push(Answer {
            problems: sentences(file, &of_day(outline), around),
            ..Answer::new("day", format!("{} objectives", outline.objectives.len()))
        });
    }
    if let Some((checklist, file)) = checklist {
        let texts: Vec<&String> = checklist.items.iter().flat_map(of_item).collect();
        answers.push(Answer {
            problems: sentences(file, &texts, around),
            ..Answer::new("checklist", format!("{} questions", checklist.items.len()))
        });
    }
    Proof {
        id: title.to_owned(),
        answers,
    }
}

fn sentences(file: &SourceFile, texts: &[&String], around: &Around<'_>) -> Vec<Finding> {
    let of_one = |text: &&String| {
        let place = Place::line(&*file.path, texts::line_of(&file.text, text));
        lesson::sentence(text, &place, around)
    };
    texts.iter().flat_map(of_one).collect()
}

/// What the day's page says.
fn of_day(outline: &Outline) -> Vec<&String> {
    let lines = [&outline.day, &outline.previous, &outline.next];
    let lists = [
        &outline.objectives,
        &outline.prerequisites,
        &outline.outlook,
    ];
    let texts = [&outline.title].into_iter();
    let texts = texts.chain(lines.into_iter().flatten());
    texts.chain(lists.into_iter().flatten()).collect()
}

/// What a question says.
fn of_item(item: &Item) -> Vec<&String> {
    let mut texts = vec![&item.question];
    texts.extend(&item.hint);
    if let Some(choice) = &item.choice {
        texts.extend(choice.options.values());
    }
    if let Some(order) = &item.order {
        texts.extend(order.things.values());
    }
    if let Some(matching) = &item.matching {
        texts.extend(matching.left.values().chain(matching.right.values()));
    }
    if let Some(layout) = &item.layout {
        texts.extend(layout.regions.values().chain(layout.things.values()));
    }
    if let Some(text) = &item.text {
        texts.extend(text.rubric.iter().map(|criterion| &criterion.says));
    }
    texts
}

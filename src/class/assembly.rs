//! From hand-ins and the roster to the students of a class.
//!
//! The main function is [`students`]: it gives everybody an id that stays, and loses nobody.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::gathering::{self, Course};
use super::layout::{Found, HandIn, Root, Who};
use super::names::folded;
use super::roster::{Match, Roster, Row, Sought};
use super::scratch::Scratch;
use super::stem::free_stem;
use super::{Attempt, Identity, Layout, Student, Unrecognized};
use crate::course::load::document::shown;
use crate::error::Error;

/// Whose a hand-in is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    /// A row of the roster.
    Row(usize),
    /// Somebody who is not on it, by the layout's id.
    Stranger(String),
}

/// A student while hand-ins are added.
#[derive(Debug, Default)]
struct Draft {
    who: Who,
    attempts: Vec<Attempt>,
    /// Whether the student handed in something as this student, not as a group.
    is_own: bool,
}

/// The students, by id, and what belongs to none.
///
/// # Errors
/// [`Error::File`] when this machine cannot write into the scratch.
pub(super) fn students(
    found: Found,
    root: &Root,
    roster: Option<Roster>,
    course: &Course<'_>,
    scratch: &mut Scratch,
) -> Result<(Vec<Student>, Vec<Unrecognized>), Error> {
    let mut unrecognized = found.unrecognized;
    let mut hand_ins = found.hand_ins;
    left_out(root, &mut hand_ins, &mut unrecognized);
    let mut drafts: BTreeMap<Key, Draft> = BTreeMap::new();
    for hand_in in hand_ins {
        let gathered = gathering::gather(&hand_in.parts, course, scratch)?;
        unplaced(root, &gathered.unplaced, &mut unrecognized);
        let mut attempt = Attempt {
            folder: gathered.folder.filter(|_| !hand_in.parts.is_empty()),
            label: hand_in.label,
            submitted: hand_in.submitted,
            late: hand_in.late,
            problems: hand_in.problems,
        };
        if !hand_in.parts.is_empty() {
            attempt.problems.extend(gathered.problems);
        }
        for who in hand_in.who {
            let owners = identified(who, roster.as_ref());
            let by_group = owners.len() > 1;
            for (key, who, problem) in owners {
                let mut attempt = attempt.clone();
                attempt.problems.extend(problem);
                let draft = drafts.entry(key).or_default();
                // The first hand-in says who it is.
                if draft.attempts.is_empty() {
                    draft.who = who;
                }
                draft.attempts.push(attempt);
                draft.is_own |= !by_group;
            }
        }
    }
    if found.layout == Layout::Plain {
        several_places(&drafts, roster.as_ref(), &mut unrecognized);
    }
    if let Some(roster) = &roster {
        share_in_groups(roster, &mut drafts);
        for at in 0..roster.rows.len() {
            drafts.entry(Key::Row(at)).or_default();
        }
    }
    let rows = roster.map(|roster| roster.rows).unwrap_or_default();
    Ok((finished(drafts, &rows), unrecognized))
}

/// What was left out of the outer archive: it is said of the hand-in in which it lay, else of the class.
fn left_out(root: &Root, hand_ins: &mut [HandIn], unrecognized: &mut Vec<Unrecognized>) {
    for left_out in &root.left_out {
        let path = root.top.join(&left_out.path);
        let within = |place: &PathBuf| path.starts_with(place);
        let mut owners = hand_ins.iter_mut().filter(|h| h.places.iter().any(within));
        match owners.next() {
            Some(owner) => owner.problems.push(format!(
                "{} was left out: {}",
                shown(&left_out.path),
                left_out.reason
            )),
            None => unrecognized.push(Unrecognized {
                path: root.shown(&path),
                reason: left_out.reason.clone(),
            }),
        }
    }
}

/// Programs that may be for an exercise after all, as only the teacher can say. The next attempt may have them once more.
fn unplaced(root: &Root, programs: &[(PathBuf, String)], unrecognized: &mut Vec<Unrecognized>) {
    for (path, name) in programs {
        let one = Unrecognized {
            path: root.shown(path),
            reason: format!(
                "is for no exercise; --map '{}=EXERCISE' says for which",
                shown(name)
            ),
        };
        if !unrecognized.contains(&one) {
            unrecognized.push(one);
        }
    }
}

/// Folders of one student's, of which nothing says which is the latest: the last by name counts, and the teacher has to know.
fn several_places(
    drafts: &BTreeMap<Key, Draft>,
    roster: Option<&Roster>,
    unrecognized: &mut Vec<Unrecognized>,
) {
    for (key, draft) in drafts {
        let Some((last, others)) = draft.attempts.split_last() else {
            continue;
        };
        let id = match key {
            Key::Row(at) => roster
                .and_then(|roster| roster.rows.get(*at))
                .map(|row| &row.id),
            Key::Stranger(id) => Some(id),
        };
        for other in others {
            unrecognized.push(Unrecognized {
                path: other.label.clone(),
                reason: format!(
                    "is {}'s as {} is, and nothing says which came last: {} is taken for the latest",
                    shown(id.map_or("the same student", String::as_str)),
                    last.label,
                    last.label
                ),
            });
        }
    }
}

/// Looks somebody up in the roster. A group's name stands for all its members.
fn identified(who: Who, roster: Option<&Roster>) -> Vec<(Key, Who, Option<String>)> {
    let stranger =
        |who: Who, problem: Option<String>| vec![(Key::Stranger(who.id.clone()), who, problem)];
    let Some(roster) = roster else {
        return stranger(who, None);
    };
    let sought = Sought {
        identity: who.identity.clone(),
        name: who.name.as_deref(),
        handle: who.is_handle.then_some(who.id.as_str()),
        joined: who.joined.as_deref(),
    };
    match roster.find(&sought) {
        Match::One(at) => return vec![(Key::Row(at), who, None)],
        Match::Several(which) => {
            let problem = format!(
                "not matched to the roster: {which}; give it a column that tells them apart"
            );
            return stranger(who, Some(problem));
        }
        Match::Nobody => {}
    }
    if let Some((at, group)) = behind_a_group(&who, roster) {
        let who = Who {
            group: Some(group),
            ..who
        };
        return vec![(Key::Row(at), who, None)];
    }
    let team = who.group.clone();
    let team = team.as_deref().or(who.name.as_deref()).unwrap_or(&who.id);
    let members = roster.group(team);
    if members.is_empty() {
        let problem = format!("{} is not on the roster", shown(&who.id));
        return stranger(who, Some(problem));
    }
    let said = format!("handed in for the group {}", shown(team));
    let of_member = |at: usize| {
        let who = Who {
            group: Some(team.to_owned()),
            // They are the group's, not this member's.
            identity: Identity {
                lms_folder: who.identity.lms_folder.clone(),
                ..Identity::default()
            },
            ..Who::default()
        };
        (Key::Row(at), who, Some(said.clone()))
    };
    members.into_iter().map(of_member).collect()
}

/// Moodle puts a group's name before a student's, with a dash; names have dashes too.
fn behind_a_group(who: &Who, roster: &Roster) -> Option<(usize, String)> {
    let name = who.name.as_deref().filter(|_| who.may_have_group)?;
    name.match_indices('-').find_map(|(dash, _)| {
        let (group, name) = (&name[..dash], &name[dash + 1..]);
        let sought = Sought {
            name: Some(name),
            ..Sought::default()
        };
        match roster.find(&sought) {
            Match::One(at) => Some((at, group.trim().to_owned())),
            _ => None,
        }
    })
}

/// Where one of each group handed in, it was for all of the group. When two of any group did, groups do not hand in together here.
fn share_in_groups(roster: &Roster, drafts: &mut BTreeMap<Key, Draft>) {
    let mut groups: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, row) in roster.rows.iter().enumerate() {
        if let Some(group) = &row.group {
            groups.entry(folded(group)).or_default().push(at);
        }
    }
    let handed_in = |at: &usize| drafts.get(&Key::Row(*at)).is_some_and(|draft| draft.is_own);
    let who: Vec<Vec<usize>> = groups
        .values()
        .map(|members| members.iter().copied().filter(handed_in).collect())
        .collect();
    if who.iter().any(|members| members.len() > 1) {
        return;
    }
    for (members, who) in groups.values().zip(who) {
        let [only] = who.as_slice() else { continue };
        let Some(attempts) = drafts.get(&Key::Row(*only)).map(|d| d.attempts.clone()) else {
            continue;
        };
        let row = &roster.rows[*only];
        let said = format!(
            "{} handed in for the group {}",
            shown(row.name.as_deref().unwrap_or(&row.id)),
            shown(row.group.as_deref().unwrap_or_default())
        );
        for member in members.iter().filter(|member| *member != only) {
            let mut attempts = attempts.clone();
            for attempt in &mut attempts {
                attempt.problems.push(said.clone());
            }
            let draft = drafts.entry(Key::Row(*member)).or_default();
            draft.attempts.extend(attempts);
        }
    }
}

/// Gives everybody an id and a file name of their own.
fn finished(drafts: BTreeMap<Key, Draft>, rows: &[Row]) -> Vec<Student> {
    let mut ids = BTreeSet::new();
    let mut students: Vec<Student> = Vec::new();
    // Rows come first: their ids are theirs, whatever strangers are called.
    for (key, draft) in drafts {
        let Draft {
            who, mut attempts, ..
        } = draft;
        let row = match key {
            Key::Row(at) => rows.get(at),
            Key::Stranger(_) => None,
        };
        // Where all times are known they say the order better than names do.
        if attempts.iter().all(|attempt| attempt.submitted.is_some()) {
            attempts.sort_by_key(|attempt| attempt.submitted);
        }
        let wanted = row.map_or(&who.id, |row| &row.id);
        let wanted = if wanted.trim().is_empty() {
            "student"
        } else {
            wanted.trim()
        };
        let mut id = wanted.to_owned();
        let mut number = 2;
        while !ids.insert(id.clone()) {
            id = format!("{wanted} ({number})");
            number += 1;
        }
        students.push(Student {
            id,
            name: row.and_then(|row| row.name.clone()).or(who.name),
            file_stem: String::new(),
            identity: match row {
                Some(row) => joined(&row.identity, who.identity),
                None => who.identity,
            },
            group: row.and_then(|row| row.group.clone()).or(who.group),
            attempts,
        });
    }
    students.sort_by(|a, b| a.id.cmp(&b.id));
    let mut taken = BTreeSet::new();
    for student in &mut students {
        student.file_stem = free_stem(&student.id, &mut taken);
    }
    students
}

/// What the roster says, and what only the layout knows.
fn joined(row: &Identity, layout: Identity) -> Identity {
    let row = row.clone();
    Identity {
        email: row.email.or(layout.email),
        // Platforms want back what they gave.
        lms_id: layout.lms_id.or(row.lms_id),
        login: row.login.or(layout.login),
        sis_id: row.sis_id.or(layout.sis_id),
        lms_folder: layout.lms_folder.or(row.lms_folder),
        section: row.section.or(layout.section),
    }
}

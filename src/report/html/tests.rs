use super::*;
use crate::class::Identity;
use crate::gradebook::policy::{Grade, Part, Points, Step};
use crate::judge::{Drawing, DrawnRegion, Report, Verdict};
use crate::report::{for_learner, json, samples};
use crate::similarity::{Lines, Match, Side};

fn info() -> ClassInfo {
    ClassInfo {
        title: "Memory, autumn".to_owned(),
        course: "What memory does".to_owned(),
        graded: "2026-11-29 10:00 CET".to_owned(),
        machine: "Linux 6.8, x86_64, 8 cores".to_owned(),
        sandbox: "full".to_owned(),
        version: "0.1.0".to_owned(),
        layout: "Moodle".to_owned(),
        unrecognized: vec![("notes/<b>.txt".to_owned(), "it is no folder".to_owned())],
        notes: vec!["The roster has two students who handed in nothing.".to_owned()],
    }
}

/// A grade that gives each exercise what the machine found.
fn grade(report: &Report) -> Grade {
    let hundred = |points: u32| Points(i64::from(points) * 100);
    let part = |id: &str, score: crate::judge::Score| Part {
        id: id.to_owned(),
        points: hundred(score.earned),
        possible: hundred(score.possible),
        undecided: hundred(score.undecided),
        notes: Vec::new(),
    };
    let mut parts: Vec<Part> = report
        .exercises
        .iter()
        .map(|e| part(&e.id, e.score))
        .collect();
    parts.extend(
        report
            .checklist
            .as_ref()
            .map(|list| part("checklist", list.score)),
    );
    let sum = |of: fn(&Part) -> i64| Points(parts.iter().map(of).sum());
    Grade {
        points: sum(|part| part.points.0),
        possible: sum(|part| part.possible.0),
        undecided: sum(|part| part.undecided.0),
        parts,
        steps: Vec::new(),
        comment: None,
    }
}

fn record(id: &str, report: Report) -> Record {
    Record {
        id: id.to_owned(),
        name: None,
        file_stem: id.to_owned(),
        identity: Identity::default(),
        group: None,
        handed_in: true,
        attempt: None,
        submitted: Some("2026-11-28T21:14:00Z".parse().unwrap()),
        late: None,
        notes: Vec::new(),
        grade: grade(&report),
        report,
        sources: samples::sources(),
    }
}

fn ann() -> Record {
    let mut record = record("ann", samples::report());
    record.name = Some("Ann Lee".to_owned());
    record.late = Some(true);
    record.attempt = Some("attempt 2 of 3 (latest)".to_owned());
    record.grade.steps = vec![Step {
        what: "1 day late, 10 % of what was earned".to_owned(),
        points: Points(-90),
    }];
    record.grade.points.0 -= 90;
    record.grade.comment = Some("A good start.\nAsk me about the leak.".to_owned());
    let items = &mut record.report.checklist.as_mut().unwrap().items;
    let region = |region: &str, lowest, holds: &str| DrawnRegion {
        region: region.to_owned(),
        lowest,
        holds: vec![holds.to_owned()],
    };
    items[0].drawing = Some(Drawing {
        answered: vec![
            region("text", None, "main"),
            region("stack", None, "a local"),
        ],
        measured: Some(vec![
            region("text", Some(0x5555_5555_a000), "function"),
            region("heap", Some(0x5555_5558_0000), "the buffer"),
            region("stack", Some(0x7fff_ffff_e000), "local"),
        ]),
    });
    record
}

fn pair() -> Pair {
    let side = |student: &str, percent| Side {
        student: student.to_owned(),
        archive: None,
        percent,
        files: [("main.rs".to_owned(), samples::LEAK_SOURCE.to_owned())].into(),
    };
    let lines = |first, last| Lines {
        file: "main.rs".to_owned(),
        first,
        last,
    };
    Pair {
        exercise: "memory_leak".to_owned(),
        left: side("ann", 92),
        right: side("bob", 88),
        matches: vec![
            Match {
                left: lines(3, 11),
                right: lines(3, 11),
            },
            Match {
                left: lines(14, 21),
                right: lines(13, 20),
            },
        ],
    }
}

fn student(record: &Record) -> String {
    let templates = Templates::default();
    Pages::new(info(), &templates, &[])
        .unwrap()
        .student(record)
        .unwrap()
}

/// The page as a reader has it: without style, script and tags.
fn words(html: &str) -> String {
    let mut out = String::new();
    let body = &html[html.find("<body").unwrap()..html.rfind("<script>").unwrap()];
    let mut rest = body;
    while let Some(at) = rest.find('<') {
        out.push_str(&rest[..at]);
        rest = &rest[at + rest[at..].find('>').unwrap() + 1..];
    }
    out.push_str(rest);
    let lines: Vec<&str> = out
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    lines.join("\n")
}

#[test]
fn pages_for_eyes() {
    let Ok(folder) = std::env::var("MEMGRADE_PAGES") else {
        return;
    };
    let folder = std::path::PathBuf::from(folder);
    std::fs::create_dir_all(folder.join("students")).unwrap();
    std::fs::create_dir_all(folder.join("pairs")).unwrap();
    let templates = Templates::default();
    let pairs = [pair()];
    let pages = Pages::new(info(), &templates, &pairs).unwrap();
    let mut records = vec![ann(), record("hostile", samples::hostile())];
    for (id, file) in [("bob", "good.json"), ("cem", "bad.json")] {
        if let Ok(text) = std::fs::read_to_string(format!("/tmp/hp/{file}")) {
            let mut record = record(id, json::read_report(&text).unwrap());
            let root = if id == "bob" {
                "examples/submission"
            } else {
                "/tmp/hp/bad"
            };
            record.sources = std::fs::read_dir(root)
                .unwrap()
                .filter_map(|entry| {
                    let name = entry.unwrap().file_name().into_string().unwrap();
                    let text = std::fs::read_to_string(format!("{root}/{name}/main.rs")).ok()?;
                    Some((format!("{name}/main.rs"), text))
                })
                .collect();
            records.push(record);
        }
    }
    let mut absent = record(
        "dana",
        Report {
            exercises: Vec::new(),
            ..samples::report()
        },
    );
    absent.handed_in = false;
    absent.grade = Grade::default();
    absent.report.checklist = None;
    records.push(absent);
    for record in &records {
        let started = std::time::Instant::now();
        pages.count(record);
        let page = pages.student(record).unwrap();
        println!(
            "{}: {} bytes, {:?}",
            record.id,
            page.len(),
            started.elapsed()
        );
        std::fs::write(folder.join(student_file(record)), page).unwrap();
    }
    std::fs::write(folder.join(pair_file(0)), pages.pair(0).unwrap()).unwrap();
    std::fs::write(folder.join("index.html"), pages.class().unwrap()).unwrap();
}

use super::*;
use crate::gradebook::policy::{Part, Points, Step};
use crate::judge::{Drawing, DrawnRegion, Verdict};
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
        ..Grade::default()
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

/// A student's page; the student is counted among the class.
fn drawn(pages: &Pages<'_>, record: &Record) -> String {
    pages.count(record);
    pages.student(record).unwrap()
}

#[test]
#[ignore = "writes pages to look at into the folder that MEMGRADE_PAGES names, with the reports of MEMGRADE_REPORTS"]
fn pages_for_eyes() {
    let folder = std::path::PathBuf::from(std::env::var_os("MEMGRADE_PAGES").unwrap());
    std::fs::create_dir_all(folder.join("students")).unwrap();
    std::fs::create_dir_all(folder.join("pairs")).unwrap();
    let mut records = vec![ann(), record("hostile", samples::hostile()), gigantic()];
    // Each a folder with `report.json` and the submission.
    for entry in std::env::var_os("MEMGRADE_REPORTS")
        .iter()
        .flat_map(|reports| std::fs::read_dir(reports).unwrap())
    {
        let entry = entry.unwrap();
        let Ok(text) = std::fs::read_to_string(entry.path().join("report.json")) else {
            continue;
        };
        let id = entry.file_name().into_string().unwrap();
        let mut record = record(&id, json::read_report(&text).unwrap());
        for exercise in &record.report.exercises {
            let name = format!("{}/main.rs", exercise.id);
            if let Ok(text) = std::fs::read_to_string(entry.path().join(&name)) {
                record.sources.insert(name, text);
            }
        }
        records.push(record);
    }
    for number in 0..24 {
        let mut record = record(&format!("student-{number}"), samples::report());
        record.name = Some(format!("Student {number}"));
        record.group = Some(format!("group {}", number % 3));
        record.grade.points = Points(3200 - number * number * 5);
        record.grade.undecided = Points(0);
        record.report.checklist = None;
        record.handed_in = number != 7;
        records.push(record);
    }
    let templates = Templates::default();
    let pairs = [pair()];
    let pages = Pages::new(info(), &templates, &pairs).unwrap();
    for record in &records {
        let started = std::time::Instant::now();
        pages.count(record);
        let page = drawn(&pages, record);
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

/// Every `href` of a page.
fn links(html: &str) -> Vec<&str> {
    let after = html.split(" href=\"").skip(1);
    after.map(|rest| &rest[..rest.find('"').unwrap()]).collect()
}

/// Every `id` of a page; none may be there twice.
fn ids(html: &str) -> std::collections::BTreeSet<&str> {
    let mut ids = std::collections::BTreeSet::new();
    for rest in html.split(" id=\"").skip(1) {
        let id = &rest[..rest.find('"').unwrap()];
        assert!(ids.insert(id), "{id} is there twice");
    }
    ids
}

/// Whether every element that is opened is closed, in order.
fn is_well_formed(html: &str) {
    let mut open: Vec<&str> = Vec::new();
    let script = html.find("<script>").unwrap();
    let mut rest = &html[html.find("<body").unwrap()..script];
    while let Some(at) = rest.find('<') {
        let tag = &rest[at + 1..at + rest[at..].find('>').unwrap()];
        rest = &rest[at + 1 + tag.len()..];
        let name = tag
            .trim_start_matches('/')
            .split([' ', '\n'])
            .next()
            .unwrap();
        let known = name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        assert!(known && !name.is_empty(), "<{tag}> is no element of ours");
        if tag.starts_with('/') {
            assert_eq!(open.pop(), Some(name), "</{name}>");
        } else if !tag.ends_with('/') && !["input", "br", "meta", "link"].contains(&name) {
            open.push(name);
        }
    }
    assert_eq!(open, ["body"]);
}

#[test]
fn a_student_reads_what_came_of_it_and_why() {
    insta::assert_snapshot!(words(&student(&ann())));
}

#[test]
fn a_class_page_says_how_the_class_did() {
    let templates = Templates::default();
    let pairs = [pair()];
    let pages = Pages::new(info(), &templates, &pairs).unwrap();
    drawn(&pages, &ann());
    let mut absent = record(
        "bob",
        Report {
            exercises: Vec::new(),
            ..samples::report()
        },
    );
    absent.handed_in = false;
    absent.report.checklist = None;
    absent.grade.points = Points(0);
    drawn(&pages, &absent);
    insta::assert_snapshot!(words(&pages.class().unwrap()));
}

#[test]
fn a_pair_is_a_hint_and_no_verdict() {
    let templates = Templates::default();
    let mut pair = pair();
    pair.right.archive = Some("2025".to_owned());
    let pairs = [pair];
    let pages = Pages::new(info(), &templates, &pairs).unwrap();
    drawn(&pages, &ann());
    let html = pages.pair(0).unwrap();
    is_well_formed(&html);
    let text = words(&html);
    assert!(
        text.contains("A hint for a human, not a verdict."),
        "{text}"
    );
    assert!(text.contains("Ann Lee and bob 2025"), "{text}");
    let ids = ids(&html);
    for link in links(&html)
        .into_iter()
        .filter(|link| link.starts_with('#'))
    {
        assert!(ids.contains(&link[1..]), "{link}");
    }
    assert!(links(&html).contains(&"../students/ann.html"));
    assert!(pages.pair(1).is_err());
}

#[test]
fn hostile_text_stays_text() {
    let templates = Templates::default();
    let mut evil = pair();
    for side in [&mut evil.left, &mut evil.right] {
        side.student = samples::HOSTILE.to_owned();
        let text = format!("// {0}\nfn {0}() {{}}\n", samples::HOSTILE);
        side.files = [(samples::HOSTILE.to_owned(), text)].into();
    }
    let pairs = [evil];
    let hostile = ClassInfo {
        title: samples::HOSTILE.to_owned(),
        course: samples::HOSTILE.to_owned(),
        machine: samples::HOSTILE.to_owned(),
        unrecognized: vec![(samples::HOSTILE.to_owned(), samples::HOSTILE.to_owned())],
        notes: vec![samples::HOSTILE.to_owned()],
        ..info()
    };
    let pages = Pages::new(hostile, &templates, &pairs).unwrap();
    let mut record = record(samples::HOSTILE, samples::hostile());
    record.file_stem = "x\"y <z>#?%".to_owned();
    record.group = Some(samples::HOSTILE.to_owned());
    record.attempt = Some(samples::HOSTILE.to_owned());
    record.notes = vec![samples::HOSTILE.to_owned()];
    record.grade.comment = Some(samples::HOSTILE.to_owned());
    record.grade.parts[0].notes = vec![samples::HOSTILE.to_owned()];
    for exercise in &record.report.exercises {
        for shown in crate::report::shown::findings(exercise) {
            for name in super::finding::file_names(shown.finding) {
                let text = format!("{}\n", samples::HOSTILE).repeat(30);
                record.sources.insert(name.to_owned(), text);
            }
        }
    }
    let pages = [
        drawn(&pages, &record),
        pages.pair(0).unwrap(),
        pages.class().unwrap(),
    ];
    for html in &pages {
        is_well_formed(html);
        ids(html);
        assert_eq!(html.matches("<script").count(), 1);
        // A tab shows itself.
        assert!(!samples::has_controls(&html.replace('\t', " ")));
        assert!(!html.contains('\u{fffe}') && !html.contains("<!-- "));
        assert!(html.contains("&lt;script&gt;"), "{html}");
    }
    assert!(pages[2].contains("students/x%22y%20%3Cz%3E%23%3F%25.html"));
}

#[test]
fn students_see_nothing_of_what_is_hidden() {
    let whole = record("ann", samples::report());
    let html = student(&whole);
    assert!(!html.contains("SECRET"), "{html}");
    let for_learner = Record {
        report: for_learner(&whole.report),
        ..whole
    };
    assert_eq!(html, student(&for_learner));
    assert!(html.contains("other traffic") && html.contains("deep list"));
}

#[test]
fn a_reference_cycle_is_drawn() {
    let mut report = samples::report();
    let check = &mut report.exercises[0].cases[1].checks[1];
    check.finding.as_mut().unwrap().code = "leak/cycle".to_owned();
    let html = student(&record("ann", report));
    is_well_formed(&html);
    let cycle = &html[html.find("<figure class=\"cycle\">").unwrap()..];
    assert!(cycle.contains("1 ring of 2 blocks"), "{}", &cycle[..900]);
    assert!(
        cycle.contains("│ memory_leak/main.rs:14 │"),
        "{}",
        &cycle[..900]
    );
}

#[test]
fn links_lead_to_what_is_there() {
    let templates = Templates::default();
    let pairs = [pair()];
    let pages = Pages::new(info(), &templates, &pairs).unwrap();
    let mut records = [ann(), record("zoë 李", samples::report())];
    records[1].file_stem = "zoë 李".to_owned();
    for record in &records {
        let html = drawn(&pages, record);
        is_well_formed(&html);
        let ids = ids(&html);
        for link in links(&html).into_iter().filter(|link| *link != "data:,") {
            assert!(ids.contains(link.strip_prefix('#').unwrap()), "{link}");
        }
    }
    let class = pages.class().unwrap();
    is_well_formed(&class);
    let known = [
        "students/ann.html",
        "students/zo%C3%AB%20%E6%9D%8E.html",
        "pairs/1.html",
        "data:,",
    ];
    for link in links(&class) {
        let file = link.split('#').next().unwrap();
        assert!(file.is_empty() || known.contains(&file), "{link}");
    }
    for file in known {
        assert!(links(&class).contains(&file), "{file}");
    }
    assert_eq!(student_file(&records[1]), "students/zoë 李.html");
    assert_eq!(pair_file(0), "pairs/1.html");
}

#[test]
fn nothing_comes_from_elsewhere() {
    let html = student(&ann());
    for word in [
        "http:",
        "https:",
        "//cdn",
        "url(",
        "@import",
        " src=",
        "javascript:",
        " onclick",
        " onload",
    ] {
        assert!(!html.contains(word), "{word}");
    }
    let script = &html[html.find("<script>").unwrap() + 8..html.rfind("</script>").unwrap()];
    assert!(html.contains(&format!("script-src &#39;{}&#39;;", sha256::source(script))));
    assert!(!SCRIPT.contains("</"));
}

#[test]
fn the_same_records_give_the_same_bytes() {
    let draw = || {
        let templates = Templates::default();
        let pairs = [pair()];
        let pages = Pages::new(info(), &templates, &pairs).unwrap();
        let student = drawn(&pages, &ann());
        (student, pages.pair(0).unwrap(), pages.class().unwrap())
    };
    assert_eq!(draw(), draw());
}

/// As much of everything as a report can hold, and more.
fn gigantic() -> Record {
    let mut report = samples::report();
    let long = format!("{}\u{1b}<&>", "\"<&>`".repeat(700));
    let mut exercise = report.exercises[0].clone();
    exercise.title.clone_from(&long);
    let small = exercise.clone();
    for case in &mut exercise.cases {
        let run = case.run.as_mut().unwrap();
        let point = run.timeline[0].clone();
        run.timeline = vec![point; 5000];
        run.stdout.text = format!("{long}\n").repeat(100);
        case.name = format!("{}{long}", case.name);
        let check = case.checks.last().unwrap().clone();
        case.checks.resize(60, check);
        for (number, check) in case.checks.iter_mut().enumerate() {
            check.name = format!("{number} {long}");
            check.verdict = Verdict::Failed;
            let mut finding = samples::growing();
            finding.message = format!("{number} {long}");
            finding.notes = vec![long.clone(); 30];
            finding.help = Some(long.clone());
            finding.secondary = vec![finding.primary.clone().unwrap(); 40];
            check.finding = Some(finding);
        }
    }
    report.exercises = vec![exercise; 3];
    report.exercises.resize(80, small);
    let checklist = report.checklist.as_mut().unwrap();
    let mut item = checklist.items[0].clone();
    item.question.clone_from(&long);
    item.answer = Some(format!("{long}\n").repeat(20));
    item.message = Some(long.clone());
    checklist.items = vec![item; 200];
    let mut record = record("gigantic", report);
    record.notes = vec![long.clone(); 500];
    record.grade.comment = Some(long.clone());
    record.grade.steps = vec![
        Step {
            what: long.clone(),
            points: Points(-1),
        };
        500
    ];
    for source in record.sources.values_mut() {
        *source = format!("fn x() {{ \"&&&&&&&&\" }} // {long}\n").repeat(2000);
    }
    record
}

#[test]
fn a_gigantic_report_stays_a_small_page() {
    let record = gigantic();
    let html = student(&record);
    assert!(html.len() < 300 * 1024, "{} bytes", html.len());
    assert!(html.contains("left out"));
    is_well_formed(&html);
}

#[test]
fn ten_thousand_students_are_one_page() {
    let mut tally = Tally::default();
    let mut record = ann();
    for number in 0..10_000 {
        record.id = format!("student-{number}");
        record.name = Some(format!("Student {number}"));
        tally.add(&record, 0, format!("students/{number}.html"));
    }
    let templates = Templates::default();
    let pages = Pages::new(info(), &templates, &[]).unwrap();
    *pages.tally() = Arc::new(tally);
    let html = pages.class().unwrap();
    assert!(html.len() < 8 << 20, "{} bytes", html.len());
    assert!(html.contains("10,000") && html.contains("Student 9999"));
    assert!(html.contains("and 9,960 more"));
}

#[test]
fn a_class_of_nobody_has_a_page() {
    let templates = Templates::default();
    let html = Pages::new(info(), &templates, &[])
        .unwrap()
        .class()
        .unwrap();
    is_well_formed(&html);
    assert!(words(&html).contains("Nobody handed in anything yet."));
}

#[test]
fn a_teachers_template_takes_the_place_of_ours() {
    let templates = Templates {
        student: "{% extends \"frame.html\" %}{% block main %}<h1>{{ name }}: {{ points.points }}</h1>{% endblock %}"
            .to_owned(),
        class: "{% for s in rows %}{{ s.name }} {{ s.points }}\n{% endfor %}".to_owned(),
        ..Templates::default()
    };
    let pages = Pages::new(info(), &templates, &[]).unwrap();
    let mut record = ann();
    record.name = Some("<b>\u{202e}Ann".to_owned());
    let html = drawn(&pages, &record);
    assert!(
        html.contains("<h1>&lt;b&gt;\\u{202e}Ann: 8.1</h1>"),
        "{html}"
    );
    assert!(pages.class().unwrap().contains("Ann 8.1\n"));
}

#[test]
fn a_wrong_template_is_named_with_its_line() {
    let wrong = |student: &str| {
        let templates = Templates {
            student: student.to_owned(),
            ..Templates::default()
        };
        let drawn = Pages::new(info(), &templates, &[]).and_then(|pages| pages.student(&ann()));
        drawn.unwrap_err()
    };
    let error = wrong("<h1>\n{{ name }}\n{% if %}");
    assert_eq!(
        (error.template.as_str(), error.line),
        ("student.html", Some(3))
    );
    let error = wrong("<h1>\n{{ nome }}");
    assert_eq!(
        (error.template.as_str(), error.line),
        ("student.html", Some(2))
    );
    assert!(
        error.to_string().starts_with("student.html, line 2: "),
        "{error}"
    );
    let error =
        wrong("{% extends \"frame.html\" %}\n\n{% block main %}{{ points.total }}{% endblock %}");
    assert_eq!(
        (error.template.as_str(), error.line),
        ("student.html", Some(3))
    );
}

mod missing;

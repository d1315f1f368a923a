//! The HTML pages in a real browser: nothing is fetched, nothing complains, strangers' text stays text, and the script works.
//!
//! Chromium draws pages from files, without a window. What it says on its console and whatever it asks a network for is looked at
//! from outside; the first test proves that a page which does wrong is seen doing it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use memgrade::class::Identity;
use memgrade::diagnostic::{Finding, Place};
use memgrade::gradebook::policy::{Grade, Part, Points};
use memgrade::gradebook::record::Record;
use memgrade::judge::{CaseReport, CheckReport, ExerciseReport, Report, Score, Verdict};
use memgrade::observe::Observation;
use memgrade::report::html::{self, ClassInfo, Pages, Templates};
use memgrade::similarity::{Lines, Match, Pair, Side};
use serde_json::json;

const HOSTILE: &str = "\"'><script>document.title='owned'</script><img src=http://evil.invalid/x onerror=\"document.title='owned'\">\
                       </style></title><!-- \u{202e}\u{1b}[31m\0 {{ 7 * 7 }}";

fn chromium() -> PathBuf {
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut found = std::env::split_paths(&path)
        .flat_map(|folder| names.map(|name| folder.join(name)))
        .filter(|file| file.is_file());
    found.next().expect("Chromium is not installed")
}

/// What a page became, and what the browser had to say.
struct Seen {
    dom: String,
    console: Vec<String>,
    asked_for: Vec<String>,
}

fn look(page: &Path) -> Seen {
    let home = tempfile::tempdir().unwrap();
    let net_log = home.path().join("net.json");
    let output = Command::new(chromium())
        .env("HOME", home.path())
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
        ])
        .args([
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ])
        .args([
            "--disable-default-apps",
            "--disable-domain-reliability",
            "--disable-extensions",
        ])
        // A name that is looked up is seen in the log; nothing leaves the machine.
        .arg("--host-resolver-rules=MAP * ~NOTFOUND")
        .args([
            "--enable-logging=stderr",
            "--virtual-time-budget=3000",
            "--dump-dom",
        ])
        .arg(format!(
            "--user-data-dir={}",
            home.path().join("profile").display()
        ))
        .arg(format!("--log-net-log={}", net_log.display()))
        .arg(format!("file://{}", page.display()))
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let log = fs::read_to_string(&net_log).unwrap();
    let urls = log.split("\"url\":\"").skip(1);
    Seen {
        dom: String::from_utf8_lossy(&output.stdout).into_owned(),
        console: errors
            .lines()
            .filter(|line| line.contains("CONSOLE"))
            .map(str::to_owned)
            .collect(),
        asked_for: urls
            .filter_map(|rest| rest.split('"').next())
            .filter(|url| url.starts_with("http") || url.starts_with("ws"))
            .filter(|url| !is_the_browsers_own(url))
            .map(str::to_owned)
            .collect(),
    }
}

/// What Chromium asks its makers for by itself.
fn is_the_browsers_own(url: &str) -> bool {
    let host = url.split('/').nth(2).unwrap_or_default();
    let host = host.split(':').next().unwrap_or_default();
    ["google.com", "googleapis.com", "gvt1.com", "gstatic.com"]
        .iter()
        .any(|of_google| host == *of_google || host.ends_with(&format!(".{of_google}")))
}

fn observation() -> Observation {
    let point = |number: u64| {
        json!({
            "mark": format!("{HOSTILE} {number}"), "number": number, "total_bytes": number << 20, "live_bytes": number << 20,
            "live_blocks": number, "resident_bytes": null,
            "addresses": [{ "address": number << 32, "region": "heap", "detail": HOSTILE }],
        })
    };
    serde_json::from_value(json!({
        "schema": "memgrade/run/v1",
        "sandbox": { "level": "full", "missing": [] },
        "build": null,
        "outcome": { "kind": "exited", "exit_code": 0, "signal": null, "message": HOSTILE },
        "heap": null,
        "timeline": (1..=8).map(point).collect::<Vec<_>>(),
        "pages": { "peak_resident_bytes": 4096, "peak_virtual_bytes": null, "minor_faults": null, "major_faults": null },
        "stack": { "peak_bytes": null, "limit_bytes": null },
        "time": { "wall_ms": 1.0, "cpu_ms": null },
        "stdout": { "text": HOSTILE, "bytes": 1, "truncated": false },
        "stderr": { "text": HOSTILE, "bytes": 1, "truncated": false },
        "aslr_off": true,
        "findings": [],
    }))
    .unwrap()
}

fn record(id: &str, points: u32) -> Record {
    let score = Score {
        earned: points,
        possible: 10,
        undecided: 0,
    };
    let mut finding = Finding::learner("curve/grows", format!("it grows {HOSTILE}"));
    finding = finding
        .at(Place::line("leak/main.rs", 2), HOSTILE)
        .note(HOSTILE)
        .help(HOSTILE);
    let check = CheckReport {
        name: HOSTILE.to_owned(),
        points: 10,
        earned: points,
        verdict: Verdict::Failed,
        hidden: false,
        finding: Some(finding),
        summary: None,
    };
    let part = Part {
        id: "leak".to_owned(),
        points: Points(i64::from(points) * 100),
        possible: Points(1000),
        undecided: Points(0),
        notes: vec![HOSTILE.to_owned()],
    };
    Record {
        id: id.to_owned(),
        name: Some(format!("{id} {HOSTILE}")),
        file_stem: id.to_owned(),
        identity: Identity::default(),
        group: Some(HOSTILE.to_owned()),
        handed_in: true,
        attempt: None,
        submitted: None,
        late: Some(true),
        notes: vec![HOSTILE.to_owned()],
        grade: Grade {
            points: part.points,
            possible: part.possible,
            comment: Some(HOSTILE.to_owned()),
            parts: vec![part],
            ..Grade::default()
        },
        report: Report {
            score,
            exercises: vec![ExerciseReport {
                id: "leak".to_owned(),
                title: HOSTILE.to_owned(),
                verdict: Verdict::Failed,
                score,
                cases: vec![CaseReport {
                    name: HOSTILE.to_owned(),
                    hidden: false,
                    verdict: Verdict::Failed,
                    run: Some(observation()),
                    checks: vec![check],
                }],
                findings: Vec::new(),
                withheld: None,
            }],
            checklist: None,
        },
        sources: [(
            "leak/main.rs".to_owned(),
            format!("// {HOSTILE}\nlet x = \"{HOSTILE}\"; // {HOSTILE}\n"),
        )]
        .into(),
    }
}

fn pair() -> Pair {
    let side = |student: &str| Side {
        student: student.to_owned(),
        archive: None,
        percent: 90,
        files: [("main.rs".to_owned(), format!("// {HOSTILE}\n").repeat(200))].into(),
    };
    let lines = |first| Lines {
        file: "main.rs".to_owned(),
        first,
        last: first + 9,
    };
    Pair {
        exercise: HOSTILE.to_owned(),
        left: side("ann"),
        right: side("bob"),
        matches: vec![Match {
            left: lines(20),
            right: lines(120),
        }],
    }
}

/// The class page, a student's and a pair's, as files; in this order.
fn pages(folder: &Path) -> [PathBuf; 3] {
    let templates = Templates::default();
    let pairs = [pair()];
    let info = ClassInfo {
        title: format!("Class {HOSTILE}"),
        unrecognized: vec![(HOSTILE.to_owned(), HOSTILE.to_owned())],
        ..ClassInfo::default()
    };
    let pages = Pages::new(info, &templates, &pairs).unwrap();
    let mut written = Vec::new();
    let mut write = |name: &str, text: String| {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        written.push(path);
    };
    for (id, points) in [("ann", 3), ("bob", 9), ("cem", 6)] {
        let record = record(id, points);
        write(&html::student_file(&record), drawn(&pages, &record));
    }
    write(&html::pair_file(0), pages.pair(0).unwrap());
    write("index.html", pages.class().unwrap());
    [written[4].clone(), written[0].clone(), written[3].clone()]
}

/// A student's page; the student is counted among the class.
fn drawn(pages: &Pages<'_>, record: &Record) -> String {
    pages.count(record);
    pages.student(record).unwrap()
}

#[test]
#[ignore = "needs Chromium: .ci/run runs it"]
fn a_page_that_does_wrong_is_seen() {
    let folder = tempfile::tempdir().unwrap();
    let page = folder.path().join("wrong.html");
    fs::write(
        &page,
        "<!DOCTYPE html><title>wrong</title><img src=http://evil.invalid/x><script>console.error('wrong')</script>",
    )
    .unwrap();
    let seen = look(&page);
    assert!(!seen.console.is_empty());
    assert!(
        seen.asked_for
            .iter()
            .any(|url| url.contains("evil.invalid")),
        "{:?}",
        seen.asked_for
    );
}

#[test]
#[ignore = "needs Chromium: .ci/run runs it"]
fn pages_ask_for_nothing_and_say_nothing() {
    let folder = tempfile::tempdir().unwrap();
    for page in pages(folder.path()) {
        let seen = look(&page);
        assert_eq!(seen.console, [""; 0], "{}", page.display());
        assert_eq!(seen.asked_for, [""; 0], "{}", page.display());
        assert_eq!(seen.dom.matches("<script").count(), 1, "{}", seen.dom);
        assert_eq!(seen.dom.matches("<img").count(), 0);
        assert!(
            seen.dom
                .contains("&lt;script&gt;document.title='owned'&lt;/script&gt;")
        );
        assert!(!seen.dom.contains("<title>owned"));
        assert!(!seen.dom.contains('\u{202e}') && !seen.dom.contains('\u{1b}'));
        assert!(seen.dom.contains("{{ 7 * 7 }}"));
    }
}

/// What a page becomes when somebody uses it.
fn used(page: &Path, steps: &str) -> String {
    let html = fs::read_to_string(page).unwrap();
    let policy = html.find("<meta http-equiv").unwrap();
    let end = policy + html[policy..].find('>').unwrap() + 1;
    let used = page.with_extension("used.html");
    let script = format!("<script>addEventListener('load', () => {{ {steps} }});</script></body>");
    fs::write(
        &used,
        format!(
            "{}{}",
            &html[..policy],
            &html[end..].replace("</body>", &script)
        ),
    )
    .unwrap();
    let seen = look(&used);
    assert_eq!(seen.console, [""; 0]);
    seen.dom
}

#[test]
#[ignore = "needs Chromium: .ci/run runs it"]
fn the_table_of_students_is_sorted_and_searched() {
    let folder = tempfile::tempdir().unwrap();
    let [class, ..] = pages(folder.path());
    let order = |dom: &str| {
        let body = &dom[dom.find("id=\"students\"").unwrap()..];
        let mut order = Vec::new();
        for row in body.split("<tr").skip(2).take(3) {
            let at = row.find("students/").unwrap() + 9;
            if !row.split('>').next().unwrap().contains("hidden") {
                order.push(row[at..at + 3].to_owned());
            }
        }
        order.join(" ")
    };
    let untouched = used(&class, "");
    assert_eq!(order(&untouched), "ann bob cem");
    assert!(untouched.contains("3 of 3 shown"));
    let click = "document.querySelectorAll('#students thead button')[2].click();";
    let sorted = used(&class, click);
    assert_eq!(order(&sorted), "bob cem ann");
    assert!(sorted.contains("aria-sort=\"descending\""));
    assert_eq!(order(&used(&class, &click.repeat(2))), "ann cem bob");
    let find = "const f = document.getElementById('find'); f.value = 'BOB'; f.dispatchEvent(new Event('input'));";
    let found = used(&class, find);
    assert_eq!(order(&found), "bob");
    assert!(found.contains("1 of 3 shown"));
}

#[test]
#[ignore = "needs Chromium: .ci/run runs it"]
fn a_curve_tells_its_values_to_the_keyboard() {
    let folder = tempfile::tempdir().unwrap();
    let [_, student, pair] = pages(folder.path());
    let keys = "const s = document.querySelector('.sheet'); s.focus(); \
                for (const key of ['Home', 'ArrowRight']) s.dispatchEvent(new KeyboardEvent('keydown', { key }));";
    let dom = used(&student, keys);
    assert!(
        dom.contains("2.0 MiB live (2,097,152 bytes, 2 blocks)</output>"),
        "{dom}"
    );
    assert!(dom.contains("aria-valuenow=\"1\"") && dom.contains("role=\"slider\""));
    let dom = used(&pair, "document.querySelector('a.jump').click();");
    assert_eq!(dom.matches("l tag now").count(), 2);
}

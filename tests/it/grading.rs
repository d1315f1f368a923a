//! `memgrade grade`.

use std::fs;

use super::support::{Done, Place, SOLUTION, root};

mod book;
mod class;
mod extensions;
mod regrade;
mod results;
#[cfg(target_os = "linux")]
mod resume;

#[test]
fn a_class_is_graded_whatever_some_of_it_hand_in() {
    let place = Place::new();
    place
        .hello_course()
        .write("class/ann/hello/main.rs", SOLUTION)
        .write("class/=cmd|' C calc'!A0/hello.rs", SOLUTION)
        .write("class/bob/hello/main.rs", "fn main() { oops }\n")
        .write("class/eve/hello/main.rs", "fn main() { loop {} }\n")
        .write(
            "class/ivy/hello/main.rs",
            "fn main() { println!(\"hello\"); }\n",
        )
        .write("class/notes.txt", "not a student");
    fs::create_dir(place.work().join("class/zoe")).unwrap();
    place
        .memgrade(["grade", "class", "-o", "results", "--limit", "wall=500ms"])
        .ends_with(0)
        .says("ann")
        .says("6 students (plain folders): 6 graded; 5 programs judged")
        .says("not recognized: notes.txt");
    let read = |name: &str| fs::read_to_string(place.work().join("results").join(name)).unwrap();
    let results: serde_json::Value = serde_json::from_str(&read("results.json")).unwrap();
    assert_eq!(results["schema"], "memgrade/results/v1");
    let earned: Vec<(String, u64)> = results["students"]
        .as_array()
        .unwrap()
        .iter()
        .map(|student| {
            let id = student["id"].as_str().unwrap().to_owned();
            (id, student["report"]["score"]["earned"].as_u64().unwrap())
        })
        .collect();
    let expected = [
        ("=cmd|' ", 3),
        ("ann", 3),
        ("bob", 0),
        ("eve", 0),
        ("ivy", 1),
        ("zoe", 0),
    ];
    assert_eq!(earned.len(), expected.len());
    for ((id, points), (prefix, wanted)) in earned.iter().zip(expected) {
        assert!(id.starts_with(prefix), "{id}");
        assert_eq!(*points, wanted, "{id}");
    }
    let grades = read("grades.csv");
    assert_eq!(grades.lines().count(), 7, "{grades}");
    assert!(
        !grades
            .lines()
            .any(|line| line.starts_with('=') || line.starts_with("\"=")),
        "{grades}"
    );
    assert!(read("feedback/bob.txt").contains("build/does-not-compile"));
    assert!(read("feedback/ann.txt").contains("3 of 3"));
    assert_eq!(
        fs::read_dir(place.work().join("results/feedback"))
            .unwrap()
            .count(),
        6
    );
}

#[test]
fn the_results_may_lie_among_the_students() {
    let place = Place::new();
    place.hello_course().write("class/ann/hello.rs", SOLUTION);
    for said in ["1 student (plain folders): 1 graded", "nothing is new"] {
        place
            .memgrade(["grade", "class", "-o", "class/results"])
            .ends_with(0)
            .says(said);
    }
}

#[test]
fn no_students_is_nothing_to_check() {
    let place = Place::new();
    place.hello_course().write("class/notes.txt", "");
    place
        .memgrade(["grade", "class", "-o", "results"])
        .ends_with(4)
        .complains("no students");
}

#[test]
fn the_example_class_is_graded() {
    let place = Place::new();
    let output = place.work().join("results");
    let mut command = place.command();
    command
        .current_dir(root())
        .args(["grade", "examples/class", "-o"])
        .arg(&output);
    let done = Done::of(command).ends_with(0);
    let results: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(output.join("results.json")).unwrap()).unwrap();
    let students = results["students"].as_array().unwrap();
    assert!(students.len() >= 15, "{}", done.stdout);
    let scores: Vec<u64> = students
        .iter()
        .map(|student| student["report"]["score"]["earned"].as_u64().unwrap())
        .collect();
    assert!(
        scores.contains(&0) && scores.iter().any(|score| *score > 20),
        "{scores:?}"
    );
    // As examples/README.md says, where no time is measured.
    let intended = [
        ("ada.lindqvist", "stack_overflow", 10),
        ("bruno.okafor", "memory_leak", 4),
        ("bruno.okafor", "stack_overflow", 1),
        ("chiara.rossi", "memory_leak", 0),
        ("=SUM(9)+farid.haddad", "memory_leak", 1),
        ("grace.kim", "memory_leak", 8),
        ("ines.moreau", "memory_layout", 10),
        ("ines.moreau", "memory_leak", 10),
        ("jonas.weber", "memory_layout", 9),
        ("jonas.weber", "stack_overflow", 10),
        ("kaja.nowak", "stack_overflow", 10),
        ("liam.oconnor", "memory_layout", 5),
        ("liam.oconnor", "stack_overflow", 0),
        ("mei.tanaka", "cycle", 10),
        ("mei.tanaka", "ref_count", 10),
        ("nour.saleh", "memory_leak", 9),
        ("nour.saleh", "virtual_memory", 0),
        ("priya.raman", "memory_layout", 6),
        ("priya.raman", "stack_overflow", 9),
    ];
    for (student, exercise, points) in intended {
        let student = students.iter().find(|one| one["id"] == student).unwrap();
        let exercises = student["report"]["exercises"].as_array().unwrap();
        let earned =
            &exercises.iter().find(|one| one["id"] == exercise).unwrap()["score"]["earned"];
        assert_eq!(earned, points, "{} {exercise}", student["id"]);
    }
}

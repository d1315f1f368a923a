//! `memgrade new`: what it makes is a course that works, says what is left to write, and holds once it is written.

use std::fs;
use std::path::Path;

use super::support::{Place, read_all, root};

/// Every file under a folder, relative to it.
fn all_files(folder: impl AsRef<Path>) -> Vec<String> {
    read_all(folder.as_ref()).into_keys().collect()
}

fn change(place: &Place, path: &str, change: impl FnOnce(String) -> String) {
    let text = fs::read_to_string(place.work().join(path)).unwrap();
    place.write(path, change(text));
}

/// Removes the lines that say what is to be written.
fn written(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.contains("TODO(author)"));
    lines.fold(String::new(), |text, line| text + line + "\n")
}

#[test]
fn what_is_made_loads_runs_and_says_what_is_left() {
    let place = Place::new();
    let done = place.memgrade(["new", "sum_up"]).ends_with(0);
    insta::assert_snapshot!("new", done.stdout);
    place.memgrade(["list"]).ends_with(0).says("sum_up  ");
    place
        .memgrade(["check", "sum_up"])
        .ends_with(1)
        .says("0 of 6 points")
        .says("output/differs");
    let done = place
        .memgrade(["verify", "sum_up", "--mutate"])
        .ends_with(1);
    insta::assert_snapshot!("new-verified", done.stdout);

    // Another one beside it, with a harness: nothing but what is to be written is wrong with that either.
    place
        .memgrade(["new", "latest", "--harness"])
        .ends_with(0)
        .says("course.toml lists it now");
    let done = place
        .memgrade(["verify", "latest", "--mutate"])
        .ends_with(1);
    assert_eq!(
        done.stdout.matches("  FAILS  ").count(),
        1,
        "{}",
        done.stdout
    );
    let done = done.says("15 places left to write");
    assert_eq!(
        done.stdout.matches("\nerror[").count(),
        1,
        "{}",
        done.stdout
    );
    place
        .memgrade(["check", "latest", "--submission", "solutions"])
        .ends_with(0)
        .says("6 of 6 points");
}

/// Turns the scaffold's exercise into another one: the sum of squares.
fn fill_in(place: &Place) {
    let spec = "exercises/squares/exercise.toml";
    for file in all_files(place.work()) {
        change(place, &file, |text| {
            written(&text)
                .replace(
                    "Add up the numbers from 1 to n without keeping them",
                    "Add up the squares up to n * n without keeping them",
                )
                .replace(
                    "Adds up the numbers from 1 to n.",
                    "Adds up the squares of the numbers from 1 to n.",
                )
                .replace(
                    "The sum of all numbers",
                    "The sum of the squares of all numbers",
                )
                .replace(
                    "the sum of all numbers",
                    "the sum of the squares of all numbers",
                )
        });
    }
    change(place, spec, |text| {
        text.replace("sum: 500500", "sum: 333833500")
            .replace("sum: 200010000", "sum: 2666866670000")
    });
    change(place, "exercises/squares/README.md", |text| {
        text.replace("sum: 500500", "sum: 333833500").replace(
            "A sum needs each number once.",
            "A sum of squares needs each number once.",
        )
    });
    change(place, "solutions/squares/main.rs", |text| {
        text.replace(
            "(1..=n).sum()",
            "(1..=n).map(|number| number * number).sum()",
        )
    });
    for name in ["another_default", "always_a_thousand"] {
        change(place, &format!("tests/wrong/squares/{name}.rs"), |text| {
            text.replace(
                "(1..=n).sum()",
                "(1..=n).map(|number| number * number).sum()",
            )
        });
    }
    change(place, "tests/wrong/squares/keeps_all.rs", |text| {
        text.replace(
            "(1..=n).collect()",
            "(1..=n).map(|number| number * number).collect()",
        )
    });
    change(place, "tests/wrong/squares/box_for_each.rs", |text| {
        text.replace("*sum + number", "*sum + number * number")
    });
    change(place, "tests/wrong/squares/text_for_each.rs", |text| {
        text.replace("number.to_string()", "(number * number).to_string()")
    });
    change(place, "tests/wrong/squares/never_freed.rs", |text| {
        text.replace("*sum += number", "*sum += number * number")
    });
}

#[test]
fn once_written_the_course_holds() {
    let place = Place::new();
    place.memgrade(["new", "squares"]).ends_with(0);
    fill_in(&place);
    place
        .memgrade(["verify", "--mutate", "--repeat", "2"])
        .ends_with(0)
        .says("the course holds");
    // It is another exercise than the one that was made.
    place
        .memgrade(["check", "squares", "--submission", "solutions"])
        .ends_with(0)
        .says("6 of 6 points");
    let place_of_old = Place::new();
    place_of_old.memgrade(["new", "squares"]).ends_with(0);
    fs::copy(
        place_of_old.work().join("solutions/squares/main.rs"),
        place.work().join("exercises/squares/main.rs"),
    )
    .unwrap();
    place
        .memgrade(["check", "squares"])
        .ends_with(1)
        .says("output/differs");
}

#[test]
fn a_library_that_is_written_holds_too() {
    let place = Place::new();
    place.memgrade(["new", "latest", "--harness"]).ends_with(0);
    for file in all_files(place.work()) {
        change(&place, &file, |text| written(&text));
    }
    place
        .memgrade(["verify", "--mutate"])
        .ends_with(0)
        .says("the course holds")
        .says("asks for 3 things");
}

#[test]
fn nothing_is_overwritten_and_everything_or_nothing_is_made() {
    let place = Place::new();
    place.memgrade(["new", "one"]).ends_with(0);
    let before = all_files(place.work());
    place
        .memgrade(["new", "one", "--harness"])
        .ends_with(2)
        .complains("there is something at exercises/one already")
        .complains("nothing is ever overwritten");
    assert_eq!(all_files(place.work()), before);
    // A half of it is in the way.
    place
        .write("solutions/two/main.rs", "mine")
        .memgrade(["new", "two"])
        .ends_with(2)
        .complains("solutions/two already");
    fs::remove_dir_all(place.work().join("solutions/two")).unwrap();
    assert_eq!(all_files(place.work()), before);
    // A course.toml that cannot be read is not made worse.
    place
        .write(
            "course.toml",
            "format_version = 1\ntitel = \"x\"\nexercises = [\"one\"]\n",
        )
        .memgrade(["new", "two"])
        .ends_with(2)
        .complains("course.toml:2")
        .complains("titel");
    assert_eq!(all_files(place.work()), before);
}

#[test]
fn odd_ids_and_odd_folders_are_refused_with_a_way_out() {
    let place = Place::new();
    for (id, suggested) in [
        ("My Exercise", "memgrade new my_exercise"),
        ("../../etc", "memgrade new etc"),
        ("a/b", "memgrade new a_b"),
        ("Zürich", "memgrade new z_rich"),
        ("tab\there", "memgrade new tab_here"),
        ("", "memgrade new ring_buffer"),
        ("名", "memgrade new ring_buffer"),
        ("\u{1b}[2J", "memgrade new 2j"),
    ] {
        let done = place
            .memgrade(["new", id])
            .ends_with(2)
            .complains(suggested);
        assert!(!done.stderr.contains('\u{1b}'), "{:?}", done.stderr);
        assert!(done.stderr.contains("id"), "{}", done.stderr);
    }
    place
        .memgrade(["new", "--", "-x"])
        .ends_with(2)
        .complains("memgrade new x");
    place
        .memgrade(["new", &"x".repeat(200)])
        .ends_with(2)
        .complains("longer than 60 characters");
    assert_eq!(all_files(place.work()), [""; 0]);

    place
        .write("thesis.tex", "")
        .memgrade(["new", "one"])
        .ends_with(2)
        .complains("is no course, and not empty: there is thesis.tex")
        .complains("--course DIR");
    place
        .memgrade(["new", "one", "--course", "a/new/course"])
        .ends_with(0)
        .says("a/new/course/exercises/one/exercise.toml");
    place
        .memgrade(["list", "--course", "a/new/course"])
        .ends_with(0)
        .says("one  ");
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_written_to_stays_as_it_is() {
    use std::os::unix::fs::PermissionsExt as _;
    if rustix::process::geteuid().is_root() {
        // Nothing is forbidden to root.
        return;
    }
    let place = Place::new();
    place.memgrade(["new", "one"]).ends_with(0);
    let solutions = place.work().join("solutions");
    fs::set_permissions(&solutions, fs::Permissions::from_mode(0o555)).unwrap();
    let before = all_files(place.work());
    place
        .memgrade(["new", "two"])
        .ends_with(2)
        .complains("solutions/two");
    assert_eq!(all_files(place.work()), before);
    fs::set_permissions(&solutions, fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn a_new_exercise_fits_into_the_built_in_course() {
    let place = Place::new();
    for folder in ["exercises/memory_leak", "solutions/memory_leak"] {
        for file in all_files(root().join(folder)) {
            let path = format!("{folder}/{file}");
            let bytes = fs::read(root().join(&path)).unwrap();
            place.write(&path, bytes);
        }
    }
    let outline = "format_version = 1\ntitle = \"Leaks\" # the whole day\nexercises = [\n    # first\n    \"memory_leak\", # 30 minutes\n]\n";
    place.write("course.toml", outline);
    place.memgrade(["new", "one"]).ends_with(0);
    let expected = outline.replace("30 minutes\n", "30 minutes\n    \"one\",\n");
    let now = fs::read_to_string(place.work().join("course.toml")).unwrap();
    assert_eq!(now, expected);
    place
        .memgrade(["list"])
        .ends_with(0)
        .says("memory_leak")
        .says("one  ");
}

//! The commands that read and run nothing: help, list, lesson, hint, explain.

use super::support::{Place, root};

#[test]
fn help_of_every_command() {
    let place = Place::new();
    let commands = [
        "", "check", "run", "verify", "new", "pack", "grade", "list", "explain", "lesson", "hint",
        "quiz", "doctor",
    ];
    for command in commands {
        let args = [command, "--help"]
            .into_iter()
            .filter(|word| !word.is_empty());
        let done = place.memgrade(args).ends_with(0);
        let name = if command.is_empty() {
            "memgrade"
        } else {
            command
        };
        insta::assert_snapshot!(format!("help-{name}"), done.stdout);
    }
}

#[test]
fn no_command_and_wrong_ones_are_wrong_usage() {
    let place = Place::new();
    place
        .memgrade([""; 0])
        .ends_with(2)
        .complains("Usage: memgrade");
    place.memgrade(["chekc"]).ends_with(2).complains("'check'");
    place
        .memgrade(["check", "--formt", "json"])
        .ends_with(2)
        .complains("--format");
    place
        .memgrade(["check", "--format", "yaml"])
        .ends_with(2)
        .complains("junit");
    place
        .memgrade(["check", "--limit", "wal=2s"])
        .ends_with(2)
        .complains("did you mean `wall`?")
        .complains("--limit");
    place
        .memgrade(["check", "--limit", "wall=2"])
        .ends_with(2)
        .complains("2 ms");
    place
        .memgrade(["check", "--jobs", "0"])
        .ends_with(2)
        .complains("--jobs");
    place
        .memgrade(["grade", "class"])
        .ends_with(2)
        .complains("--output");
}

#[test]
fn the_built_in_course_is_there_without_a_folder() {
    let place = Place::new();
    let listed = place.memgrade(["list"]).ends_with(0);
    for id in [
        "memory_layout",
        "stack_vs_heap",
        "memory_leak",
        "virtual_memory",
        "stack_overflow",
    ] {
        assert!(listed.stdout.contains(id), "{}", listed.stdout);
        place.memgrade(["lesson", id]).ends_with(0).says("# ");
        place.memgrade(["hint", id]).ends_with(0).says("\n  ");
    }
}

#[test]
fn the_course_in_the_working_directory_comes_first() {
    let place = Place::new();
    place.hello_course();
    place
        .memgrade(["list"])
        .ends_with(0)
        .says("A small course")
        .says("hello")
        .does_not_say("memory_leak");
    place
        .memgrade(["list", "--course", root().to_str().unwrap()])
        .ends_with(0)
        .says("memory_leak");
}

#[test]
fn what_is_misspelled_is_suggested() {
    let place = Place::new();
    place
        .memgrade(["lesson", "memory_leek"])
        .ends_with(2)
        .complains("did you mean `memory_leak`?");
    place
        .memgrade(["check", "memory_leek"])
        .ends_with(2)
        .complains("did you mean `memory_leak`?");
    place
        .memgrade(["hint", "memory_leak", "bounded/holds stedy"])
        .ends_with(2)
        .complains("did you mean `bounded/holds steady`?");
    place
        .memgrade(["explain", "curve/grow"])
        .ends_with(2)
        .complains("did you mean `curve/grows`?");
}

#[test]
fn hints_come_in_stages() {
    let place = Place::new();
    let first = place
        .memgrade(["hint", "memory_leak", "leak/the heap grows"])
        .ends_with(0);
    let second = place
        .memgrade(["hint", "memory_leak", "leak/the heap grows", "--stage", "2"])
        .ends_with(0);
    assert_ne!(first.stdout, second.stdout);
    place
        .memgrade(["hint", "memory_leak", "--stage", "99"])
        .ends_with(4)
        .complains("no hint number 99");
}

#[test]
fn every_code_is_explained() {
    let place = Place::new();
    let codes = place.memgrade(["explain", "codes"]).ends_with(0).stdout;
    assert!(codes.lines().count() > 30, "{codes}");
    for code in codes.lines() {
        let explained = place.memgrade(["explain", code]).ends_with(0).stdout;
        assert!(explained.lines().count() > 2, "{explained}");
    }
    place
        .memgrade(["explain", "limits"])
        .ends_with(0)
        .says("1 GiB");
}

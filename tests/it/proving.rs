//! `memgrade verify`: on a small course that holds, on the same one broken in every way, and on the built-in course.

use super::support::{Done, HELLO, Place, SOLUTION, root};

/// Seven ways to be wrong; five of them print the right output.
pub(super) fn proved_course() -> Place {
    let place = Place::new();
    place.hello_course();
    let silent = "//@ about: says nothing\n//@ finding: output/missing-line in plain/says hello\nfn main() {}\n";
    let wrong_word = "//@ about: another word\n//@ finding: output/differs in plain/says hello\n\
        fn main() {\n    let block = vec![7u8; 100];\n    println!(\"hallo\");\n    drop(block);\n}\n";
    place
        .write("tests/wrong/hello/silent.rs", silent)
        .write("tests/wrong/hello/word.rs", wrong_word);
    for blocks in [0, 2, 3, 4, 5] {
        let code = if blocks == 0 {
            "heap/too-few-blocks"
        } else {
            "heap/too-many-blocks"
        };
        let text = format!(
            "//@ about: {blocks} blocks\n//@ finding: {code} in plain/one block\n//@ output: right\n\
            fn main() {{\n    for _ in 0..{blocks} {{\n        drop(vec![7u8; 100]);\n    }}\n    println!(\"hello\");\n}}\n"
        );
        place.write(&format!("tests/wrong/hello/blocks_{blocks}.rs"), text);
    }
    place
}

#[test]
fn a_course_that_holds() {
    let place = proved_course();
    place
        .memgrade(["verify", "--mutate", "--repeat", "3"])
        .ends_with(0)
        .says("the course holds");
}

#[test]
fn a_check_that_catches_nothing_is_found() {
    let place = proved_course();
    let idle = "[[case.check]]\nname = \"ends well\"\noutcome = { exit_code = 0 }\nhints = [\"return from main\"]\n";
    place
        .write("exercises/hello/exercise.toml", format!("{HELLO}\n{idle}"))
        .memgrade(["verify", "--mutate"])
        .ends_with(1)
        .says("verify/check-catches-nothing")
        .says("exercises/hello/exercise.toml:");
    place.memgrade(["verify"]).ends_with(0);
}

#[test]
fn a_right_program_that_is_written_in_another_way_must_pass() {
    let place = proved_course();
    place.write(
        "tests/right/hello/in_two_steps.rs",
        format!("//@ about: is written in another way\n{SOLUTION}"),
    );
    place
        .memgrade(["verify"])
        .ends_with(0)
        .says("right: in_two_steps")
        .says("is written in another way");
    place.write(
        "tests/right/hello/without_a_block.rs",
        "fn main() { println!(\"hello\"); }\n",
    );
    place
        .memgrade(["verify"])
        .ends_with(1)
        .says("verify/right-fails")
        .says("without_a_block.rs` says nothing");
}

#[test]
fn whatever_does_not_hold_is_told() {
    let place = proved_course();
    place.write(
        "solutions/hello/main.rs",
        "fn main() { println!(\"hello\"); }\n",
    );
    place
        .memgrade(["verify"])
        .ends_with(1)
        .says("verify/solution-fails");

    let place = proved_course();
    place.write("exercises/hello/main.rs", SOLUTION);
    place
        .memgrade(["verify"])
        .ends_with(1)
        .says("verify/starter");

    let place = proved_course();
    place.write(
        "tests/wrong/hello/silent.rs",
        format!(
            "//@ about: is right\n//@ finding: output/missing-line in plain/says hello\n{SOLUTION}"
        ),
    );
    place
        .memgrade(["verify"])
        .ends_with(1)
        .says("verify/wrong-not-caught");

    let place = proved_course();
    let tight = HELLO.replace(
        "total_blocks = { exactly = 1 }",
        "total_bytes = { at_most = 100 }",
    );
    place.write("exercises/hello/exercise.toml", tight);
    place
        .memgrade(["verify"])
        .ends_with(1)
        .says("verify/no-margin");

    let place = proved_course();
    std::fs::remove_dir_all(place.work().join("tests")).unwrap();
    place
        .memgrade(["verify"])
        .ends_with(1)
        .says("verify/too-few-wrong");
}

#[test]
fn figures_that_change_from_run_to_run_are_found() {
    let place = proved_course();
    // The seed of a hash table differs on every run.
    let restless = "use std::hash::BuildHasher;\nfn main() {\n    let size = std::hash::RandomState::new().hash_one(1) % 100_000;\n    \
        let block = vec![7u8; 100 + size as usize];\n    println!(\"hello\");\n    drop(block);\n}\n";
    place
        .write("solutions/hello/main.rs", restless)
        .memgrade(["verify", "--repeat", "4"])
        .ends_with(1)
        .says("verify/not-repeatable");
}

#[test]
fn the_built_in_course_holds() {
    let place = Place::new();
    let mut command = place.command();
    command.current_dir(root()).args(["verify", "--mutate"]);
    Done::of(command).ends_with(0).says("the course holds");
}

#[test]
fn model_answers_are_marked_too() {
    let place = Place::new();
    place
        .hello_course()
        .write("exercises/predict/grow.rs", "fn main() {\n    let v = vec![1_u8; 300];\n    println!(\"{}\", v.len());\n}\n")
        .write(
            "exercises/checklist.toml",
            "format_version = 1\n[[item]]\nid = \"peak\"\nquestion = \"What is the peak?\"\nevidence = [\"hello/plain/says hello\"]\n\
             [item.predict]\nprogram = \"predict/grow.rs\"\nof = \"peak_bytes\"\n",
        );
    let verify = || place.memgrade(["verify"]).ends_with(1);
    verify().says("verify/no-answers");
    place.write("solutions/answers.toml", "peak = 299\n");
    verify()
        .says("the model answer to `peak` does not hold: the program did something")
        .says("solutions/answers.toml:1")
        .does_not_say("verify/no-answers");
    place.write("solutions/answers.toml", "peak = \"300 bytes\"\n");
    verify()
        .does_not_say("verify/answer-fails")
        .says("model answers");
    // With one exercise of several there is no evidence to go by, but here it is all of them.
    place.memgrade(["verify", "hello"]).says("model answers");
}

#[test]
fn a_prediction_whose_program_is_missing_is_the_authors_fault() {
    let place = Place::new();
    let checklist = "format_version = 1\n[[item]]\nid = \"peak\"\nquestion = \"What is the peak?\"\n[item.predict]\nprogram = \"predict/none.rs\"\nof = \"peak_bytes\"\n";
    place
        .hello_course()
        .write("exercises/checklist.toml", checklist);
    place
        .memgrade(["check", "--submission", "solutions"])
        .ends_with(2)
        .complains("there is no exercises/predict/none.rs, which a prediction needs")
        .complains("exercises/checklist.toml:6");
    // One that does not compile costs nobody a point.
    place.write("exercises/predict/none.rs", "fn main() { nothing }\n");
    place.write("solutions/answers.toml", "peak = 3\n");
    let report = place
        .memgrade(["check", "--submission", "solutions", "--format", "json"])
        .json();
    let item = &report["checklist"]["items"][0];
    assert_eq!(item["verdict"], "error", "{item}");
    assert_eq!(item["score"]["undecided"], 1);
}

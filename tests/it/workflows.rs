//! The example workflow and the README: the commands that they show are run.

use std::fs;

use super::support::{Done, Place, root};

/// The `memgrade …` commands of the example workflow.
fn commands() -> Vec<String> {
    let text = fs::read_to_string(root().join("examples/workflows/memgrade.yml")).unwrap();
    text.lines()
        .filter_map(|line| line.trim().strip_prefix("run: memgrade "))
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_commands_of_the_example_workflow_work() {
    let place = Place::new();
    place
        .hello_course()
        .write("hello.rs", super::support::SOLUTION);
    let commands = commands();
    assert_eq!(commands.len(), 2, "{commands:?}");
    for line in commands {
        let shell = format!("\"$MEMGRADE\" {line}");
        let mut command = std::process::Command::new("sh");
        let template = place.command();
        command
            .args(["-c", &shell])
            .current_dir(place.work())
            .env_clear();
        for (name, value) in template.get_envs() {
            if let Some(value) = value {
                command.env(name, value);
            }
        }
        command.env("MEMGRADE", env!("CARGO_BIN_EXE_memgrade"));
        Done::of(command).ends_with(0);
    }
    let junit = fs::read_to_string(place.work().join("memgrade.xml")).unwrap();
    assert!(junit.contains("<testsuites"), "{junit}");
}

#[test]
fn the_readme_opens_with_the_two_commands() {
    let text = fs::read_to_string(root().join("README.md")).unwrap();
    let grade = text
        .find("cargo run --release -- grade examples/class -o results\n")
        .unwrap();
    let test = text.find("cargo test").unwrap();
    assert!(grade < test && test < 3000);
}

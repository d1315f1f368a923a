//! A level that was remembered and does not work any more.

use super::*;
use crate::sandbox::{Scratch, contained, ladder, remembered};

#[test]
fn a_remembered_level_that_does_not_work_any_more_is_found_anew() {
    // The level that somebody asks for is another best one.
    if std::env::var_os(sample::VARIABLE).is_none() {
        alone("remembered::namespaces_are_gone");
    }
}

#[test]
#[ignore = "needs a process of its own; see a_remembered_level_that_does_not_work_any_more_is_found_anew"]
fn namespaces_are_gone() {
    let folder = tempfile::tempdir().unwrap();
    let notes = || std::fs::read_dir(folder.path()).unwrap().count();
    remembered::keep_in(folder.path().to_owned());
    remembered::keep(&ladder::unasked(Level::Full));
    assert_eq!(notes(), 1);
    // As where there is no such call: threads are then started in another way, namespaces are not.
    refuse(libc::SYS_clone3, libc::ENOSYS);
    assert_eq!(
        ladder::chosen(),
        &ladder::unasked(Level::Full),
        "without a dry run"
    );
    let mut tried = Vec::new();
    let mut once = || {
        contained(|level| {
            tried.push(level);
            let scratch = Scratch::new(level)?;
            let mut program = shell("echo x > file && exit 3");
            program.level = level;
            program.directory = scratch.path().to_owned();
            program.scratch = scratch.path().to_owned();
            run(&program, &mut NoWatcher)
        })
    };
    let first = once().unwrap();
    assert_eq!(first.end, End::Exited(3));
    let lower = first.confinement.level;
    assert!(lower > Level::Full);
    once().unwrap();
    assert_eq!(tried, [Level::Full, lower, lower], "and not asked again");
    let ladder = ladder::chosen();
    assert_eq!(ladder.level, lower);
    assert!(ladder.refused[0].1.contains("namespaces"), "{ladder:?}");
    assert_eq!(notes(), 0, "the next process asks again");
}

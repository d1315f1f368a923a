//! Runs with a control group of their own. They need a part of the tree of groups that was given to this process; `.ci/vm` boots a
//! system of its own that has one.

use super::*;
use crate::sandbox::control_group;

#[test]
#[ignore = "needs a delegated control group; .ci/vm brings one"]
fn the_kernel_counts_the_memory_of_the_whole_tree() {
    assert!(control_group::available());
    let counted = |mode: &str, count: &str| {
        let run = finish(&misbehave(&[mode, count]));
        assert_eq!((run.end, run.limit), (End::Exited(0), None), "{mode}");
        let group = run.confinement.control_group.unwrap();
        assert!(!group.out_of_memory, "{mode}");
        // Linux 5.19 and later.
        group.peak_bytes.unwrap() >> 20
    };
    // So many MiB in one process; so many children with 50 MiB each.
    for (mode, few, many) in [("hog", "50", "150"), ("hog-children", "1", "3")] {
        let (small, large) = (counted(mode, few), counted(mode, many));
        let difference = large - small;
        assert!((98..=104).contains(&difference), "{mode}: {small}, {large}");
        assert!((50..70).contains(&small), "{mode}: {small}");
    }
}

#[test]
#[ignore = "needs a delegated control group; .ci/vm brings one"]
fn memory_that_no_process_shows_is_limited_too() {
    assert!(control_group::available());
    if sample::level() != Level::Full {
        eprintln!("not tested here: the scratch is in memory at level full only");
        return;
    }
    let mut program = misbehave(&["fill", "400"]);
    program.limits.memory = 16 << 20;
    program.limits.file_size = 1 << 30;
    // The scratch would have room for it.
    program.view.scratch_bytes = 1 << 30;
    // More than the limit, the scratch and what is allowed beside them is never there at once.
    let run = finish(&program);
    let group = run.confinement.control_group.unwrap();
    assert!(
        group.peak_bytes.unwrap() > 400 << 20,
        "the scratch is counted"
    );
    program.view.scratch_bytes = 64 << 20;
    let run = finish(&program);
    let group = run.confinement.control_group.unwrap();
    let most = (16 + 64 + 128) << 20;
    assert!(group.peak_bytes.unwrap() <= most, "{group:?}");
}

#[test]
#[ignore = "needs a delegated control group; .ci/vm brings one"]
fn the_kernel_ends_a_tree_that_outgrows_its_group() {
    assert!(control_group::available());
    // They are there at once: whoever looks now and then would see them all.
    let mut program = misbehave(&["hog-children", "12"]);
    program.limits.memory = 32 << 20;
    program.view.scratch_bytes = 0;
    let run = finish(&program);
    assert!(matches!(run.limit, Some(LimitHit::Memory(_))), "{run:?}");
    let group = run.confinement.control_group.unwrap();
    assert!(group.peak_bytes.unwrap() <= (32 + 128) << 20, "{group:?}");
}

#[test]
#[ignore = "needs a delegated control group; .ci/vm brings one"]
fn no_group_and_nobody_in_one_is_left() {
    assert!(control_group::available());
    for mode in ["daemon", "fork-bomb", "exit"] {
        let mut program = misbehave(&[mode, "0"]);
        program.limits.processes = 20;
        finish(&program);
    }
    let place = control_group::place().unwrap();
    let left: Vec<_> = std::fs::read_dir(place)
        .unwrap()
        .flatten()
        .map(|entry| entry.file_name())
        .filter(|name| name.to_string_lossy().starts_with("run-"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
#[ignore = "needs a delegated control group; .ci/vm brings one"]
fn groups_of_the_gone_are_removed_and_those_in_use_are_not() {
    let place = control_group::place().unwrap();
    let parent = place.parent().unwrap();
    let (gone, used) = (
        parent.join("memgrade-999999998"),
        parent.join("memgrade-999999999"),
    );
    for folder in [&gone, &used] {
        std::fs::create_dir_all(folder.join("self")).unwrap();
    }
    let mut sleeper = Command::new("/bin/sleep").arg("60").spawn().unwrap();
    std::fs::write(used.join("self/cgroup.procs"), sleeper.id().to_string()).unwrap();
    control_group::clear_abandoned(parent);
    assert!(!gone.exists() && used.join("self").exists() && place.exists());
    sleeper.kill().unwrap();
    sleeper.wait().unwrap();
    control_group::clear_abandoned(parent);
    assert!(!used.exists());
}

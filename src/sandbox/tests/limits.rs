//! Limits, and what does not hit them.

use super::*;

#[test]
fn sleeping_ends_at_the_wall_limit() {
    for mode in ["sleep", "stubborn", "stop", "close-all-and-sleep"] {
        let mut program = match mode {
            "close-all-and-sleep" => shell("exec <&- >&- 2>&-; exec sleep 60"),
            mode => misbehave(&[mode]),
        };
        program.limits.wall = Duration::from_millis(150);
        let run = finish(&program);
        assert_eq!(
            (run.end, run.limit),
            (End::Signaled(libc::SIGKILL), Some(LimitHit::Wall)),
            "{mode}"
        );
        assert!(
            run.wall >= Duration::from_millis(150) && run.wall < Duration::from_secs(5),
            "{mode}: {:?}",
            run.wall
        );
        assert!(
            run.at_exit.is_some_and(|facts| facts.peak_resident > 0),
            "{mode}: a killed program has figures too"
        );
        assert!(!text(&run.stdout.kept).contains("continued"), "{mode}");
    }
}

#[test]
fn cpu_time_is_limited_for_the_whole_tree() {
    for mode in ["spin", "spin-threads", "spin-children"] {
        let mut program = misbehave(&[mode]);
        program.limits.cpu = Duration::from_millis(200);
        let run = finish(&program);
        assert_eq!(
            (run.end, run.limit),
            (End::Signaled(libc::SIGKILL), Some(LimitHit::Cpu)),
            "{mode}"
        );
        assert!(
            run.cpu > Some(Duration::from_millis(200)) && run.cpu < Some(Duration::from_secs(5)),
            "{mode}: {:?}",
            run.cpu
        );
    }
}

#[test]
fn floods_are_cut_on_both_streams() {
    for (stream, stderr) in [("1", false), ("2", true)] {
        let mut program = misbehave(&["flood", stream]);
        program.limits.output = 100_000;
        let run = finish(&program);
        assert_eq!(run.limit, Some(LimitHit::Output { stderr }));
        let flooded = if stderr { &run.stderr } else { &run.stdout };
        assert_eq!(flooded.kept.len(), 100_000);
        assert!(flooded.seen > 100_000);
    }
}

#[test]
fn output_of_exactly_the_limit_is_fine_and_one_byte_more_is_not() {
    for (count, limit) in [
        (1000, None),
        (1001, Some(LimitHit::Output { stderr: false })),
    ] {
        let mut program = shell(&format!("head -c {count} /dev/zero"));
        program.limits.output = 1000;
        let run = finish(&program);
        assert_eq!(
            (run.stdout.seen, run.stdout.kept.len(), run.limit),
            (count, 1000, limit)
        );
    }
}

#[test]
fn processes_are_limited() {
    for mode in ["fork-chain", "fork-bomb"] {
        let mut program = misbehave(&[mode]);
        program.limits.processes = 20;
        let run = finish(&program);
        assert_eq!(run.limit, Some(LimitHit::Processes), "{mode}");
    }
    let mut program = misbehave(&["threads", "20"]);
    program.limits.processes = 20;
    assert_eq!(finish(&program).limit, Some(LimitHit::Processes));
    program.limits.processes = 21;
    assert_eq!(finish(&program).limit, None);
}

#[test]
fn only_threads_alive_at_once_count() {
    let mut program = misbehave(&["threads-in-turn", "300"]);
    program.limits.processes = 2;
    let run = finish(&program);
    assert_eq!((run.end, run.limit), (End::Exited(0), None));
}

#[test]
fn untraced_processes_are_limited_by_sampling() {
    let mut program = misbehave(&["fork-chain"]);
    program.traced = false;
    program.limits.processes = 20;
    // The chain is long before the first look: each link is a fork, far slower than the pauses of the watchdog.
    assert_eq!(finish(&program).limit, Some(LimitHit::Processes));
}

#[test]
fn memory_is_limited_for_the_whole_tree() {
    for mode in ["hog", "hog-child", "hog-headless"] {
        let mut program = misbehave(&[mode, "2000"]);
        program.limits.memory = 64 << 20;
        let run = finish(&program);
        let Some(LimitHit::Memory(seen)) = run.limit else {
            panic!("{mode}: {:?} {:?}", run.end, run.limit);
        };
        assert!(seen > 64 << 20, "{mode}: {seen}");
        assert_eq!(run.end, End::Signaled(libc::SIGKILL), "{mode}");
    }
}

#[test]
fn a_peak_that_no_poll_saw_is_found_at_the_end() {
    // Too quick for the first look, which comes after 5 ms; whether or not a look came, the verdict is the same.
    let mut program = misbehave(&["hog", "12"]);
    program.limits.memory = 8 << 20;
    assert!(matches!(finish(&program).limit, Some(LimitHit::Memory(seen)) if seen > 8 << 20));
}

#[test]
fn memory_that_is_only_reserved_is_not_counted() {
    let mut program = misbehave(&["reserve"]);
    program.limits.memory = 32 << 20;
    let run = finish(&program);
    assert_eq!((run.end, run.limit), (End::Exited(0), None));
    let facts = run.at_exit.unwrap();
    assert!(facts.peak_virtual > 500_000_000);
    assert!(facts.peak_resident < 32 << 20);
}

#[test]
fn memory_that_a_starting_child_borrows_is_counted_once() {
    let mut program = misbehave(&["large-parent"]);
    program.limits.memory = 400 << 20;
    let run = finish(&program);
    assert_eq!((run.end, run.limit), (End::Exited(0), None));
}

#[test]
fn an_interrupt_breaks_a_run_off() {
    let interrupted = AtomicBool::new(false);
    let run = thread::scope(|scope| {
        thread::Builder::new()
            .spawn_scoped(scope, || {
                thread::sleep(Duration::from_millis(50));
                interrupted.store(true, std::sync::atomic::Ordering::SeqCst);
            })
            .unwrap();
        supervise::run(&misbehave(&["sleep"]), &mut NoWatcher, &interrupted).unwrap()
    });
    assert_eq!(run.limit, Some(LimitHit::Interrupted));
    assert!(run.wall < Duration::from_secs(5));
}

#[test]
fn a_global_interrupt_ends_and_refuses_runs() {
    alone("limits::interrupting_everything");
}

#[test]
#[ignore = "needs a process of its own; see a_global_interrupt_ends_and_refuses_runs"]
fn interrupting_everything() {
    let runs: Vec<_> = (0..2)
        .map(|_| {
            thread::Builder::new()
                .spawn(|| finish(&misbehave(&["stubborn"])))
                .unwrap()
        })
        .collect();
    let me = std::process::id().cast_signed();
    let until = Instant::now() + Duration::from_secs(20);
    while procfs::children(me).len() < 2 && Instant::now() < until {
        thread::sleep(Duration::from_millis(5));
    }
    crate::sandbox::interrupt();
    for run in runs {
        assert_eq!(run.join().unwrap().limit, Some(LimitHit::Interrupted));
    }
    assert!(crate::sandbox::interrupted());
    assert!(matches!(
        run(&misbehave(&["exit", "0"]), &mut NoWatcher),
        Err(Error::Interrupted)
    ));
}

//! How programs end, and what is known of it.

use super::*;

#[test]
fn an_exit_code_and_both_streams_come_back() {
    let mut program = shell("cat; echo no >&2; exit 3");
    program.stdin = b"in\n".into();
    let run = finish(&program);
    assert_eq!(run.end, End::Exited(3));
    assert_eq!(
        (text(&run.stdout.kept), text(&run.stderr.kept)),
        ("in\n", "no\n")
    );
    assert_eq!((run.limit, run.survivors), (None, 0));
    assert_eq!(run.confinement.level, program.level);
    assert!(run.at_exit.is_some());
    assert_eq!(finish(&misbehave(&["exit", "200"])).end, End::Exited(200));
}

#[test]
fn a_panic_is_an_ordinary_exit() {
    let run = finish(&misbehave(&["panic"]));
    assert_eq!(run.end, End::Exited(101));
    assert!(text(&run.stderr.kept).contains("at the disco"));
    assert!(run.at_exit.unwrap().by_exit_call);
}

#[test]
fn a_signal_of_its_own_is_no_limit() {
    for signal in [
        libc::SIGKILL,
        libc::SIGXCPU,
        libc::SIGTERM,
        libc::SIGSEGV,
        libc::SIGPIPE,
    ] {
        let run = finish(&misbehave(&["raise", &signal.to_string()]));
        assert_eq!(
            (run.end, run.limit, run.fault),
            (End::Signaled(signal), None, None),
            "{signal}"
        );
        assert!(!run.at_exit.unwrap().by_exit_call);
    }
}

#[test]
fn abort_is_no_fault() {
    let run = finish(&misbehave(&["abort"]));
    assert_eq!(
        (run.end, run.limit, run.fault),
        (End::Signaled(libc::SIGABRT), None, None)
    );
}

#[test]
fn a_stopped_program_can_be_continued() {
    let run = finish(&misbehave(&["stop-and-continue"]));
    assert_eq!(
        (run.end, text(&run.stdout.kept)),
        (End::Exited(0), "continued\n")
    );
}

#[test]
fn a_stack_overflow_is_proved() {
    for (mode, size, main_thread) in [
        ("overflow", 8_u64 << 20, true),
        ("overflow", 1 << 20, true),
        ("overflow-thread", 1 << 20, false),
    ] {
        let mut program = misbehave(&[mode]);
        program.limits.stack = size;
        let run = finish(&program);
        assert_eq!(run.end, End::Signaled(libc::SIGABRT), "{mode}");
        assert!(
            text(&run.stderr.kept).contains("has overflowed its stack"),
            "std's own handler still runs"
        );
        let fault = run.fault.unwrap();
        assert_eq!(
            (fault.signal, fault.stack_guard, fault.main_thread),
            (libc::SIGSEGV, true, main_thread)
        );
        let (low, high) = fault.stack.unwrap();
        assert!(
            fault.address < low && high - low <= size + 4096 && high - low > size / 2,
            "{mode}: {fault:x?}"
        );
        // A frame of `deep` takes 128 bytes for its array and less than 512 in all.
        assert!(
            fault.frame_count > size / 512 && fault.frame_count < size / 128,
            "{mode}: {}",
            fault.frame_count
        );
        assert_eq!(fault.frames.len(), 128);
        assert_eq!(fault.frames[0], fault.pc);
        assert_eq!(
            fault.frames[5], fault.frames[6],
            "the same call again and again"
        );
        assert_ne!(
            fault.frames[127], fault.frames[6],
            "the outermost frames are others"
        );
    }
}

#[test]
fn a_frame_larger_than_the_stack_is_an_overflow() {
    let run = finish(&misbehave(&["big-frame"]));
    assert_eq!(run.end, End::Signaled(libc::SIGABRT));
    assert!(run.fault.unwrap().stack_guard);
}

#[test]
fn an_overflow_is_kept_when_its_handler_cannot_run() {
    let run = finish(&misbehave(&["overflow-no-altstack"]));
    assert_eq!(run.end, End::Signaled(libc::SIGSEGV));
    assert!(run.fault.unwrap().stack_guard);
}

#[test]
fn a_wild_pointer_is_no_overflow() {
    let run = finish(&misbehave(&["null"]));
    assert_eq!(run.end, End::Signaled(libc::SIGSEGV));
    let fault = run.fault.unwrap();
    assert_eq!((fault.address, fault.stack_guard), (0, false));
    assert!(fault.frame_count > 1 && fault.frames.len() as u64 == fault.frame_count);
    let fault = finish(&misbehave(&["wild"])).fault.unwrap();
    assert_eq!(
        (fault.address, fault.stack_guard),
        (u64::MAX, false),
        "no address is told"
    );
}

#[test]
fn a_fault_that_the_program_survived_is_not_the_cause() {
    let run = finish(&misbehave(&["handled"]));
    assert_eq!((run.end, run.fault), (End::Exited(7), None));
}

#[test]
fn ends_of_threads_are_told_from_the_end_of_the_process() {
    let run = finish(&misbehave(&["exit-in-thread"]));
    assert_eq!(run.end, End::Exited(6));
    assert!(
        !run.at_exit.unwrap().by_exit_call,
        "another thread called exit"
    );
    let run = finish(&misbehave(&["headless"]));
    assert_eq!(
        (run.end, text(&run.stdout.kept)),
        (End::Exited(8), "still here\n")
    );
    assert_eq!(run.at_exit.unwrap().threads.len(), 1);
    let run = finish(&misbehave(&["headless-to-the-last"]));
    assert!(
        run.at_exit
            .is_some_and(|facts| facts.peak_resident > 0 && !facts.mappings.is_empty())
    );
    assert_eq!(run.limit, None);
}

#[test]
fn exec_from_a_thread_is_not_the_end() {
    let started = Instant::now();
    let run = finish(&misbehave(&["exec-from-thread"]));
    assert_eq!(
        (run.end, text(&run.stdout.kept)),
        (End::Exited(0), "after exec\n")
    );
    assert!(
        run.at_exit
            .unwrap()
            .mappings
            .iter()
            // `echo` is a link there in small systems.
            .any(|mapping| mapping.name.contains("echo") || mapping.name.contains("busybox"))
    );
    assert!(started.elapsed() < Duration::from_secs(10));
}

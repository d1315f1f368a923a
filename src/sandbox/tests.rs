//! Runs of real programs.

use std::io::Write;
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::sync::atomic::AtomicBool;
use std::thread;
use std::time::{Duration, Instant};

use super::sample::program;
use super::{
    AtExit, End, ExitWatcher, LimitHit, NoWatcher, Program, RawRun, StoppedProcess, procfs, run,
    supervise,
};
use crate::error::Error;
use crate::observe::Level;

/// The program of victim.rs, compiled once and kept beside the test binary.
fn victim() -> &'static Path {
    static VICTIM: OnceLock<PathBuf> = OnceLock::new();
    VICTIM.get_or_init(|| {
        let source = include_str!("tests/victim.rs");
        let folder = std::env::current_exe()
            .unwrap()
            .parent()
            .unwrap()
            .to_owned();
        let name = blake3::hash(source.as_bytes()).to_hex();
        let built = folder.join(format!("sandbox-victim-{}", &name[..16]));
        if !built.exists() {
            let fresh = tempfile::tempdir_in(&folder).unwrap();
            let main = fresh.path().join("victim.rs");
            std::fs::write(&main, source).unwrap();
            let status = Command::new(std::env::var_os("RUSTC").unwrap_or("rustc".into()))
                .args([
                    "--edition=2024",
                    "-Copt-level=0",
                    "-Cforce-frame-pointers=yes",
                    "-Awarnings",
                    "-o",
                ])
                .arg(fresh.path().join("victim"))
                .arg(&main)
                .status()
                .unwrap();
            assert!(status.success());
            std::fs::rename(fresh.path().join("victim"), &built).unwrap();
        }
        built
    })
}

fn misbehave(args: &[&str]) -> Program {
    let mut program = program(victim());
    program.args = args.iter().map(Into::into).collect();
    program
}

fn shell(script: &str) -> Program {
    let mut program = program("/bin/sh");
    program.args = vec!["-c".into(), script.into()];
    program
}

fn finish(program: &Program) -> RawRun {
    run(program, &mut NoWatcher).unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

/// Whether a process is there and not merely unreaped.
fn alive(pid: i32) -> bool {
    procfs::stat(pid).is_some_and(|stat| stat.state != 'Z')
}

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
    assert_eq!(run.confinement.level, Level::Limits);
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
fn a_stopped_program_can_be_continued() {
    let run = finish(&misbehave(&["stop-and-continue"]));
    assert_eq!(
        (run.end, text(&run.stdout.kept)),
        (End::Exited(0), "continued\n")
    );
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
            run.cpu > Duration::from_millis(200) && run.cpu < Duration::from_secs(5),
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
fn much_input_and_much_output_do_not_block_each_other() {
    let mut program = misbehave(&["echo"]);
    program.stdin = vec![b'z'; 1 << 20];
    let run = finish(&program);
    assert_eq!((run.end, run.limit), (End::Exited(0), None));
    assert_eq!(run.stdout.kept.len(), 2 << 20);
    assert!(run.stdout.kept.ends_with(&program.stdin));
}

#[test]
fn input_that_nobody_reads_does_no_harm() {
    let mut program = shell("exit 0");
    program.stdin = vec![0; 1 << 20];
    assert_eq!(finish(&program).end, End::Exited(0));
}

#[test]
fn closing_all_streams_is_not_the_end() {
    let run = finish(&misbehave(&["close-all"]));
    assert_eq!((run.end, run.limit), (End::Exited(5), None));
}

#[test]
fn nothing_outlives_the_run() {
    for traced in [true, false] {
        let mut program = misbehave(&["daemon"]);
        program.traced = traced;
        let started = Instant::now();
        let run = finish(&program);
        assert!(
            started.elapsed() < Duration::from_secs(5),
            "the stream that it holds open is not waited for"
        );
        assert_eq!(run.end, End::Exited(0));
        let pid: i32 = text(&run.stdout.kept).trim().parse().unwrap();
        assert!(!alive(pid), "traced: {traced}");
        assert_eq!(run.survivors, 1);
        assert!(
            procfs::stat(pid).is_none(),
            "traced: {traced}: not even a zombie is left"
        );
    }
    let run = finish(&shell(
        "sleep 60 & (setsid sleep 60 &) ; sleep 60 & echo $!",
    ));
    assert!(!alive(text(&run.stdout.kept).trim().parse().unwrap()));
    assert!(run.survivors >= 2, "{}", run.survivors);
}

#[test]
fn a_child_that_escapes_the_tracing_is_found_by_its_session() {
    let run = finish(&misbehave(&["untraced-child"]));
    assert_eq!(run.end, End::Exited(0));
    assert!(!alive(text(&run.stdout.kept).trim().parse().unwrap()));
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

/// Looks at two places that the program named, and at a hole.
#[derive(Default)]
struct Looker {
    calls: u32,
    pid: i32,
    stack: Vec<u8>,
    top_read: usize,
    hole_read: usize,
    found: bool,
    maps: usize,
}

impl ExitWatcher for Looker {
    fn stopped_at_exit(&mut self, process: &StoppedProcess<'_>, facts: &AtExit) {
        self.calls += 1;
        self.pid = process.pid();
        self.maps = facts.mappings.len();
        let stack = facts
            .mappings
            .iter()
            .find(|mapping| mapping.name == "[stack]")
            .unwrap();
        self.stack = vec![0; 256];
        self.top_read = process.read(stack.end - 256, &mut self.stack);
        let mut across = vec![0; 1 << 20];
        self.hole_read = process.read(stack.end - 4096, &mut across);
        assert_eq!(process.read(8, &mut [0; 8]), 0);
        let heap = facts
            .mappings
            .iter()
            .find(|mapping| mapping.name == "[heap]")
            .unwrap();
        let mut bytes = vec![0; usize::try_from(heap.end - heap.start).unwrap()];
        assert_eq!(process.read(heap.start, &mut bytes), bytes.len());
        let pattern = 0x1122_3344_5566_7788_u64.to_ne_bytes().repeat(64);
        self.found = bytes.windows(512).any(|window| window == pattern);
    }
}

#[test]
fn the_watcher_reads_the_memory_of_the_stopped_process() {
    let mut looker = Looker::default();
    let run = run(&misbehave(&["memory"]), &mut looker).unwrap();
    assert_eq!((run.end, looker.calls), (End::Exited(4), 1));
    assert!(looker.found);
    assert_eq!(looker.top_read, 256);
    let name = victim().file_name().unwrap().as_encoded_bytes();
    assert!(
        looker
            .stack
            .windows(name.len())
            .any(|window| window == name),
        "the kernel puts the program's name there"
    );
    assert_eq!(
        looker.hole_read, 4096,
        "reading stops at the hole above the stack"
    );
    assert!(looker.maps > 10);
    let facts = run.at_exit.unwrap();
    assert!(facts.by_exit_call);
    assert_eq!(facts.threads.len(), 3, "all threads stand still");
    assert!(
        facts
            .threads
            .iter()
            .all(|thread| thread.sp != 0 && thread.tls != 0)
    );
    assert!(facts.threads.iter().any(|thread| thread.tid == looker.pid));
    assert!(facts.minor_faults > 50 && facts.peak_virtual > facts.peak_resident);
    let stack = facts
        .mappings
        .iter()
        .find(|mapping| mapping.name == "[stack]")
        .unwrap();
    let lowest = facts.stack_lowest.unwrap();
    assert!(lowest >= stack.start && lowest < stack.end);
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
            .any(|mapping| mapping.name.contains("echo"))
    );
    assert!(started.elapsed() < Duration::from_secs(1));
}

#[test]
fn a_program_cannot_be_traced_twice() {
    assert_eq!(text(&finish(&misbehave(&["trace-me"])).stdout.kept), "-1\n");
}

#[test]
fn what_the_program_finds_is_what_was_promised() {
    let (reader, mut writer) = std::io::pipe().unwrap();
    writer.write_all(b"hello").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut program = misbehave(&["facts"]);
    program.pass_fds = vec![reader.as_raw_fd()];
    program.directory = folder.path().canonicalize().unwrap();
    program.env = vec![("ONLY".into(), "this".into())];
    program.limits.stack = 3 << 20;
    let run = finish(&program);
    let seen = text(&run.stdout.kept);
    let line = |start: &str| {
        seen.lines()
            .find(|line| line.starts_with(start))
            .unwrap_or_else(|| panic!("{seen}"))
    };
    assert_eq!(line("NoNewPrivs"), "NoNewPrivs:\t1");
    // Rust's runtime in the program ignores SIGPIPE (13) itself.
    assert_eq!(line("SigIgn"), "SigIgn:\t0000000000001000");
    assert_eq!(line("SigBlk"), "SigBlk:\t0000000000000000");
    assert_eq!(line("THP_enabled"), "THP_enabled:\t0");
    let limit = |name: &str| {
        line(name)[name.len()..]
            .split_whitespace()
            .next()
            .unwrap()
            .to_owned()
    };
    assert_eq!(limit("Max stack size"), (3 << 20).to_string());
    assert_eq!(limit("Max core file size"), "1");
    assert_eq!(limit("Max file size"), (16 << 20).to_string());
    assert_eq!(limit("Max cpu time"), "22");
    assert_eq!(limit("Max address space"), (64_u64 << 30).to_string());
    assert!(
        line("open").starts_with(&format!("open [0, 1, 2, {}", reader.as_raw_fd())),
        "{}",
        line("open")
    );
    // The listing itself is the only other one.
    assert_eq!(line("open").matches(',').count(), 4);
    assert_eq!(line("cwd"), format!("cwd {}", program.directory.display()));
    assert_eq!(line("env"), r#"env [("ONLY", "this")]"#);
    if run.aslr_off {
        assert_eq!(line("personality"), "personality 00040000");
        let again = finish(&program);
        assert_eq!(
            text(&again.stdout.kept),
            seen,
            "the same addresses in every run"
        );
    }
}

#[test]
fn a_program_that_cannot_start_is_an_error_that_says_why() {
    let Err(Error::Machine { message, .. }) = run(&program("/nowhere/at all"), &mut NoWatcher)
    else {
        panic!("started");
    };
    assert!(
        message.contains("/nowhere/at all") && message.contains("No such file"),
        "{message}"
    );
    let mut lost = shell("exit 0");
    lost.directory = "/nowhere".into();
    assert!(
        matches!(run(&lost, &mut NoWatcher), Err(Error::Machine { message, .. }) if message.contains("directory"))
    );
    let mut untraced = program(std::env::temp_dir());
    untraced.traced = false;
    assert!(matches!(
        run(&untraced, &mut NoWatcher),
        Err(Error::Machine { .. })
    ));
}

#[test]
fn an_untraced_program_has_no_exit_stop_but_all_the_rest() {
    let mut program = shell("cat; exit 4");
    program.stdin = b"x".into();
    program.traced = false;
    let run = finish(&program);
    assert_eq!(
        (run.end, run.at_exit, run.limit),
        (End::Exited(4), None, None)
    );
    assert_eq!(run.stdout.kept, b"x");
    assert!(run.cpu > Duration::ZERO);
    let mut slow = shell("sleep 60 & sleep 60");
    slow.traced = false;
    slow.limits.wall = Duration::from_millis(100);
    assert_eq!(finish(&slow).limit, Some(LimitHit::Wall));
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
fn four_threads_run_programs_at_the_same_time() {
    thread::scope(|scope| {
        for number in 0..4 {
            thread::Builder::new()
                .spawn_scoped(scope, move || {
                    for _ in 0..10 {
                        let run = finish(&misbehave(&["exit", &number.to_string()]));
                        assert_eq!((run.end, run.limit), (End::Exited(number), None));
                        assert!(run.at_exit.is_some());
                        let run = finish(&misbehave(&["daemon"]));
                        assert_eq!(run.survivors, 1);
                    }
                })
                .unwrap();
        }
    });
}

#[test]
fn the_same_program_gives_the_same_figures() {
    let facts: Vec<AtExit> = (0..5)
        .map(|_| finish(&misbehave(&["exit", "0"])).at_exit.unwrap())
        .collect();
    for other in &facts[1..] {
        assert_eq!(other.stack_lowest, facts[0].stack_lowest);
        assert!(other.minor_faults.abs_diff(facts[0].minor_faults) <= 10);
    }
}

/// Runs one ignored test in a process of its own, where no other test opens or starts anything.
fn alone(test: &str) {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", &format!("sandbox::tests::{test}")])
        .output()
        .unwrap();
    assert!(
        output.status.success() && text(&output.stdout).contains("1 passed"),
        "{}",
        text(&output.stdout)
    );
}

#[test]
fn runs_leave_no_descriptor_thread_or_child_behind() {
    alone("fifty_runs");
}

#[test]
#[ignore = "needs a process of its own; see runs_leave_no_descriptor_thread_or_child_behind"]
fn fifty_runs() {
    let me = std::process::id().cast_signed();
    let open = || std::fs::read_dir("/proc/self/fd").unwrap().count();
    finish(&misbehave(&["exit", "0"]));
    let before = (open(), procfs::threads(me).len());
    for number in 0..50 {
        let mut program = misbehave(&[["exit", "daemon", "abort", "nonsense"][number % 4], "0"]);
        program.traced = number % 3 != 0;
        finish(&program);
        let _ = run(&program_that_cannot_start(), &mut NoWatcher);
    }
    assert_eq!((open(), procfs::threads(me).len()), before);
    assert_eq!(procfs::children(me), Vec::<i32>::new());
}

fn program_that_cannot_start() -> Program {
    program("/nowhere")
}

#[test]
fn a_global_interrupt_ends_and_refuses_runs() {
    alone("interrupting_everything");
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
    thread::sleep(Duration::from_millis(100));
    super::interrupt();
    for run in runs {
        assert_eq!(run.join().unwrap().limit, Some(LimitHit::Interrupted));
    }
    assert!(super::interrupted());
    assert!(matches!(
        run(&misbehave(&["exit", "0"]), &mut NoWatcher),
        Err(Error::Interrupted)
    ));
}

#[test]
#[ignore = "prints times"]
fn times() {
    for traced in [true, false] {
        let mut p = program("/bin/true");
        p.traced = traced;
        let mut all: Vec<_> = (0..300)
            .map(|_| {
                let t = Instant::now();
                finish(&p);
                t.elapsed()
            })
            .collect();
        all.sort();
        println!("traced {traced}: median {:?} p90 {:?}", all[150], all[270]);
    }
    let mut all: Vec<_> = (0..300)
        .map(|_| {
            let t = Instant::now();
            Command::new("/bin/true").output().unwrap();
            t.elapsed()
        })
        .collect();
    all.sort();
    println!("bare: median {:?} p90 {:?}", all[150], all[270]);
    let mut p = misbehave(&["overflow"]);
    for (mode, stack) in [
        ("overflow", 8 << 20),
        ("overflow", 256 << 20),
        ("threads-in-turn", 8 << 20),
    ] {
        p.args = vec![mode.into(), "300".into()];
        p.limits.stack = stack;
        let mut all: Vec<_> = (0..20)
            .map(|_| {
                let t = Instant::now();
                let r = finish(&p);
                (t.elapsed(), r.wall)
            })
            .collect();
        all.sort();
        println!("{mode} {stack}: {:?}", all[10]);
    }
}

//! What a program finds around it, and what a watcher finds in it.

use super::*;

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
        // Some kernels show it as several.
        let heap = facts.mappings.iter();
        for heap in heap.filter(|mapping| mapping.name == "[heap]") {
            let mut bytes = vec![0; usize::try_from(heap.end - heap.start).unwrap()];
            assert_eq!(process.read(heap.start, &mut bytes), bytes.len());
            let pattern = 0x1122_3344_5566_7788_u64.to_ne_bytes().repeat(64);
            self.found |= bytes.windows(512).any(|window| window == pattern);
        }
    }
}

#[test]
fn the_watcher_reads_the_memory_of_the_stopped_process() {
    let mut looker = Looker::default();
    let run = run(&misbehave(&["memory"]), &mut looker).unwrap();
    assert_eq!((run.end, looker.calls), (End::Exited(4), 1));
    assert!(looker.found);
    assert_eq!(looker.top_read, 256);
    // With a root of its own it has a name that tells nothing.
    let name = match sample::level() {
        Level::Full => "/program".as_ref(),
        _ => victim().file_name().unwrap().as_encoded_bytes(),
    };
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
fn what_the_program_finds_is_what_was_promised() {
    let (reader, mut writer) = std::io::pipe().unwrap();
    writer.write_all(b"hello").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut program = misbehave(&["facts"]);
    program.pass_fds = vec![reader.as_raw_fd()];
    if program.level != Level::Full {
        program.directory = folder.path().canonicalize().unwrap();
    }
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
    let open = line("open")
        .trim_start_matches("open [")
        .trim_end_matches(']');
    let mut open: Vec<i32> = open.split(", ").map(|fd| fd.parse().unwrap()).collect();
    // The lowest number that was free is the listing itself.
    let passed = reader.as_raw_fd();
    let listing = if passed == 3 { 4 } else { 3 };
    open.retain(|fd| *fd != listing);
    assert_eq!(open, [0, 1, 2, passed]);
    assert_eq!(line("cwd"), format!("cwd {}", program.directory.display()));
    assert_eq!(line("env"), r#"env [("ONLY", "this")]"#);
    if run.aslr_off {
        assert_eq!(line("personality"), "personality 00040000");
        let again = finish(&program);
        assert!(
            text(&again.stdout.kept).contains(line("main")),
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
fn the_same_program_gives_the_same_figures() {
    let facts: Vec<AtExit> = (0..5)
        .map(|_| finish(&misbehave(&["exit", "0"])).at_exit.unwrap())
        .collect();
    for other in &facts[1..] {
        assert_eq!(other.stack_lowest, facts[0].stack_lowest);
    }
    // Of faults one run in five may be disturbed by what else the machine does: the page cache has a say in them.
    let mut faults: Vec<u64> = facts.iter().map(|facts| facts.minor_faults).collect();
    faults.sort_unstable();
    assert!(faults[3] - faults[0] <= 10, "{faults:?}");
}

#[test]
fn without_the_right_to_trace_a_program_still_runs_and_the_result_says_so() {
    alone("surroundings::tracing_is_refused");
}

#[test]
#[ignore = "needs a process of its own; see without_the_right_to_trace_a_program_still_runs_and_the_result_says_so"]
fn tracing_is_refused() {
    refuse(libc::SYS_ptrace, libc::EPERM);
    let run = finish(&misbehave(&["daemon"]));
    assert_eq!(
        (run.end, run.at_exit, run.survivors),
        (End::Exited(0), None, 1)
    );
    assert!(!alive(text(&run.stdout.kept).trim().parse().unwrap()));
    assert!(
        run.confinement
            .missing
            .iter()
            .any(|text| text.starts_with("tracing: "))
    );
    let mut endless = misbehave(&["sleep"]);
    endless.limits.wall = Duration::from_millis(100);
    assert_eq!(finish(&endless).limit, Some(LimitHit::Wall));
}

//! Whole trees of processes, and what runs leave behind.

use super::*;

#[test]
fn nothing_outlives_the_run() {
    for traced in [true, false] {
        let mut program = misbehave(&["daemon"]);
        program.traced = traced;
        // Whatever is still alive holds this end open.
        let (mut reader, writer) = std::io::pipe().unwrap();
        program.pass_fds = vec![writer.as_raw_fd()];
        let started = Instant::now();
        let run = finish(&program);
        drop(writer);
        assert_eq!(reader.read(&mut [0]).unwrap(), 0, "traced: {traced}");
        assert!(
            started.elapsed() < Duration::from_secs(5),
            "the stream that it holds open is not waited for"
        );
        assert_eq!(run.end, End::Exited(0));
        let pid: i32 = text(&run.stdout.kept).trim().parse().unwrap();
        assert!(!alive(pid), "traced: {traced}");
        assert_eq!(run.survivors, 1);
        if program.level != Level::Full {
            let message = "not even a zombie is left";
            assert!(procfs::stat(pid).is_none(), "traced: {traced}: {message}");
        }
    }
    let run = finish(&shell(
        "sleep 60 & (setsid sleep 60 &) ; sleep 60 & echo $!",
    ));
    assert!(!alive(text(&run.stdout.kept).trim().parse().unwrap()));
    assert!(run.survivors >= 2, "{}", run.survivors);
}

#[test]
fn a_child_that_escapes_the_tracing_is_found() {
    for trick in ["0", "1", "2"] {
        let run = finish(&misbehave(&["untraced-child", trick]));
        assert_eq!(run.end, End::Exited(0));
        let pid = text(&run.stdout.kept).trim().parse().unwrap();
        assert!(!alive(pid), "{trick}");
    }
}

#[test]
fn a_program_cannot_be_traced_twice() {
    assert_eq!(text(&finish(&misbehave(&["trace-me"])).stdout.kept), "-1\n");
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
    assert!(run.cpu > Some(Duration::ZERO));
    let mut slow = shell("sleep 60 & sleep 60");
    slow.traced = false;
    slow.limits.wall = Duration::from_millis(100);
    assert_eq!(finish(&slow).limit, Some(LimitHit::Wall));
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
fn runs_leave_no_descriptor_thread_or_child_behind() {
    alone("tree::fifty_runs");
}

#[test]
#[ignore = "needs a process of its own; see runs_leave_no_descriptor_thread_or_child_behind"]
fn fifty_runs() {
    let me = std::process::id().cast_signed();
    let open = || std::fs::read_dir("/proc/self/fd").unwrap().count();
    finish(&misbehave(&["exit", "0"]));
    // A thread that was joined may still be on its way out.
    let threads = || {
        let until = Instant::now() + Duration::from_secs(5);
        loop {
            let count = procfs::threads(me).len();
            if count == 2 || Instant::now() > until {
                return count;
            }
            thread::sleep(Duration::from_millis(1));
        }
    };
    let before = (open(), threads());
    for number in 0..50 {
        let mut program = misbehave(&[["exit", "daemon", "abort", "nonsense"][number % 4], "0"]);
        program.traced = number % 3 != 0;
        finish(&program);
        let _ = run(&program_that_cannot_start(), &mut NoWatcher);
    }
    assert_eq!((open(), threads()), before);
    assert_eq!(procfs::children(me), Vec::<i32>::new());
}

fn program_that_cannot_start() -> Program {
    program("/nowhere")
}

// The program that the sandbox's tests run: its first argument says how it misbehaves.
use std::io::{Read, Write};
use std::time::Duration;
use std::{env, process, ptr, thread};

unsafe extern "C" {
    fn fork() -> i32;
    fn setsid() -> i32;
    fn getpid() -> i32;
    fn kill(pid: i32, signal: i32) -> i32;
    fn raise(signal: i32) -> i32;
    fn signal(signal: i32, handler: usize) -> usize;
    fn syscall(number: i64, ...) -> i64;
    fn ptrace(request: i64, pid: i32, address: usize, data: usize) -> i64;
    fn mmap(address: usize, length: usize, protection: i32, flags: i32, fd: i32, offset: i64) -> *mut u8;
    fn execl(path: *const u8, ...) -> i32;
    fn close(fd: i32) -> i32;
    fn waitpid(pid: i32, status: *mut i32, options: i32) -> i32;
    fn sigaction(signal: i32, new: *const [u64; 19], old: *mut [u64; 19]) -> i32;
    fn sigaltstack(new: *const [usize; 3], old: *mut [usize; 3]) -> i32;
    fn setrlimit(resource: i32, limit: &[u64; 2]) -> i32;
    fn _exit(code: i32) -> !;
}

#[inline(never)]
#[allow(unconditional_recursion)]
fn deep(n: u64) -> u64 {
    let room = [n; 16];
    deep(n + 1) + std::hint::black_box(&room)[3]
}

#[inline(never)]
fn big_frame() -> u8 {
    let room = [1_u8; 16 << 20];
    std::hint::black_box(&room)[5]
}

fn forever() -> ! {
    loop {
        thread::sleep(Duration::from_secs(60));
    }
}

fn spin() -> ! {
    let mut n = 0_u64;
    loop {
        n = std::hint::black_box(n + 1);
    }
}

fn hog(mib: usize) {
    let mut kept = Vec::new();
    for _ in 0..mib {
        kept.push(vec![1_u8; 1 << 20]);
    }
    std::hint::black_box(&kept);
}

extern "C" fn leave(_signal: i32) {
    unsafe { _exit(7) }
}

static mut MARK: u64 = 0;

fn main() {
    let args: Vec<String> = env::args().collect();
    let number = |at: usize| args.get(at).map_or(0, |arg| arg.parse::<i32>().unwrap());
    match args[1].as_str() {
        "exit" => process::exit(number(2)),
        "raise" => unsafe {
            // Rust's runtime ignores SIGPIPE and handles SIGSEGV.
            signal(number(2), 0);
            raise(number(2));
        },
        "sleep" => forever(),
        "stubborn" => unsafe {
            for number in 1..32 {
                signal(number, 1);
            }
            println!("ready");
            forever()
        },
        "spin" => spin(),
        "spin-threads" => {
            for _ in 0..2 {
                thread::spawn(|| spin());
            }
            spin()
        }
        // CPU time burnt by children whose parent does not want to hear of them.
        "spin-children" => unsafe {
            signal(17, 1);
            for _ in 0..2 {
                if fork() == 0 {
                    spin();
                }
            }
            forever()
        },
        "flood" => {
            let chunk = [b'x'; 8192];
            loop {
                let written = if number(2) == 2 {
                    std::io::stderr().write(&chunk)
                } else {
                    std::io::stdout().write(&chunk)
                };
                if written.is_err() {
                    process::exit(9);
                }
            }
        }
        // Writes much before it reads anything.
        "echo" => {
            let chunk = vec![b'y'; 1 << 20];
            std::io::stdout().write_all(&chunk).unwrap();
            let mut all = Vec::new();
            std::io::stdin().read_to_end(&mut all).unwrap();
            std::io::stdout().write_all(&all).unwrap();
        }
        "close-all" => unsafe {
            for fd in 0..3 {
                close(fd);
            }
            thread::sleep(Duration::from_millis(30));
            _exit(5);
        },
        "daemon" => unsafe {
            // Leaves its session and its parent, ignores what can be ignored, and holds the streams open.
            if fork() == 0 {
                setsid();
                for number in 1..32 {
                    signal(number, 1);
                }
                if fork() == 0 {
                    println!("{}", getpid());
                    forever();
                }
                _exit(0);
            }
            let mut status = 0;
            waitpid(-1, &mut status, 0);
            thread::sleep(Duration::from_millis(20));
        },
        "fork-chain" => unsafe {
            loop {
                if fork() != 0 {
                    forever();
                }
            }
        },
        "fork-bomb" => unsafe {
            loop {
                fork();
            }
        },
        "threads" => {
            for _ in 0..number(2) {
                thread::spawn(|| forever());
            }
            thread::sleep(Duration::from_millis(50));
        }
        "threads-in-turn" => {
            for _ in 0..number(2) {
                thread::spawn(|| ()).join().unwrap();
            }
        }
        "hog" => {
            hog(number(2) as usize);
        }
        // Many children at once, each with 50 MiB that it keeps for a while.
        "hog-children" => unsafe {
            for _ in 0..number(2) {
                if fork() == 0 {
                    let kept = vec![1_u8; 50 << 20];
                    thread::sleep(Duration::from_millis(500));
                    std::hint::black_box(&kept);
                    _exit(0);
                }
            }
            while waitpid(-1, ptr::null_mut(), 0) > 0 {}
        },
        // So many MiB into a file, as far as they fit.
        "fill" => {
            let mut file = std::fs::File::create("filled").unwrap();
            let chunk = vec![b'x'; 1 << 20];
            for _ in 0..number(2) {
                if file.write_all(&chunk).is_err() {
                    break;
                }
            }
        }
        "hog-child" => unsafe {
            if fork() == 0 {
                hog(number(2) as usize);
                forever();
            }
            forever();
        },
        // The first thread ends; its statm shows nothing any more.
        "hog-headless" => {
            let mib = number(2) as usize;
            thread::spawn(move || {
                thread::sleep(Duration::from_millis(5));
                hog(mib);
                forever()
            });
            unsafe { syscall(60, 0) };
        }
        "reserve" => unsafe {
            let place = mmap(0, 500_000_000, 3, 0x22, -1, 0);
            assert!(place as isize != -1);
            *place = 1;
            thread::sleep(Duration::from_millis(20));
        },
        // A large program starts another: for a moment both have the same memory.
        "large-parent" => {
            let kept = vec![1_u8; 300 << 20];
            for _ in 0..20 {
                assert!(process::Command::new("/bin/true").status().unwrap().success());
            }
            std::hint::black_box(&kept);
        }
        "overflow" => {
            println!("{}", deep(0));
        }
        "overflow-thread" => {
            let _ = thread::Builder::new().stack_size(1 << 20).spawn(|| deep(0)).unwrap().join();
        }
        "big-frame" => {
            println!("{}", big_frame());
        }
        "null" => unsafe {
            ptr::read_volatile(ptr::without_provenance::<u8>(8 * args.len() - 16));
        },
        "wild" => unsafe {
            ptr::read_volatile(0xdead_beef_dead_beef_usize as *const u8);
        },
        "abort" => process::abort(),
        // Survives its own fault and ends as it likes.
        "handled" => unsafe {
            signal(11, leave as *const () as usize);
            ptr::read_volatile(ptr::without_provenance::<u8>(args.len() * 8));
        },
        // A handler without a stack of its own: the kernel cannot even call it.
        "overflow-no-altstack" => unsafe {
            sigaltstack(&[0, 2, 0], ptr::null_mut());
            let mut action = [0_u64; 19];
            action[0] = leave as *const () as usize as u64;
            sigaction(11, &action, ptr::null_mut());
            println!("{}", deep(0));
        },
        "panic" => panic!("at the disco"),
        "memory" => unsafe {
            // Tells where a value lies; the watcher looks there.
            let heap = Box::new([0x1122_3344_5566_7788_u64; 64]);
            ptr::write_volatile(&raw mut MARK, 0x99aa_bbcc);
            println!("{} {}", heap.as_ptr() as usize, &raw const MARK as usize);
            thread::spawn(|| forever());
            thread::spawn(|| spin());
            thread::sleep(Duration::from_millis(10));
            _exit(4);
        },
        "exit-in-thread" => {
            thread::spawn(|| process::exit(6));
            forever()
        }
        // The first thread ends alone, the others go on.
        "headless" => {
            thread::spawn(|| {
                thread::sleep(Duration::from_millis(20));
                println!("still here");
                process::exit(8);
            });
            unsafe { syscall(60, 0) };
        }
        "headless-to-the-last" => {
            thread::spawn(|| unsafe {
                thread::sleep(Duration::from_millis(20));
                syscall(60, 11);
            });
            unsafe { syscall(60, 12) };
        }
        "exec-from-thread" => {
            for _ in 0..3 {
                thread::spawn(|| forever());
            }
            thread::spawn(|| unsafe {
                execl(c"/bin/echo".as_ptr().cast(), c"echo".as_ptr(), c"after exec".as_ptr(), ptr::null::<u8>());
            });
            forever()
        }
        "stop" => unsafe {
            raise(19);
            println!("continued");
        },
        // Stopped by itself, continued by its child.
        "stop-and-continue" => unsafe {
            let me = getpid();
            if fork() == 0 {
                thread::sleep(Duration::from_millis(20));
                kill(me, 18);
                _exit(0);
            }
            raise(19);
            println!("continued");
        },
        "trace-me" => unsafe {
            println!("{}", ptrace(0, 0, 0, 0));
        },
        // Escapes the tracing (CLONE_UNTRACED | SIGCHLD), and further: 1 leaves its session and parent, 2 hides its mark.
        "untraced-child" => unsafe {
            let (mut told, mut tell) = std::io::pipe().unwrap();
            if syscall(56, 0x0080_0000 | 17, 0, 0, 0, 0) == 0 {
                if number(2) >= 1 {
                    setsid();
                    if syscall(56, 0x0080_0000 | 17, 0, 0, 0, 0) != 0 {
                        _exit(0);
                    }
                }
                if number(2) >= 2 {
                    setrlimit(10, &[5, 5]);
                }
                println!("{}", getpid());
                tell.write_all(b"x").unwrap();
                forever();
            }
            told.read_exact(&mut [0]).unwrap();
        },
        "facts" => {
            let status = std::fs::read_to_string("/proc/self/status").unwrap();
            for name in ["NoNewPrivs", "SigIgn", "SigBlk", "THP_enabled"] {
                println!("{}", status.lines().find(|line| line.starts_with(name)).unwrap_or(name));
            }
            print!("{}", std::fs::read_to_string("/proc/self/limits").unwrap());
            print!("personality {}", std::fs::read_to_string("/proc/self/personality").unwrap());
            let mut open: Vec<i32> = std::fs::read_dir("/proc/self/fd")
                .unwrap()
                .map(|entry| entry.unwrap().file_name().to_str().unwrap().parse().unwrap())
                .collect();
            open.sort();
            println!("open {open:?}");
            println!("cwd {}", env::current_dir().unwrap().display());
            println!("env {:?}", env::vars().collect::<Vec<_>>());
            println!("main {:#x}", main as *const () as usize);
        }
        other => panic!("unknown mode {other}"),
    }
}

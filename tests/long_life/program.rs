// The program of the long life: its first argument says how it ends and what it leaves behind.
use std::process::{Command, Stdio};
use std::{env, fs, process, thread, time};

unsafe extern "C" {
    fn fork() -> i32;
    fn setsid() -> i32;
}

fn deeper(depth: u64) -> u64 {
    let room = std::hint::black_box([depth; 64]);
    deeper(depth + 1) + room[7]
}

fn long() {
    thread::sleep(time::Duration::from_secs(100));
}

fn main() {
    let kind = env::args().nth(1).unwrap();
    let mut kept: Vec<Vec<u8>> = (0..200).map(|n| vec![1; n]).collect();
    println!("{kind} {}", kept.len());
    match kind.as_str() {
        "well" => {}
        "leak" => std::mem::forget(kept),
        "panic" => panic!("at the disco"),
        "abort" => process::abort(),
        "overflow" => println!("{}", deeper(0)),
        "daemon" => {
            if unsafe { fork() } == 0 {
                unsafe { setsid() };
                if unsafe { fork() } == 0 {
                    long();
                }
            }
        }
        "background" => {
            for streams in [Stdio::inherit, Stdio::null] {
                Command::new("/bin/sleep").arg("100").stdout(streams()).spawn().unwrap();
            }
        }
        "threads" => {
            for _ in 0..4 {
                thread::spawn(long);
            }
        }
        "folders" => {
            use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
            for name in ["a", "b"] {
                fs::create_dir_all(format!("{name}/c/d")).unwrap();
                fs::write(format!("{name}/c/file"), "x").unwrap();
                fs::DirBuilder::new().mode(0o000).create(format!("{name}/closed")).unwrap();
                // Not at every level.
                let _ = fs::set_permissions(format!("{name}/c"), PermissionsExt::from_mode(0o000));
            }
            let _ = fs::set_permissions(".", PermissionsExt::from_mode(0o000));
        }
        "deep" => {
            for _ in 0..100 {
                fs::create_dir("deeper").unwrap();
                env::set_current_dir("deeper").unwrap();
            }
        }
        "memory" => loop {
            kept.push(vec![1; 1 << 20]);
        },
        "flood" => loop {
            println!("{}", "x".repeat(1000));
        },
        "sleep" => long(),
        other => panic!("{other}"),
    }
}

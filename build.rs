//! Makes memgrade one file that carries all it needs: compiles the probe's payload with the same compiler, and lists
//! the built-in course's files.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;
use std::{env, fs};

fn main() {
    let out = env::var_os("OUT_DIR")
        .map(std::path::PathBuf::from)
        .unwrap_or_default();
    payload(&out.join("payload.so"));
    course(&out.join("embedded_course.rs"));
}

/// Writes the table of the built-in course's files: path, and bytes by `include_bytes!`, sorted by path.
fn course(out: &Path) {
    // A build folder that several clones share holds the paths of whichever came first.
    println!("cargo::rerun-if-env-changed=CARGO_MANIFEST_DIR");
    let root = env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| ".".into());
    let root = Path::new(&root);
    let mut files = Vec::new();
    for name in ["course.toml", "exercises", "solutions"] {
        // Cargo would run this script on every build for the sake of a file that does not exist.
        if root.join(name).exists() {
            println!("cargo::rerun-if-changed={name}");
            collect(root, name, 0, &mut files);
        }
    }
    files.sort();
    let rows: Vec<String> = files
        .iter()
        .map(|file| {
            let absolute = root.join(file).display().to_string();
            format!("    ({file:?}, include_bytes!({absolute:?})),\n")
        })
        .collect();
    let rows = rows.concat();
    let table = format!("pub(super) static FILES: &[(&str, &[u8])] = &[\n{rows}];\n");
    fs::write(out, table).unwrap_or_else(|e| panic!("cannot write {}: {e}", out.display()));
}

/// Adds the course files at or below `path`, relative to `root` and with `/`.
fn collect(root: &Path, path: &str, depth: usize, files: &mut Vec<String>) {
    const KINDS: [&str; 3] = ["toml", "rs", "md"];
    let full = root.join(path);
    let Ok(entries) = fs::read_dir(&full) else {
        let kind = full
            .extension()
            .and_then(|e| e.to_str())
            .unwrap_or_default();
        if KINDS.contains(&kind) {
            files.push(path.to_owned());
        }
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if depth < 8 && !name.starts_with('.') && name != "target" {
            collect(root, &format!("{path}/{name}"), depth + 1, files);
        }
    }
}

/// Compiles the payload for the target, which need not be the machine that compiles. There is one for Linux with glibc on
/// x86-64 and aarch64; elsewhere it is empty, and memgrade says of every run what was not measured.
fn payload(out: &Path) {
    println!("cargo::rerun-if-changed=src/probe/payload");
    println!("cargo::rerun-if-changed=src/probe/layout.rs");
    let of_target = |name: &str| env::var(format!("CARGO_CFG_TARGET_{name}")).unwrap_or_default();
    let architecture = of_target("ARCH");
    let target = env::var("TARGET").unwrap_or_default();
    if of_target("OS") != "linux"
        || of_target("ENV") != "gnu"
        || !matches!(architecture.as_str(), "x86_64" | "aarch64")
    {
        println!(
            "cargo::warning=there is no probe for {target}: memgrade will run programs there, and say what it cannot measure"
        );
        fs::write(out, b"").unwrap_or_else(|e| panic!("cannot write {}: {e}", out.display()));
        return;
    }
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let mut command = Command::new(rustc);
    command.args([
        "--edition=2024",
        "--crate-type=cdylib",
        "--crate-name=memgrade_payload",
        "--target",
        &target,
    ]);
    // Always optimised: it runs in front of every allocation, also when memgrade itself is a debug build.
    command.args([
        "-Copt-level=3",
        "-Cpanic=abort",
        "-Cforce-frame-pointers=yes",
        "-Ccodegen-units=1",
        "-Cstrip=symbols",
        "-Dwarnings",
    ]);
    if let Some(linker) = linker(&target, &architecture) {
        let mut flag = OsString::from("-Clinker=");
        flag.push(linker);
        command.arg(flag);
    }
    command.arg("-o").arg(out).arg("src/probe/payload/lib.rs");
    let status = command
        .status()
        .unwrap_or_else(|e| panic!("cannot start rustc for the probe's payload: {e}"));
    assert!(
        status.success(),
        "the probe's payload does not compile for {target} (rustc's words are above; another target needs its linker: \
         CARGO_TARGET_{}_LINKER)",
        target.to_uppercase().replace('-', "_")
    );
}

/// The linker: the one that Cargo was told to use, else, for another target, its usual cross compiler.
fn linker(target: &str, architecture: &str) -> Option<OsString> {
    println!("cargo::rerun-if-env-changed=RUSTC_LINKER");
    env::var_os("RUSTC_LINKER").or_else(|| {
        let host = env::var("HOST").unwrap_or_default();
        (host != target).then(|| format!("{architecture}-linux-gnu-gcc").into())
    })
}

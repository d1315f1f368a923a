//! Compiles the probe's payload with the same compiler, so that memgrade is one file that carries it.

use std::path::Path;
use std::process::Command;
use std::{env, fs};

fn main() {
    let out = env::var_os("OUT_DIR")
        .map(std::path::PathBuf::from)
        .unwrap_or_default();
    payload(&out.join("payload.so"));
}

/// The payload is Linux's; elsewhere it is empty, and memgrade says that it cannot measure the heap.
fn payload(out: &Path) {
    println!("cargo::rerun-if-changed=src/probe/payload");
    println!("cargo::rerun-if-changed=src/probe/layout.rs");
    let os = env::var("CARGO_CFG_TARGET_OS").unwrap_or_default();
    let architecture = env::var("CARGO_CFG_TARGET_ARCH").unwrap_or_default();
    let environment = env::var("CARGO_CFG_TARGET_ENV").unwrap_or_default();
    if os != "linux"
        || environment != "gnu"
        || !matches!(architecture.as_str(), "x86_64" | "aarch64")
    {
        fs::write(out, b"").unwrap_or_else(|e| panic!("cannot write {}: {e}", out.display()));
        return;
    }
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let target = env::var("TARGET").unwrap_or_default();
    let mut command = Command::new(rustc);
    command.args([
        "--edition",
        "2024",
        "--crate-type",
        "cdylib",
        "--crate-name",
        "memgrade_payload",
    ]);
    command.args(["--target", &target]);
    // Always optimised: it runs in front of every allocation, also when memgrade itself is a debug build.
    command.args([
        "-C",
        "opt-level=3",
        "-C",
        "panic=abort",
        "-C",
        "force-frame-pointers=yes",
    ]);
    command.args([
        "-C",
        "codegen-units=1",
        "-C",
        "strip=symbols",
        "-D",
        "warnings",
    ]);
    command.arg("-o").arg(out).arg("src/probe/payload/lib.rs");
    let linker = format!(
        "CARGO_TARGET_{}_LINKER",
        target.to_uppercase().replace('-', "_")
    );
    if let Some(linker) = env::var_os(linker) {
        let mut flag = std::ffi::OsString::from("linker=");
        flag.push(linker);
        command.arg("-C").arg(flag);
    }
    let status = command
        .status()
        .unwrap_or_else(|e| panic!("cannot start rustc for the probe's payload: {e}"));
    assert!(status.success(), "the probe's payload does not compile");
}

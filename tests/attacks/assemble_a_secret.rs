//! The assembler includes a file.
//@ group: compiling
//@ promise: compiler
//@ levels: full landlock
//@ reached: secret
//@ control: full without files
//@ control: landlock without files
//= outcome.kind = "build_failed"
std::arch::global_asm!(
    ".section .rodata",
    ".global stolen",
    "stolen: .incbin \"@secret@\"",
    ".byte 0",
    ".text"
);

unsafe extern "C" {
    static stolen: std::ffi::c_char;
}

fn main() {
    println!("{:?}", unsafe { std::ffi::CStr::from_ptr(&raw const stolen) });
}

//! Calls the kernel by the table of x32 programs.
//@ group: running
//@ promise: kernel-interface
//@ reached: said
//@ control: full without calls
//@ control: landlock without calls
//@ control: limits without calls
//= outcome.kind = "signaled"
unsafe extern "C" {
    fn syscall(number: i64, ...) -> i64;
}

fn main() {
    // A kernel without that table answers; the filter ends the program.
    unsafe { syscall(0x4000_0000 + 39) };
    println!("REACHED");
}

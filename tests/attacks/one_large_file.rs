//! Makes one file that is larger than files may be.
//@ group: running
//@ promise: tree-limits
//@ reached: said
//@ control: full without file-size
//@ control: landlock without file-size
//@ control: limits without file-size
//= outcome.exit_code = 0
unsafe extern "C" {
    fn signal(number: i32, handler: usize) -> usize;
}

fn main() {
    unsafe { signal(25, 1) };
    let grown = std::fs::File::create("large").and_then(|file| file.set_len(100 << 20));
    println!("{}", if grown.is_ok() { "REACHED" } else { "no" });
}

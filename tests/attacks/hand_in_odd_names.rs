//! Files with names that are no text, or obeyed by a terminal, or begin like an option, beside a program that is right.
//@ group: hand-in
//@ promise: hand-ins
//@ through: grade
//@ plant: file hello/\xff\xfe.rs -> fn a() {}
//@ plant: file hello/a\x1b[2J\r.rs -> fn a() {}
//@ plant: file hello/b\nc.rs -> fn a() {}
//@ plant: file hello/--cfg.rs -> fn a() {}
//@ plant: file hello/\u{202e}sr.rs -> fn a() {}
//@ plant: file \xff/main.rs -> fn main() {}
//@ never: \x1b[2J
//@ never: \u{202e}
//@ control: the figures
//= students[0].id = "anna"
//= students[0].report.score.earned = 3
//= students[1].report.score.earned = 3
//= students[1].report.exercises[0].findings[0].code = "source/not-a-file"
//= students[1].report.exercises[0].findings[0].severity = "warning"
fn main() {
    let block = vec![7u8; 100];
    println!("hello");
    drop(block);
}

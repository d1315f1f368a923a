//! Control characters of eight bits, which some terminals obey.
//@ group: report
//@ promise: escaping
//@ through: xray
//@ never: \u{9b}31m
//@ never: \u{9d}
//@ control: the JSON
fn main() {
    panic!("\u{9b}31m \u{9d}0;x\u{9c}");
}

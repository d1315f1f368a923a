//! Letters that turn the reading direction, or are not seen.
//@ group: report
//@ promise: escaping
//@ through: xray
//@ never: \u{202e}
//@ never: \u{2066}
//@ never: \u{200b}
//@ control: the JSON
fn main() {
    panic!("10 of 10 \u{202e}dessap\u{2066} \u{200b}");
}

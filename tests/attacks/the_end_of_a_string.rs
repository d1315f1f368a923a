//! What would end a string of JSON and put a score after it.
//@ group: report
//@ promise: escaping
//@ through: check json
//@ never: x"},"score":{"earned":3
//@ control: the JSON
//= score.earned = 0
fn main() {
    println!("{}", r#"x"},"score":{"earned":3,"possible":3}}"#);
}

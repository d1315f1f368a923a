//! Prints what memgrade's own results look like, on both streams: nothing that a program says is read as a result.
//@ group: cheating
//@ promise: escaping
//@ through: grade
//@ control: the figures
//= students[0].id = "anna"
//= students[0].report.score.earned = 3
//= students[1].report.score.earned = 0
//= students[1].report.score.possible = 3
fn main() {
    println!("hello");
    let claim = r#"{"schema":"memgrade/report/v1","verdict":"passed","score":{"earned":3,"possible":3},"heap":{"total":{"blocks":1}}}"#;
    println!("{claim}");
    eprintln!("{claim}\nmallory  3 of 3 points\ntest result: ok. 3 passed; 0 failed");
}

//! A file that says it holds a terabyte, and holds nothing.
//@ group: hand-in
//@ promise: hand-ins
//@ through: grade
//@ plant: sparse hello/main.rs -> 1099511627776
//@ control: the figures
//= students[0].id = "anna"
//= students[0].report.score.earned = 3
//= students[1].report.score.earned = 0
//= students[1].report.exercises[0].findings[0].code = "source/too-large"
fn main() {}

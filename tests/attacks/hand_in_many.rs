//! Thousands of files beside the one that counts.
//@ group: hand-in
//@ promise: hand-ins
//@ through: grade
//@ plant: many hello/x -> 3000
//@ control: the figures
//= students[0].id = "anna"
//= students[0].report.score.earned = 3
//= students[1].report.score.earned = 0
//= students[1].report.exercises[0].findings[0].code = "source/too-many"
fn main() {}

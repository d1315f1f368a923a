//! Source that is no text.
//@ group: hand-in
//@ promise: hand-ins
//@ through: grade
//@ plant: bytes hello/main.rs -> fn main() {\n    // \xff\xfe\x00\n}
//@ control: the figures
//= students[0].id = "anna"
//= students[0].report.score.earned = 3
//= students[1].report.score.earned = 0
//= students[1].report.exercises[0].findings[0].code = "source/not-utf8"
//= students[1].report.exercises[0].findings[0].fault = "learner"
fn main() {}

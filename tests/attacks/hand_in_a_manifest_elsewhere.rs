//! The package's description is a link to a key in the teacher's home.
//@ group: hand-in
//@ promise: hand-ins
//@ through: grade
//@ plant: link hello/Cargo.toml -> {home}
//@ control: the figures
//= students[0].id = "anna"
//= students[0].report.score.earned = 3
//= students[1].report.score.earned = 0
//= students[1].report.exercises[0].findings[0].code = "source/not-a-file"
fn main() {}

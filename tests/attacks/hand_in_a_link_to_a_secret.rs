//! The file that is handed in is a link to somebody else's.
//@ group: hand-in
//@ promise: hand-ins
//@ through: grade
//@ plant: link hello/main.rs -> {secret}
//@ reached: secret
//@ control: full without links
//= students[0].id = "anna"
//= students[0].report.score.earned = 3
//= students[1].report.score.earned = 0
fn main() {}

//! The file is a link to a key in the teacher's home, which the compiler would quote.
//@ group: hand-in
//@ promise: hand-ins
//@ through: grade
//@ plant: link hello/main.rs -> {home}
//@ reached: secret
//@ control: full without links
//= students[0].id = "anna"
//= students[0].report.score.earned = 3
//= students[1].report.score.earned = 0
fn main() {}

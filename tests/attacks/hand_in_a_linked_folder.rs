//! The folder of the exercise is a link to a neighbor's.
//@ group: hand-in
//@ promise: hand-ins
//@ through: grade
//@ plant: link hello -> {folder}/neighbour
//@ control: the figures
//= students[0].id = "anna"
//= students[0].report.score.earned = 3
//= students[1].report.score.earned = 0
//= students[1].report.exercises[0].findings[0].code = "source/not-a-file"
fn main() {}

//! A package that depends on a neighbor's by its path.
//@ group: hand-in
//@ promise: hand-ins
//@ through: grade
//@ plant: file hello/Cargo.toml -> [package]\nname = "hello"\nversion = "0.1.0"\nedition = "2024"\n[dependencies]\ntheirs = { path = "{folder}/neighbour" }\n
//@ control: the figures
//= students[0].id = "anna"
//= students[0].report.score.earned = 3
//= students[1].report.score.earned = 0
//= students[1].report.exercises[0].findings[0].code = "source/not-supported"
fn main() {}

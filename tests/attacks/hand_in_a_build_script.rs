//! A package with a build script that would print, and a configuration that would name another compiler.
//@ group: hand-in
//@ promise: hand-ins
//@ through: grade
//@ plant: file hello/Cargo.toml -> [package]\nname = "hello"\nversion = "0.1.0"\nedition = "2024"\nbuild = "build.rs"\n
//@ plant: file hello/build.rs -> fn main() { std::fs::write("{target}", "built").unwrap(); }
//@ plant: file hello/.cargo/config.toml -> [build]\nrustc = "{secret}"\n
//@ control: the figures
//= students[0].id = "anna"
//= students[0].report.score.earned = 3
//= students[1].report.score.earned = 0
//= students[1].report.exercises[0].findings[0].code = "source/not-supported"
fn main() {}

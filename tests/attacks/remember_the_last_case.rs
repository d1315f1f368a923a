//! Leaves a note in its folder, in the folder for temporary files and in one that the whole world may write to, and looks for it in the
//! next case.
//@ group: cheating
//@ promise: no-writing
//@ levels: full landlock
//@ through: check json
//@ plant: file ../exercises/hello/exercise.toml -> format_version = 1\ntitle = "Twice"\n[starter]\nfindings = ["output/missing-line"]\n[[case]]\nname = "first"\n[[case.check]]\nname = "a"\noutput = { lines = ["hello"] }\nhints = ["println!"]\n[[case]]\nname = "second"\nargs = ["again"]\n[[case.check]]\nname = "b"\noutput = { lines = ["hello"] }\nhints = ["println!"]\n
//@ reached: said
//@ control: full without files
//@ control: landlock without files
//= exercises[0].cases[0].verdict = "passed"
//= exercises[0].cases[1].verdict = "passed"
use std::path::Path;

fn main() {
    println!("hello");
    let folders = [Path::new("."), &std::env::temp_dir(), Path::new("@folder@")];
    let note = folders.map(|folder| folder.join("note"));
    if std::env::args().count() > 1 {
        // The first case may be the later one: each gives the other time.
        for _ in 0..20 {
            if note.iter().any(|note| note.exists()) {
                println!("REACHED");
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
    } else {
        for note in note {
            let _ = std::fs::write(note, "seen");
        }
    }
}

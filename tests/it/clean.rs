//! Programs of many styles that do nothing wrong: `tests/clean/*.rs` must get no finding at all. Adding a case is adding a file.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::meter::measure;
use super::support::Place;

#[test]
#[cfg_attr(
    not(target_os = "linux"),
    ignore = "heap figures are measured on Linux only"
)]
fn clean_programs_get_no_finding() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clean");
    let files = std::fs::read_dir(folder).unwrap();
    let mut programs: Vec<PathBuf> = files.map(|entry| entry.unwrap().path()).collect();
    programs.sort();
    assert!(programs.len() >= 40, "only {} programs", programs.len());
    let place = Place::new();
    let mut wrong = String::new();
    for program in programs {
        let source = std::fs::read_to_string(&program).unwrap();
        let json = measure(&place, &program, &source);
        // Safe code cannot use memory wrongly.
        let checked = source.contains("unsafe");
        let heap = &json["heap"];
        let clean = json["findings"] == serde_json::json!([])
            && json["outcome"]["kind"] == "exited"
            && json["outcome"]["exit_code"] == 0
            && heap["complete"] == true
            && heap["definitely_lost"]["blocks"] == 0
            && heap["indirectly_lost"]["blocks"] == 0
            && heap["cycles"] == serde_json::json!([])
            && (!checked || json["memory_errors"] == serde_json::json!([]));
        if !clean {
            writeln!(
                wrong,
                "{}: {} {} {} lost {} {} cycles {}",
                program.file_name().unwrap().display(),
                json["outcome"],
                json["findings"],
                json["memory_errors"],
                heap["definitely_lost"],
                heap["indirectly_lost"],
                heap["cycles"],
            )
            .unwrap();
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

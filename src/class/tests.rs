//! Whole classes, as they come.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use super::*;

mod attacks;
mod layouts;
mod rosters;

const EXERCISES: [&str; 3] = ["memory_leak", "stack_overflow", "cycle"];
const MAIN: &str = "fn main() {}\n";

/// Writes files below a folder, with the folders around them.
fn write(folder: &Path, files: &[(&str, &str)]) {
    for (path, text) in files {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), files);
    folder
}

fn zip(files: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (path, text) in files {
        let options = zip::write::SimpleFileOptions::default();
        writer.start_file(*path, options).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn tar_gz(files: &[(&str, &str)]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (path, text) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        builder
            .append_data(&mut header, path, text.as_bytes())
            .unwrap();
    }
    gzip(&builder.into_inner().unwrap())
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn options() -> Options<'static> {
    Options {
        exercises: &EXERCISES,
        ..Options::default()
    }
}

fn open(path: &Path) -> Class {
    super::open(path, &options()).unwrap()
}

/// Files below a folder that are source, in order.
fn files(folder: &Path) -> Vec<String> {
    fn walk(folder: &Path, below: &str, found: &mut Vec<String>) {
        for entry in files::list(folder).unwrap() {
            let name = format!("{below}{}", entry.name);
            if entry.is_folder() {
                walk(&entry.path, &format!("{name}/"), found);
            } else {
                found.push(name);
            }
        }
    }
    let mut found = Vec::new();
    walk(folder, "", &mut found);
    found
}

fn student<'c>(class: &'c Class, id: &str) -> &'c Student {
    let ids: Vec<&str> = class.students.iter().map(|s| s.id.as_str()).collect();
    let found = class.students.iter().find(|student| student.id == id);
    found.unwrap_or_else(|| panic!("no {id} among {ids:?}; {:?}", class.unrecognized))
}

/// The only attempt of a student.
fn attempt<'c>(class: &'c Class, id: &str) -> &'c Attempt {
    let attempts = &student(class, id).attempts;
    assert_eq!(attempts.len(), 1, "{attempts:?}");
    &attempts[0]
}

/// What intake is given of a student's only attempt.
fn handed(class: &Class, id: &str) -> Vec<String> {
    let attempt = attempt(class, id);
    let folder = attempt.folder.as_ref();
    files(folder.unwrap_or_else(|| panic!("{:?}", attempt.problems)))
}

fn ids(class: &Class) -> Vec<&str> {
    class.students.iter().map(|s| s.id.as_str()).collect()
}

fn unrecognized(class: &Class) -> Vec<&str> {
    class.unrecognized.iter().map(|u| u.path.as_str()).collect()
}

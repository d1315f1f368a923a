//! Walks through the whole folder of the grader and prints every file.
//@ group: running
//@ promise: no-reading
//@ levels: full landlock
//@ args: {folder}
//@ reached: secret
//@ control: full without files
//@ control: landlock without files
//= outcome.exit_code = 0
fn walk(folder: &std::path::Path, depth: u32) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if depth < 5 && path.is_dir() {
            walk(&path, depth + 1);
        } else if path.is_file() && !path.to_string_lossy().contains("canary") {
            let text = std::fs::read(&path).unwrap_or_default();
            println!("{}", String::from_utf8_lossy(&text[..text.len().min(2000)]));
        }
    }
}

fn main() {
    let folder = std::env::args().nth(1).unwrap();
    walk(std::path::Path::new(&folder), 0);
}

//! Files and folders in the scratch, and in the folder for temporary ones.
//@ group: honest
//@ promise: honest
//= stdout.text = "5 6\n"
//@ control: honest
//= outcome.kind = "exited"
//= outcome.exit_code = 0
fn main() {
    std::fs::create_dir_all("a/b").unwrap();
    std::fs::write("a/b/c", "12345").unwrap();
    let other = std::env::temp_dir().join("d");
    std::fs::write(&other, "123456").unwrap();
    std::fs::rename(&other, "a/d").unwrap();
    println!("{} {}", std::fs::read("a/b/c").unwrap().len(), std::fs::metadata("a/d").unwrap().len());
    std::fs::remove_dir_all("a").unwrap();
}

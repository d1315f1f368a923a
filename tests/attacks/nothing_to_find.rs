//! Nothing of the probe is in the environment, and the recording's descriptor is closed.
//@ group: cheating
//@ promise: recording
//@ control: the figures
//= stdout.text = "false false 0\n"
//= findings.len = 0
fn main() {
    let named = std::env::vars().any(|(name, _)| name.contains("MEMGRADE"));
    let preload = std::env::var_os("LD_PRELOAD").is_some();
    let links = std::fs::read_dir("/proc/self/fd").unwrap().flatten();
    let files = links.filter_map(|link| std::fs::read_link(link.path()).ok());
    let ours = files.filter(|file| file.to_string_lossy().contains("memfd")).count();
    println!("{named} {preload} {ours}");
}

//@ memory_errors
fn main() {
    let raw: Vec<*mut String> = (0..10).map(|n| Box::into_raw(Box::new(n.to_string()))).collect();
    let text: String = raw.into_iter().map(|raw| *unsafe { Box::from_raw(raw) }).collect();
    println!("{text}");
}

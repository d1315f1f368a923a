use std::collections::HashMap;
use std::sync::LazyLock;

static CONFIG: LazyLock<HashMap<&'static str, String>> =
    LazyLock::new(|| HashMap::from([("name", "course".to_owned()), ("size", 12.to_string())]));

fn main() {
    println!("{} {}", CONFIG["name"], CONFIG["size"]);
}

//! A program's configuration, leaked once on purpose and kept in a static: reachable to the end.
use std::sync::OnceLock;

#[derive(Debug)]
struct Config {
    name: String,
    ports: Vec<u16>,
}

static CONFIG: OnceLock<&'static Config> = OnceLock::new();

fn main() {
    let config = Box::leak(Box::new(Config { name: "server".to_owned(), ports: vec![80, 443] }));
    CONFIG.set(config).unwrap();
    println!("{:?}", CONFIG.get().unwrap());
}

//@ stdin: 3 4 5\n
use std::io::Read;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text)?;
    let numbers = text.split_whitespace().map(str::parse).collect::<Result<Vec<i64>, _>>()?;
    println!("{}", numbers.iter().sum::<i64>());
    Ok(())
}

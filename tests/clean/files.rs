use std::io::{BufRead, BufReader, BufWriter, Write};

fn main() -> std::io::Result<()> {
    let path = std::env::temp_dir().join("numbers.txt");
    let mut out = BufWriter::new(std::fs::File::create(&path)?);
    for n in 0..1000 {
        writeln!(out, "{n}")?;
    }
    out.flush()?;
    let lines = BufReader::new(std::fs::File::open(&path)?).lines();
    println!("{}", lines.map(|line| line.unwrap().len()).sum::<usize>());
    std::fs::remove_file(path)
}

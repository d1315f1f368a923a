use std::fmt;

#[derive(Debug)]
enum Trouble {
    Number(std::num::ParseIntError),
    TooLarge(String),
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(error) => write!(f, "no number: {error}"),
            Self::TooLarge(text) => write!(f, "too large: {text}"),
        }
    }
}

impl std::error::Error for Trouble {}

fn read(text: &str) -> Result<u32, Box<dyn std::error::Error>> {
    let number: u32 = text.parse().map_err(Trouble::Number)?;
    if number > 100 { Err(Trouble::TooLarge(text.to_owned()).into()) } else { Ok(number) }
}

fn main() {
    for text in ["7", "x", "1000"] {
        match read(text) {
            Ok(number) => println!("{number}"),
            Err(error) => println!("{error}"),
        }
    }
}

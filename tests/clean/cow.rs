use std::borrow::Cow;

fn clean(text: &str) -> Cow<'_, str> {
    if text.contains(' ') { Cow::Owned(text.replace(' ', "_")) } else { Cow::Borrowed(text) }
}

fn main() {
    let words = ["plain", "with space", "and more spaces"];
    let cleaned: Vec<Cow<'_, str>> = words.iter().map(|word| clean(word)).collect();
    println!("{cleaned:?}");
}

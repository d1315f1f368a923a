fn main() {
    let text = "Ein Ärger mit Grüßen: naïve café 日本語";
    let reversed: String = text.chars().rev().collect();
    let upper = text.to_uppercase();
    let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
    println!("{reversed}\n{upper}\n{}", words.join("|"));
}

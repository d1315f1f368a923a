//! Comparing names of people: without case, diacritics and punctuation, and never by likeness.

/// Letters with the plain ones that stand for them.
const FOLDED: [(&str, &str); 31] = [
    ("àáâãäåāăąǎǟǡǻȁȃȧạảấầẩẫậắằẳẵặḁ", "a"),
    ("æǣǽ", "ae"),
    ("ḃḅḇ", "b"),
    ("çćĉċčḉ", "c"),
    ("ďđḋḍḏḑḓð", "d"),
    ("èéêëēĕėęěȅȇȩẹẻẽếềểễệḕḗḙḛḝ", "e"),
    ("ḟ", "f"),
    ("ĝğġģǧǵḡ", "g"),
    ("ĥħȟḣḥḧḩḫẖ", "h"),
    ("ìíîïĩīĭįıǐȉȋịỉḭḯ", "i"),
    ("ĵǰ", "j"),
    ("ķǩḱḳḵ", "k"),
    ("ĺļľŀłḷḹḻḽ", "l"),
    ("ḿṁṃ", "m"),
    ("ñńņňŉŋǹṅṇṉṋ", "n"),
    ("òóôõöøōŏőơǒǫǭǿȍȏȫȭȯȱọỏốồổỗộớờởỡợṍṏṑṓ", "o"),
    ("œ", "oe"),
    ("ṕṗ", "p"),
    ("ŕŗřȑȓṙṛṝṟ", "r"),
    ("śŝşšșṡṣṥṧṩ", "s"),
    ("ß", "ss"),
    ("ţťŧțṫṭṯṱẗ", "t"),
    ("þ", "th"),
    ("ùúûüũūŭůűųưǔǖǘǚǜȕȗụủứừửữựṳṵṷṹṻ", "u"),
    ("ṽṿ", "v"),
    ("ŵẁẃẅẇẉẘ", "w"),
    ("ẋẍ", "x"),
    ("ýÿŷȳẏẙỳỵỷỹ", "y"),
    ("źżžẑẓẕ", "z"),
    ("ё", "е"),
    ("й", "и"),
];

/// A name's words in lower case and without diacritics, with one blank between them.
pub(super) fn folded(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars().flat_map(char::to_lowercase) {
        match c {
            // Combining marks, as some systems write diacritics; and apostrophes, which belong to a word.
            '\u{300}'..='\u{36f}' | '\'' | '\u{2019}' | '`' => {}
            c if c.is_ascii_alphanumeric() => out.push(c),
            c if c.is_alphanumeric() => {
                let plain = FOLDED.iter().find(|(letters, _)| letters.contains(c));
                match plain {
                    Some((_, plain)) => out.push_str(plain),
                    None => out.push(c),
                }
            }
            _ if out.ends_with(' ') || out.is_empty() => {}
            _ => out.push(' '),
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// A name that may stand as `Last, First`, folded and in the order in which it is spoken.
pub(super) fn spoken(name: &str) -> String {
    match name.split_once(',') {
        Some((last, first)) => folded(&format!("{first} {last}")),
        None => folded(name),
    }
}

/// A roster's name in both orders, folded.
pub(super) fn orders(name: &str) -> Vec<String> {
    let spoken = spoken(name);
    let words: Vec<&str> = spoken.split(' ').collect();
    let mut orders = vec![spoken.clone()];
    if let Some((last, first)) = words.split_last() {
        orders.push(format!("{last} {}", first.join(" ")));
    }
    if let Some((first, last)) = words.split_first() {
        orders.push(format!("{} {first}", last.join(" ")));
    }
    if let Some((last, first)) = name.split_once(',') {
        orders.push(folded(&format!("{last} {first}")));
    }
    let mut orders: Vec<String> = orders.iter().map(|name| name.trim().to_owned()).collect();
    orders.retain(|name| !name.is_empty());
    orders.sort();
    orders.dedup();
    orders
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_diacritics_and_punctuation_do_not_count() {
        for (left, right) in [
            ("Zoë Müller-Łukasz", "zoe muller lukasz"),
            ("Nguyễn Thị Ánh", "nguyen thi anh"),
            ("Jose\u{301}", "josé"),
            ("O'Neill", "ONEILL"),
            ("ada.lindqvist", "Ada  Lindqvist "),
            ("Weiß", "weiss"),
        ] {
            assert_eq!(folded(left), folded(right));
        }
        assert_ne!(folded("Anna Lee"), folded("Ann Alee"));
        assert_eq!(folded("李 小龍"), "李 小龍");
    }

    #[test]
    fn both_orders_are_known() {
        assert_eq!(spoken("Lindqvist, Ada Maria"), "ada maria lindqvist");
        let orders = orders("Ada Maria Lindqvist");
        assert!(orders.contains(&"lindqvist ada maria".to_owned()));
        assert!(super::orders("").is_empty());
        assert!(super::orders("van Dyk, Ann").contains(&"van dyk ann".to_owned()));
    }
}

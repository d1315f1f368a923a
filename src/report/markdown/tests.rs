use super::*;
use crate::report::layout::width;

const PAGE: &str = r#"# Reserved *is not* used

A program can reserve **far more memory** than it uses, and `more` than
the machine has. See [the manual](https://example.org/a/very/long/address/that/is/longer/than/a/narrow/terminal) or
<https://example.org>.

- first, which is so long that it goes on in the next line of a terminal that is as narrow as this one
- *"second"*:
  - inner one
  - inner two

    with a paragraph
1. one
2. two

> A quotation that is wrapped as well when it gets longer than what there is room for, and the bar stays.

```rust
let numbers = vec![0_u64; 1000];	// a tab, and a line that is not wrapped because it is code
```

    indented   code

## Some figures

| what | optimized | not |
|---|--:|--:|
| to touch a page of it for the first time: a minor fault | <!-- here -->2.1 µs†<!-- / --> | 3 µs |
| `ratio` | 1.8 times | |

<!-- a comment
over two lines -->

---

### The end<br>of it

![a picture](picture.png)
"#;

fn plain(columns: usize) -> String {
    render(PAGE, &Style::plain(columns))
}

#[test]
fn a_page_at_three_widths() {
    for columns in [24, 60, 100] {
        insta::assert_snapshot!(format!("a_page_at_{columns}_columns"), plain(columns));
    }
}

#[test]
fn a_page_in_color_and_in_ascii() {
    let style = Style {
        color: true,
        ..Style::plain(60)
    };
    insta::assert_snapshot!(render(PAGE, &style));
    let style = Style {
        unicode: false,
        ..Style::plain(60)
    };
    let ascii = render("# A\n\n- b\n\n> c\n\n| d |\n|---|\n| e |\n", &style);
    assert_eq!(ascii, "A\n=\n\n- b\n\n| c\n\nd\n-\ne\n");
}

#[test]
fn no_line_but_code_and_addresses_is_wider_than_the_terminal() {
    for columns in [20, 24, 33, 60, 100] {
        for line in plain(columns).lines() {
            let free = line.contains("://") || line.contains("let numbers");
            assert!(free || width(line) <= columns, "{columns}: {line}");
        }
    }
}

#[test]
fn lines_are_no_longer_than_the_eye_can_follow() {
    let long = "word ".repeat(200);
    let widest = |columns| {
        let drawn = render(&long, &Style::plain(columns));
        drawn.lines().map(width).max()
    };
    assert_eq!(widest(400), widest(100));
}

#[test]
fn nothing_in_a_page_drives_the_terminal() {
    let hostile = "# \u{1b}[31mred\u{9b}2J\n\n`\u{1b}]0;title\u{7}` a\u{202e}b\n\n    \u{1b}[2J\n\n| \u{1b}[1m |\n|---|\n| \r x |\n\n\
                   [l](https://x/\u{1b}[5m) <b onclick=\u{1b}[1m>\n\n<div>\u{1b}[7m</div>\n\n&#27;[31m\n";
    for unicode in [true, false] {
        let style = Style {
            unicode,
            ..Style::plain(80)
        };
        let drawn = render(hostile, &style);
        let obeyed = |c: char| c.is_control() && c != '\n' || "\u{202e}\u{9b}".contains(c);
        assert!(!drawn.contains(obeyed), "{drawn:?}");
    }
}

#[test]
fn depth_and_size_are_bounded() {
    let cases = [
        format!("{}x", "> ".repeat(100_000)),
        format!("{}x", "- ".repeat(100_000)),
        "*".repeat(100_000),
        "[".repeat(100_000),
        "[a](b)".repeat(50_000),
        format!("|{}\n|{}\n", "a|".repeat(2000), "-|".repeat(2000)),
        format!("| {} |\n|---|\n", "x".repeat(200_000)),
        "`".repeat(100_000),
        "<!-- ".repeat(50_000),
    ];
    for text in cases {
        let drawn = render(&text, &Style::plain(80));
        let limit = 40 * text.len() + 10_000;
        let start: String = text.chars().take(20).collect();
        assert!(drawn.len() < limit, "{start}: {} bytes", drawn.len());
    }
}

#[test]
fn an_item_without_text_keeps_its_mark() {
    let drawn = render("- \n- a\n\n3. b\n4. c\n", &Style::plain(80));
    assert_eq!(drawn, "•\n• a\n\n3. b\n4. c\n");
}

#[test]
fn a_link_whose_text_is_its_address_stands_once() {
    let drawn = render("<https://a.org> [b](c) [d](d)", &Style::plain(80));
    assert_eq!(drawn, "https://a.org b <c> d\n");
}

#[test]
fn the_lessons_of_the_course_can_be_drawn() {
    let course = crate::course::Course::embedded().unwrap();
    for entry in &course.exercises {
        let text = &entry.lesson.as_ref().unwrap().text;
        let drawn = render(text, &Style::plain(80));
        for line in drawn.lines().filter(|line| !line.starts_with("    ")) {
            assert!(
                width(line) <= 80 || line.contains("://"),
                "{}: {line}",
                entry.id
            );
        }
        assert!(!drawn.contains("<!--"), "{}", entry.id);
    }
}

//! The rules of single expectations in `exercise.toml`: signals, ratios, claims, bounds.

use super::document::{Node, Notebook, nearest, shown};
use super::exercise::CheckAt;
use super::schema::{REGEX_SIZE_LIMIT, list};
use crate::course::units::{SIZE_UNITS, Size, Time};

/// Most repetitions of a pair of runs.
const MAX_REPEAT: i128 = 100;

/// The rules of one check's expectation.
pub(super) fn expectation(check: &CheckAt<'_>, cases: &[&str], notebook: &mut Notebook<'_>) {
    let node = check.node;
    if check.case.is_none() {
        const SINGLE: [&str; 8] = [
            "outcome", "output", "heap", "curve", "leak", "pages", "stack", "claim",
        ];
        for key in SINGLE.into_iter().filter_map(|key| node.get(key)) {
            let name = key.key().unwrap_or_default();
            let message =
                format!("`{name}` needs a case; a check outside of cases can only be a `ratio`");
            let finding = notebook.finding("no-case", &key.key_span(), message, "of which case?");
            notebook.add(finding.help("write it as `[[case.check]]` below its `[[case]]`"));
        }
    }
    if let Some(signal) = node.get("outcome").and_then(|o| o.get("signal")) {
        signal_name(signal, notebook);
    }
    if let Some(none) = node.get("leak").and_then(|l| l.get("none"))
        && none.bool() == Some(false)
    {
        let finding = notebook.finding(
            "bounds",
            &none.span(),
            "`none = false` expects nothing",
            "always true",
        );
        notebook.add(finding.help("write `at_least = \"…\"` to expect a leak"));
    }
    if let Some(ratio) = node.get("ratio") {
        self::ratio(ratio, check, cases, notebook);
    }
    if let Some(claim) = node.get("claim") {
        self::claim(claim, notebook);
    }
    if let Some(grows) = node.get("curve").and_then(|c| c.get("grows"))
        && let Some(step) = grows.get("per_mark")
        && amount(step) == Some(0.0)
    {
        let message = "a growth of 0 per mark is no growth";
        notebook.error("bounds", &step.span(), message, "always true");
    }
}

fn signal_name(signal: Node<'_>, notebook: &mut Notebook<'_>) {
    let Some(text) = signal.str() else { return };
    if !crate::sandbox::SIGNALS.contains(&text) {
        let message = format!("there is no signal `{}`", shown(text));
        let mut finding = notebook.finding("unknown-word", &signal.span(), message, "not known");
        if let Some(near) = nearest(text, crate::sandbox::SIGNALS) {
            finding = finding.help(format!("write `\"{near}\"`"));
        }
        notebook.add(finding);
    }
}

fn ratio(ratio: Node<'_>, check: &CheckAt<'_>, cases: &[&str], notebook: &mut Notebook<'_>) {
    let sides = ["numerator", "denominator"];
    for key in sides {
        let side = ratio.get(key);
        let case = side.and_then(|s| s.get("case"));
        match case.and_then(|c| Some((c, c.str()?))) {
            Some((node, text)) if !cases.contains(&text) => {
                let message = format!("there is no case `{}`", shown(text));
                let mut finding =
                    notebook.finding("unknown-name", &node.span(), message, "not found");
                finding = match nearest(text, cases.iter().copied()) {
                    Some(near) => finding.help(format!("write `\"{near}\"`")),
                    None => finding.note(format!("the cases are {}", list(cases))),
                };
                notebook.add(finding);
            }
            None if check.case.is_none() => {
                let span = side.unwrap_or(ratio).span();
                let message = format!("the `{key}` of a check outside of cases must name its case");
                notebook.error("no-case", &span, message, "of which case?");
            }
            _ => {}
        }
        if ratio.get("of").and_then(|of| of.str()) == Some("peak_bytes")
            && let Some(phase) = side.and_then(|s| s.get("between"))
        {
            let message = "`peak_bytes` is known for whole runs only, not for a phase";
            notebook.error("bounds", &phase.key_span(), message, "a phase");
        }
    }
    let describe = |key| {
        let side: Option<Node<'_>> = ratio.get(key);
        let case = side.and_then(|s| s.get("case")?.str()).or(check.case);
        let phase = side.and_then(|s| s.get("between"));
        (case, phase.map(|p| format!("{:?}", plain(p))))
    };
    if describe(sides[0]) == describe(sides[1]) {
        let message = "numerator and denominator are the same, so the ratio is always 1";
        notebook.error(
            "bounds",
            &ratio.span(),
            message,
            "compares a thing with itself",
        );
    }
    if let Some(repeat) = ratio.get("repeat")
        && let Some(count) = repeat.integer()
        && !(1..=MAX_REPEAT).contains(&count)
    {
        let message = format!("`repeat` must lie between 1 and {MAX_REPEAT}");
        notebook.error("bounds", &repeat.span(), message, "out of range");
    }
    if let Some(spread) = ratio.get("spread")
        && spread.number().is_some_and(|n| n < 1.0)
    {
        let message = "`spread` is the largest ratio over the smallest, so it cannot be below 1";
        notebook.error("bounds", &spread.span(), message, "below 1");
    }
}

/// A value without its places, for comparison.
fn plain(node: Node<'_>) -> toml::Value {
    use toml::de::DeValue;
    match node.value() {
        DeValue::Table(_) => toml::Value::Table(
            node.entries()
                .map(|e| (e.key().unwrap_or_default().to_owned(), plain(e)))
                .collect(),
        ),
        DeValue::Array(_) => node.elements().map(plain).collect::<Vec<_>>().into(),
        DeValue::Integer(i) => toml::Value::String(i.to_string()),
        other => toml::Value::String(format!("{other:?}")),
    }
}

fn claim(claim: Node<'_>, notebook: &mut Notebook<'_>) {
    let of = claim.get("of");
    let of_word = of.and_then(|n| n.str()).unwrap_or("live_bytes");
    let of_span = of.map_or_else(|| claim.span(), |n| n.span());
    if let Some(line) = claim.get("line")
        && let Some(text) = line.str()
        && let Ok(regex) = regex::RegexBuilder::new(text)
            .size_limit(REGEX_SIZE_LIMIT)
            .build()
    {
        let groups: Vec<&str> = regex.capture_names().flatten().collect();
        let wanted: &[&str] = match of_word {
            "region" => &["claim", "region"],
            _ => &["claim"],
        };
        for group in wanted.iter().filter(|group| !groups.contains(group)) {
            let message = format!("this regular expression has no group named `{group}`");
            let finding = notebook.finding("claim-group", &line.span(), message, "no such group");
            notebook.add(finding.help(format!("write `(?<{group}>…)` around what is claimed")));
        }
    }
    match (of_word == "ratio", claim.get("ratio")) {
        (true, None) => {
            let message = "a claimed ratio needs the key `ratio`, which says what is compared";
            notebook.error("missing-key", &of_span, message, "which two phases?");
        }
        (false, Some(ratio)) => {
            let finding = notebook.finding(
                "one-key",
                &ratio.key_span(),
                format!(
                    "`ratio` belongs to a claim `of = \"ratio\"`, not of `{}`",
                    shown(of_word)
                ),
                "not used",
            );
            notebook.add(finding.help("write `of = \"ratio\"`"));
        }
        _ => {}
    }
    if of_word != "region" {
        let given = ["words", "regions"]
            .into_iter()
            .filter_map(|k| claim.get(k));
        for key in given.filter(|n| n.elements().next().is_some() || n.entries().next().is_some()) {
            let name = key.key().unwrap_or_default();
            let message = format!("`{name}` belongs to a claim `of = \"region\"`");
            notebook.error("one-key", &key.key_span(), message, "not used");
        }
    }
    let in_bytes = [
        "live_bytes",
        "peak_bytes",
        "total_bytes",
        "resident",
        "virtual_size",
    ];
    if let Some(unit) = claim.get("unit")
        && let Some(text) = unit.str()
        && in_bytes.contains(&of_word)
        && !SIZE_UNITS.iter().any(|(name, _)| *name == text)
    {
        let units: Vec<&str> = SIZE_UNITS.iter().map(|(name, _)| *name).collect();
        let message = format!("there is no unit `{}`", shown(text));
        let mut finding = notebook
            .finding("unit", &unit.span(), message, "not a unit of size")
            .note(format!("the units are {}", list(&units)));
        if let Some(near) = nearest(text, units) {
            finding = finding.help(format!("write `\"{near}\"`"));
        }
        notebook.add(finding);
    }
}

/// A number, size or time as a plain number.
pub(super) fn amount(node: Node<'_>) -> Option<f64> {
    match node.str() {
        #[expect(clippy::cast_precision_loss, reason = "compared with each other only")]
        Some(text) => {
            let size = text.parse::<Size>().map(|size| size.0);
            size.or_else(|_| text.parse::<Time>().map(|time| time.0))
                .ok()
                .map(|n| n as f64)
        }
        None => node.number(),
    }
}

/// Bounds that contradict each other, tolerances below zero and marks that cannot be, anywhere in the file.
pub(super) fn bounds_everywhere(node: Node<'_>, notebook: &mut Notebook<'_>) {
    let get = |key| node.get(key).and_then(|n| Some((n, amount(n)?)));
    let low = get("at_least");
    let high = get("at_most");
    if let (Some((low, least)), Some((high, most))) = (low, high)
        && least > most
    {
        let place = notebook.place(&low.span());
        let message = "no number is both at least the one and at most the other";
        let finding = notebook
            .finding("bounds", &high.span(), message, "smaller than `at_least`")
            .also(place, "`at_least`");
        notebook.add(finding);
    }
    let exact = node.get("exactly");
    if let Some(other) = low.or(high)
        && exact.is_some()
    {
        let message = "`exactly` says it all; remove the other bound";
        notebook.error("bounds", &other.0.key_span(), message, "not needed");
    }
    // Other absolute tolerances are sizes, which the schema already holds to be positive.
    let of_numbers = node.get("lines").is_some();
    let tolerances = [("percent", true), ("absolute", of_numbers)];
    for (key, _) in tolerances.into_iter().filter(|(_, applies)| *applies) {
        if let Some((tolerance, value)) = get(key)
            && value < 0.0
        {
            let message = format!("`{key}` cannot be negative");
            notebook.error("bounds", &tolerance.span(), message, "below zero");
        }
    }
    if let (Some(from), Some(to)) = (node.get("from"), node.get("to")) {
        let number = |n: Node<'_>| n.get("number")?.integer();
        if let (Some(a), Some(b)) = (number(from), number(to))
            && (a > 0) == (b > 0)
            && a >= b
        {
            let message = "this phase ends before it begins";
            notebook.error("bounds", &to.span(), message, "not after `from`");
        }
    }
    if let Some(number) = node.get("number")
        && number.integer() == Some(0)
    {
        let finding = notebook.finding("bounds", &number.span(), "there is no line 0", "zero");
        notebook.add(finding.help("1 is the first line, -1 the last"));
    }
    for child in node.entries().chain(node.elements()) {
        bounds_everywhere(child, notebook);
    }
}

//! A curve in one line of text.

use crate::course::units::human_size;

const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/// Most bars; a longer curve is sampled evenly, with its first and last point.
const WIDTH: usize = 40;

/// `live heap  ▁▂▃▄▅▅▆▇██  9.6 -> 96 MiB`.
pub(super) fn line(values: &[u64]) -> String {
    let (Some(first), Some(last)) = (values.first(), values.last()) else {
        return "live heap".to_owned();
    };
    format!("live heap  {}  {}", bars(values), range(*first, *last))
}

fn bars(values: &[u64]) -> String {
    let (low, high) = values
        .iter()
        .fold((u64::MAX, 0), |(low, high), v| (low.min(*v), high.max(*v)));
    sampled(values)
        .map(|value| {
            let steps = u128::try_from(BARS.len() - 1).unwrap_or(0);
            let spread = u128::from(high - low).max(1);
            // To the nearest bar.
            let bar = (u128::from(value - low) * steps * 2 + spread) / (spread * 2);
            usize::try_from(bar)
                .ok()
                .and_then(|i| BARS.get(i))
                .copied()
                .unwrap_or(' ')
        })
        .collect()
}

fn sampled(values: &[u64]) -> impl Iterator<Item = u64> + '_ {
    let width = values.len().min(WIDTH);
    (0..width).filter_map(move |i| {
        let index = match width {
            1 => 0,
            _ => i * (values.len() - 1) / (width - 1),
        };
        values.get(index).copied()
    })
}

/// `9.6 -> 96 MiB`; the unit stands once where it is the same.
fn range(first: u64, last: u64) -> String {
    let (a, b) = (human_size(first), human_size(last));
    match (a.split_once(' '), b.split_once(' ')) {
        (Some((number, unit)), Some((_, other))) if unit == other => format!("{number} -> {b}"),
        _ => format!("{a} -> {b}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_spans_the_bars() {
        assert_eq!(
            line(&[0, 1, 2, 3, 4, 5, 6, 7]),
            "live heap  ▁▂▃▄▅▆▇█  0 -> 7 bytes"
        );
        assert_eq!(line(&[5, 5]), "live heap  ▁▁  5 -> 5 bytes");
        assert_eq!(
            line(&[0, u64::MAX])
                .chars()
                .filter(|c| BARS.contains(c))
                .count(),
            2
        );
        assert_eq!(line(&[]), "live heap");
    }

    #[test]
    fn a_long_curve_keeps_its_ends() {
        let values: Vec<u64> = (0..4096).collect();
        let bars = bars(&values);
        assert_eq!(bars.chars().count(), WIDTH);
        assert!(bars.starts_with('▁') && bars.ends_with('█'));
    }
}

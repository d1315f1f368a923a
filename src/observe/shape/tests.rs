use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::*;
use crate::observe::{Amount, Moment};

const KIB: u64 = 1 << 10;

/// A curve with the points one step apart.
fn curve(values: impl IntoIterator<Item = u64>) -> Vec<At> {
    (1..).zip(values).collect()
}

fn kind(values: impl IntoIterator<Item = u64>) -> ShapeKind {
    classify(&curve(values)).unwrap().0
}

/// Capacity of a list that doubles, of items of 8 bytes.
fn doubling(items: u64) -> u64 {
    8 * items.max(4).next_power_of_two()
}

#[test]
fn the_shapes_of_known_programs() {
    use ShapeKind::{Fall, Flat, Growth, Irregular, Plateau, ReturnToBaseline, SawTooth};
    let rows: [(&str, Vec<u64>, ShapeKind); 19] = [
        ("steady", vec![KIB; 10], Flat),
        ("small change", vec![5, 900, 30, 700], Flat),
        (
            "a large level that trembles",
            (0..40).map(|i| (64 + i % 2) * 100 * KIB).collect(),
            Flat,
        ),
        ("a leak", (1..=10).map(|i| i * 100 * KIB).collect(), Growth),
        (
            "a slow leak beside much",
            (0..10).map(|i| 64 * 1024 * KIB + i * KIB).collect(),
            Growth,
        ),
        (
            "a list that doubles",
            (1..=100).map(|i| doubling(i * 1000)).collect(),
            Growth,
        ),
        (
            "doubled just after the half",
            (1..=100).map(|i| doubling(i * 1310)).collect(),
            Growth,
        ),
        (
            "a leak with work in between",
            (0..40).map(|i| (i + i % 4 * 20) * 10 * KIB).collect(),
            Growth,
        ),
        (
            "a cache that fills",
            (1..=20).map(|i| i.min(5) * 100 * KIB).collect(),
            Plateau,
        ),
        (
            "a table built once",
            [0, 0, 900, 900, 900, 900, 900, 900]
                .map(|n| n * KIB)
                .to_vec(),
            Plateau,
        ),
        (
            "a high start",
            [1, 9, 4, 4, 4, 4, 4, 4, 4].map(|n| n * 100 * KIB).to_vec(),
            Plateau,
        ),
        (
            "a request after the other",
            (0..40).map(|i| i % 4 * 100 * KIB).collect(),
            SawTooth,
        ),
        (
            "teeth on a high level",
            (0..40).map(|i| (900 + i % 4 * 100) * KIB).collect(),
            SawTooth,
        ),
        (
            "ends within a tooth",
            (0..39).map(|i| i % 4 * 100 * KIB).collect(),
            SawTooth,
        ),
        (
            "up and back",
            [0, 300, 600, 900, 500, 0].map(|n| n * KIB).to_vec(),
            ReturnToBaseline,
        ),
        (
            "up and nearly back",
            [0, 300, 900, 500, 100].map(|n| n * KIB).to_vec(),
            ReturnToBaseline,
        ),
        (
            "given back",
            [900, 600, 300, 100].map(|n| n * KIB).to_vec(),
            Fall,
        ),
        (
            "half of it comes back",
            [0, 300, 600, 900, 450].map(|n| n * KIB).to_vec(),
            Irregular,
        ),
        (
            "all at the end",
            [0, 0, 0, 0, 0, 0, 0, 0, 900].map(|n| n * KIB).to_vec(),
            Irregular,
        ),
    ];
    for (name, values, expected) in rows {
        assert_eq!(kind(values), expected, "{name}");
    }
}

#[test]
fn fewer_than_four_points_have_no_shape() {
    assert_eq!(classify(&curve([0, KIB * 9, 0])), None);
    assert_eq!(classify(&[]), None);
}

#[test]
fn the_tolerance_is_told() {
    let tolerance = |values: &[u64]| classify(&curve(values.iter().copied())).unwrap().1;
    assert_eq!(tolerance(&[0, 10, 20, 30]), LEAST);
    assert_eq!(tolerance(&[0, 800, 1600, 8000]), LEAST);
    assert_eq!(tolerance(&[0, 16 * KIB, 24 * KIB, 32 * KIB]), 4 * KIB);
}

/// Runs a property on curves of every kind of scale.
fn for_curves(check: impl Fn(Vec<u64>) -> Result<(), TestCaseError>) {
    let values = (0u32..40, proptest::collection::vec(0u64..200, 4..60));
    let curves = values.prop_map(|(scale, values)| {
        values
            .into_iter()
            .map(|value| value << scale)
            .collect::<Vec<u64>>()
    });
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    TestRunner::new_with_rng(Config::with_cases(600), rng)
        .run(&curves, check)
        .unwrap();
}

#[test]
fn every_curve_has_one_shape_and_any_numbers_will_do() {
    for_curves(|values| {
        prop_assert!(classify(&curve(values.iter().copied())).is_some());
        // Points at the ends of the axes, and ones that share their x.
        let wild: Vec<At> = values
            .iter()
            .map(|v| (u64::MAX - v / 7, u64::MAX - v))
            .collect();
        prop_assert!(classify(&wild).is_some());
        Ok(())
    });
}

#[test]
fn stretching_the_x_axis_changes_nothing() {
    for_curves(|values| {
        let stretched: Vec<At> = (0..).step_by(1000).zip(values.iter().copied()).collect();
        prop_assert_eq!(classify(&curve(values)), classify(&stretched));
        Ok(())
    });
}

#[test]
fn more_of_the_same_level_is_never_growth() {
    for_curves(|values| {
        let last = values.last().copied().unwrap_or(0);
        let idle = values.len() * 2;
        let long = values.into_iter().chain(std::iter::repeat_n(last, idle));
        prop_assert_ne!(kind(long), ShapeKind::Growth);
        Ok(())
    });
}

#[test]
fn a_curve_within_its_tolerance_is_flat() {
    for_curves(|values| {
        let small: Vec<u64> = values
            .iter()
            .map(|value| 5000 + value % (LEAST + 1))
            .collect();
        prop_assert_eq!(kind(small), ShapeKind::Flat);
        Ok(())
    });
}

#[test]
fn steady_growth_is_growth_whatever_is_freed_in_between() {
    for_curves(|values| {
        // Every step adds more than the work in between takes for the time being.
        let work = values.iter().max().copied().unwrap_or(0);
        let step = work * 2 + KIB;
        let grown: Vec<u64> = (1..)
            .zip(&values)
            .map(|(i, work)| i * step + work)
            .collect();
        prop_assert_eq!(kind(grown), ShapeKind::Growth);
        Ok(())
    });
}

#[test]
fn what_ends_below_its_first_point_does_not_grow() {
    for_curves(|mut values| {
        let lowest = values.iter().min().copied().unwrap_or(0);
        values.push(lowest);
        prop_assert_ne!(kind(values), ShapeKind::Growth);
        Ok(())
    });
}

fn mark(number: u64, text: &str, live: u64) -> Point {
    let json = serde_json::json!({
        "mark": text, "number": number, "total_bytes": live, "total_blocks": number * 10, "live_bytes": live,
        "resident_bytes": null
    });
    serde_json::from_value(json).unwrap()
}

fn site(line: u32, lives: &[(u64, u64)]) -> Site {
    let amount = |bytes| Amount { bytes, blocks: 1 };
    let json = serde_json::json!({
        "file": "main.rs", "line": line, "function": null, "total": amount(0), "at_exit": amount(0),
        "definitely_lost": null, "indirectly_lost": null, "still_reachable": null
    });
    let moments = lives.iter().map(|(number, live)| Moment {
        number: *number,
        total: amount(*live),
        live: amount(*live),
    });
    Site {
        moments: moments.collect(),
        ..serde_json::from_value(json).unwrap()
    }
}

fn heap(sites: Vec<Site>) -> Heap {
    let none = Amount::default();
    Heap {
        total: none,
        peak: none,
        at_exit: none,
        definitely_lost: None,
        indirectly_lost: None,
        still_reachable: None,
        sites,
        cycles: Vec::new(),
        shape: None,
        complete: true,
    }
}

#[test]
fn the_steps_are_the_lines_that_differ_only_in_their_numbers() {
    let mut timeline = vec![mark(1, "bounded cache", 0)];
    timeline.extend((1..=6).map(|i| {
        mark(
            i + 1,
            &format!("After {i}00 requests: {i}.5 KiB"),
            i * 100 * KIB,
        )
    }));
    timeline.push(mark(8, "done", 0));
    let numbers: Vec<u64> = steps(&timeline).iter().filter_map(|p| p.number).collect();
    assert_eq!(numbers, [2, 3, 4, 5, 6, 7]);
    let sites = vec![
        site(3, &[(1, 900 * KIB), (2, 900 * KIB), (7, 900 * KIB)]),
        site(4, &[(3, 100 * KIB), (7, 500 * KIB)]),
    ];
    let shape = shape(&timeline, &heap(sites)).unwrap();
    assert_eq!(
        (shape.kind, shape.over, shape.points),
        (ShapeKind::Growth, Steps::Lines, 6)
    );
    assert_eq!(shape.site.unwrap().line, 4);
    assert_eq!(shape.site_bytes, Some(500 * KIB));
    assert_eq!(shape.bytes_per_step, Some(100 * KIB));
}

#[test]
fn a_saw_tooth_grows_by_its_low_points() {
    let live = |i: u64| i * 2 * KIB + i % 5 * 100 * KIB;
    let timeline: Vec<Point> = (0..50).map(|i| mark(i + 1, "5 jobs", live(i))).collect();
    let rise = rise(&timeline).unwrap();
    // The first low point may be the start.
    assert_eq!((rise.from, rise.to), ((6, live(5)), (46, live(45))));
    assert_eq!((rise.bytes(), rise.steps), (80 * KIB, 40));
    // At the lines that were kept of it, what goes up and down stands lower first.
    let teeth: Vec<(u64, u64)> = (0..25)
        .map(|i| (2 * i + 1, 2 * i % 5 * 100 * KIB))
        .collect();
    let leak: Vec<(u64, u64)> = (0..25).map(|i| (2 * i + 1, 2 * i * 2 * KIB)).collect();
    let shape = shape(&timeline, &heap(vec![site(3, &teeth), site(4, &leak)])).unwrap();
    assert_eq!(shape.kind, ShapeKind::Growth);
    assert_eq!(shape.bytes_per_step, Some(2 * KIB));
    assert_eq!(shape.site.unwrap().line, 4);
}

#[test]
fn lines_of_one_write_are_one_step() {
    let together = |number, text: &str, live| Point {
        coalesced: true,
        wall_ms: Some(live as f64),
        total_blocks: Some(live),
        ..mark(number, text, live)
    };
    let mut timeline = Vec::new();
    for i in 0..5 {
        timeline.push(mark(3 * i + 1, "--", i * 10 * KIB));
        timeline.push(together(3 * i + 2, &format!("{i} jobs"), i * 10 * KIB));
        timeline.push(together(3 * i + 3, "", i * 10 * KIB));
    }
    let numbers: Vec<u64> = steps(&timeline).iter().filter_map(|p| p.number).collect();
    assert_eq!(numbers, [2, 5, 8, 11, 14]);
    assert_eq!(rise(&timeline).unwrap().steps, 4);
    let all: Vec<Point> = (1..=9)
        .map(|i| together(i, &format!("{i} jobs"), KIB))
        .collect();
    assert_eq!(
        shape(&all, &heap(Vec::new())),
        None,
        "one moment has no shape"
    );
}

#[test]
fn a_silent_program_has_its_allocations() {
    let mut timeline: Vec<Point> = (1..=9).map(|i| mark(i, "", i * 100 * KIB)).collect();
    for point in &mut timeline {
        point.mark = None;
        point.number = None;
    }
    let shape = shape(&timeline, &heap(Vec::new())).unwrap();
    assert_eq!(
        (shape.kind, shape.over),
        (ShapeKind::Growth, Steps::Allocations)
    );
    assert_eq!(shape.bytes_per_step, Some(10 * KIB));
    assert_eq!(shape.site, None);
}

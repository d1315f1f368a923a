//! The shape of the curve of live heap, in a few sentences.

use super::Drawing;
use crate::course::units::{human_count, human_size};
use crate::observe::shape::{Shape, ShapeKind, Steps};
use crate::report::escape::MESSAGE_CHARS;
use crate::report::style::Ink;

impl Drawing<'_> {
    pub(super) fn shape(&mut self, shape: Option<&Shape>) {
        let Some(shape) = shape else {
            return;
        };
        self.gap();
        let size = human_size;
        let (low, high) = (size(shape.lowest_bytes), size(shape.highest_bytes));
        let text = match shape.kind {
            ShapeKind::Flat if low == high => format!("flat, at {high}"),
            ShapeKind::Flat => format!("flat, between {low} and {high}"),
            ShapeKind::Growth => format!("growth, {}", pace(shape)),
            ShapeKind::Plateau => {
                format!(
                    "plateau: it rises, and then stays at {}",
                    size(shape.last_bytes)
                )
            }
            ShapeKind::SawTooth => format!("saw-tooth, between {low} and {high}"),
            ShapeKind::ReturnToBaseline => format!(
                "return to the baseline: from {} up to {high} and back to {}",
                size(shape.first_bytes),
                size(shape.last_bytes)
            ),
            ShapeKind::Fall => {
                format!(
                    "fall, from {} to {}",
                    size(shape.first_bytes),
                    size(shape.last_bytes)
                )
            }
            ShapeKind::Irregular => format!("irregular, between {low} and {high}"),
        };
        let ink = match shape.kind {
            ShapeKind::Growth => Ink::Doubt,
            _ => Ink::Plain,
        };
        self.said("shape", ink, &text);
        if let (Some(site), Some(bytes)) = (&shape.site, shape.site_bytes) {
            let text = format!("{} of it from {}", size(bytes), self.place(site));
            self.said("", Ink::Plain, &text);
        }
        if let Some(projection) = &shape.projection {
            let text = self.style.clean(&projection.text, MESSAGE_CHARS);
            self.said("", Ink::Plain, &text);
        }
        let over = match shape.over {
            Steps::Lines => "lines",
            Steps::Allocations => "moments between allocations",
        };
        let text = format!(
            "by {} {over}; changes of up to {} do not count",
            human_count(shape.points),
            size(shape.tolerance_bytes)
        );
        self.said("", Ink::Faint, &text);
    }
}

/// By how much it grows.
fn pace(shape: &Shape) -> String {
    let step = match shape.over {
        Steps::Lines => "line",
        Steps::Allocations => "block",
    };
    match shape.bytes_per_step {
        Some(bytes) if bytes > 0 => format!("by {} with every {step}", human_size(bytes)),
        _ => format!(
            "from {} to {}",
            human_size(shape.first_bytes),
            human_size(shape.last_bytes)
        ),
    }
}

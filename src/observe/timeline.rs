//! The timeline: marks and the points between them, with the addresses in each line resolved.

use super::{Address, Point};
use crate::course::spec::Region;
use crate::probe::recording::{AddressRecord, MarkRecord, PointRecord};
use crate::probe::{CodeMap, Recording, Symbols};
use crate::sandbox::RawRun;

/// Marks and points in the order in which they came.
pub(super) fn timeline(
    recording: &Recording,
    raw: &RawRun,
    code: &CodeMap,
    symbols: &mut Symbols<'_>,
) -> Vec<Point> {
    let mut points = recording.points.iter().peekable();
    let mut timeline = Vec::with_capacity(recording.marks.len() + recording.points.len());
    for mark in &recording.marks {
        while let Some(point) = points.next_if(|point| point.lines < mark.number) {
            timeline.push(between(point));
        }
        timeline.push(point_of(mark, recording, raw, code, symbols));
    }
    timeline.extend(points.map(between));
    timeline
}

fn between(point: &PointRecord) -> Point {
    Point {
        mark: None,
        number: None,
        path: Vec::new(),
        coalesced: false,
        total_bytes: Some(point.total.bytes),
        total_blocks: Some(point.total.blocks),
        live_bytes: Some(point.live.bytes),
        live_blocks: Some(point.live.blocks),
        peak_bytes_since: None,
        resident_bytes: None,
        virtual_bytes: None,
        resident_seen_bytes: None,
        virtual_seen_bytes: None,
        minor_faults: None,
        major_faults: None,
        cpu_ms: None,
        wall_ms: None,
        addresses: Vec::new(),
    }
}

fn point_of(
    mark: &MarkRecord,
    recording: &Recording,
    raw: &RawRun,
    code: &CodeMap,
    symbols: &mut Symbols<'_>,
) -> Point {
    Point {
        mark: Some(String::from_utf8_lossy(&mark.text).into_owned()),
        number: Some(mark.number),
        path: recording
            .stacks
            .get(mark.stack as usize)
            .map(|stack| symbols.path(&stack.frames))
            .unwrap_or_default(),
        coalesced: mark.coalesced,
        total_bytes: Some(mark.total.bytes),
        total_blocks: Some(mark.total.blocks),
        live_bytes: Some(mark.live.bytes),
        live_blocks: Some(mark.live.blocks),
        peak_bytes_since: Some(mark.peak_since),
        resident_bytes: mark.resident,
        virtual_bytes: mark.virtual_bytes,
        resident_seen_bytes: mark.resident_seen,
        virtual_seen_bytes: mark.virtual_seen,
        minor_faults: Some(mark.minor_faults),
        major_faults: Some(mark.major_faults),
        cpu_ms: Some(mark.cpu_ns as f64 / 1e6),
        wall_ms: Some(mark.wall_ns as f64 / 1e6),
        addresses: mark
            .addresses
            .iter()
            .map(|address| resolve(*address, recording, raw, code))
            .collect(),
    }
}

/// Where an address lies: by live blocks, ELF section, stacks, and last by the mappings at the program's end.
pub(super) fn resolve(
    record: AddressRecord,
    recording: &Recording,
    raw: &RawRun,
    code: &CodeMap,
) -> Address {
    let address = record.address;
    let found = |region, detail: String| Address {
        address,
        region,
        detail: Some(detail),
        block_bytes: None,
    };
    if let Some(size) = record.block_bytes {
        let detail = format!(
            "in a live heap block of {}",
            crate::course::units::human_size(size)
        );
        return Address {
            block_bytes: Some(size),
            ..found(Region::Heap, detail)
        };
    }
    let relative = address.wrapping_sub(recording.exe_base);
    if let Some((_, _, name)) = code
        .sections
        .iter()
        .find(|(start, end, _)| (*start..*end).contains(&relative))
    {
        return found(region_of(name), format!("in section {name}"));
    }
    if record.on_thread_stack {
        return found(Region::Stack, "in the stack of a spawned thread".to_owned());
    }
    let facts = raw.at_exit.as_ref();
    match facts.and_then(|facts| {
        facts
            .mappings
            .iter()
            .find(|m| (m.start..m.end).contains(&address))
    }) {
        Some(mapping) if mapping.name == "[stack]" => {
            found(Region::Stack, "in the main thread's stack".to_owned())
        }
        _ if recording
            .spans
            .iter()
            .any(|s| (s.base..s.base + u64::from(s.len)).contains(&address)) =>
        {
            found(
                Region::Mapping,
                "in the heap's memory, but in no live block".to_owned(),
            )
        }
        Some(mapping) if mapping.name.is_empty() => {
            found(Region::Mapping, "in an anonymous mapping".to_owned())
        }
        Some(mapping) => found(
            Region::Mapping,
            format!("in the mapping of {}", file_name(&mapping.name)),
        ),
        None => found(Region::Unmapped, "in no mapping".to_owned()),
    }
}

/// A mapping's file without its folders, which are this machine's business.
fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The region that a section belongs to. Sections that the loader writes once and then protects (`.data.rel.ro`, `.got`) hold
/// constants: to the program they are read-only.
fn region_of(section: &str) -> Region {
    match section {
        ".text" | ".plt" | ".plt.got" | ".plt.sec" | ".init" | ".fini" => Region::Text,
        ".data" | ".tdata" | ".got.plt" => Region::Data,
        ".bss" => Region::Bss,
        _ if section.starts_with(".text.") => Region::Text,
        _ => Region::Rodata,
    }
}

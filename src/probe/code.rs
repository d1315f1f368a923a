//! Which code of an executable is the learner's, and which is std's that allocates once for itself.
//!
//! The main type is [`CodeMap`]. It is computed from the executable's symbols and line tables when the program is built, and
//! given to the payload as sorted ranges of addresses.
//!
//! A function is the learner's if the line table places its first instruction in a file that is neither std's
//! (`/rustc/…`, `/rust/deps/…`) nor a dependency's nor the exercise's own (`AUTHORS`). A generic function of std that was instantiated for the learner's
//! program stays std's, because its lines are std's.

use std::path::Path;

use object::{Object, ObjectSection, ObjectSymbol, SymbolKind};
use serde::{Deserialize, Serialize};

use super::layout::{
    CLASS_ALLOCATOR, CLASS_LEARNER, CLASS_PANIC, CLASS_RUNTIME, MAX_RANGES, Range,
};

/// Functions of std that allocate once for std itself, even when the learner's code is the reason. The list is closed; each
/// entry is a part of a demangled name, with what it excuses. Everything else counts: thread packets, `format!`, collections.
const RUNTIME: [(&str, &str); 9] = [
    (
        "std::io::stdio::StdoutRaw>>>>>::initialize",
        "the buffer of stdout, 1024 bytes, at the first print",
    ),
    (
        "std::io::stdio::StdinRaw>>>>::initialize",
        "the buffer of stdin, 8192 bytes, at the first read",
    ),
    (
        "std::sys::pal::unix::stack_overflow::",
        "what the overflow handler knows of each thread",
    ),
    (
        "std::thread::current::init_current",
        "the main thread's own handle, at the first `thread::current()`",
    ),
    (
        "std::thread::main_thread::",
        "the main thread's registration",
    ),
    (
        "std::sys::thread_local::destructors::",
        "the list of thread-local destructors",
    ),
    ("std::backtrace", "the backtrace machinery"),
    (
        "std::panic::get_backtrace_style",
        "whether to print a backtrace, read once from the environment",
    ),
    (
        "std::alloc::rust_oom",
        "the message about a failed allocation",
    ),
];

/// Functions of std through which every panic goes: the message, the payload, the unwinder's exception.
const PANIC: [&str; 6] = [
    "std::panicking::panic_with_hook",
    "std::panicking::rust_panic_with_hook",
    "__rustc::rust_panic",
    "std::panicking::rust_panic",
    "__rustc::rust_begin_unwind",
    "std::panicking::rust_panic_without_hook",
];

/// Code of an executable that matters for counting. Addresses are relative to the executable's load address.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CodeMap {
    /// Sorted, not overlapping: start, length, class.
    ranges: Vec<(u64, u32, u32)>,
    /// Functions of `Rc` and `Arc`: start, end. Sorted.
    counted: Vec<(u64, u64)>,
    /// Whether the learner's code could be told from other code at all.
    pub learner_known: bool,
    /// Where the executable's own code is. A request from elsewhere is libc's or the loader's and does not count.
    pub text: (u64, u64),
    /// Data sections for the regions of addresses: start, end, name.
    pub sections: Vec<(u64, u64, String)>,
    /// The learner's statics: start, end, name. Sorted, not overlapping.
    statics: Vec<(u64, u64, String)>,
    /// The learner's thread-local statics, relative to the beginning of a thread's copy. Sorted, not overlapping.
    thread_locals: Vec<(u64, u64, String)>,
    /// Bytes and alignment of a thread's copy of all thread-local statics.
    thread_local_block: (u64, u64),
    /// Functions of the allocator's interface that the executable brings itself: what they hand out is not seen.
    #[serde(default)]
    pub own_allocator_functions: Vec<String>,
}

/// libc's interface for memory.
const MEMORY_FUNCTIONS: [&str; 9] = [
    "aligned_alloc",
    "calloc",
    "free",
    "malloc",
    "memalign",
    "posix_memalign",
    "pvalloc",
    "realloc",
    "valloc",
];

/// Why an executable could not be read.
#[derive(Debug, thiserror::Error)]
pub enum CodeError {
    /// The file cannot be read.
    #[error("cannot read the executable: {0}")]
    Read(#[from] std::io::Error),
    /// It is not an executable of this system.
    #[error("not an executable that can be examined: {0}")]
    Object(#[from] object::Error),
}

impl CodeMap {
    /// Examines `executable`.
    pub fn of(executable: &Path) -> Result<Self, CodeError> {
        let bytes = std::fs::read(executable)?;
        let file = object::File::parse(bytes.as_slice())?;
        let owners = owners(&file).unwrap_or_default();
        let harnessed = owners.has_authors();
        let mut ranges = Vec::new();
        let mut counted = Vec::new();
        for symbol in file
            .symbols()
            .filter(|s| s.kind() == SymbolKind::Text && s.size() > 0)
        {
            let name = demangled(symbol.name().unwrap_or_default());
            if is_counted(&name) {
                counted.push((
                    symbol.address(),
                    symbol.address().saturating_add(symbol.size()),
                ));
            }
            let class = match runtime_class(&name) {
                Some(class) => class,
                None => match owners.at(symbol.address()) {
                    Owner::Learner if is_global_allocator(&name) => CLASS_ALLOCATOR,
                    Owner::Learner => CLASS_LEARNER,
                    // What the exercise's own code asks for itself is no more the learner's than what std does.
                    Owner::Author => CLASS_RUNTIME,
                    Owner::Other => continue,
                },
            };
            ranges.push((
                symbol.address(),
                u32::try_from(symbol.size()).unwrap_or(u32::MAX),
                class,
            ));
        }
        ranges.sort_unstable();
        ranges.dedup_by_key(|range| range.0);
        counted.sort_unstable();
        let text = file
            .sections()
            .filter(|s| s.kind() == object::SectionKind::Text)
            .fold((u64::MAX, 0), |text, s| {
                (text.0.min(s.address()), text.1.max(s.address() + s.size()))
            });
        let thread_local_block = thread_local_block(&file);
        let mut map = Self {
            ranges: merge(&ranges),
            counted,
            learner_known: false,
            text,
            sections: sections(&file),
            statics: statics(&file, SymbolKind::Data, harnessed),
            thread_locals: statics(&file, SymbolKind::Tls, harnessed),
            thread_local_block,
            own_allocator_functions: memory_functions(&file),
        };
        map.ranges.truncate(MAX_RANGES);
        // Beside a harness the learner's code is known even where none of it was compiled.
        map.learner_known = harnessed || map.ranges.iter().any(|range| range.2 == CLASS_LEARNER);
        Ok(map)
    }

    /// The ranges as the payload reads them.
    pub(crate) fn ranges(&self) -> impl Iterator<Item = Range> + '_ {
        self.ranges.iter().map(|(start, len, class)| Range {
            start: *start,
            end: *len,
            class: *class,
        })
    }

    /// The name of the learner's static that `address` (relative) lies in.
    pub fn static_at(&self, address: u64) -> Option<&str> {
        name_at(&self.statics, address)
    }

    /// Of a thread whose thread pointer is `thread_pointer`: where the executable's thread-local statics are, start and end.
    /// (ELF Handling For Thread-Local Storage, 2013: variant II on x86-64, variant I on aarch64.)
    pub fn thread_local_range(&self, thread_pointer: u64) -> (u64, u64) {
        let (size, align) = self.thread_local_block;
        let align = align.max(1);
        let start = if cfg!(target_arch = "aarch64") {
            thread_pointer.saturating_add(16_u64.next_multiple_of(align))
        } else {
            thread_pointer.saturating_sub(size.next_multiple_of(align))
        };
        (start, start.saturating_add(size))
    }

    /// The name of the learner's thread-local static at an offset in a thread's copy.
    pub fn thread_local_at(&self, offset: u64) -> Option<&str> {
        name_at(&self.thread_locals, offset)
    }

    /// Whether a section that holds the program's statics lies in `start..end` (relative), at least in part.
    pub fn has_statics(&self, start: u64, end: u64) -> bool {
        let mut sections = self.sections.iter();
        sections.any(|(from, to, name)| {
            *from < end && *to > start && (name.starts_with(".data") || name == ".bss")
        })
    }

    /// Whether `address` (relative) is the learner's code.
    pub fn is_learner(&self, address: u64) -> bool {
        matches!(
            self.class_of(address),
            Some(CLASS_LEARNER | CLASS_ALLOCATOR)
        )
    }

    /// Whether `address` (relative) is in the learner's own global allocator.
    pub fn is_allocator(&self, address: u64) -> bool {
        self.class_of(address) == Some(CLASS_ALLOCATOR)
    }

    /// Whether a block with these return addresses, innermost first, was made by `Rc` or `Arc` in an executable loaded at `base`:
    /// a function of theirs is between the request and the learner's code.
    pub(crate) fn makes_counted(&self, returns: &[u64], base: u64) -> bool {
        let call = |address: &u64| address.wrapping_sub(1).wrapping_sub(base);
        // Every request comes through the learner's own global allocator: who called it is meant.
        let allocator = returns.iter().rposition(|a| self.is_allocator(call(a)));
        returns[allocator.map_or(0, |last| last + 1)..]
            .iter()
            .map(call)
            .take_while(|call| !self.is_learner(*call))
            .any(|call| self.is_in_counted(call))
    }

    fn is_in_counted(&self, address: u64) -> bool {
        let after = self.counted.partition_point(|range| range.0 <= address);
        let range = after.checked_sub(1).and_then(|i| self.counted.get(i));
        range.is_some_and(|range| address < range.1)
    }

    /// Whether the program has a global allocator of its own.
    pub(crate) fn has_allocator(&self) -> bool {
        self.ranges.iter().any(|range| range.2 == CLASS_ALLOCATOR)
    }

    fn class_of(&self, address: u64) -> Option<u32> {
        let after = self.ranges.partition_point(|range| range.0 <= address);
        let (start, len, class) = *self.ranges.get(after.checked_sub(1)?)?;
        (address - start < u64::from(len)).then_some(class)
    }
}

/// Functions of libc's interface for memory that the executable defines, by name.
fn memory_functions(file: &object::File<'_>) -> Vec<String> {
    let symbols = file.symbols().chain(file.dynamic_symbols());
    let own =
        symbols.filter(|s| s.is_definition() && s.is_global() && s.kind() == SymbolKind::Text);
    let mut names: Vec<&str> = own.filter_map(|symbol| symbol.name().ok()).collect();
    names.retain(|name| MEMORY_FUNCTIONS.contains(name));
    names.sort_unstable();
    names.dedup();
    names.into_iter().map(str::to_owned).collect()
}

/// Joins neighbors of one class, across the padding between functions.
fn merge(sorted: &[(u64, u32, u32)]) -> Vec<(u64, u32, u32)> {
    let mut merged: Vec<(u64, u32, u32)> = Vec::new();
    for (start, len, class) in sorted.iter().copied() {
        if let Some(last) = merged.last_mut() {
            let end = last.0 + u64::from(last.1);
            if start < end {
                continue;
            }
            if last.2 == class && start - end < 16 {
                last.1 = u32::try_from(start + u64::from(len) - last.0).unwrap_or(u32::MAX);
                continue;
            }
        }
        merged.push((start, len, class));
    }
    merged
}

/// Whether a function is a method of the trait by which a program brings an allocator, or what the compiler generates to call it.
fn is_global_allocator(name: &str) -> bool {
    name.contains(" as core::alloc::global::GlobalAlloc>::")
        || name.starts_with("__rustc::__rust_")
        || name.starts_with("__rust_")
}

fn demangled(mangled: &str) -> String {
    format!("{:#}", rustc_demangle::demangle(mangled))
}

/// Whether a function is one of `Rc` or `Arc`; symbols of the older kind write inherent methods without the first bracket.
fn is_counted(name: &str) -> bool {
    let name = name.strip_prefix('<').unwrap_or(name);
    name.starts_with("alloc::rc::Rc<") || name.starts_with("alloc::sync::Arc<")
}

fn runtime_class(name: &str) -> Option<u32> {
    if PANIC.contains(&name) {
        return Some(CLASS_PANIC);
    }
    RUNTIME
        .iter()
        .any(|(part, _)| name.contains(part))
        .then_some(CLASS_RUNTIME)
}

/// Whose file the line table is in: sorted, each row valid to the next.
#[derive(Default)]
struct Owners(Vec<(u64, Owner)>);

impl Owners {
    fn at(&self, address: u64) -> Owner {
        let after = self.0.partition_point(|row| row.0 <= address);
        after.checked_sub(1).map_or(Owner::Other, |at| self.0[at].1)
    }

    /// Whether any of the program is an exercise's own.
    fn has_authors(&self) -> bool {
        self.0.iter().any(|row| row.1 == Owner::Author)
    }
}

/// Where line tables place an exercise's own files: its harness, and what it gives to learners. No file of a learner's can lie there,
/// since theirs have relative paths in whatever memgrade builds.
pub(crate) const AUTHORS: &str = "/memgrade/";

/// Whose a function is, by the file that it begins in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
enum Owner {
    /// std's, or a dependency's.
    #[default]
    Other,
    /// The exercise's own.
    Author,
    /// The learner's.
    Learner,
}

impl Owner {
    fn of(path: &str) -> Self {
        if path.starts_with(AUTHORS) {
            Self::Author
        } else if is_learner_path(path) {
            Self::Learner
        } else {
            Self::Other
        }
    }
}

/// Whether a path from a line table is of the learner's own crate.
pub fn is_learner_path(path: &str) -> bool {
    !(path.starts_with("/rustc/")
        || path.starts_with(AUTHORS)
        || path.starts_with("/rust/deps/")
        || path.contains("/lib/rustlib/src/rust/")
        || path.contains("/.cargo/registry/")
        || path.contains("/cargo/registry/")
        || path.contains("/.cargo/git/")
        || is_of_a_distribution(path))
}

/// Whether a path is of a compiler that a distribution built, with std and what it is made of where it was unpacked:
/// `/usr/src/rustc-1.97.1/library/alloc/src/vec/mod.rs` is Debian's.
fn is_of_a_distribution(path: &str) -> bool {
    let mut parts = path
        .split('/')
        .skip_while(|part| !part.starts_with("rustc-"));
    path.starts_with('/') && matches!(parts.nth(1), Some("library" | "vendor"))
}

fn owners(file: &object::File<'_>) -> Result<Owners, gimli::Error> {
    let endian = if file.is_little_endian() {
        gimli::RunTimeEndian::Little
    } else {
        gimli::RunTimeEndian::Big
    };
    let load = |id: gimli::SectionId| -> Result<std::borrow::Cow<'_, [u8]>, gimli::Error> {
        Ok(file
            .section_by_name(id.name())
            .and_then(|s| s.uncompressed_data().ok())
            .unwrap_or_default())
    };
    let sections = gimli::DwarfSections::load(load)?;
    let dwarf = sections.borrow(|section| gimli::EndianSlice::new(section, endian));
    let mut rows = Vec::new();
    let mut units = dwarf.units();
    while let Some(header) = units.next()? {
        let unit = dwarf.unit(header)?;
        let name = unit.name.map(|n| n.to_string_lossy()).unwrap_or_default();
        // std's own units are most of the executable; their line tables are not needed.
        if name.starts_with("library/") || Owner::of(&name) == Owner::Other {
            continue;
        }
        let Some(program) = unit.line_program.clone() else {
            continue;
        };
        let mut known: Vec<Option<Owner>> = Vec::new();
        let mut state = program.rows();
        while let Some((header, row)) = state.next_row()? {
            if row.end_sequence() {
                rows.push((row.address(), Owner::Other));
                continue;
            }
            let index = usize::try_from(row.file_index()).unwrap_or(usize::MAX);
            if index > 1 << 16 {
                continue;
            }
            if known.len() <= index {
                known.resize(index + 1, None);
            }
            let owner = known[index].unwrap_or_else(|| {
                let path = path_of(&dwarf, &unit, row.file(header), header);
                path.map_or(Owner::Other, |path| Owner::of(&path))
            });
            known[index] = Some(owner);
            rows.push((row.address(), owner));
        }
    }
    // Where one sequence ends and the next begins at one address, the beginning counts; a function's first row decides, so
    // of several rows at one address the first of its sequence is kept.
    rows.sort_by_key(|row| row.0);
    let mut kept: Vec<(u64, Owner)> = Vec::with_capacity(rows.len());
    for row in rows {
        match kept.last_mut() {
            Some(last) if last.0 == row.0 => last.1 = last.1.max(row.1),
            _ => kept.push(row),
        }
    }
    Ok(Owners(kept))
}

type Slice<'a> = gimli::EndianSlice<'a, gimli::RunTimeEndian>;

fn path_of<'a>(
    dwarf: &gimli::Dwarf<Slice<'a>>,
    unit: &gimli::Unit<Slice<'a>>,
    entry: Option<&gimli::FileEntry<Slice<'a>>>,
    header: &gimli::LineProgramHeader<Slice<'a>>,
) -> Option<String> {
    let entry = entry?;
    let name = dwarf
        .attr_string(unit, entry.path_name())
        .ok()?
        .to_string_lossy()
        .into_owned();
    if name.starts_with('/') {
        return Some(name);
    }
    let directory = entry
        .directory(header)
        .and_then(|d| dwarf.attr_string(unit, d).ok());
    Some(match directory.map(|d| d.to_string_lossy().into_owned()) {
        Some(directory) if !directory.is_empty() => format!("{directory}/{name}"),
        _ => name,
    })
}

fn name_at(sorted: &[(u64, u64, String)], address: u64) -> Option<&str> {
    let after = sorted.partition_point(|(start, _, _)| *start <= address);
    let (_, end, name) = sorted.get(after.checked_sub(1)?)?;
    (address < *end).then_some(name)
}

/// The learner's statics of one kind, by the names that the learner gave them. Beside a harness only one crate is the learner's.
fn statics(file: &object::File<'_>, kind: SymbolKind, harnessed: bool) -> Vec<(u64, u64, String)> {
    let mut statics: Vec<_> = file
        .symbols()
        .filter(|symbol| symbol.kind() == kind && symbol.size() > 0)
        .filter_map(|symbol| {
            let name = static_name(symbol.name().ok()?, harnessed)?;
            let end = symbol.address().checked_add(symbol.size())?;
            Some((symbol.address(), end, name))
        })
        .collect();
    statics.sort();
    statics.dedup_by(|later, earlier| later.0 < earlier.1);
    statics
}

/// `main::cache::NAMES::{constant#0}::{closure#0}::VAL`, which `thread_local!` makes of `NAMES`, is `cache::NAMES`. Statics of std
/// have no name here.
fn static_name(mangled: &str, harnessed: bool) -> Option<String> {
    let name = format!("{:#}", rustc_demangle::try_demangle(mangled).ok()?);
    if harnessed && !name.starts_with("submission::") {
        return None;
    }
    let std = ["std::", "core::", "alloc::", "<", "__rustc"];
    if std.iter().any(|own| name.starts_with(own)) {
        return None;
    }
    let name = name.split_once("::{").map_or(name.as_str(), |(own, _)| own);
    let name = super::symbols::short_name(name);
    (name.len() <= 200).then_some(name)
}

/// Bytes and alignment of the template of a thread's statics.
fn thread_local_block(file: &object::File<'_>) -> (u64, u64) {
    let sections = file.sections().filter(|section| {
        matches!(
            section.kind(),
            object::SectionKind::Tls | object::SectionKind::UninitializedTls
        )
    });
    let (start, end, align) = sections.fold((u64::MAX, 0, 1), |(start, end, align), section| {
        (
            section.address().min(start),
            (section.address() + section.size()).max(end),
            section.align().max(align),
        )
    });
    (end.saturating_sub(start), align)
}

/// The sections that regions of addresses are told by.
fn sections(file: &object::File<'_>) -> Vec<(u64, u64, String)> {
    let mut sections: Vec<_> = file
        .sections()
        .filter(|s| s.address() != 0 && s.size() > 0)
        // Thread-local templates take no room of their own in the image.
        .filter(|s| !matches!(s.kind(), object::SectionKind::UninitializedTls))
        .filter_map(|s| {
            Some((
                s.address(),
                s.address() + s.size(),
                s.name().ok()?.to_owned(),
            ))
        })
        .collect();
    sections.sort();
    sections
}

#[cfg(test)]
mod tests {
    use super::is_learner_path;

    #[test]
    fn std_is_never_the_learners_whoever_built_it() {
        for std in [
            "/rustc/59807616e1fa2540724bfbac14d7976d7e4a3860/library/alloc/src/vec/mod.rs",
            "/rust/deps/hashbrown-0.16.1/src/raw.rs",
            "/home/ann/.rustup/toolchains/stable/lib/rustlib/src/rust/library/std/src/io/mod.rs",
            "/usr/src/rustc-1.97.1/library/alloc/src/vec/mod.rs",
            "/usr/src/rustc-1.97.1/vendor/hashbrown-0.16.1/src/raw.rs",
        ] {
            assert!(!is_learner_path(std), "{std}");
        }
        for own in [
            "main.rs",
            "library/alloc.rs",
            "rustc-1.97.1/library/main.rs",
            "/home/ann/rustc-exercises/main.rs",
        ] {
            assert!(is_learner_path(own), "{own}");
        }
    }
}

//! The probe: what is loaded into a program, and the recording that it leaves.
//!
//! The main type is [`Session`]: it equips a [`crate::sandbox::Program`] with the payload and an empty recording, and reads
//! the recording afterwards. The payload itself (`payload/`) is compiled by `build.rs` and carried in the binary.

pub mod checked;
pub mod code;
#[expect(
    dead_code,
    reason = "the payload uses some of the layout that the reader does not"
)]
pub(crate) mod layout;
mod positioned;
pub mod recording;
pub mod scan;
pub mod session;
pub mod symbols;

pub use checked::{BlockRecord, CheckedEnd};
pub use code::CodeMap;
pub use recording::Recording;
pub use scan::{EndScan, ScanEnd};
pub use session::{Mode, Session};
pub use symbols::{DebugInfo, Symbols};

/// The source of the global allocator that is linked into programs whose use of memory is checked.
pub(crate) const CHECKED_ALLOCATOR: &str = include_str!("probe/checked_allocator.rs");

/// The payload: a shared library for `LD_PRELOAD`. Empty where there is none for this system.
pub(crate) const PAYLOAD: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/payload.so"));

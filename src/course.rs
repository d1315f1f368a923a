//! Courses and exercises: what an author writes, read and checked.
//!
//! The main type is [`spec::Exercise`]; [`load`] reads a course folder.

pub mod checklist;
pub mod spec;
pub mod units;

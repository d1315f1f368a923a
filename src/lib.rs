//! memgrade grades what a Rust program does with memory, not only what it prints.
//!
//! Data flows one way, and the modules carry the names of the stages:
//!
//! ```text
//! course → plan → build → run (sandbox + probe) → observe → judge → report
//! ```
//!
//! ARCHITECTURE.md has the map and the invariants.

pub mod build;
pub mod bundle;
pub mod class;
pub mod course;
mod defense;
pub mod diagnostic;
pub mod error;
pub mod gradebook;
pub mod grading;
pub mod intake;
pub mod judge;
pub mod lesson;
pub mod observe;
pub mod plan;
pub mod probe;
pub mod proving;
pub mod quiz;
pub mod report;
pub mod run;
pub mod sandbox;
pub mod scaffold;
pub mod similarity;
pub mod temporary_files;
pub mod verify;

pub mod cli;

//! Intake: where a submission's files are.

pub(crate) mod bounded;

//! Intake: where a submission's files are.

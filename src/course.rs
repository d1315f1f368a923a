//! Courses and exercises: what an author writes, read and checked.
//!
//! The main type is [`spec::Exercise`]; [`load`] reads a course folder.

pub mod answers;
pub mod checklist;
pub mod limits;
pub mod load;
pub mod outline;
pub mod spec;
pub mod units;

/// Longest id of an exercise or a question.
const MAX_ID: usize = 60;

/// Ids become file names, keys and arguments, so they keep to letters that mean nothing anywhere.
fn check_id(id: &str) -> Result<(), String> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '-';
    if id.is_empty() {
        Err("an id cannot be empty".to_owned())
    } else if id.len() > MAX_ID {
        Err(format!("an id cannot be longer than {MAX_ID} characters"))
    } else if !id.chars().all(plain) || id.starts_with('-') {
        Err(format!(
            "the id `{}` may only hold `a` to `z`, `0` to `9`, `_` and `-`, and not begin with `-`",
            load::document::shown(id)
        ))
    } else {
        Ok(())
    }
}

//! Takes comments out of a stream of text.
//!
//! This works for a text that fits into memory. Two places are yours: TODO 1 and TODO 2. You may change whatever you
//! like, as long as there is this function.

use std::io::{Read, Result, Write};

/// Copies the input to the output without the lines that begin with `#`, and says how many these were.
pub fn strip_comments(input: &mut dyn Read, output: &mut dyn Write) -> Result<u64> {
    // TODO 1: all of the input is in memory at once. A part of it after the other would do. How is one told how large a
    // part is, and that there are no more?
    let mut text = Vec::new();
    input.read_to_end(&mut text)?;
    let mut comments = 0;
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        // TODO 2: a part may end within a line, at its very start, or in a comment. What has to be remembered from one
        // part to the next?
        if line.starts_with(b"#") {
            comments += 1;
        } else {
            output.write_all(line)?;
        }
    }
    Ok(comments)
}

//@ about: Gets each line as a list of its own.
//@ finding: curve/unsteady in large/holds steady
//@ finding: heap/peak-over-limit in large/a small buffer
//@ finding: heap/too-many-blocks in large/always the same one
//@ output: right

//! Takes comments out of a stream of text.

use std::io::{BufRead, BufReader, BufWriter, Read, Result, Write};

/// Copies the input to the output without the lines that begin with `#`, and says how many these were.
pub fn strip_comments(input: &mut dyn Read, output: &mut dyn Write) -> Result<u64> {
    let mut input = BufReader::new(input);
    let mut output = BufWriter::new(output);
    let mut comments = 0;
    loop {
        let mut line = Vec::new();
        if input.read_until(b'\n', &mut line)? == 0 {
            break;
        }
        if line.starts_with(b"#") {
            comments += 1;
        } else {
            output.write_all(&line)?;
        }
    }
    output.flush()?;
    Ok(comments)
}

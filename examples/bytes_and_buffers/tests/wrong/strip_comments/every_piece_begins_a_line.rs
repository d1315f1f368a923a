//@ about: Takes the beginning of each piece for the beginning of a line.
//@ finding: output/differs in pieces/in pieces of any size

//! Takes comments out of a stream of text.

use std::io::{ErrorKind, Read, Result, Write};

/// How much is read at once.
const BUFFER: usize = 16 << 10;

/// Copies the input to the output without the lines that begin with `#`, and says how many these were.
pub fn strip_comments(input: &mut dyn Read, output: &mut dyn Write) -> Result<u64> {
    let mut buffer = vec![0; BUFFER];
    let (mut comments, mut at_start, mut in_comment);
    (comments, in_comment) = (0, false);
    loop {
        let read = match input.read(&mut buffer) {
            Ok(0) => return Ok(comments),
            Ok(read) => read,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        // What stays moves to the front of the buffer, and never passes what is looked at.
        let mut kept = 0;
        at_start = true;
        for place in 0..read {
            let byte = buffer[place];
            if at_start && byte == b'#' {
                in_comment = true;
                comments += 1;
            }
            at_start = byte == b'\n';
            if !in_comment {
                buffer[kept] = byte;
                kept += 1;
            }
            in_comment &= !at_start;
        }
        output.write_all(&buffer[..kept])?;
    }
}

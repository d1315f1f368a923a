//@ about: Looks at the whole buffer after each read, also at what is left of the one before.
//@ finding: output/differs in pieces/in pieces of any size
//@ finding: output/no-match in large/all of it

//! Takes comments out of a stream of text.

use std::io::{ErrorKind, Read, Result, Write};

/// How much is read at once.
const BUFFER: usize = 12_000;

/// Copies the input to the output without the lines that begin with `#`, and says how many these were.
pub fn strip_comments(input: &mut dyn Read, output: &mut dyn Write) -> Result<u64> {
    let mut buffer = vec![0; BUFFER];
    let (mut comments, mut at_start, mut in_comment) = (0, true, false);
    loop {
        match input.read(&mut buffer) {
            Ok(0) => return Ok(comments),
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        }
        // What stays moves to the front of the buffer, and never passes what is looked at.
        let mut kept = 0;
        for place in 0..buffer.len() {
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

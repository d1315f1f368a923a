//! Streams text through the learner's function. What is asked for here is not counted as the learner's.
//!
//! Usage: `pieces`, `large [MIB]` or `worse`.

use std::env;
use std::io::{self, ErrorKind, Read, Write};

use submission::strip_comments;

const TEXT: &str =
    "first\n# a comment\nsecond # not a comment\n\n#\n##\n # nor this one\n#last but one\nlast";

/// Gives a text in pieces, as a file, a pipe or a network does, and may be interrupted.
struct Input<'t> {
    text: &'t [u8],
    piece: usize,
    /// Whether every second read is interrupted, and whether the last one was.
    interrupts: bool,
    interrupted: bool,
}

impl<'t> Input<'t> {
    fn of(text: &'t str, piece: usize) -> Self {
        Self {
            text: text.as_bytes(),
            piece,
            interrupts: false,
            interrupted: false,
        }
    }
}

impl Read for Input<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.interrupted = self.interrupts && !self.interrupted;
        if self.interrupted {
            return Err(ErrorKind::Interrupted.into());
        }
        let length = self.piece.min(buffer.len()).min(self.text.len());
        let (now, later) = self.text.split_at(length);
        buffer[..length].copy_from_slice(now);
        self.text = later;
        Ok(length)
    }
}

/// Takes so many bytes at once, and so many in all.
struct Output {
    text: Vec<u8>,
    at_once: usize,
    room: usize,
}

impl Write for Output {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        if self.text.len() == self.room && !buffer.is_empty() {
            return Err(ErrorKind::StorageFull.into());
        }
        let length = buffer
            .len()
            .min(self.at_once)
            .min(self.room - self.text.len());
        self.text.extend(&buffer[..length]);
        Ok(length)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What became of a text.
fn stripped(mut input: Input<'_>, at_once: usize, room: usize) -> String {
    let mut output = Output {
        text: Vec::new(),
        at_once,
        room,
    };
    match strip_comments(&mut input, &mut output) {
        Ok(lines) => format!(
            "{lines} comments, {:?}",
            String::from_utf8_lossy(&output.text)
        ),
        Err(error) => format!("{:?}", error.kind()),
    }
}

/// The same text in pieces of several sizes.
fn pieces() {
    for piece in [1000, 1, 2, 3, 7] {
        let input = Input::of(TEXT, piece);
        println!("pieces of {piece}: {}", stripped(input, 1000, 1000));
    }
    println!("nothing: {}", stripped(Input::of("", 10), 1000, 1000));
}

/// A stream that is made while it is read.
struct Stream {
    given: usize,
    size: usize,
    reads: usize,
}

/// A byte of the stream: lines of 64 bytes, every fourth of which is a comment, and after the middle two that are as long
/// as an eighth of it.
fn byte(place: usize, size: usize) -> u8 {
    let is_long = (size / 2..size / 4 * 3).contains(&place);
    let length = if is_long { size / 8 } else { 64 };
    let (line, column) = (place / length, place % length);
    match column {
        _ if column + 1 == length => b'\n',
        0 if line % 4 == 1 => b'#',
        _ => b'a' + (place % 23) as u8,
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.reads += 1;
        let length = buffer.len().min(self.size - self.given).min(64 << 10);
        for byte_of_buffer in &mut buffer[..length] {
            *byte_of_buffer = byte(self.given, self.size);
            self.given += 1;
            if self.given.is_multiple_of(1 << 20) {
                println!("{} MiB", self.given >> 20);
            }
        }
        Ok(length)
    }
}

/// Counts what it gets.
#[derive(Default)]
struct Sink {
    bytes: usize,
    sum: u64,
    writes: usize,
}

impl Write for Sink {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.writes += 1;
        self.bytes += buffer.len();
        for byte in buffer {
            self.sum = self.sum.wrapping_mul(31).wrapping_add(u64::from(*byte));
        }
        Ok(buffer.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A stream that is larger than what anybody wants to keep.
fn large(mib: usize) {
    let size = mib << 20;
    let mut stream = Stream {
        given: 0,
        size,
        reads: 0,
    };
    let mut sink = Sink::default();
    let comments = strip_comments(&mut stream, &mut sink).unwrap_or(0);
    println!(
        "{comments} comments, {} bytes, sum {:x}",
        sink.bytes, sink.sum
    );
    let few = |calls: usize| {
        if calls <= size / 2048 { "few" } else { "many" }
    };
    println!("{} reads, {} writes", few(stream.reads), few(sink.writes));
}

/// A world in which not everything goes well.
fn worse() {
    let mut input = Input::of(TEXT, 11);
    input.interrupts = true;
    println!("interrupted: {}", stripped(input, 1000, 1000));
    println!("three at once: {}", stripped(Input::of(TEXT, 10), 3, 1000));
    println!("no room: {}", stripped(Input::of(TEXT, 1000), 1000, 10));
}

fn main() {
    let number = env::args().nth(2).and_then(|text| text.parse().ok());
    match env::args().nth(1).as_deref() {
        Some("pieces") => pieces(),
        Some("large") => large(number.unwrap_or(8)),
        Some("worse") => worse(),
        _ => {}
    }
}
